"""No longer offering one earlier edition of a public record (停止提供旧版本)."""

from __future__ import annotations

from gongkai.engine.records.actions.opening import opened, show
from gongkai.engine.records.actions.publishing import SHOWN_STATES
from gongkai.engine.records.actions.writing import refuse_any_mark
from gongkai.engine.records.digests import publication_digest
from gongkai.engine.records.guards import has_earlier_edition, is_shown
from gongkai.engine.records.models import Record
from gongkai.engine.records.queries import earlier_publications
from gongkai.engine.reviews.reasons import refuse_unknown_reason
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.refusal import Refused, wording

NO_SUCH_EDITION = wording(
    "records.no_such_edition",
    what="没有可以停止提供的第{number}版。",
    todo="只有更正后仍可查阅的旧版本可以停止提供；当前版本请办理更正、撤回或紧急下线。",
    status=422,
)


@action(
    "record.withhold_edition",
    on=Record,
    title="停止提供旧版本",
    right="record.withdraw",
    states=SHOWN_STATES,
    event="record.edition_withheld",
    guards=[is_shown, has_earlier_edition],
    citation="《政府信息公开条例》第六条、第十五条；《个人信息保护法》第四十七条",
)
def withhold_edition(record: Record, *, actor: Actor, number: int, reason: str, note: str = "") -> Outcome:
    """Stop offering a superseded edition, for a reason of the closed list; the history of the page says so.

    Its hash and its proofs stay valid. The text itself lies encrypted until the record is expunged.
    """
    refuse_unknown_reason("withdrawal", reason, note)
    refuse_any_mark({"note": note})
    ended = list(earlier_publications(record).filter(edition__number=number))
    if not ended:
        raise Refused(NO_SUCH_EDITION, number=number, where="版本")
    for publication in ended:
        publication.reason, publication.note = reason, note
        publication.save(update_fields=["reason", "note"])
    now = clock.now()
    show(record, now)
    facts = {"changed": [item.pk for item in ended], "changed_sha256": [publication_digest(item) for item in ended]}
    public = opened(record, "record.edition_withheld", now, withheld_edition=number)
    return Outcome(data=facts | {"reason": reason}, public=public)
