"""The clocks of a record: started when it is proposed, met when it is published, cancelled when nothing is owed."""

from __future__ import annotations

import datetime as dt

from gongkai.engine.deadlines.actions import cancel, meet, start
from gongkai.engine.deadlines.models import OPEN_STATES, Deadline
from gongkai.engine.deadlines.queries import of_subject
from gongkai.engine.records.editions import kind_of
from gongkai.engine.records.models import Disclosure, Record
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.rulebook.queries import entry_of


def start_clocks(record: Record, actor: Actor) -> None:
    """Start the kind's clocks from the day the information was formed, once; a correction starts from its own day.

    A record that is not to be disclosed proactively owes nobody a publication. What was formed before a rule came
    into force is counted from the day it was proposed.
    """
    content = record.working.content if record.working else {}
    if content.get("disclosure") not in {"", Disclosure.PROACTIVE}:
        return
    running = {row.rule_key for row in _open(record)}
    formed = clock.today()
    if content.get("written_on") and not record.published_at:
        formed = min(dt.date.fromisoformat(content["written_on"]), formed)
    for key in kind_of(record.kind).clocks:
        if key in running:
            continue
        first = entry_of(key).versions[0].valid_from
        start(
            actor=actor,
            subject_type="record",
            subject_id=str(record.pk),
            organ=record.organ,
            rule_key=key,
            on=formed if formed >= first else clock.today(),
            owners=[record.drafter] if record.drafter else [],
        )


def meet_clocks(record: Record, actor: Actor) -> None:
    """The record is before the public: what was owed is done today."""
    for row in _open(record):
        meet(row, actor=actor, on=clock.today())


def cancel_clocks(record: Record, actor: Actor, reason: str) -> None:
    """Nothing is owed any more."""
    for row in _open(record):
        cancel(row, actor=actor, reason=reason)


def _open(record: Record) -> list[Deadline]:
    return list(of_subject("record", str(record.pk)).filter(state__in=OPEN_STATES))
