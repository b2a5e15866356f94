"""Every public list: one declaration serves the page, its Atom feed and its CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from gongkai.engine.channels.models import Column
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record, Validity
from gongkai.engine.records.queries import column_records, public_records
from gongkai.surfaces.portal import queries
from gongkai.surfaces.portal.paging import page_of
from gongkai.surfaces.portal.queries import FILTERS, FilterKind, Option, facet_options


@dataclass(frozen=True)
class Listing:
    """A public list: its name in feed addresses, its title, its page, its records and the filters it offers."""

    name: str
    title: str
    url: str
    records: Callable[[], QuerySet[Record]]
    filters: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    empty_text: str = ""
    is_ledger: bool = False


#: The genre of what is none of the official ones.
NO_GENRE = "其他"


@dataclass(frozen=True)
class Row:
    """A record as a line of a list."""

    url: str
    title: str
    document_number: str
    organ_name: str
    genre: str
    validity: str
    validity_label: str
    published_on: object
    kind_name: str

    @property
    def told_as(self) -> str:
        """What it is, in a word: its genre, or its kind where the genre says nothing."""
        return self.genre if self.genre and self.genre != NO_GENRE else self.kind_name

    @classmethod
    def of(cls, record: Record) -> Row:
        """The line of a record; validity only where its kind has one."""
        is_valid = has_validity(record)
        return cls(
            url=record_url(record),
            title=record.title,
            document_number=record.document_number,
            organ_name=record.organ.name,
            genre=record.genre,
            validity=record.validity if is_valid else "",
            validity_label=Validity(record.validity).label if is_valid else "",
            published_on=record.published_at,
            kind_name=KINDS[record.kind].name if record.kind in KINDS else "",
        )


@dataclass(frozen=True)
class Choice:
    """One value of a filter on the page."""

    label: str
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class FacetView:
    """A filter on the page: what is chosen, what can be chosen, and the address without it."""

    label: str
    chosen: str
    chosen_label: str
    clear_url: str
    options: list[Choice]


def has_validity(record: Record) -> bool:
    """Whether this kind of record is in force, amended or repealed at all."""
    kind = KINDS.get(record.kind)
    return kind is not None and kind.has_validity


def record_url(record: Record) -> str:
    """The address of a record, for ever."""
    return reverse("portal:record", kwargs={"index_number": record.index_number})


def chosen_filters(listing: Listing, query: QueryDict) -> dict[str, str]:
    """The filters a visitor chose, of those the list offers."""
    return {key: str(query[key]) for key in listing.filters if query.get(key)}


def narrowed(listing: Listing, chosen: Mapping[str, str], without: str = "") -> QuerySet[Record]:
    """The records of a list under the chosen filters, one of them left aside if named."""
    records = listing.records()
    for key, value in chosen.items():
        if key != without:
            records = FILTERS[key].narrow(records, value)
    return records


def listing_page(listing: Listing, query: QueryDict) -> dict[str, Any]:
    """The context of a list: rows, pager, filters with counts, feed addresses. Two queries."""
    chosen = chosen_filters(listing, query)
    offered = facet_options({key: narrowed(listing, chosen, without=key) for key in listing.filters})
    facets = [_facet_view(listing, FILTERS[key], chosen, options) for key, options in offered.items()]
    part = page_of(narrowed(listing, chosen), query)
    asked = urlencode(dict(listing.fixed) | chosen)
    tail = f"?{asked}" if asked else ""
    feed = reverse("portal:feed", kwargs={"listing": listing.name, "form": "atom"}) + tail
    return {
        "page": {
            "rows": [Row.of(record) for record in part.records],
            "records": part.records,
            "total": _total(listing, facets, chosen),
            "order_label": "按发布日期由近到远",
            "previous_url": _with(listing, chosen, before=part.newer),
            "next_url": _with(listing, chosen, after=part.older),
            "atom_url": feed,
            "csv_url": feed.replace(".atom", ".csv", 1),
            "json_url": feed.replace(".atom", ".json", 1),
            "xlsx_url": feed.replace(".atom", ".xlsx", 1),
            "kept": {**listing.fixed, **chosen},
            "on": chosen.get("on", ""),
            "empty_lead": "没有符合条件的信息" if chosen else "这里还没有公开的信息",
            "empty_text": "" if chosen else listing.empty_text,
            "empty_url": listing.url if chosen else "",
            "empty_link": "清除筛选条件",
        },
        "facets": [view for view in facets if view.options or view.chosen],
        "chosen_facets": [view for view in facets if view.chosen],
        "listing": listing,
    }


def _facet_view(listing: Listing, kind: FilterKind, chosen: Mapping[str, str], options: list[Option]) -> FacetView:
    value = chosen.get(kind.key, "")
    return FacetView(
        label=kind.label,
        chosen=value,
        chosen_label=_label_of(options, value),
        clear_url=_address(listing, {key: kept for key, kept in chosen.items() if key != kind.key}),
        options=[
            Choice(
                option.label,
                option.count,
                _address(listing, {**chosen, kind.key: option.value}),
                option.value == value,
            )
            for option in options
        ],
    )


def _label_of(options: list[Option], value: str) -> str:
    return next((option.label for option in options if option.value == value), value)


def _total(listing: Listing, facets: list[FacetView], chosen: Mapping[str, str]) -> int | None:
    """The number of records, read off the validity filter: every record has exactly one validity."""
    if "validity" not in listing.filters:
        return None
    options = facets[listing.filters.index("validity")].options
    return sum(option.count for option in options if option.is_chosen or "validity" not in chosen)


def _address(listing: Listing, chosen: Mapping[str, str]) -> str:
    asked = urlencode(dict(listing.fixed) | dict(chosen))
    return f"{listing.url}?{asked}" if asked else listing.url


def _with(listing: Listing, chosen: Mapping[str, str], **place: str) -> str:
    wanted = {key: value for key, value in place.items() if value}
    return _address(listing, {**chosen, **wanted}) if wanted else ""


def everything() -> Listing:
    """All public records, newest first."""
    return Listing("all", "最新公开", reverse("portal:home"), public_records)


def policy() -> Listing:
    """The policy library (政策文件库)."""
    return Listing(
        "policy",
        "政策文件库",
        reverse("portal:policy"),
        queries.policy_records,
        ("organ", "theme", "genre", "year", "validity", "on"),
        empty_text="规范性文件和其他政策文件公布后列在这里。",
    )


def ledger() -> Listing:
    """The ledger of rules and normative documents (规章和规范性文件台账)."""
    return Listing(
        "ledger",
        "规章和规范性文件台账",
        reverse("portal:ledger"),
        queries.ledger_records,
        ("organ", "year", "theme", "validity", "on"),
        empty_text="规章、行政规范性文件公布后列在这里。",
        is_ledger=True,
    )


def organ_listing(code: str, name: str) -> Listing:
    """What one organ has published."""
    return Listing(
        f"organ/{code}",
        name,
        reverse("portal:organ", kwargs={"code": code}),
        lambda: public_records().filter(organ__code=code),
        ("category", "theme", "year", "validity"),
        empty_text="该机关公开信息后列在这里。",
    )


def column_listing(column: Column) -> Listing:
    """What stands in a column of an organ's site (栏目)."""
    return Listing(
        f"c/{column.slug}",
        column.name,
        reverse("portal:column", kwargs={"slug": column.slug}),
        lambda: column_records(column),
        ("theme", "year"),
        empty_text="栏目中公开信息后列在这里。",
    )


def search_listing(words: str, organ_code: str, is_whole: bool) -> Listing:
    """What was searched for; by default only what is in force, amended documents included."""

    def records() -> QuerySet[Record]:
        found = queries.found_records(words)
        if organ_code:
            found = found.filter(organ__code=organ_code)
        return found if is_whole else found.filter(validity__in=queries.EFFECTIVE)

    fixed = {"q": words, "organ": organ_code, "scope": "all" if is_whole else ""}
    return Listing(
        "search",
        f"搜索“{words}”",
        reverse("portal:search"),
        records,
        ("theme", "genre", "year", "validity"),
        fixed={key: value for key, value in fixed.items() if value},
    )
