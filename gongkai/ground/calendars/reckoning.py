"""Working-day arithmetic on one calendar, in constant time by a prefix count over all days.

The first day is never counted (民法典 Article 201); a period in days or months that ends on a day off ends on the next
working day (民法典 Article 203); a month period ends on the corresponding day, else on the last day of the month
(Article 202).
"""

from __future__ import annotations

import calendar as gregorian
import datetime as dt
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gongkai.ground.calendars.plans import YearPlan
from gongkai.ground.refusal import Refused, wording

FIRST = dt.date(1990, 1, 1)
LAST = dt.date(2100, 12, 31)
_FIRST_ORDINAL = FIRST.toordinal()
_TWO_LABOUR_DAYS_FROM = 2025

OUT_OF_RANGE = wording(
    "calendar.out_of_range",
    what="日期{on}超出工作日历的范围（1990年至2100年）。",
    todo="请核对日期。",
    status=422,
)


@dataclass(frozen=True)
class Reached:
    """A day that was reckoned; provisional (暂定) when a year on the way has no official plan yet."""

    on: dt.date
    is_provisional: bool


class Calendar:
    """The working days of one region at one version. Build it once, ask it often; it never changes."""

    def __init__(self, region: str, version: str, plans: Iterable[YearPlan]) -> None:
        """Later plans overlay earlier ones; the plans of the base region decide which years are known."""
        self.region = region
        self.version = version
        self._plans = tuple(plans)
        self._known = {plan.year: plan.is_official for plan in self._plans if plan.region == "CN"}
        self._said = _said(self._plans)
        self._working = array("i")
        self._count = array("i")
        self._fill()

    def _fill(self) -> None:
        for ordinal in range(_FIRST_ORDINAL, LAST.toordinal() + 1):
            day = dt.date.fromordinal(ordinal)
            said = self._said.get(day)
            is_off = said[0] == "off" if said else day.weekday() > 4 or self._is_fixed_holiday(day)
            if not is_off:
                self._working.append(ordinal)
            self._count.append(len(self._working))

    def _is_fixed_holiday(self, day: dt.date) -> bool:
        """Only where no notice is known: the holidays whose date is the same each year."""
        if day.year in self._known:
            return False
        if day.month == 5:
            return day.day <= (2 if day.year >= _TWO_LABOUR_DAYS_FROM else 1)
        return (day.month == 1 and day.day == 1) or (day.month == 10 and day.day <= 3)

    def _counted(self, day: dt.date) -> int:
        if not FIRST <= day <= LAST:
            raise Refused(OUT_OF_RANGE, on=day)
        return self._count[day.toordinal() - _FIRST_ORDINAL]

    def is_known(self, year: int) -> bool:
        """Is the notice for this year known? Otherwise weekdays and fixed holidays are taken, provisionally."""
        return year in self._known

    def is_provisional(self, first: dt.date, last: dt.date) -> bool:
        """Does a stretch of days touch a year without an official plan?"""
        return any(not self._known.get(year, False) for year in range(first.year, last.year + 1))

    def is_working_day(self, day: dt.date) -> bool:
        """Is it a working day (工作日): a weekday that is not off, or a make-up day?"""
        count = self._counted(day)
        return count > (self._counted(day - dt.timedelta(1)) if day > FIRST else 0)

    def why(self, day: dt.date) -> str:
        """Why a day is or is not a working day, in words."""
        said = self._said.get(day)
        if said:
            return said[1]
        if self._is_fixed_holiday(day):
            return "法定节假日（该年放假通知未录入，按固定日期暂定）"
        return "周末" if day.weekday() > 4 else "工作日"

    def add_working_days(self, start: dt.date, days: int) -> Reached:
        """The day on which the given number of working days after ``start`` is full; negative counts back."""
        if days == 0:
            return Reached(start, False)
        # Counting back starts before the start day, whether or not that is a working day itself.
        before = self._counted(start) - (1 if days < 0 and self.is_working_day(start) else 0)
        position = before + days - 1 if days > 0 else before + days
        if not 0 <= position < len(self._working):
            raise Refused(OUT_OF_RANGE, on=start)
        reached = dt.date.fromordinal(self._working[position])
        step = dt.timedelta(1 if days > 0 else -1)
        return Reached(reached, self.is_provisional(*sorted((start + step, reached))))

    def working_days_between(self, first: dt.date, last: dt.date) -> int:
        """Working days after ``first`` up to and including ``last``; 0 when ``last`` is not later."""
        return self._counted(last) - self._counted(first) if last > first else 0

    def roll(self, day: dt.date) -> Reached:
        """The day itself when it is a working day, else the next working day."""
        if self.is_working_day(day):
            return Reached(day, self.is_provisional(day, day))
        reached = self.add_working_days(day, 1)
        return Reached(reached.on, self.is_provisional(day, reached.on))

    def add_calendar_days(self, start: dt.date, days: int) -> Reached:
        """The end of a period in calendar days (自然日), rolled to the next working day when it ends on a day off."""
        return self.roll(_shifted(start, days))

    def add_months(self, start: dt.date, months: int) -> Reached:
        """The end of a period in months, rolled like one in days."""
        return self.roll(corresponding_day(start, months))


def add_hours(moment: dt.datetime, hours: int) -> dt.datetime:
    """The end of a period in hours, which runs day and night, holidays included; keeps the offset given."""
    try:
        return (moment.astimezone(dt.UTC) + dt.timedelta(hours=hours)).astimezone(moment.tzinfo)
    except OverflowError:
        raise Refused(OUT_OF_RANGE, on=moment.isoformat()) from None


def corresponding_day(start: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of the month where it is shorter (民法典 Article 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not FIRST.year <= year <= LAST.year:
        raise Refused(OUT_OF_RANGE, on=start)
    return dt.date(year, month + 1, min(start.day, gregorian.monthrange(year, month + 1)[1]))


def _shifted(start: dt.date, days: int) -> dt.date:
    try:
        return start + dt.timedelta(days)
    except OverflowError:
        raise Refused(OUT_OF_RANGE, on=start) from None


def _said(plans: Iterable[YearPlan]) -> Mapping[dt.date, tuple[str, str]]:
    said: dict[dt.date, tuple[str, str]] = {}
    for plan in plans:
        is_local = plan.region != "CN"
        for day in plan.off:
            said[day] = ("off", "地方规定放假" if is_local else "节假日放假或调休")
        for day in plan.work:
            said[day] = ("work", "地方规定上班" if is_local else "调休上班")
    return said
