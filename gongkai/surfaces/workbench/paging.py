"""Keyset paging: a page starts after the last row of the one before, never at an offset."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import DateTimeField, Q, QuerySet
from django.http import QueryDict

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
ONE = dt.timedelta(microseconds=1)
FIRST_YEAR = 1000


@dataclass(frozen=True)
class Page:
    """One page of rows and the addresses of its neighbours ("" where there is none)."""

    rows: list[Any]
    previous_url: str
    next_url: str


def page_by_moment(
    rows: QuerySet[Any], query: QueryDict, moment: str, size: int, *, is_newest_first: bool = True
) -> Page:
    """Rows by ``moment`` (a day or a moment of the row) and key, cut at ``after`` or ``before`` of the query string."""
    is_day = not isinstance(rows.model._meta.get_field(moment), DateTimeField)
    after, before = (_place(query.get(name, ""), is_day=is_day) for name in ("after", "before"))
    if before is not None:
        found = _cut(_beyond(rows, moment, before, is_later=is_newest_first), moment, size, is_down=not is_newest_first)
        has_more, found = len(found) > size, found[:size][::-1]
        return Page(
            found,
            _link(query, "before", found, 0, moment) if has_more else "",
            _link(query, "after", found, -1, moment),
        )
    if after is not None:
        rows = _beyond(rows, moment, after, is_later=not is_newest_first)
    found = _cut(rows, moment, size, is_down=is_newest_first)
    has_more, found = len(found) > size, found[:size]
    return Page(
        found,
        _link(query, "before", found, 0, moment) if after is not None else "",
        _link(query, "after", found, -1, moment) if has_more else "",
    )


def _cut(rows: QuerySet[Any], moment: str, size: int, *, is_down: bool) -> list[Any]:
    sign = "-" if is_down else ""
    return list(rows.order_by(f"{sign}{moment}", f"{sign}pk")[: size + 1])


def _place(text: str, *, is_day: bool) -> tuple[dt.datetime | dt.date, int] | None:
    """Where a page starts; None for what no row can have, such as a day before all time zones or a day for a moment."""
    stamp, _, key = text.partition("_")
    try:
        if is_day:
            at: dt.datetime | dt.date = dt.date.fromordinal(int(stamp.removeprefix("d")))
        else:
            at = EPOCH + dt.timedelta(microseconds=int(stamp))
        return (at, int(key)) if FIRST_YEAR < at.year < dt.MAXYEAR else None
    except (ValueError, OverflowError):
        return None


def _beyond(
    rows: QuerySet[Any], moment: str, place: tuple[dt.datetime | dt.date, int], *, is_later: bool
) -> QuerySet[Any]:
    way = "gt" if is_later else "lt"
    return rows.filter(Q(**{f"{moment}__{way}": place[0]}) | Q(**{moment: place[0], f"pk__{way}": place[1]}))


def _link(query: QueryDict, name: str, rows: list[Any], index: int, moment: str) -> str:
    if not rows:
        return ""
    row = rows[index]
    at: dt.datetime | dt.date = getattr(row, moment)
    kept = query.copy()
    for other in ("after", "before"):
        kept.pop(other, None)
    # Whole microseconds, because a float would lose the last digits and with them rows.
    stamp = str((at - EPOCH) // ONE) if isinstance(at, dt.datetime) else f"d{at.toordinal()}"
    kept[name] = f"{stamp}_{row.pk}"
    return f"?{kept.urlencode()}"
