"""Moments of the story: so many working days before the day on which the city is loaded, in office hours."""

from __future__ import annotations

import datetime as dt

from gongkai.ground import clock
from gongkai.ground.calendars.queries import calendar

#: Days off in a row that make a long holiday.
_LONG = 5


class Workdays:
    """Working days counted from an anchor: 1 is the last working day before it, -1 the first one after it."""

    def __init__(self, anchor: dt.date) -> None:
        self.anchor = anchor
        self._calendar = calendar()

    def day(self, ago: int) -> dt.date:
        """The working day that many working days before the anchor; after it where the number is negative."""
        return self._calendar.add_working_days(self.anchor, -ago).on

    def ago(self, day: dt.date) -> int:
        """How many working days a day lies before the anchor."""
        return self._calendar.working_days_between(day, self.anchor)

    def eve(self, year: int, month: int, days: int = 60) -> dt.date:
        """The last working day before the long holiday (five days off or more) that begins soonest after a month does.

        The month's first working day where none is known: a year whose holidays nobody has announced yet.
        """
        first = dt.date(year, month, 1)
        run = 0
        for day in (first + dt.timedelta(number) for number in range(days)):
            run = 0 if self._calendar.is_working_day(day) else run + 1
            if run == _LONG:
                return day - dt.timedelta(_LONG)
        return self._calendar.add_working_days(first, 1).on

    @staticmethod
    def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        """An hour of a day by the calendar, in China."""
        return dt.datetime.combine(day, dt.time(hour, minute), clock.SHANGHAI)

    def moment(self, ago: int, hour: int, minute: int = 0) -> dt.datetime:
        """An hour of that day, in China."""
        return self.at(self.day(ago), hour, minute)
