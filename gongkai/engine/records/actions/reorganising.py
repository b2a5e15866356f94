"""Merging and splitting organs (机构改革): everything open passes to a successor or ends, item by item, on record.

What was published keeps its issuer and its address; the successor looks after it. A plain change of name is
``organ.rename``. The rows are moved by the actions that always move them, so that each step is an event of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from gongkai.engine.deadlines.actions import move as move_clocks
from gongkai.engine.deadlines.models import OPEN_STATES, Deadline
from gongkai.engine.records.actions.handing import end_record, move_record, ordered_by
from gongkai.engine.records.legacies import Legacy, legacy_of
from gongkai.ground import clock
from gongkai.ground.access.actions import hand_over
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering, explain
from gongkai.ground.gate.door import NO_RIGHT, Outcome, action
from gongkai.ground.organs.actions import add_post, end_post, move, succeed, transfer
from gongkai.ground.organs.actions.changing import ENDED, REFORM, SAME_ORGAN
from gongkai.ground.organs.actions.lock import lock_tree
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.rulebook.actions import override_preset

END = 0
TITLE = "机构改革"
UNDECIDED = wording(
    "reform.undecided",
    what="“{name}”还有{count}件未了事项没有决定去向：{numbers}。",
    todo="请逐件选择移交的机构，或者选择终止办理。",
    status=422,
)
NOT_YET = wording("reform.not_yet", what="生效日期{on}还没有到。", todo="此前可以预演；请在生效当日办理。", status=422)
NO_BASIS = wording(
    "reform.no_basis", what="没有写明依据文件。", todo="请写明批准机构改革的文件名称和文号。", status=422
)
NO_SUCCESSOR = wording(
    "reform.no_successor",
    what="没有选择承接机构，或者选择了不参加这次改革的机构。",
    todo="请核对承接机构。",
    status=422,
)


@dataclass(frozen=True)
class Decisions:
    """What was chosen in the guide. Records by key: the successor's key, or END. The rest by key, else the first."""

    records: Mapping[int, int]
    grants: Mapping[int, int] = field(default_factory=dict)
    people: Mapping[int, int] = field(default_factory=dict)
    children: Mapping[int, int] = field(default_factory=dict)


@action("organ.reorganise", on=Organ, title=TITLE, right="organ.maintain", event="organ.reorganised", by_system=True)
def _reorganise(
    organ: Organ, *, actor: Actor, successors: Sequence[Organ], on: dt.date, basis: str, decisions: Decisions
) -> Outcome:
    _refuse_unfit(organ, actor, successors, on, basis)
    legacy = legacy_of(organ)
    _refuse_undecided(legacy, decisions, successors)
    by = ordered_by(actor)
    counts = {
        "records": _records(legacy, by, successors, decisions),
        "people": _people(legacy, by, successors, decisions),
        "grants": _grants(legacy, by, successors, decisions),
        "posts": _posts(legacy, by, successors, decisions, on),
        "children": _children(legacy, by, successors, decisions),
        "presets": _presets(legacy, by, successors[0], basis),
        "clocks": move_clocks(Deadline.objects.filter(organ=organ, state__in=OPEN_STATES), actor=by, to=successors[0]),
    }
    for successor in successors[1:]:
        succeed(organ.pk, actor=by, successor=successor, on=on, basis=basis, is_dissolved=False)
    succeed(organ.pk, actor=by, successor=successors[0], on=on, basis=basis)
    organ.refresh_from_db()
    told = {"successors": [one.pk for one in successors], "on": on.isoformat(), "basis": basis[:200]}
    return Outcome(result=counts, data=told | {"moved": counts})


def reorganise(
    predecessors: Sequence[Organ],
    *,
    actor: Actor,
    successors: Sequence[Organ],
    on: dt.date,
    basis: str,
    decisions: Decisions,
) -> list[dict[str, int]]:
    """Dissolve organs into their successors, the first of whom looks after what was published; all or nothing.

    Refused before its day, without basis, for organs that are no more, and while an open matter is undecided.
    Returns how much moved, for each predecessor.
    """
    ending = {organ.pk for organ in predecessors}
    if not successors or any(organ.pk in ending for organ in successors):
        raise Refused(NO_SUCCESSOR, REFORM, where="承接机构")
    with transaction.atomic():
        # Before the gate locks a row, as in moving: two changes of the tree must not wait for each other.
        lock_tree()
        return [
            _reorganise(organ, actor=actor, successors=successors, on=on, basis=basis.strip(), decisions=decisions)
            for organ in predecessors
        ]


