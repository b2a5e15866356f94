"""One action on many subjects chosen by hand: what would happen to each, and what did. Nothing is skipped in silence.

The gate's ``batch`` writes rows in bulk and is for imports; here each subject goes through the single action, so that
any action can be carried out on a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import transaction
from django.db.models import Model

from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import can, traced
from gongkai.ground.refusal import Refused, wording

NOT_ALONE = wording(
    "gate.not_alone",
    what="同批中有不能办理的，这一件没有办理。",
    todo="请先处理同批中不能办理的，或者改为逐件办理。",
)

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Result(Generic[M]):
    """What would become, or became, of one subject; the refusal when it is a no."""

    subject: M
    refusal: Refused | None = None

    @property
    def is_done(self) -> bool:
        return self.refusal is None


def foresee(name: str, subjects: Iterable[M], actor: Actor) -> list[Result[M]]:
    """The gate's verdict on each; nothing is changed."""
    return [Result(subject, can(name, subject, actor).refusal) for subject in subjects]


def do_each(subjects: Iterable[M], act: Callable[[M], object]) -> list[Result[M]]:
    """Each in a transaction of its own: a no to one leaves the others done."""
    results = []
    for subject in subjects:
        try:
            act(subject)
        except Refused as refusal:
            results.append(Result(subject, refusal))
        else:
            results.append(Result(subject))
    return results


def do_all(subjects: list[M], act: Callable[[M], object], *, actor: Actor, what: str) -> list[Result[M]]:
    """All in one transaction: a no to one leaves every one as it was, and each is told so."""
    current: M | None = None
    try:
        with traced(actor, what), transaction.atomic():
            for current in subjects:
                act(current)
    except Refused as refusal:
        return [Result(one, refusal if one is current else Refused(NOT_ALONE)) for one in subjects]
    return [Result(one) for one in subjects]
