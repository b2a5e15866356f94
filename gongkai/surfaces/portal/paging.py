"""Keyset paging: a page starts after the last row seen, never at an offset, so page 900 costs what page 1 costs."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import QueryDict

from gongkai.engine.records.models import Record

PAGE_SIZE = 20
_TOKEN = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Slice:
    """The records of one page and the tokens of its neighbours; "" where there is none."""

    records: list[Record]
    newer: str
    older: str


def token_of(record: Record) -> str:
    """The place of a record in the list: microseconds of its first publication, and its key."""
    assert record.published_at is not None
    microseconds = (record.published_at - _EPOCH) // dt.timedelta(microseconds=1)
    return f"{microseconds}-{record.pk}"


def place_of(token: str) -> tuple[dt.datetime, int] | None:
    """What a token says; None when it is not one."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    return _EPOCH + dt.timedelta(microseconds=int(found.group(1))), int(found.group(2))


def page_of(records: QuerySet[Record], query: QueryDict, size: int = PAGE_SIZE) -> Slice:
    """The page that ``after`` or ``before`` asks for; a broken token gives the first page. One query."""
    after, before = place_of(query.get("after", "")), place_of(query.get("before", ""))
    if before is not None:
        moment, key = before
        newer = Q(published_at__gte=moment) & (Q(published_at__gt=moment) | Q(pk__gt=key))
        rows = list(records.filter(newer).order_by("published_at", "pk")[: size + 1])
        has_newer, kept = len(rows) > size, rows[:size][::-1]
        return _slice(kept, has_newer=has_newer, has_older=bool(kept))
    if after is not None:
        moment, key = after
        records = records.filter(Q(published_at__lte=moment) & (Q(published_at__lt=moment) | Q(pk__lt=key)))
    rows = list(records[: size + 1])
    return _slice(rows[:size], has_newer=after is not None, has_older=len(rows) > size)


def _slice(records: list[Record], *, has_newer: bool, has_older: bool) -> Slice:
    return Slice(
        records,
        newer=token_of(records[0]) if records and has_newer else "",
        older=token_of(records[-1]) if records and has_older else "",
    )
