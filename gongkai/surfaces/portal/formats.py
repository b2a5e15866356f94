"""A record as JSON, as plain text, and as the exact bytes that were hashed."""

from __future__ import annotations

from typing import Any

from gongkai.engine.records.content import body_blocks
from gongkai.engine.records.details import Detail, details_of
from gongkai.engine.records.models import Disclosure, Validity
from gongkai.ground import clock
from gongkai.surfaces.look.site import absolute
from gongkai.surfaces.portal.lineage import Stage, stages
from gongkai.surfaces.portal.listings import has_validity, record_url
from gongkai.surfaces.portal.record_page import Metadatum, RecordView, attachments, metadata


def record_json(view: RecordView) -> dict[str, Any]:
    """A public record for programs. Keys are stable; see docs/reference."""
    record, content = view.record, view.content
    assert record.published_at is not None
    return {
        "index_number": record.index_number,
        "url": view.absolute_url,
        "kind": record.kind,
        "title": record.title,
        "document_number": record.document_number or None,
        "issuing_organ": {"code": record.organ.code, "name": record.organ.name},
        "co_issuers": view.co_issuers,
        "written_on": _day(record.written_on),
        "published_at": record.published_at.astimezone(clock.SHANGHAI).isoformat(),
        "subject_class": record.subject_class or None,
        "genre": record.genre or None,
        "disclosure": record.disclosure,
        "disclosure_name": Disclosure(record.disclosure).label if record.disclosure else "",
        "disclosure_basis": record.disclosure_basis or None,
        "validity": record.validity if has_validity(record) else None,
        "validity_name": Validity(record.validity).label if has_validity(record) else None,
        "effective_from": _day(record.effective_from),
        "effective_until": _day(record.effective_until),
        "lineage": [_stage_json(stage) for stage in stages(view)],
        "audience": content.get("audience") or None,
        "keywords": content.get("keywords", []),
        "description": content.get("description") or None,
        "details": {detail.name: content[detail.name] for detail in details_of(record.kind, content)},
        "body": content.get("body", []),
        "attachments": [
            {"name": item.name, "url": absolute(item.url), "size": item.size} for item in attachments(view)
        ],
        "links": [
            {"kind": link.kind, "direction": "to", "url": absolute(record_url(link.target)), "title": link.target.title}
            for link in view.outgoing
        ]
        + [
            {"kind": link.kind, "direction": "by", "url": absolute(record_url(link.source)), "title": link.source.title}
            for link in view.incoming
        ],
        "edition": {
            "number": view.edition.number,
            "sha256": view.edition.sha256,
            "url": f"{view.absolute_url}.edition.json",
            "proof": absolute(f"/register/proof/{record.index_number}"),
        },
    }


def _stage_json(stage: Stage) -> dict[str, Any]:
    return {
        "on": stage.day.isoformat(),
        "what": stage.what,
        "by": stage.title or None,
        "document_number": stage.number or None,
        "url": absolute(stage.url) if stage.url else None,
    }


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


def record_text(view: RecordView) -> str:
    """The record as plain text: title, number, card, body, attachments."""
    lines = [view.record.title, view.record.document_number, ""]
    lines += [f"{item.label}：{_shown(item)}" for item in metadata(view) if not item.is_whole and _shown(item)]
    lines.append("")
    for detail in details_of(view.record.kind, view.content):
        lines += [*_detail_lines(detail), ""]
    for block in body_blocks(view.content.get("body", [])):
        lines += [*block.lines(), ""]
    files = attachments(view)
    if files:
        lines += ["附件：", *(f"{item.name}　{absolute(item.url)}" for item in files), ""]
    lines += [f"来源：{view.absolute_url}", f"第 {view.edition.number} 版 SHA-256：{view.edition.sha256}"]
    return "\n".join(lines) + "\n"


def _detail_lines(detail: Detail) -> list[str]:
    """A field of the kind as lines of text; a table row by row."""
    if detail.rows:
        return [f"{detail.label}：", *("\t".join(row) for row in (detail.columns, *detail.rows))]
    if detail.lines:
        return [f"{detail.label}：", *detail.lines]
    return [f"{detail.label}：{detail.day or detail.text}"]


def _shown(item: Metadatum) -> str:
    if item.day is None:
        return item.value
    return (clock.day_of(item.day) if hasattr(item.day, "hour") else item.day).isoformat()  # type: ignore[arg-type]
