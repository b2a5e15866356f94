"""A record at its address: page, JSON, text, the hashed bytes, attachments; and what stands there when it is gone."""

from __future__ import annotations

import functools
import io
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from gongkai.engine.records.attachments import files_of
from gongkai.engine.records.details import details_of
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Edition, Record
from gongkai.engine.records.queries import addressed, published_edition
from gongkai.ground.files.storage import file_bytes
from gongkai.ground.prepared import Asked
from gongkai.surfaces.look.body import set_body
from gongkai.surfaces.look.site import absolute
from gongkai.surfaces.portal import record_page
from gongkai.surfaces.portal.formats import record_json, record_text
from gongkai.surfaces.portal.freshness import forget, public, rendered
from gongkai.surfaces.portal.lineage import stages
from gongkai.surfaces.portal.linked_data import article_tags, record_data
from gongkai.surfaces.portal.listings import record_url
from gongkai.surfaces.portal.record_page import Absence, RecordView, Related, absence, related

GONE_STATUS = 410


def found_record(index_number: str, asked: Asked | None = None) -> Record:
    """The record behind a public address, or 404."""
    # PostgreSQL cannot even ask for a text with a NUL; nothing is called so.
    record = addressed(index_number, asked) if "\0" not in index_number else None
    if record is None:
        raise Http404
    return record


def _edition(record: Record, request: HttpRequest) -> Edition | None:
    """The edition that is asked for, None when the record is gone; 404 when that edition was never public."""
    asked = request.GET.get("edition", "")
    if not record.is_visible:
        return None
    if asked and not (asked.isdecimal() and len(asked) < 6):
        raise Http404
    edition = published_edition(record, int(asked) if asked else None)
    if edition is None or edition.canonical is None:
        raise Http404
    return edition


@public
def record(request: HttpRequest, index_number: str) -> HttpResponse:
    """The page of a record."""
    asked = Asked()
    found = found_record(index_number, asked)
    if not found.is_visible or found.current is None:
        forget(request)
        return gone_page(request, found, absence(found))
    view = RecordView.of(found, found.current, asked)
    return rendered(request, asked.digest(), lambda: render(request, _page_of(found), _context(view)))


def gone_page(request: HttpRequest, found: Record, told: Absence) -> HttpResponse:
    """The page at an address that shows nothing now."""
    context = {"record": found, "absence": told, "proof_url": _proof_url(found)}
    return render(request, "portal/gone.html", context, status=GONE_STATUS)


def crumbs_to(found: Record, *rest: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a page of a record: section, organ, then what follows as (label, address)."""
    organ = reverse("portal:organ", kwargs={"code": found.organ.code})
    way = [("政府信息公开", reverse("portal:disclosure")), (found.organ.name, organ), *rest]
    return [{"label": label, "url": url} for label, url in way]


def _page_of(found: Record) -> list[str]:
    """The page of the record's kind; the plain one for a kind that is declared no more."""
    kind = KINDS.get(found.kind)
    return [f"portal/kinds/{kind.template}.html", "portal/record.html"] if kind else ["portal/record.html"]


def _context(view: RecordView) -> dict[str, Any]:
    found = view.record
    return {
        "record": found,
        "url": view.url,
        "absolute_url": view.absolute_url,
        "description": view.content.get("description") or found.title,
        "edition": view.edition,
        "content": view.content,
        "body": set_body(view.content.get("body", []), found.title),
        "metadata": record_page.metadata(view),
        "banners": record_page.banners(view),
        "attachments": record_page.attachments(view),
        "details": {detail.name: detail for detail in details_of(found.kind, view.content)},
        "relations": record_page.relations(view),
        "alike": _alike(view),
        "changes": record_page.changes(view),
        "stages": stages(view),
        "proof_url": _proof_url(found),
        "organ": found.organ,
        "crumbs": crumbs_to(found, ("正文", "")),
        "section": "xxgk",
        "article_tags": article_tags(view),
        "linked_data": record_data(view),
    }


def _alike(view: RecordView) -> list[Related]:
    """Records of the same class, without those the page names anyway."""
    named = {link.target_id for link in view.outgoing} | {link.source_id for link in view.incoming}
    return [related(other) for other in view.alike if other.pk not in named]


def _proof_url(found: Record) -> str:
    return reverse("portal:proof", kwargs={"index_number": found.index_number})


@require_safe
def qr_code(_request: HttpRequest, index_number: str) -> HttpResponse:
    """The address of a record as a QR code. It says nothing but the address, so browsers may keep it for a day."""
    found = found_record(index_number)
    response = HttpResponse(_drawn(absolute(record_url(found))), "image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@functools.lru_cache(maxsize=2000)
def _drawn(url: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(url, error="m").save(drawn, kind="svg", border=0, omitsize=True, svgclass=None, lineclass=None)
    return drawn.getvalue()


@public
def record_as_json(_request: HttpRequest, index_number: str) -> HttpResponse:
    """The record for programs."""
    found = found_record(index_number)
    if not found.is_visible or found.current is None:
        return _gone_json(found)
    return _json(record_json(RecordView.of(found, found.current)))


@public
def record_as_text(_request: HttpRequest, index_number: str) -> HttpResponse:
    """The record as plain text."""
    found = found_record(index_number)
    if not found.is_visible or found.current is None:
        told = absence(found)
        return HttpResponse(f"{told.lead}\n{told.text}\n", "text/plain; charset=utf-8", GONE_STATUS)
    text = record_text(RecordView.of(found, found.current))
    return HttpResponse(text, "text/plain; charset=utf-8")


@public
def edition_bytes(request: HttpRequest, index_number: str) -> HttpResponse:
    """The exact bytes of a public edition, as they were hashed: the current one, or ``?edition=n``."""
    found = found_record(index_number)
    edition = _edition(found, request)
    if edition is None:
        return _gone_json(found)
    assert edition.canonical is not None
    return HttpResponse(edition.canonical.encode(), "application/json")


@public
def attachment(request: HttpRequest, index_number: str, place: str) -> HttpResponse:
    """An attachment of the edition the public reads, its bytes checked against the register's commitment."""
    found = found_record(index_number)
    edition = _edition(found, request)
    if edition is None:
        return _gone_json(found)
    files = edition.files
    if not 1 <= int(place) <= len(files):
        raise Http404
    entry = files[int(place) - 1]
    stored = files_of([edition])
    file = next((file for file in stored if str(file.pk) == entry["id"] and file.state == "public"), None)
    if file is None:
        raise Http404
    response = HttpResponse(file_bytes(file), file.media_type)
    disposition = content_disposition_header(as_attachment=True, filename=entry["name"])
    response["Content-Disposition"] = disposition or "attachment"
    return response


def _gone_json(found: Record) -> HttpResponse:
    told = absence(found)
    return _json(
        {
            "index_number": found.index_number,
            "state": told.code,
            "at": told.at.isoformat() if told.at else None,
            "note": f"{told.lead}。{told.text}",
            "proof": absolute(_proof_url(found)),
        },
        GONE_STATUS,
    )


def _json(data: Any, status: int = 200) -> HttpResponse:
    return JsonResponse(
        data, status=status, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1, "sort_keys": False}
    )
