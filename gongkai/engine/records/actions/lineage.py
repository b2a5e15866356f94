"""Validity (有效性) as it follows from links and dates: amended, repealed, declared void, lapsed; never typed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db.models import Q, QuerySet

from gongkai.engine.notices.outbox import people_with, queue_notice
from gongkai.engine.records.actions.opening import opened, show
from gongkai.engine.records.lineage import EFFECTS, VOID, effect_of, validity_by_dates
from gongkai.engine.records.models import Link, Record
from gongkai.engine.records.references import reference
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM, Actor
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import OrganClosure, OrganSuccession
from gongkai.ground.refusal import Refused, wording

VALIDITY_LAW = "《政府信息公开条例》第二十条；国办发〔2017〕47号"

NOT_BY = wording(
    "records.not_by",
    what="作出修改或废止的文件尚未公开，或者没有与本件建立相应关联，或者关联的生效日期还没有到。",
    todo="请先公开该文件，并在其中与本件建立“修改”“废止”“替代”或“宣布失效”关联。",
)
NOT_DUE = wording(
    "records.validity_not_due",
    what="按失效日期和关联，这份文件的有效性没有变化。",
    todo="失效日期有误的，请办理更正；被修改、废止的，请在作出决定的文件中建立关联。",
)


def take_effect(record: Record) -> None:
    """Mark what this publication amends or repeals from today on; where it cannot decide over the other organ, tell
    that one. What takes effect later is found by the tick on its day."""
    today = clock.today()
    links = record.links_out.filter(kind__in=EFFECTS, took_effect_on__isnull=True)
    for target in _targets(links):
        if not speaks_for(record.organ_id, target):
            queue_notice(
                people_with("record.repeal", target.organ),
                subject_type="record",
                subject_id=str(target.pk),
                text=f"有文件提出修改或废止本机关一件信息：{reference(target)}，{today:%Y-%m-%d}。请核实标注。",
            )
        elif _changes(target, record, today):
            repeal(target, actor=SYSTEM, by=record)


def _changes(target: Record, by: Record, today: dt.date) -> bool:
    """Does one record do something to another today? What is void already is not made void again."""
    effect = effect_of(target, by, today)
    return effect is not None and not (target.validity in VOID and effect.validity == target.validity)


def _targets(links: QuerySet[Link]) -> QuerySet[Record]:
    return Record.objects.filter(links_in__in=links).distinct().order_by("pk")


def speaks_for(organ_id: int, target: Record) -> bool:
    """May an organ end the validity of a record by its own document: its own, one below it, one it issued jointly,
    one whose functions it took over? Over anybody else's only that organ's own editor marks it."""
    return (
        organ_id == target.organ_id
        or OrganClosure.objects.filter(ancestor_id=organ_id, descendant_id=target.organ_id).exists()
        or target.co_issuers.filter(pk=organ_id).exists()
        or OrganSuccession.objects.filter(predecessor_id=target.organ_id, successor_id=organ_id).exists()
    )


@action(
    "record.repeal",
    on=Record,
    title="标注修改或废止",
    right="record.repeal",
    event="record.validity_changed",
    by_system=True,
    citation=VALIDITY_LAW,
)
def repeal(record: Record, *, actor: Actor, by: Record) -> Outcome:
    """Mark a record amended, repealed or void by a public one linked to it so; its page stays, with a banner."""
    effect = effect_of(record, by, clock.today())
    if effect is None or not by.is_visible:
        raise Refused(NOT_BY, VALIDITY_LAW, where="关联")
    record.validity = effect.validity
    for link in effect.links:
        link.took_effect_on = link.takes_effect_on or effect.since
        link.save(update_fields=["took_effect_on"])
    days = {link.kind: str(link.took_effect_on) for link in effect.links}
    return _changed(record, by=by.index_number, on=min(days.values()), took_effect=days)


@action(
    "record.settle_validity",
    on=Record,
    title="按日期核定有效性",
    right="record.repeal",
    event="record.validity_changed",
    by_system=True,
    citation=VALIDITY_LAW,
)
def settle_validity(record: Record, *, actor: Actor) -> Outcome:
    """Let a record lapse on the day after its expiry; or stand again, when a correction moved the expiry."""
    settled = validity_by_dates(record, clock.today())
    if settled == record.validity:
        raise Refused(NOT_DUE, VALIDITY_LAW, where="失效日期")
    record.validity = settled
    until = record.effective_until
    return _changed(record, by=None, on=(until + dt.timedelta(1)).isoformat() if until else None)


def _changed(
    record: Record, *, by: str | None, on: str | None, took_effect: Mapping[str, str] | None = None
) -> Outcome:
    now = clock.now()
    show(record, now)
    facts = {"validity": str(record.validity), "by": by, "on": on}
    public = opened(record, "record.validity_changed", now, **facts) if record.published_at else {}
    return Outcome(data=facts | ({"took_effect": dict(took_effect)} if took_effect else {}), public=public)


def due_effects(today: dt.date) -> list[tuple[int, int]]:
    """The pairs for whom dated links may do something today: (key of the record, key of the public record that does
    it), each once. Whether they do, ``settle_effect`` finds, pair by pair."""
    links = Link.objects.filter(
        Q(kind__in=EFFECTS), source__is_visible=True, took_effect_on__isnull=True, takes_effect_on__lte=today
    )
    pairs = links.order_by("takes_effect_on", "pk").values_list("target_id", "source_id")
    return list(dict.fromkeys(pairs))


def settle_effect(target_key: int, by_key: int, today: dt.date) -> None:
    """Let take effect what one public record decided over another for today; refused where it does nothing."""
    records = Record.objects.in_bulk([target_key, by_key])
    target, by = records[target_key], records[by_key]
    if not speaks_for(by.organ_id, target) or not _changes(target, by, today):
        raise Refused(NOT_BY, VALIDITY_LAW, where="关联")
    repeal(target_key, actor=SYSTEM, by=by)
