"""From a rule, a start and facts to a due date, with the trace that explains it.

Conventions (requirements 8, printed on the letters): the first day is never counted. A pause excludes the days after
its first day up to and including its last day: the day a letter goes out is still used, the day the answer comes in is
still free. An extension runs from the end of the first period. Hours run day and night.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from gongkai.ground.calendars.reckoning import (
    FIRST,
    LAST,
    OUT_OF_RANGE,
    Calendar,
    Reached,
    add_hours,
    corresponding_day,
)
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.rulebook.schema import UNIT_NAMES, Provision, Unit

Span = tuple[dt.date, dt.date]

PAUSE_REVERSED = wording(
    "deadline.pause_reversed",
    what="不计入期限的起止日期颠倒：{first}晚于{last}。",
    todo="请核对发出和收到的日期。",
    status=422,
)
NOT_PAUSED = wording(
    "deadline.not_paused",
    what="这项期限（{unit}）不能扣除时间。",
    todo="请去掉不计入期限的时间后再算。",
    status=422,
)
EXTENSION_TOO_LONG = wording(
    "deadline.extension_too_long",
    what="延长{asked}超过了允许的{allowed}。",
    todo="请缩短延长的时间。",
    status=422,
)
NO_EXTENSION = wording("deadline.no_extension", what="这项期限没有延长的规定。", todo="请按原期限办理。", status=422)
MOMENT_NEEDED = wording(
    "deadline.moment_needed",
    what="按小时计算的期限须给出带时区的时刻，“{given}”不是。",
    todo="请写成2026-03-02T09:00:00+08:00这样的形式。",
    status=422,
)


class TraceStep(TypedDict):
    """One line of the explanation: the day (or moment), whether it was counted, and why."""

    on: str
    counted: bool
    why: str


@dataclass(frozen=True)
class Computed:
    """A due day, or moment for rules in hours; provisional (暂定) when a year without official calendar was touched."""

    due: dt.date | dt.datetime
    is_provisional: bool
    _explain: Callable[[], Iterable[TraceStep]] = field(repr=False, compare=False)

    @property
    def trace(self) -> list[TraceStep]:
        """The explanation, day by day; written only when somebody asks."""
        return list(self._explain())


def compute(
    provision: Provision,
    start: dt.date | dt.datetime,
    *,
    calendar: Calendar,
    pauses: Iterable[Span] = (),
    extension: int = 0,
) -> Computed:
    """When a limit ends. ``start`` is an aware moment for rules in hours, a day for all others.

    Raises Refused for a reversed pause, a pause or extension that the rule does not know, and dates out of range.
    """
    spans = merged(pauses)
    periods = _periods(provision, extension)
    if spans and (provision.direction == "before" or provision.unit not in (Unit.WORKING_DAY, Unit.CALENDAR_DAY)):
        raise Refused(NOT_PAUSED, provision.citation, unit=UNIT_NAMES[provision.unit])
    if provision.unit is Unit.HOUR:
        return _in_hours(provision, start, sum(periods))
    day = start.date() if isinstance(start, dt.datetime) else start
    if provision.unit is Unit.WORKING_DAY and provision.direction == "after":
        return _in_working_days(provision, day, periods, spans, calendar)
    if provision.unit is Unit.CALENDAR_DAY and provision.direction == "after":
        return _in_calendar_days(provision, day, periods, spans, calendar)
    return _to_a_named_day(provision, day, periods, calendar)


def merged(pauses: Iterable[Span]) -> list[Span]:
    """Pauses in order, overlapping ones joined; empty ones dropped."""
    joined: list[Span] = []
    for first, last in sorted(pauses):
        if first > last:
            raise Refused(PAUSE_REVERSED, first=first, last=last)
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        elif first < last:
            joined.append((first, last))
    return joined


def _periods(provision: Provision, extension: int) -> list[int]:
    """The quantity, then the extension if there is one."""
    quantity = provision.quantity or 0
    if not extension:
        return [quantity]
    allowed = provision.extension
    if allowed is None:
        raise Refused(NO_EXTENSION, provision.citation)
    if not 0 < extension <= allowed.quantity:
        unit = UNIT_NAMES[provision.unit]
        raise Refused(
            EXTENSION_TOO_LONG, provision.citation, asked=f"{extension}{unit}", allowed=f"{allowed.quantity}{unit}"
        )
    return [quantity, extension]


def _in_hours(provision: Provision, start: dt.date | dt.datetime, hours: int) -> Computed:
    if not isinstance(start, dt.datetime) or start.tzinfo is None:
        raise Refused(MOMENT_NEEDED, provision.citation, given=start.isoformat())
    due = add_hours(start, hours)

    def explain() -> Iterator[TraceStep]:
        yield {"on": start.isoformat(), "counted": False, "why": f"起算：{provision.start}"}
        yield {"on": due.isoformat(), "counted": True, "why": f"连续计算满{hours}小时，节假日不停"}

    return Computed(due, False, explain)


def _in_working_days(
    provision: Provision, start: dt.date, periods: Sequence[int], spans: Sequence[Span], calendar: Calendar
) -> Computed:
    total = sum(periods)
    due = calendar.add_working_days(start, total)
    for first, last in spans:
        stopped = max(first, start)
        if due.on <= stopped:
            break
        total += calendar.working_days_between(stopped, last)
        due = calendar.add_working_days(start, total)

    def explain() -> Iterator[TraceStep]:
        yield _first_day(provision, start)
        counted = 0
        for day in _days(start, due.on):
            if _is_paused(day, spans):
                yield _step(day, False, "不计入期限的时间")
            elif calendar.is_working_day(day):
                counted += 1
                yield _step(day, True, _ordinal(counted, periods, "个工作日") + _made_up(day))
            else:
                yield _step(day, False, calendar.why(day))

    return Computed(due.on, due.is_provisional, explain)


def _in_calendar_days(
    provision: Provision, start: dt.date, periods: Sequence[int], spans: Sequence[Span], calendar: Calendar
) -> Computed:
    legs: list[tuple[dt.date, dt.date, dt.date]] = []
    is_provisional = False
    day = start
    for quantity in periods:
        end = _calendar_end(day, quantity, spans)
        rolled = _rolled(provision, end, calendar)
        legs.append((day, end, rolled.on))
        is_provisional |= rolled.is_provisional
        day = rolled.on

    def explain() -> Iterator[TraceStep]:
        yield _first_day(provision, start)
        counted = 0
        for begin, end, rolled_to in legs:
            for each in _days(begin, end):
                is_paused = _is_paused(each, spans)
                counted += not is_paused
                why = "不计入期限的时间" if is_paused else _ordinal(counted, periods, "日")
                yield _step(each, not is_paused, why)
            yield from _roll_steps(end, rolled_to, calendar)

    return Computed(day, is_provisional, explain)


def _to_a_named_day(provision: Provision, start: dt.date, periods: Sequence[int], calendar: Calendar) -> Computed:
    """Limits whose end is named, not counted day by day: months, fixed dates, at once, and those that count back."""
    end, why = start, "应当即时办理"
    reached = Reached(start, False)
    if provision.unit is Unit.YEARLY_ON:
        end = _next_date(start, provision.month or 1, provision.day or 1)
        reached, why = Reached(end, False), f"此后第一个{end.month}月{end.day}日，逢休息日不顺延"
    elif provision.unit is Unit.WORKING_DAY:
        reached = calendar.add_working_days(start, -periods[0])
        end, why = reached.on, f"向前第{periods[0]}个工作日"
    elif provision.unit is Unit.CALENDAR_DAY:
        end = _back(start, periods[0])
        reached, why = Reached(end, False), f"向前第{periods[0]}日，逢休息日不顺延"
    elif provision.unit is Unit.MONTH:
        for months in periods:
            end = corresponding_day(reached.on, months)
            rolled = _rolled(provision, end, calendar)
            reached = Reached(rolled.on, reached.is_provisional or rolled.is_provisional)
        why = f"{sum(periods)}个月后的对应日（该月没有对应日的，为月末）"

    def explain() -> Iterator[TraceStep]:
        yield _first_day(provision, start)
        yield _step(end, True, why)
        yield from _roll_steps(end, reached.on, calendar)

    return Computed(reached.on, reached.is_provisional, explain)


def _calendar_end(start: dt.date, days: int, spans: Sequence[Span]) -> dt.date:
    end = _back(start, -days)
    for first, last in spans:
        stopped = max(first, start)
        if end <= stopped:
            break
        if last > stopped:
            end = _back(end, (stopped - last).days)
    return end


def _back(day: dt.date, days: int) -> dt.date:
    try:
        return day - dt.timedelta(days)
    except OverflowError:
        raise Refused(OUT_OF_RANGE, on=day) from None


def _rolled(provision: Provision, end: dt.date, calendar: Calendar) -> Reached:
    return calendar.roll(end) if provision.is_rolled else Reached(end, False)


def _next_date(start: dt.date, month: int, day: int) -> dt.date:
    if not FIRST <= start < LAST:
        raise Refused(OUT_OF_RANGE, on=start)
    this_year = dt.date(start.year, month, day)
    return this_year if this_year > start else dt.date(start.year + 1, month, day)


def _days(after: dt.date, until: dt.date) -> Iterator[dt.date]:
    for ordinal in range(after.toordinal() + 1, until.toordinal() + 1):
        yield dt.date.fromordinal(ordinal)


def _is_paused(day: dt.date, spans: Sequence[Span]) -> bool:
    return any(first < day <= last for first, last in spans)


def _step(day: dt.date, counted: bool, why: str) -> TraceStep:
    return {"on": day.isoformat(), "counted": counted, "why": why}


def _first_day(provision: Provision, start: dt.date) -> TraceStep:
    return _step(start, False, f"起算：{provision.start}，当日不计入")


def _ordinal(counted: int, periods: Sequence[int], unit: str) -> str:
    if counted > periods[0]:
        return f"延长期第{counted - periods[0]}{unit}"
    return f"第{counted}{unit}"


def _made_up(day: dt.date) -> str:
    return "（调休上班）" if day.weekday() > 4 else ""


def _roll_steps(end: dt.date, rolled_to: dt.date, calendar: Calendar) -> Iterator[TraceStep]:
    for day in _days(end, rolled_to):
        why = "期限最后一日是休息日，顺延至此（民法典第二百零三条）" if day == rolled_to else calendar.why(day)
        yield _step(day, False, why)
