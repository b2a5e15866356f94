"""What people and organs still hold: other floors say so here, and nobody is disabled or abolished over open work.

The engine registers what it knows when it is imported (``holdings.of_person.append(open_drafts)``); a hand-over list
(人员交接单) is the way out. Each line is a plain sentence for the person who was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gongkai.ground.organs.models import Organ, Person

#: Callables that name the open items of a person or an organ, at most a few dozen lines each.
of_person: list[Callable[[Person], Iterable[str]]] = []
of_organ: list[Callable[[Organ], Iterable[str]]] = []


def held_by_person(person: Person) -> list[str]:
    """Every open item of a person, in words."""
    return [line for source in of_person for line in source(person)]


def held_by_organ(organ: Organ) -> list[str]:
    """Every open item of an organ, in words."""
    return [line for source in of_organ for line in source(organ)]
