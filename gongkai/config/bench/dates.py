"""``bench due``: working days reckoned at once, against counting day by day."""

from __future__ import annotations

import datetime as dt
import random

from gongkai.config.bench.comparison import Comparison, median_rate, rounds_of, seconds
from gongkai.ground.calendars.queries import shipped_calendar
from gongkai.ground.calendars.reckoning import Calendar

FIRST = dt.date(2018, 1, 1)


def due_days(size: int) -> Comparison:
    """Periods of five to sixty working days from random days; both ways must agree on every one."""
    calendar, chance = shipped_calendar(), random.Random(8)  # noqa: S311 - cases, not secrets
    ours, plain = [], []
    for numbers in rounds_of(size):
        cases = [(FIRST + dt.timedelta(days=chance.randrange(2900)), chance.randrange(5, 61)) for _ in numbers]
        at_once: list[dt.date] = []
        counted: list[dt.date] = []
        ours.append((len(cases), seconds(lambda: at_once.extend(calendar.add_working_days(*c).on for c in cases))))  # noqa: B023
        plain.append((len(cases), seconds(lambda: counted.extend(_counted(calendar, *case) for case in cases))))  # noqa: B023
        if at_once != counted:
            raise AssertionError("the calendar and the plain count disagree")
    return Comparison("due", "periods", size, median_rate(ours), "counting day by day", median_rate(plain), 1.0)


def _counted(calendar: Calendar, start: dt.date, days: int) -> dt.date:
    day = start
    while days:
        day += dt.timedelta(days=1)
        days -= calendar.is_working_day(day)
    return day
