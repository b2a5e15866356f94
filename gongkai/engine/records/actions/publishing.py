"""Before the public: schedule, publish, correct in public, withdraw; and what a publication does to other records."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.engine.channels.actions.owing import drop_or_take_back
from gongkai.engine.channels.targets import PORTAL
from gongkai.engine.notices.outbox import people_with, queue_notice
from gongkai.engine.records.actions.clocks import cancel_clocks, meet_clocks
from gongkai.engine.records.actions.lineage import take_effect
from gongkai.engine.records.actions.looking_again import look_again, refuse_undecided, tell_what_changed
from gongkai.engine.records.actions.opening import opened, show
from gongkai.engine.records.actions.standing import channels_of, stand_on
from gongkai.engine.records.actions.writing import make_current, refuse_any_mark
from gongkai.engine.records.attachments import files_of
from gongkai.engine.records.digests import publication_digest
from gongkai.engine.records.editions import content_of
from gongkai.engine.records.guards import is_publishable, is_shown, refuse_past
from gongkai.engine.records.index_numbers import next_index_number
from gongkai.engine.records.models import Publication, Record, SealedPaper
from gongkai.engine.records.queries import SUPERSEDED
from gongkai.engine.records.references import reference
from gongkai.engine.records.subject import (
    CORRECTING,
    IN_REVIEW,
    PROPOSED,
    PUBLIC,
    RETURNED,
    SCHEDULED,
    SIGNED_OFF,
    WITHDRAWN,
)
from gongkai.engine.reviews.actions.rounds import close_round
from gongkai.engine.reviews.reasons import refuse_unknown_reason
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM, Actor
from gongkai.ground.files.actions import release
from gongkai.ground.files.models import StoredFile
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.refusal import Refused, wording

PUBLISH_LAW = "《政府信息公开条例》第十七条、第二十三条、第二十六条"
PAPER_ATTACHED = wording(
    "records.paper_attached",
    what="附件“{name}”已归入另一件信息的随附材料，不能公开。",
    todo="请从附件中移去这个文件；确需公开的，请另行上传可以公开的版本。",
)
SHOWN_STATES = (PUBLIC, CORRECTING, RETURNED, PROPOSED, IN_REVIEW, SIGNED_OFF, SCHEDULED)


@action(
    "record.schedule",
    on=Record,
    title="定时公开",
    right="record.publish",
    states=(SIGNED_OFF,),
    to=(SCHEDULED,),
    event="record.scheduled",
    guards=[is_publishable],
    citation=PUBLISH_LAW,
)
def schedule(record: Record, *, actor: Actor, at: dt.datetime) -> Outcome:
    """Set the moment of publication; the gate looks at everything again when it comes."""
    refuse_past(at)
    record.state, record.scheduled_for = SCHEDULED, at
    return Outcome(data={"for": at.isoformat()})


@action(
    "record.unschedule",
    on=Record,
    title="取消定时公开",
    right="record.publish",
    states=(SCHEDULED,),
    to=(SIGNED_OFF,),
    event="record.unscheduled",
)
def unschedule(record: Record, *, actor: Actor) -> Outcome:
    """Take back a scheduled publication."""
    record.state, record.scheduled_for = SIGNED_OFF, None
    return Outcome()


@action(
    "record.hold",
    on=Record,
    title="暂缓公开",
    right="record.publish",
    states=(SCHEDULED,),
    to=(SIGNED_OFF,),
    event="record.held",
    by_system=True,
)
def hold(record: Record, *, actor: Actor, code: str) -> Outcome:
    """Stop a scheduled publication that is no longer permitted at its moment; the code is the refusal's.

    What the checks found at that moment is kept for who decides about it.
    """
    look_again(record)
    record.state, record.scheduled_for = SIGNED_OFF, None
    queue_notice(
        people_with("record.publish", record.organ),
        subject_type="record",
        subject_id=str(record.pk),
        text=f"一件定时公开的信息未能公开：{reference(record)}，{clock.today():%Y-%m-%d}。请登录处理。",
    )
    return Outcome(data={"code": code})


@action(
    "record.publish",
    on=Record,
    title="公开",
    right="record.publish",
    states=(SIGNED_OFF, SCHEDULED),
    to=(PUBLIC,),
    event="record.published",
    guards=[is_publishable],
    by_system=True,
    citation=PUBLISH_LAW,
)
def publish(record: Record, *, actor: Actor) -> Outcome:
    """Put the working edition before the public on every channel. A second edition is a correction and says so."""
    edition = record.working
    assert edition is not None
    refuse_any_mark(edition.content)
    if actor.is_system:
        tell_what_changed(record)
    refuse_undecided(record)
    attached = files_of([edition])
    _refuse_papers(attached)
    now = clock.now()
    is_correction = record.published_at is not None
    channels = channels_of(record)
    ended = _end_publication(record, now, SUPERSEDED, "", replaced=frozenset(channels))
    shown = stand_on(record, edition, channels, now)
    make_current(record, edition, content_of(record, edition))
    if record.index_number is None:
        record.index_number = next_index_number(record.organ, clock.day_of(now).year)
    record.published_at = record.published_at or now
    record.is_visible, record.scheduled_for = True, None
    record.state = PUBLIC
    show(record, now)
    for file in attached:
        if file.state == "sealed":
            release(file, actor=SYSTEM)
    meet_clocks(record, actor)
    name = "record.corrected" if is_correction else "record.published"
    take_effect(record)
    return Outcome(
        result=record,
        event=name,
        data={
            "edition": edition.number,
            "edition_sha256": edition.sha256,
            **shown,
            **_ended_facts(ended),
        },
        public=opened(record, name, now, edition=edition.number, edition_sha256=edition.sha256, channel=PORTAL),
    )


def _refuse_papers(files: list[StoredFile]) -> None:
    """A file that was filed as another record's paper after this edition was written is published by nobody."""
    paper = SealedPaper.objects.filter(file__in=files).select_related("file").first() if files else None
    if paper is not None:
        raise Refused(PAPER_ATTACHED, PUBLISH_LAW, name=paper.file.original_name, where="附件")


