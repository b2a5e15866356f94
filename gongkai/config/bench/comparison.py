"""How two ways of doing the same are compared: by turns, in one run, by the medians of their rates."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction
from django.db.models import AutoField, Max, Model

BATCH = 500
ROUNDS = 5

T = TypeVar("T")


@dataclass(frozen=True)
class Comparison:
    """Rates a second of ours and of the peer (medians); ``least`` is the ratio that is promised, 0 where none is."""

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

    def lines(self) -> list[str]:
        """What there is to say beside the one ratio."""
        return []

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


def rounds_of(size: int) -> list[range]:
    """A size in up to five parts that follow each other: one for each round."""
    count = min(ROUNDS, size)
    edges = [size * number // count for number in range(count + 1)]
    return [range(first, last) for first, last in pairwise(edges)]


def median_rate(measured: Sequence[tuple[int, float]]) -> float:
    """The median of the rates a second of (how many, how long)."""
    return statistics.median(count / duration for count, duration in measured)


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


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in pieces of one batch each."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


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


def insert_all(rows: dict[type[Model], list[Model]]) -> None:
    """Bare inserts in batches: no rights, no states, no hashes, no event."""
    for model, found in rows.items():
        for chunk in chunks(found):
            model._base_manager.bulk_create(chunk)
