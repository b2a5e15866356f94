"""The one clock. Moments are UTC; days are Asia/Shanghai days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_frozen: ContextVar[dt.datetime | None] = ContextVar("gongkai_clock", default=None)


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The present day in China."""
    return day_of(now())


def day_of(moment: dt.datetime) -> dt.date:
    """The Shanghai day in which an aware moment falls."""
    return moment.astimezone(SHANGHAI).date()


def start_of(day: dt.date) -> dt.datetime:
    """The moment at which a day begins in China."""
    return dt.datetime.combine(day, dt.time(), SHANGHAI).astimezone(dt.UTC)


@contextmanager
def frozen(moment: dt.datetime) -> Iterator[None]:
    """Let the clock stand at an aware moment (tests, demonstration data, dry runs)."""
    if moment.tzinfo is None:
        raise ValueError("frozen() takes an aware moment")
    token = _frozen.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
