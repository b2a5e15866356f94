"""The checks once more when a scheduled moment has come: law, relations and checks may have changed since sign-off."""

from __future__ import annotations

from gongkai.engine.checks.actions import check_again
from gongkai.engine.checks.models import Finding
from gongkai.engine.checks.queries import findings, undecided
from gongkai.engine.notices.outbox import people_with, queue_notice
from gongkai.engine.records.actions.cautions import note_cautions
from gongkai.engine.records.attachments import texts_of
from gongkai.engine.records.editions import content_of
from gongkai.engine.records.models import Record
from gongkai.engine.records.references import reference
from gongkai.ground import clock
from gongkai.ground.refusal import Refused, wording

FOUND_SINCE = wording(
    "records.found_since",
    what="校核发现 {count} 个签发之后出现的问题，还没有处理决定。",
    todo="请审核人逐项写明处理决定；需要改动的，请退回修改后重新审核。",
)
FOUND_LAW = "《个人信息保护法》第二十五条；《政府信息公开条例》第六条、第十七条"


def look_again(record: Record) -> list[Finding]:
    """Run every check on the working edition as of now, in the caller's transaction; the findings that are new.

    What somebody decided stays decided.
    """
    edition = record.working
    if edition is None:
        return []
    found = findings("record", str(record.pk), edition.sha256)
    before = set(found.values_list("check_code", "digest"))
    content = content_of(record, edition)
    check_again(
        subject_type="record",
        subject_id=str(record.pk),
        organ_id=record.organ_id,
        edition_number=edition.number,
        edition_sha256=edition.sha256,
        blocks=content.blocks(),
        metadata=content.model_dump(mode="json", exclude={"body"}),
        attachments=texts_of(edition.files),
    )
    note_cautions(record)
    return [one for one in found.all() if (one.check_code, one.digest) not in before]


def tell_what_changed(record: Record) -> None:
    """Look again; who publishes is told of new findings, which do not by themselves stop anything."""
    if look_again(record):
        queue_notice(
            people_with("record.publish", record.organ),
            subject_type="record",
            subject_id=str(record.pk),
            text=f"一件定时公开的信息公开时有新的校核提示：{reference(record)}，{clock.today():%Y-%m-%d}。请登录查看。",
        )


def refuse_undecided(record: Record) -> None:
    """Refuse while a finding that blocks waits for a decision: one that came up after sign-off."""
    count = len(undecided("record", str(record.pk), record.working.sha256)) if record.working else 0
    if count:
        raise Refused(FOUND_SINCE, FOUND_LAW, count=count)
