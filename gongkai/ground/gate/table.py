"""What is declared: subjects with their states, and actions with the states they lead from and to.

The table of actions is the lifecycle. ``check_table`` refuses it at start-up when it does not hold together; the
diagram in the docs, the buttons of a dossier and the exhaustive test are read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q

if TYPE_CHECKING:
    from gongkai.ground.access.actors import Actor

Guard = Callable[[Any, "Actor"], None]
Organs = Callable[[Any], Iterable[int | None]]
Scope = Callable[["Actor", str], Q]


@dataclass(frozen=True)
class State:
    """A state of a subject. A final state needs no way out."""

    code: str
    name: str
    is_final: bool = False


@dataclass(frozen=True)
class SubjectType:
    """A model that the gate writes: its name in events, its states, and who may know of a row."""

    model: type[Model]
    name: str
    states: tuple[State, ...]
    organ_path: str
    read_right: str
    widen: Scope | None

    @property
    def state_names(self) -> dict[str, str]:
        return {state.code: state.name for state in self.states}


@dataclass
class ActionSpec:
    """One row of the table. ``states`` None: from any state; ``to`` None: the state stays."""

    name: str
    model: type[Model]
    title: str
    right: str
    event: str
    states: frozenset[str] | None
    to: frozenset[str] | None
    kinds: frozenset[str] | None
    creates: bool
    by_system: bool
    guards: tuple[Guard, ...]
    citation: str
    organs: Organs | None
    body: Callable[..., Any]
    bulk_body: Callable[..., Any] | None = field(default=None)

    def leads_from(self) -> frozenset[str]:
        """The states it may start from, spelled out."""
        if self.creates:
            return frozenset()
        return self.states if self.states is not None else frozenset(SUBJECTS[self.model].state_names)


SUBJECTS: dict[type[Model], SubjectType] = {}
ACTIONS: dict[str, ActionSpec] = {}


def subject(
    model: type[Model],
    name: str,
    *,
    states: Iterable[State] = (),
    organ_path: str = "organ",
    read_right: str,
    widen: Scope | None = None,
) -> None:
    """Declare a model as a subject of the gate. ``organ_path`` "" means it belongs to the whole platform."""
    SUBJECTS[model] = SubjectType(model, name, tuple(states), organ_path, read_right, widen)


def actions_of(model: type[Model]) -> list[ActionSpec]:
    """The actions on a model, in the order declared."""
    return [spec for spec in ACTIONS.values() if spec.model is model]


def transitions(model: type[Model]) -> list[tuple[str, ActionSpec, str]]:
    """Every (state, action, next state) of a model; "" is the state before a subject exists."""
    rows = []
    for spec in actions_of(model):
        for start in sorted(spec.leads_from()) if not spec.creates else [""]:
            for end in sorted(spec.to) if spec.to is not None else [start]:
                rows.append((start, spec, end))
    return rows


class TableError(Exception):
    """The declared table does not hold together; the message names the row."""


def check_table(rights: frozenset[str]) -> None:
    """Refuse a table with unknown states or rights, states nobody reaches, or dead ends that are not final."""
    for spec in ACTIONS.values():
        if spec.model not in SUBJECTS:
            raise TableError(f"{spec.name}: {spec.model.__name__} is no subject")
        if spec.right not in rights and not spec.by_system:
            raise TableError(f"{spec.name}: no role carries the right {spec.right}")
        known = SUBJECTS[spec.model].state_names
        for code in (spec.states or frozenset()) | (spec.to or frozenset()):
            if code not in known:
                raise TableError(f"{spec.name}: {code} is no state of {spec.model.__name__}")
    for model, kind in SUBJECTS.items():
        if kind.states:
            _check_lifecycle(model, kind.state_names, {state.code for state in kind.states if state.is_final})


def _check_lifecycle(model: type[Model], names: Mapping[str, str], final: set[str]) -> None:
    steps = [(start, end) for start, _, end in transitions(model)]
    reached = {""}
    while more := {end for start, end in steps if start in reached} - reached:
        reached |= more
    for code in names:
        if code not in reached:
            raise TableError(f"{model.__name__}: nothing leads to {code}")
        if code not in final and not any(start == code and end != code for start, end in steps):
            raise TableError(f"{model.__name__}: nothing leads out of {code}")
