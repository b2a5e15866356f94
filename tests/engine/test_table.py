"""Every state × every role × every action, generated from the gate's own table.

A no is the refusal that the table foretells and changes nothing; a yes leads to a state the table allows and leaves
exactly one event on the record.
"""

from __future__ import annotations

import pytest
from django.db import transaction

from gongkai.engine.records.models import Edition, Link, Publication, Record
from gongkai.engine.records.subject import STATES
from gongkai.engine.reviews.models import Opinion
from gongkai.ground.access.actors import Actor, actor_for
from gongkai.ground.access.roles import RIGHTS, Role
from gongkai.ground.gate.door import Action, can
from gongkai.ground.gate.table import ActionSpec, actions_of
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.builders import Office, person
from tests.engine.states import MADE, arguments_of

pytestmark = pytest.mark.django_db
SPECS = [spec for spec in actions_of(Record) if not spec.creates]
# What a guard or a body may say no with, beyond right and state: each a declared refusal of these packages.
CONDITIONS = ("records.", "reviews.")


class Undo(Exception):
    """Rolls an attempt back."""


def snapshot(record: Record) -> tuple[object, ...]:
    """Everything an action could change about a record."""
    row = Record.objects.filter(pk=record.pk).values().get()
    return (
        tuple(sorted(row.items(), key=lambda item: item[0])),
        Event.objects.count(),
        Edition.objects.count(),
        Publication.objects.count(),
        Opinion.objects.count(),
        Link.objects.count(),
    )


def foretold(spec: ActionSpec, record: Record, role: Role) -> str:
    """The refusal the table alone foretells; "" where right and state are in order."""
    if "record.read" not in RIGHTS[role]:
        return "gate.unknown"
    if spec.right not in RIGHTS[role]:
        return "gate.no_right"
    if spec.states is not None and record.state not in spec.states:
        return "gate.wrong_state"
    return ""


def attempt(spec: ActionSpec, record: Record, actor: Actor, office: Office) -> str:
    """Do it, look at what came of it, undo it; the code of the refusal, or "" when it was done."""
    try:
        with transaction.atomic():
            arguments = arguments_of(spec.name, office)
            before = snapshot(record)
            try:
                with transaction.atomic():
                    Action(spec)(record.pk, actor=actor, **arguments)
            except Refused as refusal:
                assert snapshot(record) == before, f"{spec.name} was refused and changed something"
                return refusal.code
            after = Record.objects.get(pk=record.pk)
            allowed = spec.to if spec.to is not None else {record.state}
            assert after.state in allowed
            own = Event.objects.filter(subject_type="record", subject_id=str(record.pk)).count()
            assert own == before_events(before, record) + 1
            raise Undo
    except Undo:
        return ""


def before_events(before: tuple[object, ...], record: Record) -> int:
    total, others = before[1], Event.objects.exclude(subject_type="record", subject_id=str(record.pk)).count()
    assert isinstance(total, int)
    return total - (others - _new_others(before, record))


def _new_others(before: tuple[object, ...], record: Record) -> int:
    """Events on other subjects (released files, repealed records) that the same act wrote."""
    total = before[1]
    assert isinstance(total, int)
    return (
        Event.objects.order_by("pk")
        .exclude(subject_type="record", subject_id=str(record.pk))
        .filter(pk__in=list(Event.objects.order_by("pk").values_list("pk", flat=True)[total:]))
        .count()
    )


def test_every_state_can_be_made() -> None:
    assert set(MADE) == {state.code for state in STATES}


@pytest.mark.parametrize("state", sorted(MADE))
def test_every_role_and_action_in_a_state(state: str) -> None:
    office = Office()
    record = MADE[state](office)
    assert record.state == state
    people = {role: person(f"only-{role}", office.organ, role) for role in Role}
    for role, who in people.items():
        actor = actor_for(who)
        for spec in SPECS:
            expected = foretold(spec, record, role)
            verdict = can(spec.name, record, actor)
            told = verdict.refusal.code if verdict.refusal else ""
            if expected:
                assert told == expected, f"{role} {spec.name} in {state}"
            else:
                assert told == "" or told.startswith(CONDITIONS), f"{role} {spec.name} in {state}"
            if verdict.ok or role in {Role.OFFICER, Role.AUDIT_ADMIN}:
                done = attempt(spec, record, actor, office)
                if told:
                    assert done == told, f"{role} {spec.name} in {state}"
                else:
                    assert done == "" or done.startswith(CONDITIONS), f"{role} {spec.name} in {state}"


def test_what_the_system_may_do_is_declared() -> None:
    assert {spec.name for spec in SPECS if spec.by_system} == {
        "record.end",
        "record.expunge_again",
        "record.hand_over",
        "record.hold",
        "record.move",
        "record.publish",
        "record.repeal",
        "record.settle_validity",
    }
