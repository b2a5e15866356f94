"""What the tick does for clocks: reckon again after a calendar or a rule changed, and mark those that passed."""

from __future__ import annotations

from collections.abc import Callable

from gongkai.engine.deadlines.actions import Change, mark_overdue, recompute
from gongkai.engine.deadlines.queries import regions_outdated

Tell = Callable[[Change], object]


def calendars_changed(tell: Tell | None = None) -> int:
    """Reckon every outdated clock again, in batches, and tell the owners of those that moved; returns how many."""
    moved = 0
    for region in regions_outdated():
        looked_at = 1
        while looked_at:
            changes, looked_at = recompute(region, tell=tell)
            moved += len(changes)
    return moved


def deadlines_passed() -> int:
    """Mark running clocks that have passed. Returns how many."""
    return len(mark_overdue())
