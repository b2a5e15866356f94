"""The benchmarks of ``gongkai bench``: each names its peer, runs both in the same run, and prints the ratio.

Everything a benchmark writes is rolled back; what it measures does not depend on what the database holds.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import AutoField, Max, Model

from gongkai.engine.records.actions import migrate
from gongkai.ground import clock
from gongkai.ground.access import actions as access
from gongkai.ground.access.actors import SYSTEM, Actor, actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.organs import actions as organs
from gongkai.ground.organs.models import Organ, Person

BATCH = 500


@dataclass(frozen=True)
class Comparison:
    """Rates a second of ours and of the peer; ``least`` is the ratio that is promised."""

    bench: str
    unit: str
    size: int
    rate: float
    peer: str
    peer_rate: float
    least: float

    @property
    def ratio(self) -> float:
        """Our rate as a part of the peer's."""
        return self.rate / self.peer_rate

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "bench": self.bench,
            "size": self.size,
            "rate": round(self.rate, 1),
            "peer": self.peer,
            "peer_rate": round(self.peer_rate, 1),
            "ratio": round(self.ratio, 3),
            "least": self.least,
        }


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that is rolled back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def import_records(size: int) -> Comparison:
    """Records through the gate in batches, as a migration brings them, against bare inserts of the same rows."""
    with undone():
        organ, actor = importing_office()
        before = newest_rows()
        gate = seconds(lambda: [through_gate(chunk, organ, actor) for chunk in chunks(range(size))])
        rows = rows_after(before)
    with undone():
        bare = seconds(lambda: [insert(model, chunk) for model, found in rows.items() for chunk in chunks(found)])
    return Comparison("import", "records", size, size / gate, "bare bulk inserts", size / bare, 0.15)


def chunks(items: Any) -> Iterator[list[Any]]:
    """The items in lists of one batch each."""
    items = list(items)
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def importing_office() -> tuple[Organ, Actor]:
    """An organ for this run, and a service account that may import for it."""
    organ = organs.establish(
        actor=SYSTEM, organ=None, code=f"bench-{time.time_ns()}", name="测速用机构", type="department", level="city"
    )
    person: Person = organs.enrol(
        actor=SYSTEM,
        organ=organ,
        username=f"bench-{time.time_ns()}",
        name="测速",
        password="",
        must_change_password=False,
    )
    access.grant(actor=SYSTEM, organ=organ, person=person, role=Role.SERVICE, valid_from=clock.today())
    return organ, actor_for(person, prefix="service")


def through_gate(numbers: list[int], organ: Organ, actor: Actor) -> None:
    """One batch of different notices of ordinary length."""
    items = [{"kind": "notice", "content": content_of(number, organ)} for number in numbers]
    migrate.batch(items, actor=actor, organ=organ, already_public="测速")


def content_of(number: int, organ: Organ) -> dict[str, Any]:
    """A notice of six paragraphs, none like another."""
    paragraph = f"各镇人民政府、街道办事处，第{number}号事项请按职责分工抓好落实，并于月底前报送进展情况。"
    return {
        "title": f"关于第{number}号事项的通知",
        "body": [{"type": "paragraph", "text": f"{step}、{paragraph}"} for step in "一二三四五六"],
        "issuing_organ": organ.name,
        "written_on": (dt.date(2026, 1, 1) + dt.timedelta(days=number % 300)).isoformat(),
        "genre": "通知",
    }


def tables() -> list[type[Model]]:
    """Our own tables whose rows are numbered as they come."""
    models = apps.get_models(include_auto_created=True)
    ours = [model for model in models if model.__module__.startswith("gongkai.")]
    return [model for model in ours if isinstance(model._meta.pk, AutoField) or model._meta.pk.is_relation]


def newest_rows() -> dict[type[Model], int]:
    """The newest key of every table."""
    return {model: model._base_manager.aggregate(newest=Max("pk"))["newest"] or 0 for model in tables()}


def rows_after(before: dict[type[Model], int]) -> dict[type[Model], list[Model]]:
    """The rows that came since, by table."""
    found = {model: list(model._base_manager.filter(pk__gt=newest).order_by("pk")) for model, newest in before.items()}
    return {model: rows for model, rows in found.items() if rows}


def insert(model: type[Model], rows: list[Model]) -> None:
    """Bare inserts: no rights, no states, no hashes, no event."""
    model._base_manager.bulk_create(rows)


BENCHES: dict[str, tuple[Callable[[int], Comparison], int]] = {"import": (import_records, 10_000)}
