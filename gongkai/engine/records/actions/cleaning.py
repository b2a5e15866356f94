"""Clean-up (清理) of a batch by one decision: each document gets its link and its event, all in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from gongkai.engine.records.actions.lineage import VALIDITY_LAW
from gongkai.engine.records.actions.opening import opened, show
from gongkai.engine.records.actions.writing import refuse_any_mark
from gongkai.engine.records.clean_ups import LINKS, Named, Planned, planned, unfit
from gongkai.engine.records.lineage import CLEANED
from gongkai.engine.records.models import CleanUp, CleanUpItem, CleanUpOutcome, Link, LinkKind, Record
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.gate.table import subject
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

NAMED_AT_ONCE = 5
MOST_LINES = 500

NO_DECISION = wording(
    "records.no_clean_up_decision",
    what="没有写明清理决定。",
    todo="请选择已公开的清理决定，或者填写决定的名称、文号和日期。",
    status=422,
)
HIDDEN_DECISION = wording(
    "records.clean_up_decision_hidden",
    what="清理决定“{title}”尚未公开，或者不是本机关的文件。",
    todo="请先公开清理决定，再据以标注。",
)
NO_LINES = wording(
    "records.no_clean_up_lines",
    what="没有列出要清理的文件，或者超过 {most} 份。",
    todo="请逐行写明索引号或文号、处理结果；超过的分次办理。",
    status=422,
)
UNFIT = wording(
    "records.clean_up_unfit",
    what="清理清单中有 {count} 处不能办理：{named}。",
    todo="请按预览中的提示改正清单；全部可以办理时才会一并生效。",
    status=422,
)
FUTURE = wording(
    "records.clean_up_future",
    what="清理的生效日期还没有到。",
    todo="请在生效之日或之后办理；需要到日自动生效的，在清理决定中逐件建立带生效日期的关联。",
    status=422,
)
NOT_ITEM = wording(
    "records.not_clean_up_item",
    what="这次清理没有涉及这份文件，或者处理结果不适用。",
    todo="请核对清理清单。",
)

subject(CleanUp, "clean_up", read_right="record.read")


@action(
    "clean_up.declare",
    on=CleanUp,
    title="文件清理",
    right="record.repeal",
    event="clean_up.declared",
    creates=True,
    citation=VALIDITY_LAW,
)
def declare(
    *,
    actor: Actor,
    organ: Organ,
    decided_on: dt.date,
    lines: Sequence[Named],
    decision: Record | None = None,
    title: str = "",
    number: str = "",
    takes_effect_on: dt.date | None = None,
    note: str = "",
) -> Outcome:
    """Mark many documents by one decision: repealed, declared void, kept, to be amended; all of them or none.

    The decision is a public record of the organ, or a title with number and date. Look at ``planned`` first.
    """
    refuse_any_mark({"note": note, "title": title, "lines": [line.note for line in lines]})
    since = takes_effect_on or decided_on
    _refuse_unfit_decision(organ, decision, title, since)
    if not 0 < len(lines) <= MOST_LINES:
        raise Refused(NO_LINES, most=MOST_LINES, where="清单")
    plan = planned(lines, actor, decision)
    _refuse_unfit_lines(plan)
    made = CleanUp(
        organ=organ,
        decision=decision,
        decision_title="" if decision else title.strip(),
        decision_number="" if decision else number.strip(),
        decided_on=decided_on,
        note=note,
        declared_by_id=actor.person_id,
        declared_at=clock.now(),
    )
    made.save(force_insert=True)
    CleanUpItem.objects.bulk_create(_item(made, line, since) for line in plan)
    if decision is not None:
        declare_links(decision, actor=actor, clean_up=made)
    clean_up.batch([line.record for line in plan], actor=actor, by=made)
    counts = {str(outcome): sum(line.named.outcome == outcome for line in plan) for outcome in CleanUpOutcome}
    return Outcome(result=made, data={"decision": decision.index_number if decision else None, "counts": counts})


def _refuse_unfit_decision(organ: Organ, decision: Record | None, title: str, since: dt.date) -> None:
    if decision is None and not title.strip():
        raise Refused(NO_DECISION, VALIDITY_LAW, where="清理决定")
    if decision is not None and not (decision.is_visible and decision.organ_id == organ.pk):
        raise Refused(HIDDEN_DECISION, VALIDITY_LAW, title=decision.title, where="清理决定")
    if since > clock.today():
        raise Refused(FUTURE, where="生效日期")


def _refuse_unfit_lines(plan: Sequence[Planned]) -> None:
    bad = [line for line in plan if line.problem]
    if bad:
        named = "；".join(f"{line.named.number}（{line.problem}）" for line in bad[:NAMED_AT_ONCE])
        raise Refused(UNFIT, VALIDITY_LAW, count=len(bad), named=named, where="清单")


def _item(made: CleanUp, line: Planned, since: dt.date) -> CleanUpItem:
    return CleanUpItem(
        clean_up=made,
        record=line.record,
        outcome=line.named.outcome,
        note=line.named.note[:200],
        took_effect_on=since,
    )


@action(
    "record.declare_links",
    on=Record,
    title="登记清理关联",
    right="record.repeal",
    event="record.links_declared",
    citation=VALIDITY_LAW,
)
def declare_links(record: Record, *, actor: Actor, clean_up: CleanUp) -> Outcome:
    """Relate a clean-up decision to every document it is about; these relations have effect at once."""
    if clean_up.decision_id != record.pk:
        raise Refused(NOT_ITEM, VALIDITY_LAW, where="清理决定")
    standing = set(record.links_out.values_list("target_id", "kind"))
    items = [(item, LINKS[CleanUpOutcome(item.outcome)]) for item in clean_up.items.order_by("pk")]
    fresh = [(item, kind) for item, kind in items if (item.record_id, kind) not in standing]
    Link.objects.bulk_create(_link(record, item, kind) for item, kind in fresh)
    show(record, clock.now())
    return Outcome(data={"links": [{"target_id": item.record_id, "kind": str(kind)} for item, kind in fresh]})


def _link(record: Record, item: CleanUpItem, kind: LinkKind) -> Link:
    return Link(
        source=record,
        target_id=item.record_id,
        kind=kind,
        note=item.note,
        created_at=clock.now(),
        took_effect_on=item.took_effect_on,
    )


@action(
    "record.clean_up",
    on=Record,
    title="清理标注",
    right="record.repeal",
    event="record.cleaned_up",
    citation=VALIDITY_LAW,
)
def clean_up(record: Record, *, actor: Actor, by: CleanUp) -> Outcome:
    """Mark one document as a clean-up decided: void with a banner, or looked at and kept."""
    return _cleaned(record, by, by.items.filter(record=record).first())


@clean_up.bulk
def clean_up_many(records: Sequence[Record], *, actor: Actor, by: CleanUp) -> list[tuple[Record, Outcome]]:
    """The same for many: rights are checked set-wise, rows written in one statement."""
    items = {item.record_id: item for item in by.items.all()}
    organs = Organ.objects.in_bulk({record.organ_id for record in records})
    for record in records:
        record.organ = organs[record.organ_id]
    done = [(record, _cleaned(record, by, items.get(record.pk))) for record in records]
    Record.objects.bulk_update(records, ["validity", "version", "changed_at"], batch_size=200)
    return done


def _cleaned(record: Record, by: CleanUp, item: CleanUpItem | None) -> Outcome:
    if item is None or unfit(record, item.outcome):
        raise Refused(NOT_ITEM, VALIDITY_LAW, where="清单")
    after = CLEANED.get(CleanUpOutcome(item.outcome))
    now = clock.now()
    show(record, now)
    facts = {
        "outcome": item.outcome,
        "clean_up": by.pk,
        "by": by.decision.index_number if by.decision else None,
        "decided_on": by.decided_on.isoformat(),
        "on": item.took_effect_on.isoformat(),
    }
    name = "record.cleaned_up"
    if after is not None:
        record.validity = after
        name, facts = "record.validity_changed", facts | {"validity": str(after)}
    linked = {str(LINKS[CleanUpOutcome(item.outcome)]): item.took_effect_on.isoformat()} if by.decision else {}
    return Outcome(
        data=facts | ({"took_effect": linked} if linked else {}), public=opened(record, name, now, **facts), event=name
    )
