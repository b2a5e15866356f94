"""A running clock: its facts, its end, its events, and what it refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.engine.deadlines.actions import (
    cancel,
    extend,
    hand_over,
    mark_overdue,
    meet,
    pause,
    restart,
    resume,
    start,
)
from gongkai.engine.deadlines.facts import Facts, Pause, outlook
from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.deadlines.queries import due_soon, of_subject, overdue, reminders_owed, running, working_days_left
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.calendars.queries import calendar
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.rulebook.queries import law_in_force

pytestmark = pytest.mark.django_db

D = dt.date.fromisoformat


def at(day: str, hour: int = 9) -> Any:
    return clock.frozen(dt.datetime.fromisoformat(f"{day}T{hour:02d}:00:00+08:00"))


def begin(rule_key: str = "foi.reply", on: Any = "2026-03-02", subject_id: str = "1", code: str = "YZ") -> Deadline:
    organ, _ = Organ.objects.get_or_create(
        code=code, defaults={"name": "云洲市教育局", "type": "department", "level": "city"}
    )
    owner, _ = Person.objects.get_or_create(username="p1", defaults={"name": "某某", "organ": organ})
    return start(
        actor=SYSTEM,
        subject_type="case",
        subject_id=subject_id,
        organ=organ,
        rule_key=rule_key,
        on=D(on) if isinstance(on, str) else on,
        owners=[owner],
    )


def events(deadline: Deadline) -> list[str]:
    rows = Event.objects.filter(subject_type="deadline", subject_id=str(deadline.pk)).order_by("id")
    return [row.name.removeprefix("deadline.") for row in rows]


def test_a_clock_keeps_rule_facts_and_trace() -> None:
    row = begin()
    row.refresh_from_db()
    assert (row.due_on, row.state, row.is_provisional) == (D("2026-03-30"), "running", False)
    assert row.rule["provision"]["quantity"] == 20
    assert row.facts == {"start": "2026-03-02", "pauses": [], "extension": 0, "restarts": []}
    assert sum(step["counted"] for step in row.trace) == 20
    event = Event.objects.get()
    assert event.data == {"subject": ["case", "1"], "rule": "foi.reply", "due": "2026-03-30", "start": "2026-03-02"}


def test_a_consultation_stops_the_clock_until_the_answer() -> None:
    row = begin()
    pause(row, actor=SYSTEM, on=D("2026-03-05"), code="third_party")
    assert row.due_on is None
    resume(row, actor=SYSTEM, on=D("2026-03-19"))
    assert row.due_on == D("2026-04-14")
    row.refresh_from_db()
    assert row.facts["pauses"] == [{"code": "third_party", "from": "2026-03-05", "to": "2026-03-19"}]
    assert events(row) == ["started", "paused", "resumed"]
    last = Event.objects.get(name="deadline.resumed")
    assert (last.data["before"], last.data["after"]) == ("", "2026-04-14")


def test_a_correction_starts_afresh() -> None:
    row = begin()
    pause(row, actor=SYSTEM, on=D("2026-03-05"), code="other_organ")
    restart(row, actor=SYSTEM, on=D("2026-03-16"), code="correction")
    assert (row.due_on, row.facts["restarts"]) == (D("2026-04-14"), [{"start": "2026-03-02", "code": "correction"}])
    fresh = begin(on="2026-03-16", subject_id="2")
    assert (row.due_on, row.trace) == (fresh.due_on, fresh.trace)


def test_an_extension_once_and_in_time() -> None:
    row = begin()
    extend(row, actor=SYSTEM, quantity=20, on=D("2026-03-30"), reason="涉及多个科室")
    assert row.due_on == D("2026-04-28")
    with pytest.raises(Refused) as refused:
        extend(row, actor=SYSTEM, quantity=1, on=D("2026-03-30"), reason="再延")
    assert refused.value.code == "deadline.extended_once"
    assert events(row) == ["started", "extended"]


def refused_extension(row: Deadline, quantity: int, on: str) -> str:
    with pytest.raises(Refused) as refused:
        extend(row, actor=SYSTEM, quantity=quantity, on=D(on), reason="测试")
    return refused.value.code


def test_unlawful_extensions_change_nothing() -> None:
    row = begin()
    assert refused_extension(row, 21, "2026-03-10") == "deadline.extension_too_long"
    assert refused_extension(row, 0, "2026-03-10") == "deadline.extension_too_long"
    assert refused_extension(row, 5, "2026-03-31") == "deadline.extended_late"
    plain = begin("disclosure.publish", subject_id="2")
    assert refused_extension(plain, 5, "2026-03-10") == "deadline.no_extension"
    row.refresh_from_db()
    assert (row.due_on, row.facts["extension"], events(row)) == (D("2026-03-30"), 0, ["started"])


Step = Callable[[Deadline], object]
REFUSED: list[tuple[Step, str]] = [
    (lambda row: pause(row, actor=SYSTEM, on=D("2026-03-05"), code="holiday"), "deadline.no_such_reason"),
    (lambda row: pause(row, actor=SYSTEM, on=D("2026-03-01"), code="third_party"), "deadline.before_start"),
    (lambda row: resume(row, actor=SYSTEM, on=D("2026-03-05")), "deadline.not_standing"),
    (lambda row: restart(row, actor=SYSTEM, on=D("2026-03-05"), code="mood"), "deadline.no_such_reason"),
    (lambda row: restart(row, actor=SYSTEM, on=D("2026-03-01"), code="correction"), "deadline.before_start"),
]


@pytest.mark.parametrize(("step", "code"), REFUSED)
def test_what_the_rule_does_not_know_is_refused(step: Step, code: str) -> None:
    row = begin()
    with pytest.raises(Refused) as refused:
        step(row)
    assert refused.value.code == code
    assert events(row) == ["started"]


def test_a_standing_clock_is_not_stopped_twice_nor_ended_before_it_stopped() -> None:
    row = begin()
    pause(row, actor=SYSTEM, on=D("2026-03-05"), code="third_party")
    with pytest.raises(Refused) as refused:
        pause(row, actor=SYSTEM, on=D("2026-03-06"), code="other_organ")
    assert refused.value.code == "deadline.stands_still"
    with pytest.raises(Refused):
        resume(row, actor=SYSTEM, on=D("2026-03-04"))
    assert events(row) == ["started", "paused"]


@pytest.mark.parametrize(("on", "state"), [("2026-03-30", "met"), ("2026-03-31", "met_late")])
def test_met_in_time_or_late(on: str, state: str) -> None:
    row = begin()
    meet(row, actor=SYSTEM, on=D(on))
    row.refresh_from_db()
    assert (row.state, row.met_on) == (state, D(on))
    for step in (lambda: meet(row, actor=SYSTEM, on=D(on)), lambda: cancel(row, actor=SYSTEM, reason="测试")):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.code == "deadline.not_open"


def test_a_standing_clock_may_be_met() -> None:
    row = begin()
    pause(row, actor=SYSTEM, on=D("2026-03-05"), code="third_party")
    meet(row, actor=SYSTEM, on=D("2026-05-29"))
    assert (row.state, row.facts["pauses"][0]["to"]) == ("met", "2026-05-29")


def test_a_minimum_period_is_never_late() -> None:
    row = begin("consultation.opinions")
    meet(row, actor=SYSTEM, on=D("2026-06-01"))
    assert row.state == "met"


def test_hours_are_met_to_the_minute() -> None:
    moment = dt.datetime.fromisoformat("2026-02-15T23:30:00+08:00")
    for minutes, state in ((300, "met"), (301, "met_late")):
        row = begin("concern.statement", moment, subject_id=state)
        assert row.due_at == dt.datetime.fromisoformat("2026-02-16T04:30:00+08:00")
        assert row.due_on == D("2026-02-16")
        meet(row, actor=SYSTEM, on=moment + dt.timedelta(minutes=minutes))
        assert row.state == state


def test_the_tick_marks_what_has_passed_once() -> None:
    row, standing = begin(), begin(subject_id="2")
    pause(standing, actor=SYSTEM, on=D("2026-03-05"), code="third_party")
    with at("2026-03-30", 23):
        assert mark_overdue() == []
        assert list(overdue()) == []
    with at("2026-03-31", 0):
        assert list(overdue()) == [row]
        assert mark_overdue() == [row]
        assert mark_overdue() == []
    row.refresh_from_db()
    assert (row.state, events(row)) == ("overdue", ["started", "passed"])
    meet(row, actor=SYSTEM, on=D("2026-04-01"))
    assert row.state == "met_late"


def test_an_answer_posted_in_time_but_entered_late_was_in_time() -> None:
    row = begin()
    with at("2026-03-31"):
        mark_overdue()
    meet(row, actor=SYSTEM, on=D("2026-03-30"))
    assert row.state == "met"


def test_due_soon_counts_working_days() -> None:
    row = begin()
    for day, left in (("2026-03-23", 5), ("2026-03-25", 3), ("2026-03-27", 1), ("2026-03-30", 0)):
        with at(day):
            assert [(r.deadline.pk, r.working_days_left) for r in reminders_owed()] == [(row.pk, left)]
    with at("2026-03-24"):
        assert reminders_owed() == []
        assert list(due_soon()) == [row]
        assert list(due_soon(3)) == []
    with at("2026-03-28"):
        assert reminders_owed() == []
    with at("2026-04-01"):
        assert list(due_soon()) == []
        assert working_days_left(row) == -2


def test_lists_by_organ_and_subject_are_one_query(django_assert_num_queries: Any) -> None:
    mine, other = begin(), begin(subject_id="2", code="YZ-2")
    done = begin(subject_id="3")
    cancel(done, actor=SYSTEM, reason="申请人撤回申请")
    with django_assert_num_queries(3):
        assert list(running([mine.organ_id])) == [mine]
        assert list(running()) == [mine, other]
        assert list(of_subject("case", "3")) == [done]
    assert events(done) == ["started", "cancelled"]


def test_owners_hand_over_open_clocks_only() -> None:
    row, done = begin(), begin(subject_id="2")
    cancel(done, actor=SYSTEM, reason="测试")
    giver = Person.objects.get(username="p1")
    taker = Person.objects.create(username="p2", name="某某", organ=row.organ)
    assert hand_over([row, done], actor=SYSTEM, giver=giver, taker=taker) == 1
    row.refresh_from_db()
    done.refresh_from_db()
    assert (row.owners, done.owners) == ([str(taker.ref)], [str(giver.ref)])


@settings(max_examples=50)
@given(
    st.dates(dt.date(2019, 5, 15), dt.date(2026, 12, 31)),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=3),
    st.integers(0, 20),
    st.integers(0, 200),
)
def test_a_restart_equals_a_fresh_start(
    begun: dt.date, pairs: list[tuple[int, int]], extension: int, later: int
) -> None:
    pauses = tuple(
        Pause("third_party", begun + dt.timedelta(first), begun + dt.timedelta(first + length))
        for first, length in pairs
    )
    again = begun + dt.timedelta(later)
    law = law_in_force("foi.reply", again)
    restarted = Facts(begun, pauses, extension).restarted(again, "correction")
    assert outlook(law, restarted, calendar()) == outlook(law, Facts(again), calendar())
    assert Facts.from_json(restarted.as_json()) == restarted
