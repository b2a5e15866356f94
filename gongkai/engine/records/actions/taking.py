"""Taking things back in an emergency: take down now, restore after review, expunge with two persons."""

from __future__ import annotations

from typing import Any

from gongkai.engine.records.actions.clocks import cancel_clocks
from gongkai.engine.records.actions.opening import opened, show
from gongkai.engine.records.actions.papers import shred_papers
from gongkai.engine.records.actions.publishing import end_publication
from gongkai.engine.records.actions.shredding import shred_bytes, shred_text
from gongkai.engine.records.actions.standing import channels_of, stand_on
from gongkai.engine.records.actions.writing import refuse_any_mark
from gongkai.engine.records.digests import publication_digest
from gongkai.engine.records.guards import is_second_person, is_shown, pending_order
from gongkai.engine.records.models import ExpungeOrder, Record
from gongkai.engine.records.subject import (
    CORRECTING,
    DISCARDED,
    DRAFTING,
    EXPUNGED,
    IN_REVIEW,
    NOT_PUBLISHED,
    PROPOSED,
    PUBLIC,
    RETURNED,
    SCHEDULED,
    SIGNED_OFF,
    TAKEN_DOWN,
    WITHDRAWN,
)
from gongkai.engine.reviews.actions.rounds import close_round
from gongkai.engine.reviews.reasons import refuse_unknown_reason
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action

TAKE_DOWN_LAW = "《保守国家秘密法》第四十七条；《个人信息保护法》第五十七条；《政府信息公开条例》第六条"
ALL_BUT_EXPUNGED = (
    DRAFTING,
    RETURNED,
    PROPOSED,
    IN_REVIEW,
    SIGNED_OFF,
    SCHEDULED,
    PUBLIC,
    CORRECTING,
    WITHDRAWN,
    TAKEN_DOWN,
    NOT_PUBLISHED,
    DISCARDED,
)
CLEARED_TITLE = "（内容已清除）"


@action(
    "record.take_down",
    on=Record,
    title="紧急下线",
    right="record.take_down",
    states=(PUBLIC, CORRECTING, RETURNED, PROPOSED, IN_REVIEW, SIGNED_OFF, SCHEDULED),
    to=(TAKEN_DOWN,),
    event="record.taken_down",
    guards=[is_shown],
    citation=TAKE_DOWN_LAW,
)
def take_down(record: Record, *, actor: Actor) -> Outcome:
    """Take a record from portal, feeds and lists at once: one person, one click, no form; reviewed afterwards."""
    data = end_publication(record, "taken_down", "")
    close_round(record)
    cancel_clocks(record, actor, "taken_down")
    record.state = TAKEN_DOWN
    return Outcome(data=data, public=opened(record, "record.taken_down", clock.now()))


@action(
    "record.restore",
    on=Record,
    title="恢复公开",
    right="record.restore",
    states=(TAKEN_DOWN,),
    to=(PUBLIC,),
    event="record.restored",
    citation=TAKE_DOWN_LAW,
)
def restore(record: Record, *, actor: Actor) -> Outcome:
    """Put a taken-down record back after review: the edition that was public, with the opinions it had."""
    edition = record.current
    assert edition is not None
    now = clock.now()
    record.working = edition
    record.state, record.is_visible = PUBLIC, True
    shown = stand_on(record, edition, channels_of(record), now)
    show(record, now)
    return Outcome(
        data=shown,
        public=opened(record, "record.restored", now, edition=edition.number, edition_sha256=edition.sha256),
    )


@action(
    "record.withdraw_taken_down",
    on=Record,
    title="下线转撤回",
    right="record.restore",
    states=(TAKEN_DOWN,),
    to=(WITHDRAWN,),
    event="record.withdrawn",
    citation="《政府信息公开条例》第六条、第十七条",
)
def withdraw_taken_down(record: Record, *, actor: Actor, reason: str, note: str = "") -> Outcome:
    """End the review of a taken-down record by withdrawing it for a reason of the closed list."""
    refuse_unknown_reason("withdrawal", reason, note)
    refuse_any_mark({"note": note})
    now = clock.now()
    record.state = WITHDRAWN
    show(record, now)
    last = record.publications.order_by("pk").last()
    ended = list(record.publications.filter(until_at=last.until_at, reason="taken_down")) if last is not None else []
    for publication in ended:
        publication.reason, publication.note = reason, note
        publication.save(update_fields=["reason", "note"])
    facts: dict[str, Any] = {"reason": reason}
    facts |= {"ended": [one.pk for one in ended], "ended_sha256": [publication_digest(one) for one in ended]}
    return Outcome(data=facts, public=opened(record, "record.withdrawn", now, reason=reason))


@action(
    "record.ask_expunge",
    on=Record,
    title="提出清除",
    right="record.expunge",
    states=ALL_BUT_EXPUNGED,
    event="record.expunge_asked",
    citation=TAKE_DOWN_LAW,
)
def ask_expunge(record: Record, *, actor: Actor, ground: str, note: str = "") -> Outcome:
    """The first of two persons asks that a record be expunged, on a ground of the closed list."""
    refuse_unknown_reason("withdrawal", ground, note)
    refuse_any_mark({"note": note})
    assert actor.person_id is not None
    order = ExpungeOrder(record=record, asked_by_id=actor.person_id, ground=ground, asked_at=clock.now(), note=note)
    order.save(force_insert=True)
    return Outcome(result=order, data={"order": order.pk, "ground": ground})


@action(
    "record.expunge",
    on=Record,
    title="清除",
    right="record.expunge",
    states=ALL_BUT_EXPUNGED,
    to=(EXPUNGED,),
    event="record.expunged",
    guards=[is_second_person],
    citation=TAKE_DOWN_LAW,
)
def expunge(record: Record, *, actor: Actor) -> Outcome:
    """The second person confirms: text, files and index values are destroyed; hash and salt stay for the proofs."""
    order = pending_order(record)
    assert order is not None
    order.confirmed_by_id, order.confirmed_at = actor.person_id, clock.now()
    order.save(update_fields=["confirmed_by", "confirmed_at"])
    return executed(record, order, actor, "record.expunged")


def executed(record: Record, order: ExpungeOrder, actor: Actor, event: str) -> Outcome:
    """Destroy what a confirmed order names."""
    data = end_publication(record, "expunged", "") if record.is_visible else {}
    close_round(record)
    cancel_clocks(record, actor, "expunged")
    editions = shred_text(record)
    files = shred_bytes(editions, order.ground) + shred_papers(record, order.ground)
    record.title = CLEARED_TITLE
    record.document_number = record.subject_class = record.genre = record.catalogue_entry = ""
    record.written_on = record.effective_from = record.effective_until = None
    record.state = EXPUNGED
    now = clock.now()
    show(record, now)
    public = opened(record, event, now) if record.published_at else {}
    return Outcome(
        data=data | {"order": order.pk, "ground": order.ground, "editions": len(editions), "files": files},
        public=public,
    )
