"""Destroying text and bytes for good (清除). Called by expunge only; hash and salt stay, so proofs remain valid.

A database that empties a row still holds the old text in the space it no longer uses, and in its write-ahead log.
Overwriting that cannot be part of the transaction: the order stays unerased until the tick has done it.
"""

from __future__ import annotations

import time

from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

from gongkai.engine.checks.models import Finding
from gongkai.engine.records.attachments import files_of
from gongkai.engine.records.models import Edition, ExpungeOrder, Record
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
    for link in [*record.links_out.exclude(note=""), *record.links_in.exclude(note="")]:
        link.note = ""
        link.save(update_fields=["note"])
    # That something was found, and how it was settled, stays; what it quoted goes.
    found = Finding.objects.filter(subject_type="record", subject_id=str(record.pk))
    found.update(shown="", suggestion="")
    return editions


def shred_bytes(editions: list[Edition], ground: str) -> int:
    """Destroy the attachments that these editions name; returns how many."""
    living = [file for file in files_of(editions) if file.destroyed_at is None]
    for file in living:
        destroy(file, actor=SYSTEM, reason=ground)
    return len(living)


#: Tables in which a text or the name of a file may have lain, as PostgreSQL has to rewrite them.
WRITTEN_IN = (
    "records_record",
    "records_edition",
    "records_facet",
    "records_editbuffer",
    "records_link",
    "records_sealedpaper",
    "checks_finding",
    "files_storedfile",
)


#: Transactions older than the given one. Those of other databases count: VACUUM FULL takes a view of its own, and that
#: reaches back to the oldest transaction of the whole server.
_LOOKING_BACK = """
SELECT count(*) FROM pg_stat_activity
WHERE pid <> pg_backend_pid()
AND (age(backend_xmin) > age(%s::xid) OR age(backend_xid) > age(%s::xid))
"""
PATIENCE, PAUSE_SECONDS = 50, 0.1


def erase_expunged() -> int:
    """Overwrite the space in which expunged texts lay; how many orders that settled. For the tick.

    Rewrites the file of a SQLite database, or the tables concerned on PostgreSQL; writers wait meanwhile. Where
    another process reads just now it is tried again with the next tick. Backups and archived write-ahead logs of
    PostgreSQL are not reached from here: their keys are destroyed by whoever keeps them.
    """
    owed = list(ExpungeOrder.objects.filter(confirmed_at__isnull=False, erased_at=None).values_list("pk", flat=True))
    if not owed or connection.in_atomic_block or not _rewritten():
        return 0
    return ExpungeOrder.objects.filter(pk__in=owed).update(erased_at=clock.now())


def _nobody_looks_back(cursor: CursorWrapper) -> bool:
    """Wait until no transaction can still see what was expunged: VACUUM keeps for it, without a word, what it sees."""
    cursor.execute("SELECT pg_current_xact_id()::xid::text")
    (now,) = cursor.fetchone() or ("0",)
    for _ in range(PATIENCE):
        cursor.execute(_LOOKING_BACK, [now, now])
        if cursor.fetchone() == (0,):
            return True
        time.sleep(PAUSE_SECONDS)
    return False


def _rewritten() -> bool:
    """Rewrite what may still hold expunged text; False when somebody was in the way for too long."""
    with connection.cursor() as cursor:
        try:
            if connection.vendor == "postgresql":
                if not _nobody_looks_back(cursor):
                    return False
                cursor.execute("SET lock_timeout = '20s'")
                for table in WRITTEN_IN:
                    cursor.execute(f"VACUUM (FULL) {table}")
                return True
            cursor.execute("VACUUM")
        except OperationalError:
            return False
        finally:
            if connection.vendor == "postgresql":
                cursor.execute("RESET lock_timeout")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = cursor.fetchone()
        return row is not None and row[0] == 0