def _refuse_unfit(organ: Organ, actor: Actor, successors: Sequence[Organ], on: dt.date, basis: str) -> None:
    if not basis:
        raise Refused(NO_BASIS, REFORM, where="依据")
    if on > clock.today():
        raise Refused(NOT_YET, where="生效日期", on=on.isoformat())
    for one in (organ, *successors):
        if one.valid_until is not None:
            raise Refused(ENDED, name=one.name)
    for one in successors:
        if one.pk == organ.pk:
            raise Refused(SAME_ORGAN, REFORM, where=one.name)
        if not actor.is_system and covering(actor, "organ.maintain", one.pk) is None:
            raise Refused(NO_RIGHT, title=TITLE, roles=explain("organ.maintain"))


def _refuse_undecided(legacy: Legacy, decisions: Decisions, successors: Sequence[Organ]) -> None:
    known = {organ.pk for organ in successors}
    chosen = [*decisions.records.values(), *decisions.grants.values(), *decisions.people.values()]
    if not set(chosen) | set(decisions.children.values()) <= known | {END}:
        raise Refused(NO_SUCCESSOR, REFORM, where="去向")
    left = [matter.record.pk for matter in legacy.matters if matter.record.pk not in decisions.records]
    if left:
        numbers = "、".join(str(pk) for pk in left[:20])
        raise Refused(UNDECIDED, REFORM, name=legacy.organ.name, count=len(left), numbers=numbers)


def _chosen(choices: Mapping[int, int], key: int, successors: Sequence[Organ]) -> Organ:
    wanted = choices.get(key)
    return next((organ for organ in successors if organ.pk == wanted), successors[0])


def _records(legacy: Legacy, by: Actor, successors: Sequence[Organ], decisions: Decisions) -> int:
    for matter in legacy.matters:
        if decisions.records[matter.record.pk] == END:
            end_record(matter.record.pk, actor=by)
        else:
            move_record(matter.record.pk, actor=by, to=_chosen(decisions.records, matter.record.pk, successors))
    return len(legacy.matters)


def _people(legacy: Legacy, by: Actor, successors: Sequence[Organ], decisions: Decisions) -> int:
    for person in legacy.people:
        transfer(person, actor=by, to=_chosen(decisions.people, person.pk, successors), with_work=True)
    return len(legacy.people)


def _grants(legacy: Legacy, by: Actor, successors: Sequence[Organ], decisions: Decisions) -> int:
    for grant in legacy.grants:
        hand_over(grant, actor=by, organ=_chosen(decisions.grants, grant.pk, successors))
    return len(legacy.grants)


def _posts(legacy: Legacy, by: Actor, successors: Sequence[Organ], decisions: Decisions, on: dt.date) -> int:
    for post in legacy.posts:
        end_post(post, actor=by, on=max(on, post.valid_from) if post.valid_from else on)
        there = _chosen(decisions.people, post.person_id or 0, successors)
        if post.person is not None:
            post.person.refresh_from_db(fields=["organ"])
        add_post(
            actor=by,
            organ=there,
            title=post.title,
            person=post.person,
            portfolio=post.portfolio,
            is_leader=post.is_leader,
            valid_from=on,
        )
    return len(legacy.posts)


def _children(legacy: Legacy, by: Actor, successors: Sequence[Organ], decisions: Decisions) -> int:
    for child in legacy.children:
        move(child, actor=by, parent=_chosen(decisions.children, child.pk, successors))
    return len(legacy.children)


def _presets(legacy: Legacy, by: Actor, heir: Organ, basis: str) -> int:
    """Limits set for the organ go on for the successor, unless the successor has its own."""
    own = set(heir.rule_overrides.values_list("key", flat=True))
    passed = [row for row in legacy.presets if row.key not in own]
    for row in passed:
        override_preset(
            actor=by,
            organ=heir,
            key=row.key,
            quantity=row.quantity,
            unit=row.unit,
            citation=row.citation,
            reason=f"机构改革承接：{basis}"[:200],
            valid_from=clock.today(),
            valid_until=row.valid_until,
        )
    return len(passed)
