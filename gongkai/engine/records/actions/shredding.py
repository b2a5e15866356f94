"""Destroying text and bytes for good (清除). Called by expunge only; hash and salt stay, so proofs remain valid."""

from __future__ import annotations

from gongkai.engine.records.attachments import files_of
from gongkai.engine.records.models import Edition, Record
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.files.actions import destroy


def shred_text(record: Record) -> list[Edition]:
    """Empty every edition of a record, and drop its facets and buffers; returns the editions as they were.

    The database's own trigger lets an edition be emptied only when hash, salt and number stay as they are.
    """
    editions = list(record.editions.order_by("number"))
    record.editions.filter(expunged_at__isnull=True).update(canonical=None, expunged_at=clock.now())
    record.facets.all().delete()
    record.buffers.all().delete()
    return editions


def shred_bytes(editions: list[Edition], ground: str) -> int:
    """Destroy the attachments that these editions name; returns how many."""
    living = [file for file in files_of(editions) if file.destroyed_at is None]
    for file in living:
        destroy(file, actor=SYSTEM, reason=ground)
    return len(living)
