"""The list of records: search by title words and numbers, filters with counts. Every validity and state is found."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, TextChoices
from django.http import QueryDict

from gongkai.domains.documents.numbers import parse_document_number, parse_index_number
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Disclosure, Record, Validity
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import visible
from gongkai.surfaces.workbench.words import state_words

FILTERED = ("state", "kind", "validity", "disclosure")
BRACKETS = str.maketrans("[［(（﹝【〖{｛]］)）﹞】〗}｝", "〔" * 9 + "〕" * 9)


def listed_records(actor: Actor, query: QueryDict) -> QuerySet[Record]:
    """The records a person may know of, narrowed by filters and by words of title or number."""
    rows: QuerySet[Record] = visible(Record, actor).select_related("organ")
    for name in FILTERED:
        if query.get(name):
            rows = rows.filter(**{name: query[name]})
    if query.get("organ"):
        rows = rows.filter(organ__code=query["organ"])
    return rows.filter(_found_by(query.get("q", "").strip()))


def _found_by(text: str) -> Q:
    """A number as a whole in any way of writing it, or every word in title or number."""
    index, number = parse_index_number(text), parse_document_number(text)
    if index is not None:
        return Q(index_number=index.normalised)
    if number is not None:
        # Half a number finds those that begin or end so; what is whole finds itself, and titles that cite it.
        known = number.normalised.removesuffix("号") if "suffix-lost" in number.damage else number.normalised
        return Q(document_number__icontains=known) | Q(title__icontains=known)
    found = Q()
    for word in text.split()[:5]:
        plain = unicodedata.normalize("NFKC", word).translate(BRACKETS)
        found &= Q(title__icontains=word) | Q(document_number__icontains=plain) | Q(index_number__istartswith=plain)
    return found


def counted(rows: QuerySet[Any], name: str) -> list[tuple[str, int]]:
    """How many rows each value of a column has, the most first."""
    found = rows.order_by().select_related(None).values(value=F(name)).annotate(count=Count("pk"))
    return [(row["value"], row["count"]) for row in found.order_by("-count", "value")[:30]]


@dataclass(frozen=True)
class Option:
    """One value to filter by."""

    label: str
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Narrowing:
    """A filter with its values, as look/filters.html shows it."""

    label: str
    chosen: str
    chosen_label: str
    clear_url: str
    options: list[Option]


def narrowings(actor: Actor, query: QueryDict) -> list[Narrowing]:
    """The filters of the list: state and kind, each counted with the other conditions kept."""
    return [
        _narrowing(actor, query, "state", "状态", state_words),
        _narrowing(actor, query, "kind", "类别", lambda code: KINDS[code].name if code in KINDS else code),
        _narrowing(actor, query, "validity", "有效性", lambda code: _label(Validity, code)),
        _narrowing(actor, query, "disclosure", "公开属性", lambda code: _label(Disclosure, code)),
    ]


def _label(choices: type[TextChoices], code: str) -> str:
    return str(choices(code).label) if code in choices.values else "未认定"


def _narrowing(actor: Actor, query: QueryDict, name: str, label: str, words: Callable[[str], str]) -> Narrowing:
    others = query.copy()
    others.pop(name, None)
    chosen = query.get(name, "")
    options = [
        Option(words(value), count, _with(others, name, value), value == chosen)
        for value, count in counted(listed_records(actor, others), name)
        if value
    ]
    return Narrowing(label, chosen, words(chosen) if chosen else "", _with(others), options)


def _with(query: QueryDict, name: str = "", value: str = "") -> str:
    kept = query.copy()
    for other in ("after", "before"):
        kept.pop(other, None)
    if name:
        kept[name] = value
    return f"?{kept.urlencode()}"
