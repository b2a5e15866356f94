"""One run of an import: for which organ, by whom, and, where it has a name, with a ledger that survives its death."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongkai.domains.documents.intake.ledger import close_batch, open_batch, taken_before, write_item
from gongkai.domains.documents.models import ImportBatch, ImportOutcome
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import traced
from gongkai.ground.organs.models import Organ
from gongkai.surfaces.exchange.sources import Source


@dataclass(frozen=True)
class Run:
    """A run. Without a batch nothing is kept of it but the records."""

    organ: Organ
    actor: Actor
    already_public: str = ""
    batch: ImportBatch | None = None

    def known(self, digest: str) -> dict[str, Any] | None:
        """What an earlier run of this batch printed of these bytes; None where it did not take them."""
        return taken_before(self.batch, digest) if self.batch is not None else None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Record and row of the ledger in one transaction; a refused mark is noted after it was undone."""
        if self.batch is None:
            yield
            return
        with traced(self.actor, "import"), transaction.atomic():
            yield

    def keep(self, source: Source, line: dict[str, Any], *, is_twin: bool = False) -> dict[str, Any]:
        """Write what became of a source into the ledger; returns the line."""
        if self.batch is not None:
            record = int(line["record"]) if line["record"] else None
            taken = ImportOutcome.TWIN if is_twin else ImportOutcome.TAKEN
            outcome = taken if line.get("error") is None else ImportOutcome.REFUSED
            # Of a marked file not even the name is kept.
            kept = line | {"path": "（带有密级标志，已拒收）"} if source.is_marked else line
            write_item(self.batch, source.digest, outcome, record, kept)
        return line

    def close(self) -> None:
        """Everything was looked at."""
        if self.batch is not None:
            close_batch(self.batch)


def run_of(organ: Organ, actor: Actor, already_public: str, batch: str) -> Run:
    """A run, with its batch opened or continued where it has a name."""
    found = open_batch(batch, organ, actor.person_id, already_public) if batch else None
    return Run(organ, actor, already_public, found)
