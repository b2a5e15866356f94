"""What links and dates say about a record's force: now, on a day, and through its history. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from gongkai.engine.channels.targets import PORTAL
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import CleanUpItem, CleanUpOutcome, Link, LinkKind, Record, Validity
from gongkai.ground import clock
from gongkai.ground.organs.models import Organ
from gongkai.ground.rulebook.queries import rule

# What a public record with such a link makes of the record it points at.
EFFECTS: dict[LinkKind, Validity] = {
    LinkKind.REPEALS: Validity.REPEALED,
    LinkKind.REPLACES: Validity.REPEALED,
    LinkKind.LAPSES: Validity.LAPSED,
    LinkKind.AMENDS: Validity.AMENDED,
}
ENDING = (LinkKind.REPEALS, LinkKind.REPLACES, LinkKind.LAPSES)
EFFECTIVE = (Validity.IN_FORCE, Validity.AMENDED)
LONGEST_NOTICE = 366
VOID = (Validity.LAPSED, Validity.REPEALED)
BY_STRENGTH = (Validity.IN_FORCE, Validity.AMENDED, Validity.LAPSED, Validity.REPEALED)


def kinds_with_validity() -> list[str]:
    """The kinds that are in force, amended or void at all."""
    return [kind.code for kind in KINDS.values() if kind.has_validity]


@dataclass(frozen=True)
class Effect:
    """What one public record does to another: the validity it leaves, the links that do it, since which day."""

    validity: Validity
    links: list[Link]
    since: dt.date


def effect_of(target: Record, by: Record, today: dt.date) -> Effect | None:
    """What the links of one record make of another by a day; None where they change nothing (any more).

    What was repealed is not merely amended by a later one. A relation made in a correction that is not public yet has
    no effect yet, nor has one whose day has not come.
    """
    standing = by.publications.filter(until_at__isnull=True, channel=PORTAL).order_by("pk").last()
    if standing is None:
        return None
    due = Q(takes_effect_on__isnull=True) | Q(takes_effect_on__lte=today)
    links = list(by.links_out.filter(due, target=target, kind__in=EFFECTS, created_at__lte=standing.from_at))
    if not links:
        return None
    found = {EFFECTS[LinkKind(link.kind)] for link in links} | {Validity(target.validity)}
    return Effect(max(found, key=BY_STRENGTH.index), links, clock.day_of(standing.from_at))


def validity_by_dates(record: Record, today: dt.date) -> Validity:
    """The validity on a day: lapsed after its expiry, standing again when the expiry was moved; else as it is."""
    validity = Validity(record.validity)
    kind = KINDS.get(record.kind)
    if kind is None or not kind.has_validity or validity == Validity.REPEALED:
        return validity
    is_over = record.effective_until is not None and record.effective_until < today
    if is_over:
        return Validity.LAPSED
    if validity != Validity.LAPSED or is_declared_lapsed(record):
        return validity
    amended = record.links_in.filter(kind=LinkKind.AMENDS, took_effect_on__isnull=False).exists()
    return Validity.AMENDED if amended else Validity.IN_FORCE


def is_declared_lapsed(record: Record) -> bool:
    """Did a decision declare it void, whatever its own expiry says?"""
    return (
        record.links_in.filter(kind=LinkKind.LAPSES, took_effect_on__isnull=False).exists()
        or CleanUpItem.objects.filter(record=record, outcome=CleanUpOutcome.LAPSED).exists()
    )


def out_of_date(today: dt.date) -> QuerySet[Record]:
    """Public records whose validity is not what their expiry says, for the tick."""
    declared = Link.objects.filter(target=OuterRef("pk"), kind=LinkKind.LAPSES, took_effect_on__isnull=False)
    cleaned = CleanUpItem.objects.filter(record=OuterRef("pk"), outcome=CleanUpOutcome.LAPSED)
    over = Q(validity__in=EFFECTIVE, effective_until__lt=today)
    still = Q(validity=Validity.LAPSED) & (Q(effective_until__isnull=True) | Q(effective_until__gte=today))
    stands_again = still & ~Q(Exists(declared)) & ~Q(Exists(cleaned))
    return Record.objects.filter(over | stands_again, is_visible=True, kind__in=kinds_with_validity()).order_by("pk")


def in_force_on(records: QuerySet[Record], day: dt.date) -> QuerySet[Record]:
    """Of these records those in force on a day: begun by then, not expired before it, not ended by then.

    The beginning is the effective date, else the day of writing, else the day of publication.
    """
    ended = Link.objects.filter(target=OuterRef("pk"), kind__in=ENDING, took_effect_on__lte=day)
    voided = (CleanUpOutcome.REPEALED, CleanUpOutcome.LAPSED)
    cleaned = CleanUpItem.objects.filter(record=OuterRef("pk"), outcome__in=voided, took_effect_on__lte=day)
    begun = Coalesce(F("effective_from"), F("written_on"), F("published_at__date"))
    return (
        records.filter(kind__in=kinds_with_validity())
        .annotate(begins_on=begun)
        .filter(Q(effective_until__isnull=True) | Q(effective_until__gte=day), begins_on__lte=day)
        .exclude(Exists(ended))
        .exclude(Exists(cleaned))
    )


def validity_on(record: Record, day: dt.date) -> Validity | None:
    """The validity of one record on a day; None before it began. Costs two queries."""
    begins_on = record.effective_from or record.written_on
    if begins_on is None and record.published_at is not None:
        begins_on = clock.day_of(record.published_at)
    if begins_on is None or day < begins_on:
        return None
    kinds = record.links_in.filter(kind__in=EFFECTS, took_effect_on__lte=day).values_list("kind", flat=True)
    found = {EFFECTS[LinkKind(kind)] for kind in kinds}
    items = CleanUpItem.objects.filter(record=record, took_effect_on__lte=day).values_list("outcome", flat=True)
    found |= {CLEANED[CleanUpOutcome(outcome)] for outcome in items if CleanUpOutcome(outcome) in CLEANED}
    if record.effective_until is not None and record.effective_until < day:
        found.add(Validity.LAPSED)
    return max(found | {Validity.IN_FORCE}, key=BY_STRENGTH.index)


# What a clean-up makes of a record; kept and to be amended leave it as it is.
CLEANED: dict[CleanUpOutcome, Validity] = {
    CleanUpOutcome.REPEALED: Validity.REPEALED,
    CleanUpOutcome.LAPSED: Validity.LAPSED,
}


EXPIRY_RULE = "validity.expiry-notice"


def notice_days(organ: Organ, today: dt.date) -> int:
    """How many calendar days before its expiry a document is spoken of; an organ may preset its own."""
    return rule(EXPIRY_RULE, on=today, organ=organ).provision.quantity or 0


def expiring(records: QuerySet[Record], today: dt.date, days: int) -> QuerySet[Record]:
    """Of these records those before the public and in force that expire within so many calendar days."""
    last = today + dt.timedelta(days)
    return records.filter(
        is_visible=True, validity__in=EFFECTIVE, effective_until__gte=today, effective_until__lte=last
    )


def public_expiring(today: dt.date) -> Iterator[Record]:
    """Every public document that expires within the days its organ asks for, the nearest first."""
    rows = Record.objects.filter(kind__in=kinds_with_validity()).select_related("organ")
    days: dict[int, int] = {}
    for record in expiring(rows, today, LONGEST_NOTICE).order_by("effective_until", "pk"):
        if record.organ_id not in days:
            days[record.organ_id] = notice_days(record.organ, today)
        if record.effective_until and record.effective_until <= today + dt.timedelta(days[record.organ_id]):
            yield record
