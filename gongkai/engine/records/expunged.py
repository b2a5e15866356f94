"""The list of what was expunged (清除清单), kept beside the keys: a backup from before must not bring it back.

One small file per record in ``KEYS_DIR/expunged``: which record, on whose order, when, on which ground; nothing of its
content. The tick writes what is missing; `gongkai keys backup` copies it, and `gongkai restore` applies it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from gongkai.config import env
from gongkai.engine.records.actions.restoring import expunge_again
from gongkai.engine.records.models import ExpungeOrder, Record
from gongkai.engine.records.subject import EXPUNGED
from gongkai.ground.access.actors import SYSTEM


@dataclass(frozen=True)
class Listed:
    """An executed order, by names that mean the same in every copy of the database."""

    record: str
    ground: str
    asked_by: str
    confirmed_by: str
    asked_at: str
    confirmed_at: str


def write_list() -> int:
    """Add the executed orders that the list does not hold; how many. For the tick."""
    known = {path.stem for path in _files()}
    orders = ExpungeOrder.objects.filter(confirmed_at__isnull=False)
    written = 0
    for order in orders.select_related("record", "asked_by", "confirmed_by").order_by("pk"):
        if str(order.record.ref) not in known:
            _write(_listed(order))
            known.add(str(order.record.ref))
            written += 1
    return written


def read_list() -> Iterator[Listed]:
    """Every executed order on the list."""
    for path in sorted(_files()):
        yield Listed(**json.loads(path.read_text("utf-8")))


def apply_list() -> int:
    """Expunge again what a restored backup has brought back; how many records."""
    done = 0
    for listed in read_list():
        record = Record.objects.filter(ref=UUID(listed.record)).exclude(state=EXPUNGED).first()
        if record is not None:
            expunge_again(record, actor=SYSTEM, listed=asdict(listed))
            done += 1
    return done


def _folder() -> Path:
    return env.KEYS_DIR / "expunged"


def _files() -> Iterator[Path]:
    yield from _folder().glob("*.json")


def _listed(order: ExpungeOrder) -> Listed:
    assert order.confirmed_at is not None
    return Listed(
        record=str(order.record.ref),
        ground=order.ground,
        asked_by=str(order.asked_by.ref) if order.asked_by else "",
        confirmed_by=str(order.confirmed_by.ref) if order.confirmed_by else "",
        asked_at=order.asked_at.isoformat(),
        confirmed_at=order.confirmed_at.isoformat(),
    )


def _write(listed: Listed) -> None:
    """Whole or not at all."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _folder() / f"{listed.record}.json"
    draft = path.with_name(f".draft-{path.name}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(listed), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
