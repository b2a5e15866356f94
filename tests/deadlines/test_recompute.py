"""A calendar or a preset changes: all and only the open clocks concerned are reckoned again, with before and after."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gongkai.engine.deadlines.actions import Change, cancel, extend, mark_overdue, pause, recompute, start
from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.deadlines.queries import regions_outdated
from gongkai.engine.deadlines.ticks import calendars_changed, deadlines_passed
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM, Actor, actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.calendars.actions import enter_year
from gongkai.ground.calendars.plans import Source
from gongkai.ground.organs.models import Organ, OrganClosure, Person
from gongkai.ground.register.models import Event
from gongkai.ground.rulebook.actions import override_preset

pytestmark = pytest.mark.django_db

D = dt.date.fromisoformat
OFF_2027 = ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05"]


@pytest.fixture
def organs() -> dict[str, Organ]:
    made = {}
    for code, calendar in (("YZ", "CN"), ("QH", "CN-63")):
        made[code] = Organ.objects.create(code=code, name=code, type="department", level="city", calendar=calendar)
        OrganClosure.objects.create(ancestor=made[code], descendant=made[code], depth=0)
    return made


def begin(organ: Organ, on: str, rule_key: str = "foi.reply", number: str = "1") -> Deadline:
    who, _ = Person.objects.get_or_create(username="owner", defaults={"name": "某某", "organ": organ})
    return start(
        actor=SYSTEM, subject_type="case", subject_id=number, organ=organ, rule_key=rule_key, on=D(on), owners=[who]
    )


def enter(**changes: Any) -> None:
    facts: dict[str, Any] = {"year": 2027, "off": OFF_2027, "work": ["2027-01-09"], "source": [Source("通知（测试）")]}
    enter_year(actor=SYSTEM, **(facts | changes))


def dues() -> dict[int, str]:
    return {row.pk: str(row.due_on) for row in Deadline.objects.all()}


def test_a_new_year_moves_what_touches_it_and_nothing_else(organs: dict[str, Organ]) -> None:
    across = begin(organs["YZ"], "2026-12-21")
    within = begin(organs["YZ"], "2026-03-02")
    closed = begin(organs["YZ"], "2026-12-21", number="2")
    cancel(closed, actor=SYSTEM, reason="测试")
    assert (across.due_on, across.is_provisional) == (D("2027-01-19"), True)
    enter()
    told: list[Change] = []
    recompute("CN", tell=told.append)
    assert calendars_changed() == 0
    assert dues() == {across.pk: "2027-01-20", within.pk: "2026-03-30", closed.pk: "2027-01-19"}
    across.refresh_from_db()
    assert across.is_provisional is False
    assert [(change.deadline.owners, change.before, change.after) for change in told] == [
        ([str(Person.objects.get().ref)], "2027-01-19", "2027-01-20")
    ]
    event = Event.objects.get(name="deadline.recomputed")
    assert (event.actor, event.subject_id) == ("system", str(across.pk))
    assert (event.data["before"], event.data["after"]) == ("2027-01-19", "2027-01-20")
    assert event.data["provisional"] == [True, False]
    assert event.data["calendar"][0] != event.data["calendar"][1] == across.calendar_version


def test_a_second_tick_finds_nothing_to_do(organs: dict[str, Organ]) -> None:
    begin(organs["YZ"], "2026-12-21")
    assert calendars_changed() == 0
    enter()
    assert regions_outdated() == ["CN"]
    assert (calendars_changed(), calendars_changed(), regions_outdated()) == (1, 0, [])


def test_an_overlay_moves_only_its_own_region(organs: dict[str, Organ]) -> None:
    here, there = begin(organs["YZ"], "2026-03-02"), begin(organs["QH"], "2026-03-02")
    enter(year=2026, off=["2026-03-20"], work=[], region="CN-63")
    assert calendars_changed() == 1
    assert dues() == {here.pk: "2026-03-30", there.pk: "2026-03-31"}


def test_the_base_moves_the_regions_above_it_too(organs: dict[str, Organ]) -> None:
    there = begin(organs["QH"], "2026-12-21")
    enter()
    assert calendars_changed() == 1
    assert dues() == {there.pk: "2027-01-20"}


def test_a_clock_that_becomes_final_without_moving_is_told_too(organs: dict[str, Organ]) -> None:
    begin(organs["YZ"], "2026-12-21")
    enter(off=["2027-01-01"], work=[])
    told: list[Change] = []
    recompute("CN", tell=told.append)
    assert (told[0].before, told[0].after, told[0].was_provisional) == ("2027-01-19", "2027-01-19", True)


def test_a_passed_clock_runs_again_when_its_end_moves_ahead(organs: dict[str, Organ]) -> None:
    row = begin(organs["YZ"], "2026-03-02")
    with clock.frozen(dt.datetime.fromisoformat("2026-03-31T09:00:00+08:00")):
        assert deadlines_passed() == 1
        enter(year=2026, off=["2026-03-16", "2026-03-17"], work=[], region="CN", reason="测试")
        assert calendars_changed() == 1
        row.refresh_from_db()
        assert (row.state, str(row.due_on)) == ("running", "2026-04-01")
        assert mark_overdue() == []


def test_a_standing_clock_stays_standing(organs: dict[str, Organ]) -> None:
    row = begin(organs["YZ"], "2026-12-21")
    pause(row, actor=SYSTEM, on=D("2026-12-28"), code="third_party")
    enter()
    assert calendars_changed() == 0
    row.refresh_from_db()
    assert row.due_on is None


def desk(organ: Organ) -> Actor:
    who = Person.objects.create(username="desk", name="某某", organ=organ)
    who.grants.create(role=Role.OGI_OFFICE, organ=organ, valid_from=D("2020-01-01"))
    return actor_for(who)


def test_a_changed_preset_moves_the_clocks_of_its_organ(organs: dict[str, Organ]) -> None:
    here = begin(organs["YZ"], "2026-03-02", "foi.correction-period")
    there = begin(organs["QH"], "2026-03-02", "foi.correction-period")
    override_preset(
        actor=desk(organs["YZ"]),
        organ=organs["YZ"],
        key="foi.correction-period",
        quantity=10,
        citation="云洲市规定",
        reason="本市惯例",
        valid_from=D("2026-01-01"),
    )
    assert calendars_changed() == 1
    assert dues() == {here.pk: "2026-03-16", there.pk: "2026-03-23"}
    here.refresh_from_db()
    assert here.rule["provision"]["citation"] == "云洲市规定"


def test_what_was_granted_stands(organs: dict[str, Organ]) -> None:
    row = begin(organs["YZ"], "2026-12-21")
    extend(row, actor=SYSTEM, quantity=20, on=D("2026-12-25"), reason="测试")
    enter()
    calendars_changed()
    row.refresh_from_db()
    assert row.facts["extension"] == 20
    assert sum(step["counted"] for step in row.trace) == 40


def test_many_clocks_are_reckoned_in_batches(organs: dict[str, Organ], django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        begin(organs["YZ"], "2026-12-21", number=str(number))
    enter()
    with django_assert_max_num_queries(14):
        changes, looked_at = recompute("CN", limit=5)
    assert (len(changes), looked_at) == (5, 5)
    assert calendars_changed() == 7
    assert Event.objects.filter(name="deadline.recomputed").count() == 12