def _end_publication(
    record: Record, now: dt.datetime, reason: str, note: str, *, replaced: frozenset[str] = frozenset()
) -> list[Publication]:
    standing = list(record.publications.filter(until_at__isnull=True))
    for publication in standing:
        publication.until_at, publication.reason, publication.note = now, reason, note
        publication.save(update_fields=["until_at", "reason", "note"])
    drop_or_take_back(standing, replaced=replaced)
    return standing


def end_publication(record: Record, reason: str, note: str) -> dict[str, Any]:
    """Take a record from the public's eyes now, on every channel; the facts for the event."""
    now = clock.now()
    ended = _end_publication(record, now, reason, note)
    record.is_visible, record.scheduled_for = False, None
    show(record, now)
    return _ended_facts(ended)


def _ended_facts(ended: list[Publication]) -> dict[str, Any]:
    return {"ended": [item.pk for item in ended], "ended_sha256": [publication_digest(item) for item in ended]}


@action(
    "record.withdraw",
    on=Record,
    title="撤回",
    right="record.withdraw",
    states=SHOWN_STATES,
    to=(WITHDRAWN,),
    event="record.withdrawn",
    guards=[is_shown],
    citation="《政府信息公开条例》第六条、第十七条",
)
def withdraw(record: Record, *, actor: Actor, reason: str, note: str) -> Outcome:
    """Withdraw a public record for a reason of the closed list; its address stays and says so."""
    refuse_unknown_reason("withdrawal", reason, note)
    refuse_any_mark({"note": note})
    data = end_publication(record, reason, note)
    close_round(record)
    cancel_clocks(record, actor, "withdrawn")
    record.state = WITHDRAWN
    now = clock.now()
    return Outcome(data=data | {"reason": reason}, public=opened(record, "record.withdrawn", now, reason=reason))
