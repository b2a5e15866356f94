"""Moments of the story: so many working days before the day on which the city is loaded, in office hours."""

from __future__ import annotations

import datetime as dt

from gongkai.ground import clock
from gongkai.ground.calendars.queries import calendar


class Workdays:
    """Working days counted from an anchor: 1 is the last working day before it, -1 the first one after it."""

    def __init__(self, anchor: dt.date) -> None:
        self.anchor = anchor
        self._calendar = calendar()

    def day(self, ago: int) -> dt.date:
        """The working day that many working days before the anchor; after it where the number is negative."""
        return self._calendar.add_working_days(self.anchor, -ago).on

    def moment(self, ago: int, hour: int, minute: int = 0) -> dt.datetime:
        """An hour of that day, in China."""
        return dt.datetime.combine(self.day(ago), dt.time(hour, minute), clock.SHANGHAI)
