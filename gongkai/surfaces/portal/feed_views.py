"""Every list as Atom, CSV and XLSX, the sitemap and robots.txt."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from gongkai.domains.documents import ledger
from gongkai.engine.channels.queries import open_columns
from gongkai.engine.records.models import Record, Validity
from gongkai.engine.records.queries import public_records
from gongkai.ground import clock
from gongkai.surfaces.look.sheet import csv_answer, csv_bytes, xlsx_answer, xlsx_bytes
from gongkai.surfaces.look.site import absolute, site_marks
from gongkai.surfaces.portal import listings, queries, sections
from gongkai.surfaces.portal.freshness import public
from gongkai.surfaces.portal.listings import Listing, chosen_filters, narrowed, record_url

FEED_ENTRIES = 50
SHEET_ROWS = 20_000
# A workbook takes twenty times as long to write as a CSV, and anybody may ask for one.
XLSX_ROWS = 5_000
SITEMAP_ROWS = 10_000
COLUMNS = ("标题", "索引号", "发文字号", "发布机构", "主题分类", "体裁", "成文日期", "发布日期", "有效性", "地址")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Feed(Atom1Feed):
    """Atom by the standard library of Django; an empty feed is as old as the clock says, not the machine."""

    def latest_post_date(self) -> dt.datetime:
        """The newest moment in the feed."""
        dates = [item["updateddate"] for item in self.items if item["updateddate"]]
        return max(dates) if dates else clock.now()


def listing_named(name: str, request: HttpRequest) -> Listing:
    """The list behind a feed address, with what the visitor searched for."""
    if name == "all":
        return listings.everything()
    if name == "policy":
        return listings.policy()
    if name == "ledger":
        return listings.ledger()
    if name == "search":
        asked = request.GET
        return listings.search_listing(asked.get("q", "")[:100], asked.get("organ", ""), asked.get("scope") == "all")
    first, _, rest = name.partition("/")
    if first == "organ" and (organ := queries.organ_by_code(rest)):
        return listings.organ_listing(organ.code, organ.name)
    if first == "c" and (column := open_columns().filter(slug=rest).first()):
        return listings.column_listing(column)
    if first == "xxgk" and rest in sections.SECTIONS:
        return sections.section_listing(sections.SECTIONS[rest])
    code = rest.removeprefix("content/")
    if first == "xxgk" and code in queries.category_names():
        return sections.category_listing(code, queries.category_names()[code])
    raise Http404


@public
def feed(request: HttpRequest, listing: str, form: str) -> HttpResponse:
    """A list, exactly as filtered on the screen, as Atom, CSV, JSON or XLSX."""
    found = listing_named(listing, request)
    records = narrowed(found, chosen_filters(found, request.GET))
    if form == "atom":
        return _atom(request, found, records)
    if form == "json":
        return _json(found, records)
    if form == "csv":
        return csv_answer(csv_bytes(*_sheet(found, records[:SHEET_ROWS])), "list.csv")
    columns, rows = _sheet(found, records[: XLSX_ROWS + 1])
    if len(rows) > XLSX_ROWS:
        rows = [*rows[:XLSX_ROWS], [f"仅列前 {XLSX_ROWS} 条，全部清单请导出 CSV。"]]
    return xlsx_answer(xlsx_bytes(found.title, columns, rows), "list.xlsx")


def _atom(request: HttpRequest, listing: Listing, records: Any) -> HttpResponse:
    site = site_marks().name
    made = Feed(
        title=_clean(f"{listing.title} - {site}"),
        link=absolute(listing.url),
        description="",
        language="zh-Hans",
        feed_url=absolute(request.get_full_path()),
        author_name=site,
        feed_guid=absolute(request.get_full_path()),
    )
    for record in records[:FEED_ENTRIES]:
        made.add_item(
            title=_clean(record.title),
            link=absolute(record_url(record)),
            unique_id=absolute(record_url(record)),
            description=_clean("　".join(filter(None, (record.document_number, record.organ.name)))),
            author_name=record.organ.name,
            pubdate=record.published_at,
            updateddate=record.changed_at,
            categories=[_clean(record.subject_class)] if record.subject_class else (),
        )
    text = made.writeString("utf-8")
    return HttpResponse(text, "application/atom+xml; charset=utf-8")


def _clean(text: str) -> str:
    """Without the control characters that XML cannot carry."""
    return _CONTROL.sub("", text)


def _sheet(listing: Listing, records: Any) -> tuple[Sequence[str], list[list[str]]]:
    """The columns of a list and its rows; the ledger has columns of its own."""
    if not listing.is_ledger:
        return COLUMNS, [_cells(record) for record in records]
    lines = ledger.entries(list(records), with_papers=False)
    return (*ledger.COLUMNS, "地址"), [[*line.cells(), absolute(record_url(line.record))] for line in lines]


def _json(listing: Listing, records: Any) -> HttpResponse:
    rows = [_entry(record) for record in records[:SHEET_ROWS]]
    told = {"title": listing.title, "url": absolute(listing.url), "records": rows}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _entry(record: Record) -> dict[str, Any]:
    """A record in a list for programs; the keys are those of its own JSON."""
    assert record.published_at is not None
    return {
        "index_number": record.index_number,
        "url": absolute(record_url(record)),
        "kind": record.kind,
        "title": record.title,
        "document_number": record.document_number or None,
        "issuing_organ": {"code": record.organ.code, "name": record.organ.name},
        "written_on": record.written_on.isoformat() if record.written_on else None,
        "published_at": record.published_at.astimezone(clock.SHANGHAI).isoformat(),
        "subject_class": record.subject_class or None,
        "genre": record.genre or None,
        "validity": record.validity if listings.has_validity(record) else None,
    }


def _cells(record: Record) -> list[str]:
    published = clock.day_of(record.published_at) if record.published_at else ""
    return [
        record.title,
        record.index_number or "",
        record.document_number,
        record.organ.name,
        record.subject_class,
        record.genre,
        str(record.written_on or ""),
        str(published),
        str(Validity(record.validity).label) if listings.has_validity(record) else "",
        absolute(record_url(record)),
    ]


@public
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of sitemaps, one for each ten thousand keys."""
    count = queries.highest_public_key() // SITEMAP_ROWS + 1
    parts = [absolute(reverse("portal:sitemap_part", kwargs={"part": part})) for part in range(1, count + 1)]
    return render(request, "portal/sitemap_index.xml", {"parts": parts}, content_type="application/xml")


@public
def sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    """The addresses of public records with keys in one range."""
    records = public_records().order_by("pk").filter(pk__gte=(part - 1) * SITEMAP_ROWS, pk__lt=part * SITEMAP_ROWS)
    rows = records.select_related(None).values_list("index_number", "changed_at")
    found = [
        (absolute(reverse("portal:record", kwargs={"index_number": number})), clock.day_of(changed))
        for number, changed in rows
    ]
    return render(request, "portal/sitemap.xml", {"rows": found}, content_type="application/xml")


@public
def robots(_request: HttpRequest) -> HttpResponse:
    """What crawlers leave alone, and where the sitemap is."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/desk/", "/accounts/", "/display/", "/api/", "/metrics"))
    return HttpResponse(f"User-agent: *\n{closed}Sitemap: {absolute('/sitemap.xml')}\n", "text/plain; charset=utf-8")
