"""An independent plain loop, day by day over the year files, agrees with the arithmetic on 100,000 random cases."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gongkai.engine.deadlines.compute import Span, compute
from gongkai.ground import calendars
from gongkai.ground.calendars.queries import shipped_calendar
from gongkai.ground.rulebook.schema import Provision

ONE_DAY = dt.timedelta(1)


def days_said() -> dict[dt.date, bool]:
    """Working or not, for every day a year file names; read without the code under test."""
    said: dict[dt.date, bool] = {}
    for path in (Path(calendars.__file__).parent / "years" / "CN").glob("*.json"):
        plan = json.loads(path.read_text(encoding="utf-8"))
        said |= {dt.date.fromisoformat(day): False for day in plan["off"]}
        said |= {dt.date.fromisoformat(day): True for day in plan["work"]}
    return said


SAID = days_said()
FIXED = {(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)}
WORKS: dict[dt.date, bool] = {}
for step in range((dt.date(2032, 1, 1) - dt.date(2014, 1, 1)).days):
    day = dt.date(2014, 1, 1) + ONE_DAY * step
    known = 2017 <= day.year <= 2026
    holiday = (day.month, day.day) in FIXED or (day.year >= 2025 and (day.month, day.day) == (5, 2))
    WORKS[day] = SAID.get(day, day.weekday() < 5 and (known or not holiday))


def provision(unit: str, quantity: int, extension: int = 0) -> Provision:
    return Provision.model_validate(
        {
            "citation": "测试",
            "valid_from": "2000-01-01",
            "mark": "P",
            "unit": unit,
            "quantity": quantity,
            "start": "测试",
            "is_rolled": unit != "working_day",
            "extension": {"quantity": extension, "approver": "测试", "condition": "测试"} if extension else None,
        }
    )


def loop_working(start: dt.date, quantity: int, pauses: list[Span]) -> tuple[dt.date, bool]:
    day, left, touched = start, quantity, set()
    while left:
        day += ONE_DAY
        touched.add(day.year)
        if WORKS[day] and not any(first < day <= last for first, last in pauses):
            left -= 1
    return day, not all(2017 <= year <= 2026 for year in touched)


def loop_calendar(start: dt.date, quantity: int, pauses: list[Span]) -> tuple[dt.date, bool]:
    day, left = start, quantity
    while left:
        day += ONE_DAY
        if not any(first < day <= last for first, last in pauses):
            left -= 1
    touched = {day.year}
    while not WORKS[day]:
        day += ONE_DAY
        touched.add(day.year)
    return day, not all(2017 <= year <= 2026 for year in touched)


def random_pauses(draw: random.Random, start: dt.date) -> list[Span]:
    pauses = []
    for _ in range(draw.choice((0, 0, 0, 1, 1, 2, 3))):
        first = start + ONE_DAY * draw.randrange(-5, 40)
        pauses.append((first, first + ONE_DAY * draw.randrange(0, 25)))
    return pauses


def test_a_hundred_thousand_random_cases() -> None:
    draw, calendar = random.Random(20260302), shipped_calendar()
    working = {quantity: provision("working_day", quantity) for quantity in range(1, 46)}
    natural = {quantity: provision("calendar_day", quantity) for quantity in range(1, 91)}
    first = dt.date(2016, 6, 1)
    for number in range(100_000):
        start = first + ONE_DAY * draw.randrange(4400)
        pauses = random_pauses(draw, start)
        if number % 3:
            quantity = draw.randrange(1, 46)
            expected = loop_working(start, quantity, pauses)
            computed = compute(working[quantity], start, calendar=calendar, pauses=pauses)
        else:
            quantity = draw.randrange(1, 91)
            expected = loop_calendar(start, quantity, pauses)
            computed = compute(natural[quantity], start, calendar=calendar, pauses=pauses)
        assert (computed.due, computed.is_provisional) == expected, (start, quantity, pauses)


starts = st.dates(dt.date(2017, 1, 1), dt.date(2027, 12, 31))
spans = st.lists(
    st.tuples(st.integers(-10, 60), st.integers(0, 30)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=4
)
units = st.sampled_from(["working_day", "calendar_day"])


def shifted(start: dt.date, pairs: list[tuple[int, int]]) -> list[Span]:
    return [(start + ONE_DAY * first, start + ONE_DAY * last) for first, last in pairs]


@given(starts, st.integers(1, 60), spans, units)
def test_a_pause_never_shortens(start: dt.date, quantity: int, pairs: list[tuple[int, int]], unit: str) -> None:
    calendar = shipped_calendar()
    plain = compute(provision(unit, quantity), start, calendar=calendar)
    paused = compute(provision(unit, quantity), start, calendar=calendar, pauses=shifted(start, pairs))
    assert paused.due >= plain.due  # type: ignore[operator]


@given(starts, st.integers(1, 60), st.integers(0, 40), spans, units)
def test_the_trace_counts_exactly_the_quantity_and_ends_on_the_due_day(
    start: dt.date, quantity: int, extension: int, pairs: list[tuple[int, int]], unit: str
) -> None:
    computed = compute(
        provision(unit, quantity, 40),
        start,
        calendar=shipped_calendar(),
        pauses=shifted(start, pairs),
        extension=extension,
    )
    trace = computed.trace
    days = [dt.date.fromisoformat(step["on"]) for step in trace]
    assert sum(step["counted"] for step in trace) == quantity + extension
    assert days == [start + ONE_DAY * step for step in range(len(days))]
    assert days[-1] == computed.due


@given(starts, st.integers(1, 60), spans, units)
def test_order_and_overlap_of_pauses_do_not_matter(
    start: dt.date, quantity: int, pairs: list[tuple[int, int]], unit: str
) -> None:
    calendar, pauses = shipped_calendar(), shifted(start, pairs)
    once = compute(provision(unit, quantity), start, calendar=calendar, pauses=pauses)
    again = compute(provision(unit, quantity), start, calendar=calendar, pauses=[*reversed(pauses), *pauses])
    assert once == again
