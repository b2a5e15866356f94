"""What the tick does for records: publish what is due, overwrite what was expunged."""

from __future__ import annotations

from functools import partial

from gongkai.engine.notices.models import Notice
from gongkai.engine.notices.outbox import people_with, queue_notice
from gongkai.engine.records.actions.lineage import due_effects, settle_effect, settle_validity
from gongkai.engine.records.actions.publishing import hold, publish
from gongkai.engine.records.actions.setbacks import Duty
from gongkai.engine.records.actions.shredding import erase_expunged
from gongkai.engine.records.expunged import write_list
from gongkai.engine.records.lineage import out_of_date, public_expiring
from gongkai.engine.records.models import Record
from gongkai.engine.records.queries import due_publications
from gongkai.engine.records.references import reference
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.refusal import Refused

__all__ = ["erase_expunged", "publish_due", "settle_validities", "tell_expiring", "write_list"]

AT_ONCE = 50
MANY = 500


def publish_due() -> int:
    """Publish scheduled records whose moment has come; one that the gate refuses is held, with the refusal's code.

    Each is a transaction of its own: a worker that dies leaves the rest to the next tick, and a record that cannot be
    read rests until its next try. Returns how many were due.
    """
    duty, due = Duty("publish"), due_publications(clock.now())
    if duty.known:
        duty.settle(set(due.filter(pk__in=duty.known).values_list("pk", flat=True)))
    keys = list(due.exclude(pk__in=duty.resting).values_list("pk", flat=True)[:AT_ONCE])
    for key in keys:
        duty.done(key, partial(_publish_or_hold, key))
    return len(keys)


def _publish_or_hold(key: int) -> None:
    try:
        publish(key, actor=SYSTEM)
    except Refused as refusal:
        # Refused again: somebody else published or unscheduled it in between, and nothing is owed any more.
        hold(key, actor=SYSTEM, code=refusal.code)


def settle_validities() -> int:
    """Let lapse what expired yesterday, and let take effect today what a public document decided for today.

    Each is an act of its own with its event; a second run finds nothing. Returns how many records changed.
    """
    today, changed = clock.today(), 0
    effects, duty = due_effects(today), Duty("effect")
    duty.settle({target for target, _ in effects})
    resting = set(duty.resting)
    for target, by in effects:
        if target not in resting:
            changed += duty.done(target, partial(settle_effect, target, by, today))
    out, duty = out_of_date(today), Duty("expiry")
    if duty.known:
        duty.settle(set(out.filter(pk__in=duty.known).values_list("pk", flat=True)))
    for key in list(out.exclude(pk__in=duty.resting).values_list("pk", flat=True)[:MANY]):
        changed += duty.done(key, partial(settle_validity, key, actor=SYSTEM))
    return changed


def tell_expiring() -> int:
    """Owe the editors of an organ one notice for each document whose term ends soon; returns how many documents."""
    soon = {str(record.pk): record for record in public_expiring(clock.today())}
    told = Notice.objects.filter(subject_type="record", subject_id__in=soon).values_list("subject_id", "text")
    known = set(told)
    owed = [record for key, record in soon.items() if (key, expiry_text(record)) not in known]
    return sum(
        queue_notice(
            people_with("record.repeal", record.organ),
            subject_type="record",
            subject_id=str(record.pk),
            text=expiry_text(record),
        )
        > 0
        for record in owed
    )


def expiry_text(record: Record) -> str:
    """The notice in words; number and date only."""
    return f"一份文件将于{record.effective_until}有效期届满：{reference(record)}。请评估是否延续、修改或者废止。"
