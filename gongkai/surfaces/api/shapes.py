"""From rows to answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from gongkai.config import env
from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import permitted
from gongkai.surfaces.api.arguments import ARGUMENTS


def record_url(index_number: str) -> str:
    """The public address of a record."""
    return f"{env.PUBLIC_URL}/r/{quote(index_number)}"


def record_out(record: Record) -> dict[str, Any]:
    """A public record in a list; its organ is loaded."""
    return {
        "index_number": record.index_number,
        "title": record.title,
        "kind": record.kind,
        "organ_code": record.organ.code,
        "organ_name": record.organ.name,
        "document_number": record.document_number,
        "written_on": record.written_on,
        "published_at": record.published_at,
        "subject_class": record.subject_class,
        "genre": record.genre,
        "validity": record.validity,
        "effective_from": record.effective_from,
        "effective_until": record.effective_until,
        "url": record_url(record.index_number or ""),
    }


def record_detail(record: Record) -> dict[str, Any]:
    """A public record whole; its current edition is loaded."""
    edition = record.current
    assert edition is not None
    number = quote(record.index_number or "")
    return record_out(record) | {
        "edition": edition.number,
        "edition_sha256": edition.sha256,
        "content": edition.content,
        "files": [
            {"id": file["id"], "name": file["name"], "media_type": file["media_type"], "size": file["size"]}
            for file in edition.files
        ],
        "edition_url": f"{env.PUBLIC_URL}/r/{number}.edition.json",
        "proof_url": f"{env.PUBLIC_URL}/register/proof/{number}",
    }


def receipt(record: Record) -> dict[str, Any]:
    """What a write answers."""
    edition = record.working
    assert edition is not None
    return {
        "id": record.pk,
        "kind": record.kind,
        "state": record.state,
        "edition": edition.number,
        "edition_sha256": edition.sha256,
        "index_number": record.index_number,
        "url": record_url(record.index_number) if record.is_visible and record.index_number else None,
    }


def work_out(record: Record, actor: Actor) -> dict[str, Any]:
    """A record as its own organ's systems see it, with what may be done now."""
    actions = [
        {
            "name": spec.name,
            "title": spec.title,
            "is_possible": verdict.ok,
            "reason": verdict.reason,
            "arguments": sorted(ARGUMENTS[spec.name]),
        }
        for spec, verdict in permitted(record, actor)
        if spec.name in ARGUMENTS
    ]
    working_title = record.working.content.get("title", record.title) if record.working else record.title
    return receipt(record) | {"title": working_title, "actions": actions}
