"""A public record to keep: as PDF, and as DOCX. Made once for each edition and state of validity, then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from gongkai.engine.letters.word import render_docx
from gongkai.engine.records.content import body_blocks
from gongkai.engine.records.models import Record, Validity
from gongkai.surfaces.look.body import set_body
from gongkai.surfaces.look.printing import DOCX, PDF, file_answer, pdf_of
from gongkai.surfaces.portal.freshness import public
from gongkai.surfaces.portal.listings import has_validity
from gongkai.surfaces.portal.record_page import RecordView, absence, attachments
from gongkai.surfaces.portal.record_views import GONE_STATUS, found_record

KEPT_SECONDS = 24 * 3600
#: Larger files are made anew each time: the cache lies in the memory of a process.
LARGEST_KEPT = 2 * 1024 * 1024
TEMPLATE_VERSION = 1


@public
def record_as_pdf(_request: HttpRequest, index_number: str) -> HttpResponse:
    """The record as PDF, set like an official document."""
    return _answer(index_number, PDF, "pdf", _pdf)


@public
def record_as_docx(_request: HttpRequest, index_number: str) -> HttpResponse:
    """The record as a Word document."""
    return _answer(index_number, DOCX, "docx", _docx)


def _answer(index_number: str, media_type: str, ending: str, make: Callable[[RecordView], bytes]) -> HttpResponse:
    found = found_record(index_number)
    if not found.is_visible or found.current is None:
        told = absence(found)
        return HttpResponse(f"{told.lead}\n{told.text}\n", "text/plain; charset=utf-8", GONE_STATUS)
    key = _key(found, ending)
    content = cache.get(key)
    if content is None:
        content = make(RecordView.of(found, found.current))
        if len(content) <= LARGEST_KEPT:
            cache.set(key, content, KEPT_SECONDS)
    return file_answer(content, media_type, f"{found.title}.{ending}")


def _key(record: Record, ending: str) -> str:
    """What the file depends on: the edition, and what the foot says about the record."""
    assert record.current is not None
    told = f"{record.current.sha256}:{record.validity}:{record.organ.name}:{record.published_at}:{TEMPLATE_VERSION}"
    return f"print:{ending}:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _foot(view: RecordView) -> list[str]:
    record = view.record
    files = [item.name for item in attachments(view)]
    assert record.published_at is not None
    lines = [f"附件：{'、'.join(files)}（见网页）"] if files else []
    validity = f"　有效性：{Validity(record.validity).label}" if has_validity(record) else ""
    lines.append(f"发布机构：{record.organ.name}　索引号：{record.index_number}{validity}")
    return [*lines, f"来源：{view.absolute_url}　第 {view.edition.number} 版", f"SHA-256：{view.edition.sha256}"]


def _pdf(view: RecordView) -> bytes:
    context: dict[str, Any] = {
        "name": view.record.title,
        "record": view.record,
        "body": set_body(view.content.get("body", []), view.record.title),
        "foot": _foot(view),
    }
    return pdf_of("portal/print_record.html", context)


def _docx(view: RecordView) -> bytes:
    record = view.record
    lines = [record.document_number] if record.document_number else []
    return render_docx(record.title, lines, body_blocks(view.content.get("body", [])), _foot(view))
