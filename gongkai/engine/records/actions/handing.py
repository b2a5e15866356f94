"""Open work changes hands: from a person to a successor (人员交接), from an organ to its successor (机构改革).

Each record that changes hands has an event of its own, by whoever ordered it; what is decided about many at once is
told by the event of the person or the organ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.engine.deadlines.actions import hand_over as hand_over_clocks
from gongkai.engine.deadlines.actions import move as move_clocks
from gongkai.engine.deadlines.models import OPEN_STATES
from gongkai.engine.deadlines.queries import of_subject
from gongkai.engine.notices.outbox import queue_notice
from gongkai.engine.records.actions.clocks import cancel_clocks
from gongkai.engine.records.holdings import OPEN
from gongkai.engine.records.models import Record
from gongkai.engine.records.references import reference
from gongkai.engine.records.subject import DISCARDED, EDITABLE, PUBLIC, TAKEN_DOWN
from gongkai.engine.reviews.actions.rounds import close_round
from gongkai.engine.reviews.models import Step, Verdict
from gongkai.engine.reviews.queries import current_review
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor, actor_for
from gongkai.ground.access.rules import covering
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.models import Event

UNFIT_TAKER = wording(
    "records.unfit_taker",
    what="编号{number}的信息不能交给“{name}”：{why}。",
    todo="请为这一件另选接手人。",
    status=422,
)
NOT_THEIRS = wording(
    "records.not_theirs", what="编号{number}的信息不是此人的未了事项。", todo="请刷新页面，按最新清单办理。"
)
NOTHING_HANDED = wording("records.nothing_handed", what="没有选择要移交的事项。", todo="请至少选择一项。", status=422)


def ordered_by(actor: Actor) -> Actor:
    """Whoever orders a hand-over need not be able to read what is handed over: the platform does it in their name."""
    return Actor(ref=actor.ref, organ_id=actor.organ_id, is_system=True)


@action(
    "record.hand_over",
    on=Record,
    title="移交承办人",
    right="person.maintain",
    states=OPEN,
    event="record.handed_over",
    by_system=True,
)
def hand_over_record(record: Record, *, actor: Actor, taker: Person) -> Outcome:
    """Give an open record with its clocks to another drafter. Refused to whoever reviewed it: they never draft it."""
    return _hand(record, taker, actor)


def _hand(record: Record, taker: Person, actor: Actor) -> Outcome:
    giver = record.drafter
    _refuse_unfit(record, taker)
    open_clocks = of_subject("record", str(record.pk)).filter(state__in=OPEN_STATES)
    if giver is not None:
        hand_over_clocks(open_clocks, actor=actor, giver=giver, taker=taker)
    record.drafter = taker
    return Outcome(data={"drafter": f"person:{taker.ref}", "from": f"person:{giver.ref}" if giver else ""})


@action(
    "record.reassign",
    on=Record,
    title="改派承办人",
    right="record.reassign",
    states=sorted(EDITABLE),
    event="record.handed_over",
)
def reassign(record: Record, *, actor: Actor, taker: Person) -> Outcome:
    """Give a draft to another drafter who may draft in its organ; the new one is told."""
    if covering(actor_for(taker), "record.draft", record.organ_id) is None:
        raise Refused(UNFIT_TAKER, number=record.pk, name=taker.name, why="此人在该机构没有起草权限")
    outcome = _hand(record, taker, ordered_by(actor))
    queue_notice(
        [taker],
        subject_type="record",
        subject_id=str(record.pk),
        text=f"一件信息改由您承办：{reference(record)}，{clock.today():%Y-%m-%d}。",
    )
    return outcome


def _refuse_unfit(record: Record, taker: Person) -> None:
    why = ""
    review = current_review(record)
    if not taker.is_active:
        why = "账号已停用"
    elif taker.pk == record.drafter_id:
        why = "现在就由其承办"
    elif review is not None and review.closed_at is None:
        spoken = review.steps.filter(opinions__verdict=Verdict.AGREE)
        if spoken.filter(opinions__reviewer=taker).exists() or spoken.filter(opinions__on_behalf_of=taker).exists():
            why = "本轮已在审核环节发表意见，起草和审核不能是同一人"
    if why:
        raise Refused(UNFIT_TAKER, number=record.pk, name=taker.name, why=why)


@action(
    "person.hand_over",
    on=Person,
    title="人员交接",
    right="person.maintain",
    event="person.handed_over",
    by_system=True,
)
def hand_over(person: Person, *, actor: Actor, takers: Mapping[int, Person]) -> Outcome:
    """Move a person's open records, each to a named successor; one event each, and one that keeps the list."""
    if not takers:
        raise Refused(NOTHING_HANDED)
    mine = {record.pk: record for record in open_records_of(person)}
    for key in sorted(takers):
        if key not in mine:
            raise Refused(NOT_THEIRS, number=key)
        hand_over_record(key, actor=ordered_by(actor), taker=takers[key])
    items = [[key, mine[key].state, takers[key].pk] for key in sorted(takers)]
    return Outcome(result=len(items), data={"items": items})


