"""What the tick does for records: publish what is due, overwrite what was expunged."""

from __future__ import annotations

import logging

from django.db import DatabaseError

from gongkai.engine.records.actions.publishing import hold, publish
from gongkai.engine.records.actions.shredding import erase_expunged
from gongkai.engine.records.expunged import write_list
from gongkai.engine.records.queries import due_publications
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.refusal import Refused

__all__ = ["erase_expunged", "publish_due", "write_list"]

AT_ONCE = 50
logger = logging.getLogger(__name__)


def publish_due() -> int:
    """Publish scheduled records whose moment has come; one that the gate refuses is held, with the refusal's code.

    Each is a transaction of its own: a worker that dies leaves the rest to the next tick. Returns how many were due.
    """
    keys = list(due_publications(clock.now()).values_list("pk", flat=True)[:AT_ONCE])
    for key in keys:
        try:
            publish(key, actor=SYSTEM)
        except Refused as refusal:
            try:
                hold(key, actor=SYSTEM, code=refusal.code)
            except Refused:
                # Somebody else published or unscheduled it in between: nothing is owed any more.
                continue
        except (ValueError, LookupError, DatabaseError):
            # One record that cannot be read must not keep the others from their moment; readiness shows what is late.
            logger.exception("scheduled publication failed", extra={"record": key})
    return len(keys)
