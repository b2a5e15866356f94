"""Arithmetic on the delivered calendar: exact days, and what happens at the edges."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ground.calendars.plans import Source, YearPlan, shipped_plans
from gongkai.ground.calendars.queries import assembled, shipped_calendar, version_of
from gongkai.ground.calendars.reckoning import Calendar, Reached, add_hours, corresponding_day
from gongkai.ground.refusal import Refused

D = dt.date.fromisoformat
days = st.dates(dt.date(2016, 1, 1), dt.date(2029, 12, 31))


def with_overlay(off: list[str], work: list[str]) -> Calendar:
    overlay = YearPlan("CN-63", 2026, "official", (Source("测试"),), frozenset(map(D, off)), frozenset(map(D, work)))
    return assembled("CN-63", [overlay, *shipped_plans()], ["CN", "CN-63"])


def test_an_unknown_year_takes_weekdays_and_fixed_holidays_and_says_so() -> None:
    calendar = shipped_calendar()
    assert not calendar.is_known(2027)
    assert not calendar.is_working_day(D("2027-01-01"))
    assert not calendar.is_working_day(D("2028-05-02"))
    assert calendar.is_working_day(D("2016-05-03"))
    assert not calendar.is_working_day(D("2029-10-03"))
    assert calendar.add_working_days(D("2026-12-30"), 1) == Reached(D("2026-12-31"), False)
    assert calendar.add_working_days(D("2026-12-31"), 1) == Reached(D("2027-01-04"), True)
    assert calendar.why(D("2027-01-01")) == "法定节假日（该年放假通知未录入，按固定日期暂定）"


def test_only_the_end_of_a_calendar_period_touches_the_calendar() -> None:
    calendar = shipped_calendar()
    assert calendar.add_calendar_days(D("2016-12-01"), 60) == Reached(D("2017-02-03"), False)
    assert calendar.add_calendar_days(D("2026-12-01"), 60) == Reached(D("2027-02-01"), True)


def test_a_month_without_the_day_ends_on_its_last() -> None:
    assert corresponding_day(D("2025-08-31"), 6) == D("2026-02-28")
    assert corresponding_day(D("2023-08-31"), 6) == D("2024-02-29")
    assert shipped_calendar().add_months(D("2025-08-31"), 6) == Reached(D("2026-02-28"), False)


def test_make_up_sundays_count_and_rolling_passes_over_holidays() -> None:
    calendar = shipped_calendar()
    assert calendar.is_working_day(D("2026-02-14"))
    assert calendar.why(D("2026-02-14")) == "调休上班"
    assert calendar.roll(D("2026-02-15")) == Reached(D("2026-02-24"), False)
    assert calendar.working_days_between(D("2026-02-13"), D("2026-02-28")) == 6
    assert calendar.working_days_between(D("2026-02-28"), D("2026-02-13")) == 0


def test_hours_run_through_holidays_and_keep_their_offset() -> None:
    start = dt.datetime.fromisoformat("2026-02-15T20:00:00+08:00")
    assert add_hours(start, 48).isoformat() == "2026-02-17T20:00:00+08:00"


def test_an_overlay_adds_days_to_its_base_and_changes_the_version() -> None:
    plain, local = shipped_calendar(), with_overlay(["2026-03-20"], ["2026-03-22"])
    assert plain.is_working_day(D("2026-03-20"))
    assert not local.is_working_day(D("2026-03-20"))
    assert local.is_working_day(D("2026-03-22"))
    assert local.why(D("2026-03-20")) == "地方规定放假"
    assert not local.is_working_day(D("2026-10-01"))
    assert plain.version != local.version
    assert version_of(shipped_plans()) == version_of(list(shipped_plans()))


def test_days_out_of_range_are_refused() -> None:
    calendar = shipped_calendar()
    for start in ("1949-10-01", "2101-01-01", "9999-12-31"):
        with pytest.raises(Refused) as refused:
            calendar.add_working_days(D(start), 7)
        assert refused.value.code == "calendar.out_of_range"
    with pytest.raises(Refused):
        calendar.add_working_days(D("2100-12-31"), 1)
    with pytest.raises(Refused):
        calendar.add_calendar_days(D("9999-12-31"), 60)
    with pytest.raises(Refused):
        calendar.add_months(D("2100-12-31"), 6)


@given(days, st.integers(1, 300))
def test_counting_back_undoes_counting_forward_from_a_working_day(start: dt.date, quantity: int) -> None:
    calendar = shipped_calendar()
    begin = calendar.roll(start).on
    assert calendar.add_working_days(calendar.add_working_days(begin, quantity).on, -quantity).on == begin


@given(days, st.integers(1, 300))
def test_the_distance_to_the_reached_day_is_the_quantity(start: dt.date, quantity: int) -> None:
    calendar = shipped_calendar()
    reached = calendar.add_working_days(start, quantity).on
    assert calendar.is_working_day(reached)
    assert calendar.working_days_between(start, reached) == quantity


def test_the_package_delivers_its_files() -> None:
    from gongkai.ground import calendars

    assert len(list((Path(calendars.__file__).parent / "years" / "CN").glob("*.json"))) == 10
