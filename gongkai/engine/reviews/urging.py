"""Whose turn it is, how often they were urged (催办), and what was urged and is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Max, Q, QuerySet

from gongkai.engine.deadlines import queries as deadlines
from gongkai.engine.notices.outbox import people_with
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import IN_REVIEW, PROPOSED, SIGNED_OFF
from gongkai.engine.reviews.models import Step, Urging
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.queries import open_steps
from gongkai.ground.organs.models import Organ, Person

OPEN = Q(step__is_open=True) | Q(step__isnull=True, record__state=F("state"))


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: the matter in words, the organ, the people, and the step where one waits."""

    matter: str
    organ: Organ
    people: list[Person]
    step: Step | None = None


def turns(record: Record) -> list[Turn]:
    """Who has to act on a record now: the reviewers of the open steps, the editors, or the drafter."""
    if record.state in (PROPOSED, IN_REVIEW):
        return [_of_step(step) for step in open_steps(record)]
    if record.state == SIGNED_OFF:
        return [Turn("公开", record.organ, people_with("record.publish", record.organ))]
    drafter = [record.drafter] if record.drafter is not None and record.drafter.is_active else []
    return [Turn("办理", record.organ, drafter)]


def _of_step(step: Step) -> Turn:
    kind = STEP_KINDS[step.code]
    return Turn(kind.name, step.organ, people_with(kind.right, step.organ), step)


def is_overdue(record: Record) -> bool:
    """Has a clock on this record passed?"""
    return deadlines.overdue().filter(subject_type="record", subject_id=str(record.pk)).exists()


def urgings_at(record: Record, step: Step | None) -> QuerySet[Urging]:
    """How a step, or the record in its present state, was urged; the earliest first."""
    rows = record.urgings.all()
    return rows.filter(step=step) if step is not None else rows.filter(step__isnull=True, state=record.state)


def open_urgings() -> QuerySet[Urging]:
    """What was urged and is still open."""
    return Urging.objects.filter(OPEN)


@dataclass(frozen=True)
class Urged:
    """How often, and when last."""

    count: int
    last: dt.datetime


def urged(records: Iterable[Record]) -> dict[int, Urged]:
    """Of each record, how often what is open now was urged; one query. Records never urged are missing.

    Parallel steps that are urged in one act count once.
    """
    keys = [record.pk for record in records]
    if not keys:
        return {}
    moments: dict[int, set[dt.datetime]] = {}
    for key, at in open_urgings().filter(record__in=keys).order_by("at").values_list("record", "at"):
        moments.setdefault(key, set()).add(at)
    return {key: Urged(len(found), max(found)) for key, found in moments.items()}


def urged_records() -> QuerySet[Record]:
    """Records with something urged and still open, with the moment of the last urging as ``urged_at``."""
    still = open_urgings().order_by().values("record")
    return Record.objects.filter(pk__in=still).annotate(urged_at=Max("urgings__at"))
