"""Which clocks run, which end soon, which have passed, and which were reckoned with an older calendar or rulebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongkai.engine.deadlines.models import OPEN_STATES, Deadline, DeadlineState
from gongkai.ground import clock
from gongkai.ground.calendars.queries import calendar
from gongkai.ground.calendars.reckoning import Calendar
from gongkai.ground.rulebook.queries import rulebook_version

REMINDED_BEFORE = (5, 3, 1, 0)


@dataclass(frozen=True)
class Reminder:
    """A clock that ends in so many working days: owed once per deadline, level and due day."""

    deadline: Deadline
    working_days_left: int


def of_subject(subject_type: str, subject_id: str) -> QuerySet[Deadline]:
    """Every clock of one subject, the earliest first."""
    return Deadline.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("pk")


def running(organ_ids: Iterable[int] | None = None) -> QuerySet[Deadline]:
    """Open clocks by due day; of some organs if given."""
    rows = Deadline.objects.filter(state__in=OPEN_STATES).order_by("due_on", "pk")
    return rows if organ_ids is None else rows.filter(organ_id__in=organ_ids)


def overdue(organ_ids: Iterable[int] | None = None) -> QuerySet[Deadline]:
    """Open clocks that have passed, whether or not the tick has marked them yet."""
    return running(organ_ids).filter(_passed(clock.now()))


def past_due(now: dt.datetime) -> QuerySet[Deadline]:
    """Clocks still called running although their end has passed."""
    return Deadline.objects.filter(_passed(now), state=DeadlineState.RUNNING).order_by("pk")


def due_soon(within: int = 5, organ_ids: Iterable[int] | None = None) -> QuerySet[Deadline]:
    """Running clocks that end within so many working days of their own calendar, today included."""
    today = clock.today()
    ahead = Q(pk__in=[])
    for region in _regions():
        horizon = calendar(region).add_working_days(today, within).on
        ahead |= Q(calendar=region, due_on__lte=horizon)
    return running(organ_ids).filter(ahead, due_on__gte=today, state=DeadlineState.RUNNING)


def reminders_owed(levels: Iterable[int] = REMINDED_BEFORE) -> list[Reminder]:
    """Clocks that end in exactly 5, 3, 1 or 0 working days; who sends them remembers what was sent."""
    today, wanted = clock.today(), set(levels)
    soon = due_soon(max(wanted)).select_related("organ")
    owed = [Reminder(row, working_days_left(row)) for row in soon if calendar(row.calendar).is_working_day(today)]
    return [reminder for reminder in owed if reminder.working_days_left in wanted]


def working_days_left(deadline: Deadline) -> int:
    """Working days from tomorrow up to the due day; negative when it has passed, by the deadline's own calendar."""
    return working_days_left_of([deadline])[deadline.pk]


def working_days_left_of(deadlines: Iterable[Deadline]) -> dict[int, int]:
    """The same for many, by key; each calendar is read once."""
    today = clock.today()
    calendars: dict[str, Calendar] = {}
    left: dict[int, int] = {}
    for row in deadlines:
        if row.due_on is None:
            left[row.pk] = 0
            continue
        if row.calendar not in calendars:
            calendars[row.calendar] = calendar(row.calendar)
        days = calendars[row.calendar]
        is_ahead = row.due_on >= today
        left[row.pk] = (
            days.working_days_between(today, row.due_on) if is_ahead else -days.working_days_between(row.due_on, today)
        )
    return left


def outdated(region: str) -> QuerySet[Deadline]:
    """Open clocks of a calendar that were reckoned with an older version of it or of the rulebook."""
    current = Q(calendar_version=calendar(region).version, rulebook_version=rulebook_version())
    return Deadline.objects.filter(~current, calendar=region, state__in=OPEN_STATES).select_related("organ")


def regions_outdated() -> list[str]:
    """The calendars that have such clocks."""
    return [region for region in _regions() if outdated(region).exists()]


def _regions() -> list[str]:
    return list(Deadline.objects.filter(state__in=OPEN_STATES).order_by().values_list("calendar", flat=True).distinct())


def _passed(now: dt.datetime) -> Q:
    return Q(due_at__lt=now) | Q(due_at__isnull=True, due_on__lt=clock.day_of(now))
