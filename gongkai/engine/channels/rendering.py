"""A publication as another platform takes it: JSON with the whole content, a plain HTML page, the attachments."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.utils.html import escape

from gongkai.config import env
from gongkai.engine.channels.models import Push, PushAct
from gongkai.ground.files.models import StoredFile
from gongkai.ground.files.storage import file_bytes

# Larger sets of attachments travel as addresses: a gateway refuses bodies that never end.
LARGEST_ENCLOSED = 20 * 1024 * 1024


def package(push: Push) -> dict[str, Any]:
    """What a target is told, without the bytes of attachments. A withdrawal carries no title and no text."""
    publication = push.publication
    record, edition = publication.record, publication.edition
    address = f"{env.PUBLIC_URL.rstrip('/')}/r/{quote(record.index_number or '')}"
    told: dict[str, Any] = {
        "act": push.act,
        "id": str(record.ref),
        "index_number": record.index_number,
        "organ_code": record.organ.code,
        "address": address,
        "edition": edition.number,
        "edition_sha256": edition.sha256,
    }
    if push.act == PushAct.TAKE_BACK:
        return told | {"until": publication.until_at.isoformat() if publication.until_at else ""}
    content = edition.content
    return told | {
        "kind": record.kind,
        "title": content.get("title", ""),
        "published_at": record.published_at.isoformat() if record.published_at else "",
        "content": content,
        "html": page_html(content),
        "text": "\n".join(texts_of(content)),
        "attachments": [
            {
                "name": entry["name"],
                "media_type": entry["media_type"],
                "size": entry["size"],
                "address": f"{address}.file/{place}",
            }
            for place, entry in enumerate(edition.files, start=1)
        ],
    }


def attachments(push: Push) -> list[tuple[str, bytes]]:
    """The names and bytes of a publication's attachments, in its order."""
    entries = push.publication.edition.files
    stored = {str(file.pk): file for file in StoredFile.objects.filter(pk__in=[entry["id"] for entry in entries])}
    return [(entry["name"], file_bytes(stored[entry["id"]])) for entry in entries]


def enclose(told: dict[str, Any], push: Push) -> dict[str, Any]:
    """The package with the attachments in base64, where they are not too large."""
    listed = told.get("attachments", [])
    if not listed or sum(entry["size"] for entry in listed) > LARGEST_ENCLOSED:
        return told
    found = [base64.b64encode(data).decode() for _, data in attachments(push)]
    return told | {"attachments": [entry | {"content": data} for entry, data in zip(listed, found, strict=True)]}


def texts_of(content: dict[str, Any]) -> Iterator[str]:
    """Every piece of text that a page of this content must show: title, paragraphs, headings, cells."""
    yield str(content.get("title", ""))
    for block in content.get("body", []):
        if block["type"] != "table":
            yield str(block["text"])
            continue
        yield from (text for text in (block.get("caption", ""), *block.get("columns", [])) if text)
        yield from (cell for row in block.get("rows", []) for cell in row if cell)


def page_html(content: dict[str, Any]) -> str:
    """A plain page: headings, paragraphs, tables; nothing that runs, nothing that is fetched."""
    parts = [f"<h1>{escape(content.get('title', ''))}</h1>"]
    parts += [_block_html(block) for block in content.get("body", [])]
    return "\n".join(parts)


def _block_html(block: dict[str, Any]) -> str:
    if block["type"] == "table":
        caption = f"<caption>{escape(block['caption'])}</caption>" if block.get("caption") else ""
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in block.get("columns", []))
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in block.get("rows", [])
        )
        return f"<table>{caption}{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{rows}</tbody></table>"
    tag = f"h{min(int(block.get('level', 1)) + 1, 6)}" if block["type"] == "heading" else "p"
    return f"<{tag}>{escape(block['text'])}</{tag}>"
