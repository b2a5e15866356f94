"""A record as a row of a desk or list: its state and next action in words, and the nearest running clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.engine.deadlines import queries as deadlines
from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.urging import Urged, urged
from gongkai.surfaces.workbench.words import NEXT_WORDS, STATE_TONES, state_words


@dataclass
class Row:
    """A row: the record, what is next and where that is done, and the nearest running clock.

    ``next_url`` is "" where the next step is somebody else's or the clock's.
    """

    record: Record
    next_words: str = ""
    next_url: str = ""
    note: str = ""
    deadline: Deadline | None = None
    days_left: int = 0
    urged: Urged | None = None

    @property
    def state(self) -> str:
        return state_words(self.record.state)

    @property
    def tone(self) -> str:
        return STATE_TONES.get(self.record.state, "off")

    @property
    def kind(self) -> str:
        return KINDS[self.record.kind].name if self.record.kind in KINDS else self.record.kind


def rows_of(found: Sequence[Record]) -> list[Row]:
    """Records as rows with their nearest clock."""
    rows = [Row(record, NEXT_WORDS.get(record.state, "")) for record in found]
    add_deadlines(rows)
    return rows


def add_urgings(rows: Sequence[Row]) -> None:
    """How often each row was urged and is still open, in one query."""
    found = urged(row.record for row in rows)
    for row in rows:
        if row.record.pk in found:
            row.urged = found[row.record.pk]


def add_deadlines(rows: Sequence[Row]) -> None:
    """The nearest running clock of each row, in one query."""
    keys = {str(row.record.pk) for row in rows if row.deadline is None}
    running = deadlines.running().filter(subject_type="record", subject_id__in=keys, due_on__isnull=False)
    nearest: dict[str, Deadline] = {}
    for deadline in running:
        nearest.setdefault(deadline.subject_id, deadline)
    left = deadlines.working_days_left_of(nearest.values())
    for row in rows:
        if row.deadline is None and (found := nearest.get(str(row.record.pk))) is not None:
            row.deadline, row.days_left = found, left[found.pk]
