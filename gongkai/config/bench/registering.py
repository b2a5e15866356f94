"""``bench seal`` and ``bench verify``: the register against bare inserts and bare reading of the same rows."""

from __future__ import annotations

from gongkai.config.bench.comparison import (
    Comparison,
    chunks,
    insert_all,
    median_rate,
    newest_rows,
    rounds_of,
    rows_after,
    seconds,
    tables,
    undone,
)
from gongkai.config.bench.importing import importing_office, through_gate
from gongkai.ground.register.log import NewEvent, append, seal
from gongkai.ground.register.verify import verify_all


def seal_events(size: int) -> Comparison:
    """Events ordered into the tree and signed, against inserting the same leaves, nodes and checkpoints."""
    ours, bare = [], []
    for numbers in rounds_of(size):
        with undone():
            append([NewEvent("bench", str(number), "bench.happened", "system") for number in numbers])
            with undone():
                before = newest_rows()
                ours.append((len(numbers), seconds(_seal_all)))
                rows = rows_after(before)
            bare.append((len(numbers), seconds(lambda: insert_all(rows))))  # noqa: B023 - called at once
    return Comparison("seal", "events", size, median_rate(ours), "bare bulk inserts", median_rate(bare), 0.0)


def _seal_all() -> None:
    while seal():
        pass


def verify_everything(size: int) -> Comparison:
    """Records recomputed by ``register verify``, against only reading every row there is."""
    ours, bare = [], []
    with undone():
        organ, actor = importing_office()
        for part in chunks(range(size)):
            through_gate(part, organ, actor)
        _seal_all()
        for _ in rounds_of(size):
            ours.append((size, seconds(verify_all)))
            bare.append((size, seconds(_read_all)))
    return Comparison("verify", "records", size, median_rate(ours), "bare reading", median_rate(bare), 0.0)


def _read_all() -> None:
    for model in tables():
        for _ in model._base_manager.iterator(2000):
            pass
