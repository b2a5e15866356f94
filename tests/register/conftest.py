"""A register with a name of its own, sealed events, and an attacker who has dropped the triggers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gongkai.config import env

if TYPE_CHECKING:
    from gongkai.ground.register import log
    from gongkai.ground.register.models import Event


@pytest.fixture(autouse=True)
def own_origin(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "REGISTER_ORIGIN", "gongkai.yunzhou.example/register")


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
