"""The filters of the ledger in the workbench: organ, year, kind, validity, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict

from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Facet, Purpose, Record, SealedPaper, Validity
from gongkai.surfaces.workbench.queries import Narrowing, Option

Rows = QuerySet[Record]
LACKS = {"register": "登记号", "filing": "备案材料", "fair_competition": "公平竞争审查"}


def _of_year(rows: Rows, value: str) -> Rows:
    if len(value) != 4 or not value.isdecimal() or not 1900 <= int(value) <= 2999:
        return rows.none()
    return rows.filter(written_on__range=(dt.date(int(value), 1, 1), dt.date(int(value), 12, 31)))


def _lacking(rows: Rows, value: str) -> Rows:
    if value == "register":
        return rows.exclude(Exists(Facet.objects.filter(record=OuterRef("pk"), key="register").exclude(text="")))
    if value in Purpose.values:
        return rows.exclude(Exists(SealedPaper.objects.filter(record=OuterRef("pk"), purpose=value)))
    return rows.none()


NARROW: dict[str, tuple[str, Callable[[Rows, str], Rows]]] = {
    "organ": ("发布机构", lambda rows, value: rows.filter(organ__code=value)),
    "year": ("成文年份", _of_year),
    "kind": ("类别", lambda rows, value: rows.filter(kind=value)),
    "validity": ("有效性", lambda rows, value: rows.filter(validity=value)),
    "lacks": ("缺少", _lacking),
}


def chosen_records(rows: Rows, query: QueryDict, without: str = "") -> Rows:
    """The rows under the chosen filters, one of them left aside if named."""
    for name, (_, narrow) in NARROW.items():
        if query.get(name) and name != without:
            rows = narrow(rows, query[name])
    return rows


def ledger_facets(rows: Rows, query: QueryDict) -> list[Narrowing]:
    """Every filter with its values and counts, the other conditions kept. One query each."""
    return [_facet(rows, query, name, label) for name, (label, _) in NARROW.items()]


def _facet(rows: Rows, query: QueryDict, name: str, label: str) -> Narrowing:
    values = _values(name, chosen_records(rows, query, without=name).order_by())
    chosen = query.get(name, "")
    options = [Option(words, count, _with(query, name, value), value == chosen) for value, words, count in values]
    words = next((words for value, words, _ in values if value == chosen), chosen)
    return Narrowing(label, chosen, words, _with(query, name, ""), options)


def _values(name: str, rows: Rows) -> list[tuple[str, str, int]]:
    plain = rows.select_related(None)
    if name == "lacks":
        return [(value, words, _lacking(plain, value).count()) for value, words in LACKS.items()]
    if name == "organ":
        found = plain.values_list("organ__code", "organ__name").annotate(count=Count("pk")).order_by("-count")
        return [(code, words, count) for code, words, count in found[:60]]
    if name == "year":
        dated = plain.filter(written_on__isnull=False).annotate(year=ExtractYear("written_on"))
        years = dated.values_list("year").annotate(count=Count("pk")).order_by("-year")
        return [(str(year), f"{year} 年", count) for year, count in years[:60]]
    counted = plain.values_list(name).annotate(count=Count("pk")).order_by("-count")
    return [(value, _words(name, value), count) for value, count in counted]


def _words(name: str, value: str) -> str:
    return KINDS[value].name if name == "kind" else str(Validity(value).label)


def _with(query: QueryDict, name: str, value: str) -> str:
    kept = query.copy()
    for other in ("after", "before", "form", name):
        kept.pop(other, None)
    if value:
        kept[name] = value
    return f"?{kept.urlencode()}"
