"""What people and organs still hold in records: named when somebody is to be disabled or an organ abolished."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import (
    CORRECTING,
    DRAFTING,
    IN_REVIEW,
    PROPOSED,
    RETURNED,
    SCHEDULED,
    SIGNED_OFF,
    STATE_NAMES,
    TAKEN_DOWN,
)
from gongkai.ground.organs import holdings
from gongkai.ground.organs.models import Organ, Person

OPEN = (DRAFTING, RETURNED, PROPOSED, IN_REVIEW, SIGNED_OFF, SCHEDULED, CORRECTING, TAKEN_DOWN)
NAMED_AT_ONCE = 24


def open_drafts(person: Person) -> Iterator[str]:
    """The records a person drafts that have not come to an end."""
    return _sentences(Record.objects.filter(drafter=person, state__in=OPEN))


def open_records(organ: Organ) -> Iterator[str]:
    """The records of an organ that have not come to an end."""
    return _sentences(Record.objects.filter(organ=organ, state__in=OPEN))


def _sentences(records: QuerySet[Record]) -> Iterator[str]:
    for record in records.order_by("pk")[:NAMED_AT_ONCE]:
        yield f"编号{record.pk}的信息（{STATE_NAMES[record.state]}）"


holdings.of_person.append(open_drafts)
holdings.of_organ.append(open_records)
