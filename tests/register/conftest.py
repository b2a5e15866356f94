"""Keys and checkpoint files of a test's own: files outlive a rolled-back database, and the sealer would notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gongkai.config import env

if TYPE_CHECKING:
    from django.test import TransactionTestCase

    from gongkai.ground.register import log
    from gongkai.ground.register.models import Event


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(env, "KEYS_DIR", tmp_path / "keys")
    monkeypatch.setattr(env, "CHECKPOINTS_DIR", tmp_path / "checkpoints")
    monkeypatch.setattr(env, "REGISTER_ORIGIN", "gongkai.yunzhou.example/register")
    return tmp_path


@pytest.fixture(autouse=True, scope="session")
def flush_without_triggers(django_db_setup: None) -> Iterator[None]:
    """A transactional test ends by emptying every table, which the triggers would refuse."""
    from django.test import TransactionTestCase

    from gongkai.ground.register import triggers

    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with triggers.suspended():
            original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture
def sealed(transactional_db: None) -> Callable[..., list[Event]]:
    """Append and seal that many events, in seals of the given sizes."""
    from gongkai.ground.register import log
    from gongkai.ground.register.models import Event
    from tests.register.makers import new_event

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
    from gongkai.ground.register import triggers

    with triggers.suspended():
        yield
