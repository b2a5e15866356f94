"""What the portal asks the database: filters with counts, words in titles and numbers, events of a page.

Everything starts from ``public_records()``: nothing here can show what is not public.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import CharField, Count, DateTimeField, F, Max, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, ExtractYear

from gongkai.domains.documents.ledger import ledgered
from gongkai.domains.documents.numbers import parse_document_number
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.lineage import in_force_on
from gongkai.engine.records.models import CleanUp, Record, Validity
from gongkai.engine.records.queries import public_records
from gongkai.ground import clock
from gongkai.ground.organs.models import Organ, OrganSuccession
from gongkai.ground.prepared import Asked, Prepared
from gongkai.ground.register.models import Checkpoint, Event
from gongkai.ground.rulebook.queries import statutory_categories

MOST_OPTIONS = 60
MOST_WORDS = 6
EFFECTIVE = (Validity.IN_FORCE, Validity.AMENDED)

Narrow = Callable[[QuerySet[Record], str], QuerySet[Record]]


@dataclass(frozen=True)
class Option:
    """One value of a filter with the number of records behind it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class FilterKind:
    """A filter (筛选): how it narrows a list, and which values it offers."""

    key: str
    label: str
    narrow: Narrow
    fields: tuple[str, ...]
    name: Callable[[tuple[object, ...]], str]


def facet_options(lists: Mapping[str, QuerySet[Record]]) -> dict[str, list[Option]]:
    """For each filter the values in its list, the most frequent first, years the newest first. One query."""
    parts = [_counted(FILTERS[key], records) for key, records in lists.items() if FILTERS[key].fields]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else chain.from_iterable(parts)
    found: dict[str, list[Option]] = {key: [] for key in lists}
    for key, value, label, count in rows:
        if value:
            found[key].append(Option(value, FILTERS[key].name((value, label)), count))
    return {key: _in_order(key, options)[:MOST_OPTIONS] for key, options in found.items()}


def _in_order(key: str, options: list[Option]) -> list[Option]:
    if key == "year":
        return sorted(options, key=lambda option: option.value, reverse=True)
    return sorted(options, key=lambda option: (-option.count, option.value))


def _counted(kind: FilterKind, records: QuerySet[Record]) -> QuerySet[Any]:
    rows = _offered(kind.key, records).annotate(
        told_key=Value(kind.key, CharField()),
        told_value=Cast(kind.fields[0], CharField()),
        told_label=Cast(kind.fields[-1], CharField()),
    )
    return rows.values_list("told_key", "told_value", "told_label").annotate(told_count=Count("pk"))


def _offered(key: str, records: QuerySet[Record]) -> QuerySet[Record]:
    plain = records.order_by().select_related(None)
    if key == "theme":
        return plain.filter(facets__key="subject_top")
    if key == "year":
        return plain.filter(written_on__isnull=False).annotate(year=ExtractYear("written_on"))
    return plain


def _by_year(records: QuerySet[Record], value: str) -> QuerySet[Record]:
    if len(value) != 4 or not value.isdecimal() or not 1900 <= int(value) <= 2999:
        return records.none()
    return records.filter(written_on__range=(dt.date(int(value), 1, 1), dt.date(int(value), 12, 31)))


def _on_day(records: QuerySet[Record], value: str) -> QuerySet[Record]:
    """What was in force on a day; a text that is no day finds nothing."""
    try:
        return in_force_on(records, dt.date.fromisoformat(value))
    except ValueError:
        return records.none()


def _category_name(row: tuple[object, ...]) -> str:
    return category_names().get(str(row[0]), str(row[0]))


FILTERS: dict[str, FilterKind] = {
    kind.key: kind
    for kind in (
        FilterKind(
            "organ",
            "发布机构",
            lambda records, value: records.filter(organ__code=value),
            ("organ__code", "organ__name"),
            lambda row: str(row[1]),
        ),
        FilterKind(
            "theme",
            "主题",
            lambda records, value: records.filter(facets__key="subject_top", facets__text=value),
            ("facets__text",),
            lambda row: str(row[0]),
        ),
        FilterKind(
            "genre", "体裁", lambda records, value: records.filter(genre=value), ("genre",), lambda row: str(row[0])
        ),
        FilterKind("year", "成文年份", _by_year, ("year",), lambda row: f"{row[0]} 年"),
        FilterKind(
            "validity",
            "有效性",
            lambda records, value: records.filter(validity=value),
            ("validity",),
            lambda row: str(Validity(str(row[0])).label),
        ),
        FilterKind("on", "有效时点", _on_day, (), lambda row: str(row[0])),
        FilterKind(
            "category",
            "法定公开事项",
            lambda records, value: records.filter(disclosure_basis=value),
            ("disclosure_basis",),
            _category_name,
        ),
    )
}


def category_names() -> dict[str, str]:
    """Code and name of the categories of Articles 20 and 21 (法定主动公开内容)."""
    return {term.code: term.name for term in statutory_categories()}


def category_counts() -> dict[str, int]:
    """How many public records stand under each statutory category."""
    rows = public_records().order_by().select_related(None).values_list("disclosure_basis").annotate(count=Count("pk"))
    return dict(rows)


def policy_records() -> QuerySet[Record]:
    """The policy library: what a kind declares to be policy."""
    return public_records().filter(kind__in=[kind.code for kind in KINDS.values() if kind.is_policy])


def ledger_records() -> QuerySet[Record]:
    """The ledger of rules and normative documents (规章和规范性文件台账)."""
    return ledgered(public_records())


def guide_records() -> QuerySet[Record]:
    """OGI guides (政府信息公开指南) of every organ."""
    return public_records().filter(kind__in=_kinds_in("guide"))


