"""Attachments of an edition: which stored files it names, and what an edition says about them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from gongkai.engine.records.content import FileEntry
from gongkai.engine.records.models import Edition
from gongkai.ground.access.actors import Actor
from gongkai.ground.files.models import StoredFile
from gongkai.ground.files.reading import read
from gongkai.ground.files.storage import file_bytes
from gongkai.ground.files.text import Block
from gongkai.ground.gate.door import visible
from gongkai.ground.refusal import Refused, wording

NO_FILE = wording(
    "records.no_file",
    what="附件“{found}”不存在，或者您无权使用。",
    todo="请重新上传附件，并使用上传后得到的编号。",
    status=422,
)


def file_entries(file_ids: Sequence[str], actor: Actor) -> list[dict[str, Any]]:
    """What an edition says about files the actor may use, in the order given; refuses one that is not there.

    A review sheet is no attachment: it is never published.
    """
    usable = visible(StoredFile, actor).filter(pk__in=[_key(pk) for pk in file_ids], paper=None)
    found = {str(file.pk): file for file in usable}
    entries = []
    for pk in file_ids:
        file = found.get(str(_key(pk)))
        if file is None or file.destroyed_at is not None:
            raise Refused(NO_FILE, found=pk[:40], where="附件")
        entries.append(entry_of(file))
    return entries


def entry_of(file: StoredFile) -> dict[str, Any]:
    """Name, type, size and the salted digest, by which anybody can check a downloaded copy against the edition."""
    return FileEntry(
        id=str(file.pk),
        name=file.original_name,
        media_type=file.media_type,
        size=file.size,
        digest=file.commitment,
        salt=file.salt,
    ).model_dump(mode="json")


def texts_of(files: Sequence[Mapping[str, Any]]) -> list[tuple[Block, ...] | None]:
    """The text of each attachment an edition names, for the checks; None where nothing can be read from it."""
    stored = {str(file.pk): file for file in StoredFile.objects.filter(pk__in=[entry["id"] for entry in files])}
    return [_text_of(stored.get(entry["id"])) for entry in files]


def _text_of(file: StoredFile | None) -> tuple[Block, ...] | None:
    if file is None or file.destroyed_at is not None:
        return None
    try:
        return read(file_bytes(file), file.original_name).blocks or None
    except Refused:
        return None


def _key(pk: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(pk)
    except ValueError:
        return None


def files_of(editions: Sequence[Edition]) -> list[StoredFile]:
    """The stored files that editions name."""
    named = {entry["id"] for edition in editions for entry in edition.files}
    return list(StoredFile.objects.filter(pk__in=named).order_by("pk"))
