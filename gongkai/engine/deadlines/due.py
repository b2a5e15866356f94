"""The question behind ``gongkai due``: when does this rule end, counted from this day, and why?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import OperationalError, ProgrammingError, connection

from gongkai.engine.deadlines.compute import MOMENT_NEEDED, Span, compute
from gongkai.ground import clock
from gongkai.ground.calendars.models import CalendarYear
from gongkai.ground.calendars.queries import calendar, shipped_calendar
from gongkai.ground.calendars.reckoning import Calendar
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.rulebook.queries import entry_of, rule
from gongkai.ground.rulebook.schema import Unit

NOT_A_DATE = wording("deadline.not_a_date", what="“{given}”不是日期。", todo="请写成2026-03-02这样的形式。", status=422)


def due(
    rule_key: str,
    from_: str | dt.date | dt.datetime,
    pauses: Iterable[str | Span] = (),
    extend: int = 0,
    calendar_id: str = "CN",
    organ: Organ | None = None,
) -> dict[str, Any]:
    """The due date with its explanation, as the JSON that ``gongkai due`` prints.

    ``from_`` is a day, or for rules in hours an aware moment (both may be ISO text); its day chooses the version of the
    rule. A pause is a pair of days or ``FROM..TO``; it excludes the days after FROM up to and including TO.
    ``extend`` is counted in the unit of the rule. Raises Refused for anything that is not lawful or not readable.
    """
    in_hours = entry_of(rule_key).versions[-1].unit is Unit.HOUR
    start = _moment(from_) if in_hours else _day(from_)
    on = clock.day_of(start) if isinstance(start, dt.datetime) else start
    applied = rule(rule_key, on=on, organ=organ)
    computed = compute(
        applied.provision,
        start,
        calendar=calendar_or_delivered(calendar_id),
        pauses=[_span(pause) for pause in pauses],
        extension=extend,
    )
    return {
        "rule": rule_key,
        "citation": applied.citation,
        "version": applied.version,
        "from": start.isoformat(),
        "due": computed.due.isoformat(),
        "provisional": computed.is_provisional,
        "trace": computed.trace,
    }


def calendar_or_delivered(calendar_id: str) -> Calendar:
    """The calendar in use here; before the database is set up, the delivered one."""
    try:
        return calendar(calendar_id)
    except (OperationalError, ProgrammingError):
        if CalendarYear._meta.db_table in connection.introspection.table_names():
            raise
        return shipped_calendar(calendar_id)


def _day(given: str | dt.date | dt.datetime) -> dt.date:
    """A day; a moment counts as its day in China."""
    if isinstance(given, str):
        try:
            given = dt.date.fromisoformat(given) if len(given) <= 10 else dt.datetime.fromisoformat(given)
        except ValueError:
            raise Refused(NOT_A_DATE, given=given) from None
    if isinstance(given, dt.datetime):
        return clock.day_of(given) if given.tzinfo else given.date()
    return given


def _moment(given: str | dt.date | dt.datetime) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise Refused(MOMENT_NEEDED, given=given) from None
    if not isinstance(moment, dt.datetime) or moment.tzinfo is None:
        raise Refused(MOMENT_NEEDED, given=given)
    return moment


def _span(given: str | Span) -> Span:
    if not isinstance(given, str):
        return given
    first, _, last = given.partition("..")
    return _day(first.strip()), _day(last.strip())