def open_records_of(person: Person) -> list[Record]:
    """Every open record a person drafts."""
    return list(Record.objects.filter(drafter=person, state__in=OPEN).select_related("organ").order_by("pk"))


@dataclass(frozen=True)
class HandedOver:
    """A line of a hand-over list (人员交接单)."""

    record: Record
    state: str
    taker: Person | None


@dataclass(frozen=True)
class HandOverList:
    """A hand-over as it was: who gave, when, by whose order, and what to whom."""

    event: Event
    at: dt.datetime
    lines: list[HandedOver]


def hand_over_lists(person: Person) -> list[Event]:
    """The hand-overs of a person, the newest first."""
    rows = Event.objects.filter(subject_type="person", subject_id=str(person.pk), name="person.handed_over")
    return list(rows.order_by("-pk"))


def hand_over_list(person: Person, key: int) -> HandOverList | None:
    """One of them with its lines; None when there is none of this key."""
    event = next((event for event in hand_over_lists(person) if event.pk == key), None)
    if event is None:
        return None
    items = event.data["items"]
    records = Record.objects.in_bulk([item[0] for item in items])
    takers = Person.objects.select_related("organ").in_bulk([item[2] for item in items])
    lines = [HandedOver(records[pk], state, takers.get(taker)) for pk, state, taker in items]
    return HandOverList(event, event.at, lines)


@action(
    "record.move",
    on=Record,
    title="移交承接机构",
    right="organ.maintain",
    states=OPEN,
    event="record.moved",
    by_system=True,
)
def move_record(record: Record, *, actor: Actor, to: Organ) -> Outcome:
    """Carry an open record on in the organ that took over. What the public knows keeps its issuer."""
    before = record.organ_id
    if record.published_at is None:
        record.organ = to
    Step.objects.filter(review__record=record, review__closed_at__isnull=True, organ_id=before).update(organ=to)
    record.co_issuers.remove(to)
    move_clocks(of_subject("record", str(record.pk)).filter(state__in=OPEN_STATES), actor=actor, to=to)
    co_issuers = sorted(organ.pk for organ in record.co_issuers.all())
    return Outcome(data={"from": before, "to": to.pk, "co_issuers": co_issuers})


@action(
    "record.end",
    on=Record,
    title="机构改革终止办理",
    right="organ.maintain",
    states=sorted(set(OPEN) - {TAKEN_DOWN}),
    to=(DISCARDED, PUBLIC),
    event="record.ended",
    by_system=True,
)
def end_record(record: Record, *, actor: Actor) -> Outcome:
    """End an open record whose organ is no more: a draft is given up, a correction too; what is public stays."""
    close_round(record)
    cancel_clocks(record, actor, "organ_reformed")
    record.scheduled_for = None
    if record.is_visible:
        record.state, record.working = PUBLIC, record.current
    else:
        record.state = DISCARDED
    return Outcome()
