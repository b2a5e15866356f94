"""Keyset paging: a page starts after the last row of the one before, never at an offset."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Page:
    """One page of rows and the addresses of its neighbours ("" where there is none)."""

    rows: list[Any]
    previous_url: str
    next_url: str


def page_by_moment(rows: QuerySet[Any], query: QueryDict, moment: str, size: int) -> Page:
    """Rows newest first by ``moment`` and key, cut at ``after`` or ``before`` of the query string."""
    after, before = _place(query.get("after", "")), _place(query.get("before", ""))
    if before is not None:
        found = list(_beyond(rows, moment, before, is_newer=True).order_by(moment, "pk")[: size + 1])
        has_more, found = len(found) > size, found[:size][::-1]
        return Page(
            found,
            _link(query, "before", found, 0, moment) if has_more else "",
            _link(query, "after", found, -1, moment),
        )
    if after is not None:
        rows = _beyond(rows, moment, after, is_newer=False)
    found = list(rows.order_by(f"-{moment}", "-pk")[: size + 1])
    has_more, found = len(found) > size, found[:size]
    return Page(
        found,
        _link(query, "before", found, 0, moment) if after is not None else "",
        _link(query, "after", found, -1, moment) if has_more else "",
    )


def _place(text: str) -> tuple[dt.datetime, int] | None:
    stamp, _, key = text.partition("_")
    try:
        return EPOCH + dt.timedelta(microseconds=int(stamp)), int(key)
    except (ValueError, OverflowError):
        return None


def _beyond(rows: QuerySet[Any], moment: str, place: tuple[dt.datetime, int], *, is_newer: bool) -> QuerySet[Any]:
    way = "gt" if is_newer else "lt"
    return rows.filter(Q(**{f"{moment}__{way}": place[0]}) | Q(**{moment: place[0], f"pk__{way}": place[1]}))


def _link(query: QueryDict, name: str, rows: list[Any], index: int, moment: str) -> str:
    if not rows:
        return ""
    row = rows[index]
    at: dt.datetime = getattr(row, moment)
    kept = query.copy()
    for other in ("after", "before"):
        kept.pop(other, None)
    # Whole microseconds, because a float would lose the last digits and with them rows.
    stamp = (at - EPOCH) // dt.timedelta(microseconds=1)
    kept[name] = f"{stamp}_{row.pk}"
    return f"?{kept.urlencode()}"
