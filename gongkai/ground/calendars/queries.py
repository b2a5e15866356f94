"""Which calendar a region has now: the delivered year files, overlaid with what was entered here."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from gongkai.ground.calendars.models import CalendarYear
from gongkai.ground.calendars.plans import Region, Source, YearPlan, shipped_plans, shipped_regions
from gongkai.ground.calendars.reckoning import Calendar
from gongkai.ground.refusal import Refused, wording

UNKNOWN_REGION = wording(
    "calendar.unknown_region",
    what="没有编号为“{region}”的工作日历。",
    todo="请使用CN、CN-63这类编号，或先录入该地区的放假安排。",
    status=404,
)

_built: dict[str, tuple[UUID | None, Calendar]] = {}


def calendar(region: str = "CN") -> Calendar:
    """The calendar of a region in its newest version; built once per version and kept. One small query."""
    newest = CalendarYear.objects.order_by("-id").values_list("ref", flat=True).first()
    kept = _built.get(region)
    if kept is None or kept[0] != newest:
        kept = (newest, _build(region))
        _built[region] = kept
    return kept[1]


def shipped_calendar(region: str = "CN") -> Calendar:
    """The calendar from the delivered year files alone; needs no database."""
    chain = _chain(region, dict(shipped_regions()))
    return assembled(region, [plan for plan in shipped_plans() if plan.region in chain], chain)


def assembled(region: str, plans: Iterable[YearPlan], chain: Sequence[str]) -> Calendar:
    """A calendar from plans, base first; a later plan of the same region and year replaces an earlier one."""
    latest = {(plan.region, plan.year): plan for plan in plans}
    ordered = sorted(latest.values(), key=lambda plan: (chain.index(plan.region), plan.year))
    return Calendar(region, version_of(ordered), ordered)


def version_of(plans: Iterable[YearPlan]) -> str:
    """A short fingerprint of the days: equal exactly when the calendars are."""
    facts = [
        [p.region, p.year, p.status, *([day.isoformat() for day in sorted(days)] for days in (p.off, p.work))]
        for p in plans
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def regions() -> dict[str, Region]:
    """Every region that has a calendar: delivered ones and those entered here."""
    known = dict(shipped_regions())
    entered = CalendarYear.objects.order_by("id").values_list("region", "region_name", "base")
    for region, name, base in entered:
        known.setdefault(region, Region(region, name, base))
    return known


def plans(region: str) -> list[YearPlan]:
    """The plans in use for one region alone, by year: what the screen of years shows."""
    delivered = {plan.year: plan for plan in shipped_plans() if plan.region == region}
    entered = {row.year: _plan(row) for row in CalendarYear.objects.filter(region=region).order_by("id")}
    return [plan for _, plan in sorted((delivered | entered).items())]


def history(region: str, year: int) -> list[CalendarYear]:
    """Every version entered for a year, newest first."""
    return list(CalendarYear.objects.filter(region=region, year=year).order_by("-id"))


def _build(region: str) -> Calendar:
    chain = _chain(region, regions())
    entered = CalendarYear.objects.filter(region__in=chain).order_by("id")
    delivered = [plan for plan in shipped_plans() if plan.region in chain]
    return assembled(region, [*delivered, *map(_plan, entered)], chain)


def _chain(region: str, known: dict[str, Region]) -> list[str]:
    """The region and what it overlays, base first."""
    if region not in known:
        raise Refused(UNKNOWN_REGION, region=region)
    chain = [region]
    while (base := known[chain[0]].base) and base not in chain:
        chain.insert(0, base)
    return chain


def _plan(row: CalendarYear) -> YearPlan:
    return YearPlan(
        region=row.region,
        year=row.year,
        status=row.status,
        source=tuple(Source(**source) for source in row.source),
        off=frozenset(map(dt.date.fromisoformat, row.off)),
        work=frozenset(map(dt.date.fromisoformat, row.work)),
    )
