"""A worker's duty for many records: each for itself, what failed noted and tried again later, the others done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from django.db import transaction

from gongkai.engine.records.models import Setback
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.ground.retrying import wait_after

logger = logging.getLogger(__name__)


class Duty:
    """One duty of the tick, for a pass: which records it must leave alone for now, and what came of the others."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known = {one.record_id: one for one in Setback.objects.filter(duty=name)}

    @property
    def resting(self) -> list[int]:
        """The records whose next try has not come."""
        now = clock.now()
        return [key for key, one in self.known.items() if one.try_at > now]

    def done(self, key: int, act: Callable[[], object]) -> bool:
        """Do it for one record; False when refused (somebody was quicker) or failed (noted, tried again later)."""
        try:
            act()
        except Refused:
            self._forget([key])
            return False
        except Exception as error:
            # Whatever is wrong with one record, the others must get their turn; operations shows it.
            logger.exception("duty failed for a record", extra={"duty": self.name, "record": key})
            self._note(key, type(error).__name__)
            return False
        self._forget([key])
        return True

    def settle(self, due: Collection[int]) -> None:
        """Forget the failures of records for which nothing is owed any more."""
        self._forget([key for key in self.known if key not in due])

    def _note(self, key: int, failure: str) -> None:
        now, earlier = clock.now(), self.known.get(key)
        attempts = earlier.attempts + 1 if earlier is not None else 1
        values = {"failure": failure[:80], "attempts": attempts, "try_at": now + wait_after(attempts)}
        with transaction.atomic():
            self.known[key], _ = Setback.objects.update_or_create(
                record_id=key, duty=self.name, defaults=values, create_defaults=values | {"since": now}
            )

    def _forget(self, keys: list[int]) -> None:
        gone = [key for key in keys if self.known.pop(key, None) is not None]
        if gone:
            Setback.objects.filter(duty=self.name, record__in=gone).delete()
