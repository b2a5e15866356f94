"""The state of the register: a short text that is the same only while nothing has happened at all.

Everything that changes what somebody sees is an event, written in the transaction of the change. The newest root
commits to every sealed event, the outbox holds the others; together they name the set of committed events. No set
returns: leaf hashes are salted, after a restore too. Whoever reads it *before* the data may keep what came of it.
"""

from __future__ import annotations

from django.db import connection

#: With more unsealed events than this a batch is under way; keeping anything would not pay.
MOST_UNSEALED = 40
_STATE = """
SELECT root FROM (SELECT root FROM register_checkpoint ORDER BY id DESC LIMIT 1) AS newest
UNION ALL
SELECT leaf_hash FROM (
    SELECT leaf_hash FROM register_unsealedevent JOIN register_event ON id = event_id ORDER BY event_id DESC LIMIT %s
) AS waiting
"""


def register_state() -> str:
    """The state now, in one query; "" while it cannot serve as one: nothing has happened yet, or very much does."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [MOST_UNSEALED + 1])
        hashes = [row[0] for row in cursor.fetchall()]
    return "" if len(hashes) > MOST_UNSEALED else "".join(hashes)
