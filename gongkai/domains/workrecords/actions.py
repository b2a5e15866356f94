"""Entering a work record in one act, many at once, correcting and voiding one. No review: nothing is published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.domains.workrecords.entries import Entry, as_row
from gongkai.domains.workrecords.models import WorkRecord
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.files.marks import refuse_marked
from gongkai.ground.files.models import StorageClass, StoredFile
from gongkai.ground.gate.door import Outcome, action, visible
from gongkai.ground.gate.table import State, subject
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

ENTERED, VOIDED = "entered", "voided"
MOST_LINES = 1000

TWICE = wording(
    "workrecords.twice",
    what="同样的工作记录已经登记过。",
    todo="请核对日期、事项和经办人；确系另一次的，请在事项中写明区别。",
)
TOO_MANY = wording(
    "workrecords.too_many",
    what="一次最多登记 {most} 条，这次没有登记。",
    todo="请把清单分成几份，分次导入。",
    status=422,
)
NO_REASON = wording("workrecords.no_reason", what="没有写明作废原因。", todo="请写一句原因。", status=422)
NO_PERSON = wording(
    "workrecords.no_person", what="工作记录须由人登记。", todo="请由有权限的人员登录后登记。", status=403
)
BAD_FILE = wording(
    "workrecords.bad_file", what="没有找到这个附件，或者它已在别处使用。", todo="请重新上传附件。", status=422
)

subject(
    WorkRecord,
    "work_record",
    states=(State(ENTERED, "已登记"), State(VOIDED, "已作废", is_final=True)),
    read_right="record.read",
)


@action(
    "work_record.enter",
    on=WorkRecord,
    title="登记工作记录",
    right="work.enter",
    to=(ENTERED,),
    event="work_record.entered",
    creates=True,
)
def enter(*, actor: Actor, organ: Organ, item: Entry, attachment: StoredFile | None = None) -> Outcome:
    """Enter one, with its attachment if there is one. The event names category and day, nothing of the text."""
    row = _row(item, organ, actor)
    row.attachment = _usable(attachment, organ, actor) if attachment is not None else None
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(TWICE, where="事项") from None
    return Outcome(result=row, data=_facts(row))


@enter.bulk
def enter_many(items: Sequence[Entry], *, actor: Actor, organ: Organ) -> list[tuple[WorkRecord, Outcome]]:
    """Enter many in one transaction, with a constant number of statements; one known line refuses all."""
    if len(items) > MOST_LINES:
        raise Refused(TOO_MANY, most=MOST_LINES, where="清单")
    rows = [_row(item, organ, actor) for item in items]
    try:
        with transaction.atomic():
            WorkRecord.objects.bulk_create(rows, batch_size=200)
    except IntegrityError:
        raise Refused(TWICE, where="清单") from None
    return [(row, Outcome(result=row, data=_facts(row))) for row in rows]


def _row(item: Entry, organ: Organ, actor: Actor) -> WorkRecord:
    refuse_marked(f"{item.matter}\n{item.result}")
    if actor.person_id is None:
        raise Refused(NO_PERSON)
    return WorkRecord(
        organ=organ,
        state=ENTERED,
        fingerprint=item.fingerprint(organ),
        entered_by_id=actor.person_id,
        entered_at=clock.now(),
        **as_row(item),
    )


def _usable(file: StoredFile, organ: Organ, actor: Actor) -> StoredFile:
    found: StoredFile | None = visible(StoredFile, actor).filter(pk=file.pk, organ=organ).first()
    is_free = found is not None and found.storage_class == StorageClass.SEALED and found.destroyed_at is None
    if found is None or not is_free or WorkRecord.objects.filter(attachment=found).exists():
        raise Refused(BAD_FILE, where="附件")
    return found


def _facts(row: WorkRecord) -> dict[str, Any]:
    return {"category": row.category, "done_on": row.done_on.isoformat()}


@action(
    "work_record.correct",
    on=WorkRecord,
    title="更正工作记录",
    right="work.enter",
    states=(ENTERED,),
    event="work_record.corrected",
)
def correct(row: WorkRecord, *, actor: Actor, item: Entry) -> Outcome:
    """Put a line right; who entered it first and who put it right stand in the events."""
    refuse_marked(f"{item.matter}\n{item.result}")
    mark = item.fingerprint(row.organ)
    if WorkRecord.objects.filter(organ=row.organ, fingerprint=mark, state=ENTERED).exclude(pk=row.pk).exists():
        raise Refused(TWICE, where="事项")
    for name, value in as_row(item).items():
        setattr(row, name, value)
    row.fingerprint = mark
    return Outcome(data=_facts(row))


@action(
    "work_record.void",
    on=WorkRecord,
    title="作废工作记录",
    right="work.enter",
    states=(ENTERED,),
    to=(VOIDED,),
    event="work_record.voided",
)
def void(row: WorkRecord, *, actor: Actor, reason: str) -> Outcome:
    """A line that should not be there; it stays readable with its reason and counts nowhere."""
    reason = reason.replace("\0", "").strip()[:200]
    if not reason:
        raise Refused(NO_REASON, where="作废原因")
    refuse_marked(reason)
    row.state, row.void_reason = VOIDED, reason
    return Outcome(data=_facts(row))
