"""Many items on one secrecy review sheet (保密审查表): drawn up once, then each item gets an opinion of its own.

The opinions are those of the single review: same guards, same events. The sheet adds which edition was listed, so
that nothing is agreed to that changed since.
"""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions.opinions import agree, return_for_correction
from gongkai.engine.reviews.models import Opinion, SecrecyLine, SecrecySheet, Verdict
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.queries import open_steps
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import UNKNOWN, Outcome, action, can
from gongkai.ground.gate.table import subject
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

SECRECY = STEP_KINDS["secrecy"]
MOST_LINES = 100

NOTHING_LISTED = wording(
    "reviews.nothing_listed",
    what="没有选择要列入保密审查表的信息。",
    todo="请至少选择一件，一张表最多100件。",
    status=422,
)
CHANGED_SINCE = wording(
    "reviews.changed_since_sheet",
    what="第{place}件列表时是第{listed}版，此后有修改（现为第{now}版），本表不能再对它发表意见。",
    todo="请打开这一件看清改动后单独审查，或者列入新的审查表；同表其他各件不受影响。",
)
ANSWERED = wording(
    "reviews.line_answered", what="第{place}件已经在本表上发表过意见。", todo="请刷新页面查看；需要更改的，请单独办理。"
)

subject(SecrecySheet, "secrecy_sheet", organ_path="organ", read_right="record.read")


@action(
    "secrecy_sheet.draw",
    on=SecrecySheet,
    title="列保密审查表",
    right=SECRECY.right,
    event="secrecy_sheet.drawn",
    citation=SECRECY.citation,
    creates=True,
)
def draw_sheet(*, actor: Actor, organ: Organ, records: Sequence[Record]) -> Outcome:
    """List items that wait for this reviewer's secrecy review in the organ; all of them must, or none is listed."""
    if not 0 < len(records) <= MOST_LINES:
        raise Refused(NOTHING_LISTED, SECRECY.citation)
    for record in records:
        refusal = can("review.secrecy", record, actor).refusal
        if refusal is not None:
            raise refusal
        if all(step.organ_id != organ.pk for step in open_steps(record) if step.code == "secrecy"):
            raise Refused(UNKNOWN)
    sheet = SecrecySheet.objects.create(organ=organ, drawn_by_id=actor.person_id, drawn_at=clock.now())
    lines = [
        SecrecyLine(
            sheet=sheet, place=place, record=record, edition=record.working, edition_sha256=record.working.sha256
        )
        for place, record in enumerate(records, start=1)
        if record.working is not None
    ]
    SecrecyLine.objects.bulk_create(lines)
    return Outcome(result=sheet, data={"lines": [[line.record_id, line.edition_sha256] for line in lines]})


@action(
    "secrecy_sheet.answer",
    on=SecrecySheet,
    title="按表审查",
    right=SECRECY.right,
    event="secrecy_sheet.answered",
    citation=SECRECY.citation,
)
def answer_line(
    sheet: SecrecySheet, *, actor: Actor, line: int, verdict: str, text: str = "", reason: str = ""
) -> Outcome:
    """Agree to one item, or send it back with a coded reason. Refused where its text changed since it was listed."""
    row = sheet.lines.select_related("record__working", "edition", "opinion").filter(pk=line).first()
    if row is None:
        raise Refused(UNKNOWN)
    if row.opinion is not None:
        raise Refused(ANSWERED, place=row.place)
    _refuse_changed(row, row.record)
    if verdict == Verdict.AGREE:
        row.opinion = agree(row.record, "secrecy", actor=actor, text=text)
    else:
        return_for_correction(row.record, actor=actor, reason=reason, text=text)
        row.opinion = Opinion.objects.filter(step__review__record=row.record).latest("pk")
    # Somebody may have saved another edition between the look and the lock.
    _refuse_changed(row, row.record)
    row.save(update_fields=["opinion"])
    told = {"line": row.place, "record": row.record_id, "verdict": str(verdict), "opinion": row.opinion.pk}
    return Outcome(result=row.opinion, data=told)


def _refuse_changed(line: SecrecyLine, record: Record) -> None:
    now = record.working
    bound = line.opinion.edition_sha256 if line.opinion is not None else now.sha256 if now else ""
    if bound != line.edition_sha256:
        raise Refused(
            CHANGED_SINCE,
            SECRECY.citation,
            place=line.place,
            listed=line.edition.number,
            now=now.number if now else 0,
            where=f"第{line.place}件",
        )
