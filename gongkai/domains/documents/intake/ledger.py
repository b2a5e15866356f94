"""The rows of deliveries: written in the transaction that makes their record, changed only by what was told of them.

A delivery is no subject of the gate: it is what is left of an act that is an event (``record.received``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gongkai.domains.documents.models import Delivery
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import DISCARDED, EXPUNGED
from gongkai.ground import clock
from gongkai.ground.files.crypto import blind_index
from gongkai.ground.organs.models import Organ


@dataclass(frozen=True)
class Arrival:
    """What a row says of how a document came."""

    way: str
    organ: Organ
    account_id: int | None
    sha256: str
    turn: int


def print_of(sha256: str) -> str:
    """The blind index of a document's bytes: equal for equal bytes, useless to whoever reads the database."""
    return blind_index("documents.source", sha256)


def newest_of(organ: Organ, sha256: str) -> tuple[Delivery | None, int]:
    """The delivery of these bytes whose record still lives, and the turn a new one would have."""
    rows = list(
        Delivery.objects.filter(organ=organ, source_print=print_of(sha256)).select_related("record").order_by("-turn")
    )
    if rows and rows[0].record.state not in (DISCARDED, EXPUNGED):
        return rows[0], rows[0].turn
    return None, rows[0].turn + 1 if rows else 0


def write_delivery(arrival: Arrival, record: Record, receipt: str) -> Delivery:
    """A new row."""
    row = Delivery(
        way=arrival.way,
        organ=arrival.organ,
        account_id=arrival.account_id,
        record=record,
        source_print=print_of(arrival.sha256),
        turn=arrival.turn,
        sealed_receipt=receipt,
        received_at=clock.now(),
    )
    row.save(force_insert=True)
    return row


def note_told(delivery: Delivery, state: str, edition: str) -> None:
    """The other system has acknowledged this state and edition."""
    delivery.told_state, delivery.told_edition, delivery.told_at = state, edition, clock.now()
    delivery.attempts, delivery.try_at = 0, None
    delivery.save(update_fields=["told_state", "told_edition", "told_at", "attempts", "try_at"])


def note_untold(delivery: Delivery, wait: dt.timedelta) -> None:
    """It could not be told now; it is tried again after a while."""
    delivery.attempts += 1
    delivery.try_at = clock.now() + wait
    delivery.save(update_fields=["attempts", "try_at"])
