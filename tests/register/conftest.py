"""Keys and checkpoint files of a test's own: files outlive a rolled-back database, and the sealer would notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import TransactionTestCase

from gongkai.config import env
from gongkai.ground.register import log, triggers
from gongkai.ground.register.models import Event

MOMENT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(env, "KEYS_DIR", tmp_path / "keys")
    monkeypatch.setattr(env, "CHECKPOINTS_DIR", tmp_path / "checkpoints")
    monkeypatch.setattr(env, "REGISTER_ORIGIN", "gongkai.yunzhou.example/register")
    return tmp_path


@pytest.fixture(autouse=True)
def flush_without_triggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transactional test ends by emptying every table, which the triggers would refuse."""
    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with triggers.suspended():
            original(self)

    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", teardown)


def new_event(number: int, **changes: Any) -> log.NewEvent:
    fields: dict[str, Any] = {
        "subject_type": "record",
        "subject_id": str(number),
        "name": "record.drafted",
        "actor": "person:0001",
        "organ_id": 7,
        "at": MOMENT + dt.timedelta(minutes=number),
        "data": {"title": f"云洲市第{number}号通知", "number": number},
    }
    return log.NewEvent(**(fields | changes))


def published(number: int, content: bytes, **changes: Any) -> log.NewEvent:
    from gongkai.ground.register.canonical import sha256_hex

    public = {
        "event": "record.published",
        "index_number": f"YZ001-2026-{number:05d}",
        "edition": 1,
        "edition_sha256": sha256_hex(content),
        "organ_code": "YZ001",
        "note": "首次公开",
    }
    return new_event(number, name="record.published", public=public, **changes)


@pytest.fixture
def sealed(transactional_db: None) -> Callable[..., list[Event]]:
    """Append and seal that many events, in seals of the given sizes."""

    def make(*sizes: int, events: Sequence[log.NewEvent] = ()) -> list[Event]:
        written: list[Event] = []
        for size in sizes:
            start = Event.objects.count()
            written += log.append([new_event(start + offset) for offset in range(size)])
            assert log.seal() == size
        if events:
            written += log.append(events)
            assert log.seal() == len(events)
        return written

    return make


@pytest.fixture
def unguarded(transactional_db: None) -> Iterator[None]:
    """The triggers are off, as an attacker with the database password would have them."""
    with triggers.suspended():
        yield
