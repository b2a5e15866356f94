"""One writer of the tree at a time, so that the closure always tells the tree that is."""

from __future__ import annotations

from django.db import connection

# Any number that no other advisory lock of this database uses; the bytes of "organs".
TREE_LOCK = int.from_bytes(b"organs", "big")


def lock_tree() -> None:
    """Hold the tree until the transaction ends. SQLite's IMMEDIATE transactions are alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])
