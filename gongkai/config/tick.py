"""The reconciler: what must happen is visible in the database, and each step finds and does what is owed.

A step is a function without arguments that returns how many things it did. It is idempotent and finds its work itself,
so that a dead worker leaves nothing undone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.utils.module_loading import import_string

from gongkai.ground import clock

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """One duty of the reconciler: where its function is, and every how many seconds ``serve`` calls it."""

    name: str
    function: str
    every: float

    def load(self) -> Callable[[], Any]:
        """The function, imported now."""
        found: Callable[[], Any] = import_string(self.function)
        return found


STEPS: tuple[Step, ...] = (
    Step("publish", "gongkai.engine.records.ticks.publish_due", 2),
    Step("seal", "gongkai.ground.register.log.seal", 1),
    Step("validity", "gongkai.engine.records.ticks.settle_validities", 60),
    Step("expiring", "gongkai.engine.records.ticks.tell_expiring", 3600),
    Step("erase", "gongkai.engine.records.ticks.erase_expunged", 5),
    Step("expunged", "gongkai.engine.records.ticks.write_list", 5),
    Step("calendars", "gongkai.engine.deadlines.ticks.calendars_changed", 10),
    Step("deadlines", "gongkai.engine.deadlines.ticks.deadlines_passed", 60),
    Step("remind", "gongkai.engine.deadlines.ticks.remind", 600),
    Step("notices", "gongkai.engine.notices.outbox.deliver", 5),
    Step("verify", "gongkai.ground.register.actions.ask_again", 60),
    Step("inbox", "gongkai.surfaces.exchange.folder.take_inbox", 10),
    Step("pushes", "gongkai.engine.channels.actions.push_owed", 5),
    Step("read_back", "gongkai.engine.channels.actions.read_back_due", 30),
    Step("feeds", "gongkai.domains.reposts.actions.poll_feeds", 60),
    Step("orphans", "gongkai.ground.files.storage.sweep_orphans", 600),
    Step("keys", "gongkai.ground.gate.idempotency.forget_old_keys", 3600),
    Step("retention", "gongkai.config.retention.purge", 3600),
    Step("sessions", "gongkai.config.tick.clear_sessions", 3600),
)


@dataclass(frozen=True)
class Done:
    """What a step did: a count, or the error that ended it."""

    step: str
    count: int
    error: str = ""


def run_step(step: Step) -> Done:
    """One step; its error is logged and told, and never keeps the next step from running."""
    try:
        result = step.load()()
    except Exception as error:
        logger.exception("tick step failed", extra={"step": step.name})
        return Done(step.name, 0, f"{type(error).__name__}: {error}")
    return Done(step.name, size_of(result))


def size_of(result: object) -> int:
    """How much a step did: its number, or the length of what it returned."""
    if isinstance(result, int):
        return int(result)
    return len(result) if hasattr(result, "__len__") else int(result is not None)


def clear_sessions() -> int:
    """Ended sessions are removed; how many."""
    found = Session.objects.filter(expire_date__lt=clock.now())
    count, _ = found.delete()
    return count


def once() -> list[Done]:
    """One pass of every step, in order."""
    return [run_step(step) for step in STEPS]


def due_steps(last: Mapping[str, float], now: float) -> Iterator[Step]:
    """The steps whose time has come."""
    for step in STEPS:
        if now - last.get(step.name, float("-inf")) >= step.every:
            yield step


def for_ever(pause: float = 0.5) -> None:
    """The loop of ``gongkai serve``: each step at its own pace, until the process is told to stop."""
    from gongkai.config import metrics

    last: dict[str, float] = {}
    while True:
        close_old_connections()
        for step in due_steps(last, time.monotonic()):
            metrics.count_step(run_step(step))
            last[step.name] = time.monotonic()
        time.sleep(pause)
