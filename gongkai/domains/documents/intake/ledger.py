"""The rows of deliveries and imports, written in the transaction that makes their record.

They are no subjects of the gate: they are what is left of acts that are events (``record.received`` …).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from gongkai.domains.documents.models import Delivery, ImportBatch, ImportItem, ImportOutcome
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import DISCARDED, EXPUNGED
from gongkai.ground import clock
from gongkai.ground.files.crypto import blind_index
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording


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


OTHER_BATCH = wording(
    "intake.other_batch",
    what="导入批次“{name}”属于另一机构，或者是以另一迁移意见开始的。",
    todo="续做时请使用与开始时相同的 --organ 和 --already-public；另一批内容请换一个 --batch 名称。",
)


def open_batch(name: str, organ: Organ, account_id: int | None, already_public: str) -> ImportBatch:
    """The batch of this name, new or to be continued; refused where it is another organ's or of another opinion."""
    batch, _ = ImportBatch.objects.get_or_create(
        name=name[:80],
        defaults={
            "organ": organ,
            "account_id": account_id,
            "already_public": already_public[:500],
            "started_at": clock.now(),
        },
    )
    if batch.organ_id != organ.pk or batch.already_public != already_public[:500]:
        raise Refused(OTHER_BATCH, name=name, where="--batch")
    return batch


def close_batch(batch: ImportBatch) -> None:
    """Every source of the batch was looked at."""
    batch.finished_at = clock.now()
    batch.save(update_fields=["finished_at"])


def taken_before(batch: ImportBatch, sha256: str) -> dict[str, Any] | None:
    """The line of a source that this batch holds; None for a new one, and for a refused one, which is tried again."""
    item = batch.items.filter(source_print=print_of(sha256)).exclude(outcome=ImportOutcome.REFUSED).first()
    return item.line if item is not None else None


def write_item(batch: ImportBatch, sha256: str, outcome: str, record_id: int | None, line: dict[str, Any]) -> None:
    """What became of a source; one row a source, in the transaction that makes its record."""
    key = print_of(sha256)
    item = batch.items.filter(source_print=key).first() or ImportItem(batch=batch, source_print=key)
    item.outcome, item.record_id, item.at = outcome, record_id, clock.now()
    item.doubts = len(line["warnings"])
    item.sealed_line = json.dumps(line, ensure_ascii=False, default=str)
    item.save()
