"""The facts of a clock as they stand in the database, and what follows from them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from gongkai.engine.deadlines.compute import Computed, Span, compute
from gongkai.engine.deadlines.models import Deadline
from gongkai.ground import clock
from gongkai.ground.calendars.queries import calendar
from gongkai.ground.calendars.reckoning import Calendar
from gongkai.ground.rulebook.queries import Rule, rulebook_version
from gongkai.ground.rulebook.schema import Unit


@dataclass(frozen=True)
class Pause:
    """Time that does not count (不计入期限): why, from which day, and until which day; an open one has no end yet."""

    code: str
    first: dt.date
    last: dt.date | None = None


@dataclass(frozen=True)
class Facts:
    """What happened to a clock. ``restarts`` keeps the earlier starts with the reason each was given up."""

    start: dt.date | dt.datetime
    pauses: tuple[Pause, ...] = ()
    extension: int = 0
    restarts: tuple[tuple[str, str], ...] = ()

    @property
    def open_pause(self) -> Pause | None:
        return next((pause for pause in self.pauses if pause.last is None), None)

    @property
    def start_on(self) -> dt.date:
        """The day of the start in China; it chooses the version of the rule."""
        return clock.day_of(self.start) if isinstance(self.start, dt.datetime) else self.start

    def restarted(self, start: dt.date | dt.datetime, code: str) -> Facts:
        """A fresh start: earlier pauses and extensions no longer count."""
        return Facts(start, restarts=(*self.restarts, (self.start.isoformat(), code)))

    def closed(self, last: dt.date) -> Facts:
        """The same with the open pause ended."""
        return replace(self, pauses=tuple(p if p.last is not None else replace(p, last=last) for p in self.pauses))

    def as_json(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat(),
            "pauses": [
                {"code": p.code, "from": p.first.isoformat(), "to": p.last.isoformat() if p.last else None}
                for p in self.pauses
            ],
            "extension": self.extension,
            "restarts": [{"start": start, "code": code} for start, code in self.restarts],
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Facts:
        return cls(
            start=_start(kept["start"]),
            pauses=tuple(Pause(p["code"], _day(p["from"]), _day(p["to"]) if p["to"] else None) for p in kept["pauses"]),
            extension=kept["extension"],
            restarts=tuple((entry["start"], entry["code"]) for entry in kept["restarts"]),
        )


@dataclass(frozen=True)
class Outlook:
    """When a clock ends; ``due`` is empty while it stands still."""

    due: dt.date | dt.datetime | None
    is_provisional: bool = False
    trace: list[Any] = field(default_factory=list)

    @property
    def due_on(self) -> dt.date | None:
        return clock.day_of(self.due) if isinstance(self.due, dt.datetime) else self.due

    @property
    def due_at(self) -> dt.datetime | None:
        return self.due if isinstance(self.due, dt.datetime) else None


@dataclass(frozen=True)
class Basis:
    """What a reckoning rests on: the calendar, and the version of the rulebook with its presets."""

    calendar: Calendar
    rulebook: str


def basis(region: str) -> Basis:
    """The basis in its present version."""
    return Basis(calendar(region), rulebook_version())


def outlook(rule: Rule, facts: Facts, days: Calendar) -> Outlook:
    """What follows from rule, facts and calendar. Raises Refused like ``compute``."""
    if facts.open_pause is not None:
        return Outlook(None)
    spans: list[Span] = [(pause.first, pause.last) for pause in facts.pauses if pause.last is not None]
    computed: Computed = compute(rule.provision, facts.start, calendar=days, pauses=spans, extension=facts.extension)
    return Outlook(computed.due, computed.is_provisional, computed.trace)


def apply(deadline: Deadline, rule: Rule, facts: Facts, on: Basis) -> None:
    """Put rule, facts and what follows from them on the row; the caller writes it. Raises Refused like ``compute``."""
    found = outlook(rule, facts, on.calendar)
    deadline.rule = rule.as_json()
    deadline.facts = facts.as_json()
    deadline.calendar_version = on.calendar.version
    deadline.rulebook_version = on.rulebook
    deadline.due_on, deadline.due_at = found.due_on, found.due_at
    deadline.is_provisional = found.is_provisional
    deadline.trace = found.trace


def is_in_hours(rule: Rule) -> bool:
    """Does the rule count hours, so that moments and not days decide?"""
    return rule.provision.unit is Unit.HOUR


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _start(text: str) -> dt.date | dt.datetime:
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
