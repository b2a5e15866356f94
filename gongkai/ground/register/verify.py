"""`gongkai register verify`: recompute what the register and the subjects built on it must agree on, name what differs.

Every app adds its own verifiers in a module ``verifiers`` beside its models; it is found by that name::

    @verifier("editions")
    def editions() -> Findings:
        count = 0
        for edition in Edition.objects.order_by("id").iterator():
            count += 1
            if edition.recomputed_hash() != edition.content_hash:
                yield Difference(f"edition {edition.pk}", "edition-changed", "版本内容与其哈希不符")
        return count

A verifier only reads, streams, and yields each difference; what it returns is how many things it looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import autodiscover_modules

from gongkai.ground.register.models import UnsealedEvent

#: One forged root can contradict a million checkpoints; more than this many differences of a verifier are only counted.
KEPT = 1000


@dataclass(frozen=True)
class Difference:
    """Something that is not as it was recorded: what (e.g. ``event 12``), a stable code, a sentence in Chinese."""

    what: str
    problem: str
    message: str

    def as_json(self) -> dict[str, str]:
        """For programs."""
        return {"what": self.what, "problem": self.problem, "message": self.message}


Findings = Generator[Difference, None, int]
Verifier = Callable[[], Iterator[Difference]]
_verifiers: dict[str, Verifier] = {}


@dataclass(frozen=True)
class Report:
    """What a verification found. ``total`` counts all differences, ``differences`` holds the first of each verifier."""

    differences: list[Difference] = field(default_factory=list)
    total: int = 0
    unsealed: int = 0
    checked: dict[str, int] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether nothing differs."""
        return self.total == 0

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "sound": self.is_sound,
            "differences": [difference.as_json() for difference in self.differences],
            "total": self.total,
            "unsealed": self.unsealed,
            "checked": self.checked,
        }


def verifier(name: str) -> Callable[[Verifier], Verifier]:
    """Register a function that looks for differences; the name says what it looks at and must be new."""

    def register(function: Verifier) -> Verifier:
        if name in _verifiers:
            raise ValueError(f"two verifiers are called {name}")
        _verifiers[name] = function
        return function

    return register


def verify_all() -> Report:
    """Run every verifier of every app."""
    autodiscover_modules("verifiers")
    differences: list[Difference] = []
    checked: dict[str, int] = {}
    total = 0
    for name, function in _verifiers.items():
        found, count, checked[name] = _run(name, function)
        differences += found
        total += count
    return Report(differences, total, UnsealedEvent.objects.count(), checked)


def _run(name: str, function: Verifier) -> tuple[list[Difference], int, int]:
    """Exhaust a verifier: the first differences, how many there were, how many things it looked at."""
    kept: list[Difference] = []
    count = 0
    findings = function()
    while True:
        try:
            difference = next(findings)
        except StopIteration as end:
            return kept, count, int(end.value or 0)
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            # A tampered value can be unreadable even for the verifier; that too is named, and the others still run.
            message = f"有内容无法读取，此项核验中断：{type(problem).__name__}: {problem}"
            return [*kept, Difference(f"verifier {name}", "verifier-stopped", message)], count + 1, 0
        count += 1
        if len(kept) < KEPT:
            kept.append(difference)
