"""Which actions of the gate the interface offers by name, and which arguments of ActionIn each takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gongkai.engine.records import actions as records
from gongkai.engine.reviews import actions as reviews

# Only what a machine may sensibly do: opinions are a person's own and are given in the workbench.
ACTIONS: dict[str, tuple[Callable[..., Any], frozenset[str]]] = {
    "record.submit": (records.submit, frozenset()),
    "record.discard": (records.discard, frozenset()),
    "record.correct": (records.correct, frozenset()),
    "record.abandon_correction": (records.abandon_correction, frozenset()),
    "record.conclude": (records.conclude, frozenset()),
    "record.reopen": (records.reopen, frozenset()),
    "record.publish": (records.publish, frozenset()),
    "record.schedule": (records.schedule, frozenset({"at"})),
    "record.unschedule": (records.unschedule, frozenset()),
    "record.withdraw": (records.withdraw, frozenset({"reason", "note"})),
    "record.take_down": (records.take_down, frozenset()),
    "review.return_for_correction": (reviews.return_for_correction, frozenset({"reason", "text"})),
    "review.return_to_organ": (reviews.return_to_organ, frozenset({"reason", "text"})),
}
ARGUMENTS = {name: arguments for name, (_, arguments) in ACTIONS.items()}
