"""Destroying text and bytes for good (清除). Called by expunge only; hash and salt stay, so proofs remain valid."""

from __future__ import annotations

from gongkai.engine.records.models import Edition, ExpungeOrder, Record
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor


def shred_text(record: Record, order: ExpungeOrder) -> list[Edition]:
    """Empty every edition of a record, and drop its facets, buffers and findings; returns the editions as they were.

    The database's own trigger lets an edition be emptied only when hash, salt and number stay as they are.
    """
    editions = list(record.editions.order_by("number"))
    now = clock.now()
    record.editions.filter(expunged_at__isnull=True).update(canonical=None, expunged_at=now)
    record.facets.all().delete()
    record.buffers.all().delete()
    return editions


def shred_bytes(record: Record, actor: Actor, editions: list[Edition]) -> int:
    """Destroy the attachments that no other record's edition names; returns how many."""
    named = {entry["id"] for edition in editions for entry in edition.files}
    for file_id in sorted(named):
        from gongkai.ground.files.actions import destroy

        destroy(file_id, actor=actor)
    return len(named)
