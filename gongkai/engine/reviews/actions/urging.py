"""Urging whoever holds a record up (催办): a notice with number and date only, and a row that stays."""

from __future__ import annotations

from gongkai.engine.notices.outbox import queue_notice
from gongkai.engine.records.holdings import OPEN
from gongkai.engine.records.models import Record
from gongkai.engine.records.references import reference
from gongkai.engine.records.subject import IN_REVIEW, PROPOSED
from gongkai.engine.reviews.models import Urging
from gongkai.engine.reviews.urging import Turn, is_overdue, turns, urgings_at
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.calendars.queries import calendar
from gongkai.ground.files.marks import refuse_marked
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.refusal import Refused, wording

NOTHING_TO_URGE = wording(
    "reviews.nothing_to_urge",
    what="现在没有需要催办的环节：不在审核中，也没有逾期。",
    todo="送审后或者逾期后再催办。",
)
NOBODY_TO_URGE = wording(
    "reviews.nobody_to_urge",
    what="“{matter}”没有可以催办的人：{why}。",
    todo="请安全管理员授权，或者由本人办理。",
)
URGED_TODAY = wording(
    "reviews.urged_today",
    what="“{matter}”本工作日已经催办过（{at}）。",
    todo="请下一个工作日再催办；确有必要的，写明理由后可以再次催办。",
)


def something_waits(record: Record, actor: Actor) -> None:
    """Something is held up by somebody else."""
    if record.state not in (PROPOSED, IN_REVIEW) and not is_overdue(record):
        raise Refused(NOTHING_TO_URGE)
    found = turns(record)
    if not any(person.pk != actor.person_id for turn in found for person in turn.people):
        matter = "、".join(turn.matter for turn in found)
        own = any(turn.people for turn in found)
        raise Refused(NOBODY_TO_URGE, matter=matter, why="由您本人办理" if own else "没有人有这一权限")


@action(
    "record.urge",
    on=Record,
    title="催办",
    right="record.urge",
    states=OPEN,
    event="record.urged",
    guards=[something_waits],
)
def urge(record: Record, *, actor: Actor, reason: str = "") -> Outcome:
    """Urge whoever holds the open steps, or an overdue record. A second time on a working day takes a reason."""
    reason = reason.strip()
    refuse_marked(reason)
    now = clock.now()
    told: list[dict[str, object]] = []
    for turn in turns(record):
        people = [person for person in turn.people if person.pk != actor.person_id]
        if not people:
            continue
        if not reason:
            _refuse_again_today(record, turn)
        count = urgings_at(record, turn.step).count() + 1
        Urging.objects.create(
            record=record,
            step=turn.step,
            state=record.state,
            by_id=actor.person_id,
            reason=reason,
            people=len(people),
            at=now,
        )
        queue_notice(
            people,
            subject_type="record",
            subject_id=str(record.pk),
            text=f"催办（第{count}次）：请尽快办理“{turn.matter}”，{reference(record)}，{clock.today():%Y-%m-%d}。",
        )
        told.append({"step": turn.step.code if turn.step else "", "count": count, "people": len(people)})
    return Outcome(data={"urged": told, "note": reason})


def _refuse_again_today(record: Record, turn: Turn) -> None:
    last = urgings_at(record, turn.step).last()
    if last is None:
        return
    days = calendar(record.organ.calendar).working_days_between(clock.day_of(last.at), clock.today())
    if not days:
        at = last.at.astimezone(clock.SHANGHAI)
        raise Refused(URGED_TODAY, matter=turn.matter, at=f"{at:%m-%d %H:%M}", where="理由")
