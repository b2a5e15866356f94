"""What a read document gives to a record: kind, content, organs, number; and whether a record holds it already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gongkai.domains.documents.intake.likeness import body_key
from gongkai.domains.documents.reader import ReadDocument
from gongkai.engine.records.content import body_blocks
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import DISCARDED, EXPUNGED
from gongkai.ground.files import media
from gongkai.ground.files.text import Block
from gongkai.ground.organs.models import Organ
from gongkai.ground.organs.queries import resolve_organ

# Kinds the reader tells apart and the platform does not have yet.
_STANDS_FOR = {"annual_report": "notice", "interpretation": "notice"}
_DEFAULT_KIND = "other_document"
# Originals that people sign or print; web pages and text are read and left.
KEPT = frozenset({media.DOCX, media.DOC, media.PDF, media.OFD, media.XLSX, media.XLS})
LENGTHS = {"title": 500, "document_number": 80, "issuing_organ": 500, "subject_class": 60, "genre": 20, "source": 500}


def kind_of(document: ReadDocument) -> str:
    """The kind of record for a document; what the platform has no kind for yet is another policy document."""
    kind = _STANDS_FOR.get(document.kind or "", document.kind or "")
    return kind if kind in KINDS else _DEFAULT_KIND


def content_of(document: ReadDocument, organ: Organ, source: str) -> dict[str, Any]:
    """The content of an edition: what the reader is sure of, nothing else. ``source`` says where it came from."""
    content: dict[str, Any] = {
        "title": document.working_title,
        "body": [block.as_json() for block in document.body],
        "document_number": document.document_number.normalised if document.document_number else "",
        "issuing_organ": organ_name(document, organ) or "",
        "written_on": document.written_on.isoformat() if document.written_on else None,
        "issued_on": document.facts.get("issued_on"),
        "subject_class": document.subject_class or "",
        "genre": document.genre or "",
        "effective_from": document.facts.get("effective_from"),
        "effective_until": document.effective_until.isoformat() if document.effective_until else None,
        "source": source,
    }
    return content | {name: content[name][:length] for name, length in LENGTHS.items()}


def organ_name(document: ReadDocument, near: Organ) -> str | None:
    """The issuing organ by the name the register has for it, else as printed."""
    if document.issuing_organ is None:
        return None
    known = resolve_organ(document.issuing_organ, near=near)
    return known.name if known is not None else document.issuing_organ


def free_index_number(document: ReadDocument) -> str:
    """The index number the page had, unless another record has it; "" lets the platform give one."""
    number = document.index_number.normalised if document.index_number else ""
    return "" if not number or Record.objects.filter(index_number=number).exists() else number


def co_issuers_of(document: ReadDocument, organ: Organ) -> list[Organ]:
    """The further organs at the signature that the register knows."""
    named = document.facts.get("co_issuers")
    found = [resolve_organ(str(name), near=organ) for name in named] if isinstance(named, list) else []
    return [item for item in found if item is not None and item.pk != organ.pk]


def twin_of(organ: Organ, title: str, number: str, body: Iterable[Block]) -> Record | None:
    """The record that already holds this document: same organ, title and number, same words; or None."""
    same = Record.objects.filter(organ=organ, title=title[: LENGTHS["title"]], document_number=number)
    wanted = body_key(body)
    for record in same.exclude(state__in=[DISCARDED, EXPUNGED]).select_related("working").order_by("pk"):
        if record.working is not None and body_key(body_blocks(record.working.content["body"])) == wanted:
            return record
    return None
