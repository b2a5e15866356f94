"""After a backup was restored: what had been expunged meanwhile is expunged again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from gongkai.engine.records.actions.taking import ALL_BUT_EXPUNGED, TAKE_DOWN_LAW, executed
from gongkai.engine.records.guards import pending_order
from gongkai.engine.records.models import ExpungeOrder, Record
from gongkai.engine.records.subject import EXPUNGED
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import Person


@action(
    "record.expunge_again",
    on=Record,
    title="恢复备份后再次清除",
    right="backup.restore",
    states=ALL_BUT_EXPUNGED,
    to=(EXPUNGED,),
    event="record.expunged_again",
    citation=TAKE_DOWN_LAW,
    by_system=True,
)
def expunge_again(record: Record, *, actor: Actor, listed: Mapping[str, str]) -> Outcome:
    """Carry out once more an order of two persons that the restored backup does not know (清除清单)."""
    order = pending_order(record) or ExpungeOrder(record=record, ground=listed["ground"])
    order.asked_by = order.asked_by or _person(listed["asked_by"])
    order.asked_at = _moment(listed["asked_at"])
    order.confirmed_by, order.confirmed_at = _person(listed["confirmed_by"]), _moment(listed["confirmed_at"])
    order.save()
    return executed(record, order, actor, "record.expunged_again")


def _person(ref: str) -> Person | None:
    """Who it was; somebody who came after the backup is not known in it."""
    return Person.objects.filter(ref=ref).first() if ref else None


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