def _kinds_in(section: str) -> list[str]:
    return [kind.code for kind in KINDS.values() if kind.section == section]


def system_records() -> QuerySet[Record]:
    """Rules about openness itself (政府信息公开制度): what is entered as such, and policy under 综合政务/政务公开."""
    policy = [kind.code for kind in KINDS.values() if kind.is_policy]
    about = Q(kind__in=policy, subject_class="综合政务/政务公开")
    return public_records().filter(about | Q(kind__in=_kinds_in("system")))


def report_records() -> QuerySet[Record]:
    """Annual reports (政府信息公开年报)."""
    return public_records().filter(genre="年报")


def found_records(words: str) -> QuerySet[Record]:
    """Records whose title holds every word, or whose document or index number is what was typed."""
    pieces = words.split()[:MOST_WORDS]
    if not pieces:
        return public_records().none()
    in_title = Q()
    for piece in pieces:
        in_title &= Q(title__icontains=piece) | Q(document_number__icontains=piece)
    typed = words.strip()
    number = parse_document_number(typed)
    by_number = Q(index_number__iexact=typed) | Q(document_number=number.normalised if number else typed)
    return public_records().filter(in_title | by_number | _by_serial(typed))


def _by_serial(typed: str) -> Q:
    """Lists may show only the back part of an index number; it finds the record too."""
    return Q(index_number__endswith=f"/{typed}") if len(typed) >= 6 else Q(pk__in=[])


def theme_options() -> list[Option]:
    """Themes (主题分类, first level) with counts, for the home page."""
    return facet_options({"theme": public_records()})["theme"]


def organ_options() -> list[Option]:
    """Organs that have published, with counts."""
    return facet_options({"organ": public_records()})["organ"]


def organ_by_code(code: str) -> Organ | None:
    """An organ by its code."""
    return Organ.objects.filter(code=code).select_related("parent").prefetch_related("former_names").first()


def became(organ: Organ) -> list[OrganSuccession]:
    """Who took over the functions of an organ, with day and basis; the caretaker of its information first."""
    rows = organ.successions.select_related("successor").order_by("pk")
    return sorted(rows, key=lambda row: row.successor_id != organ.heir_id)


def receiving_organs() -> list[Organ]:
    """Organs in being that name a work body (政府信息公开工作机构), with what an applicant needs to reach it."""
    in_being = Q(valid_until__isnull=True) | Q(valid_until__gt=clock.today())
    return list(Organ.objects.filter(in_being).exclude(work_body="").order_by("code")[:200])


@dataclass(frozen=True)
class Beside:
    """What stands on the page of a record and in none of its links: one query for all of it.

    ``alike``: the newest public records of the same subject class (同类信息); ``co_issuers``: their names;
    ``clean_ups``: title and number of each decision that named the record, by its key.
    """

    alike: list[Record]
    co_issuers: list[str]
    clean_ups: dict[int, tuple[str, str]]


MOST_ALIKE = 5
_BESIDE = ("told", "pk", "title", "document_number", "index_number", "published_at")


def _beside(subject_class: str, record: int) -> QuerySet[Any]:
    def told(rows: QuerySet[Any], what: str, title: Any, number: Any) -> QuerySet[Any]:
        nothing = {"told_address": Value("", CharField()), "told_at": Value(None, DateTimeField())}
        rows = rows.order_by().annotate(told=Value(what, CharField()), told_title=title, told_number=number, **nothing)
        return rows.values_list("told", "pk", "told_title", "told_number", "told_address", "told_at")

    same = public_records().filter(subject_class=subject_class).exclude(subject_class="").exclude(pk=record)
    newest = same.select_related(None).values("pk")[:MOST_ALIKE]
    alike = Record.objects.filter(pk__in=newest).order_by().annotate(told=Value("alike", CharField()))
    organs = Organ.objects.filter(co_issued=record)
    decided = CleanUp.objects.filter(items__record=record)
    return alike.values_list(*_BESIDE).union(
        told(organs, "issuer", F("name"), F("code")),
        told(
            decided,
            "clean_up",
            Coalesce("decision__title", "decision_title"),
            Coalesce("decision__document_number", "decision_number"),
        ),
        all=True,
    )


_BESIDES = Prepared(_beside, str, int)


def beside(record: Record, asked: Asked) -> Beside:
    """Similar records, issuing organs and clean-ups, in one query."""
    found: dict[str, list[Sequence[Any]]] = {"alike": [], "issuer": [], "clean_up": []}
    for row in _BESIDES.values(asked.rows(_BESIDES, record.subject_class, record.pk)):
        found[row[0]].append(row[1:])
    alike = [Record(**dict(zip(_BESIDE[1:], row, strict=True))) for row in found["alike"]]
    return Beside(
        alike=sorted(alike, key=lambda other: (other.published_at, other.pk), reverse=True),
        co_issuers=[row[1] for row in sorted(found["issuer"], key=lambda row: row[2])],
        clean_ups={row[0]: (row[1], row[2]) for row in found["clean_up"]},
    )


_EVENTS = Prepared(
    lambda record: Event.objects.filter(subject_type="record", subject_id=record, is_public=True).order_by("pk"), str
)


def public_events(record: Record, asked: Asked | None = None) -> list[Event]:
    """The public events of a record, oldest first: what happened to its page."""
    return (asked or Asked()).instances(_EVENTS, str(record.pk))


def latest_checkpoints(count: int = 10) -> list[Checkpoint]:
    """The newest checkpoints with their logs."""
    return list(Checkpoint.objects.select_related("log").order_by("-pk")[:count])


def highest_public_key() -> int:
    """The highest primary key among public records; decides how many sitemap files there are."""
    return public_records().order_by().aggregate(top=Max("pk"))["top"] or 0
