"""When a notice leaves the house: quiet hours, gathering within a window, the daily message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from gongkai.config import env
from gongkai.engine.notices.models import Channel, NoticePreference, QuietHours, Rhythm
from gongkai.ground.clock import SHANGHAI
from gongkai.ground.organs.models import Person

DAILY_AT = dt.time(8, 30)
# An SMS costs money, hence it is chosen, never given.
USUAL_CHANNELS = tuple(str(channel) for channel in Channel if channel != Channel.SMS)


@dataclass(frozen=True)
class Wish:
    """How one person wants notices, with the organ's and the platform's defaults filled in."""

    channels: tuple[str, ...]
    rhythm: str
    daily_at: dt.time
    quiet_from: dt.time
    quiet_until: dt.time

    def due(self, now: dt.datetime, *, is_urgent: bool) -> dt.datetime:
        """When a notice queued now leaves: urgent ones at once, whatever the hour."""
        if is_urgent:
            return now
        if self.rhythm == Rhythm.DAILY:
            return _next(now, self.daily_at)
        gathering = dt.timedelta(minutes=env.NOTICE_WINDOW_MINUTES if self.rhythm == Rhythm.GATHERED else 0)
        return self.after_quiet(now + gathering)

    def after_quiet(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself, or the end of the quiet hours it falls into (Shanghai time)."""
        start, end = self.quiet_from, self.quiet_until
        at = moment.astimezone(SHANGHAI).time()
        is_quiet = start <= at < end if start <= end else at >= start or at < end
        return _next(moment, end) if is_quiet else moment


def _next(now: dt.datetime, at: dt.time) -> dt.datetime:
    """The first moment after now at a time of the day in Shanghai."""
    local = now.astimezone(SHANGHAI)
    found = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return (found if found > local else found + dt.timedelta(days=1)).astimezone(dt.UTC)


def usual_quiet_hours() -> tuple[dt.time, dt.time]:
    """The platform's quiet hours; the same moment twice where there are none."""
    start, _, end = env.QUIET_HOURS.partition("-")
    try:
        return dt.time.fromisoformat(start.strip()), dt.time.fromisoformat(end.strip())
    except ValueError:
        return dt.time(0), dt.time(0)


def wishes_of(people: Iterable[Person]) -> dict[int, Wish]:
    """How each of these people wants notices; two queries."""
    found = {person.pk: person for person in people}
    own = {row.person_id: row for row in NoticePreference.objects.filter(person__in=found)}
    organs = {person.organ_id for person in found.values()}
    quiet = {row.organ_id: (row.quiet_from, row.quiet_until) for row in QuietHours.objects.filter(organ__in=organs)}
    usual = usual_quiet_hours()
    return {pk: _wish(own.get(pk), quiet.get(person.organ_id, usual)) for pk, person in found.items()}


def _wish(own: NoticePreference | None, quiet: tuple[dt.time, dt.time]) -> Wish:
    if own is None:
        return Wish(USUAL_CHANNELS, Rhythm.GATHERED, DAILY_AT, *quiet)
    if own.quiet_from is not None and own.quiet_until is not None:
        quiet = own.quiet_from, own.quiet_until
    return Wish(tuple(own.channels), own.rhythm, own.daily_at or DAILY_AT, *quiet)
