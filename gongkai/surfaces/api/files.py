"""Attachments through the interface: examined outside the transaction, kept once per key."""

from __future__ import annotations

from typing import Any

from ninja import UploadedFile

from gongkai.ground.access.actors import Actor
from gongkai.ground.files.actions import examine, keep
from gongkai.ground.files.models import StoredFile
from gongkai.ground.gate.idempotency import once
from gongkai.ground.organs.models import Organ


def store(file: UploadedFile, organ: Organ, actor: Actor, key: str) -> dict[str, Any]:
    """Examine and keep an upload; the same key with the same bytes answers with the same file."""
    guarded = examine(file, file.name or "", organ=organ, actor=actor, declared_type=file.content_type or "")

    def do() -> dict[str, Any]:
        # Kept answers outlive what is expunged: no name of a file is among them.
        return {"id": str(keep(guarded, organ=organ, actor=actor).pk)}

    asked = {"name": "file", "organ": organ.code, "filename": guarded.filename, "sha256": guarded.sha256}
    answer, _ = once(key, asked, actor, do)
    kept = StoredFile.objects.get(pk=answer["id"])
    return answer | {"name": kept.original_name, "media_type": kept.media_type, "size": kept.size}  # type: ignore[no-any-return]
