"""Entering a year of a calendar (录入年度放假安排). An entry is added, never changed; the newest one counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction

from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.calendars.models import CalendarYear
from gongkai.ground.calendars.notice import ParsedNotice
from gongkai.ground.calendars.plans import HOLIDAY_RULES, INVALID, REGIONAL_RULES, STATUSES, Source, check_days
from gongkai.ground.calendars.queries import UNKNOWN_REGION, plans, regions
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.gate.table import subject
from gongkai.ground.refusal import Refused, wording

REASON_NEEDED = wording(
    "calendar.reason_needed",
    what="{region}{year}年的安排已有录入，更改须写明理由。",
    todo="请写明依据哪一份通知更改。",
    status=422,
)

subject(CalendarYear, "calendar_year", organ_path="", read_right="calendar.maintain")


@action(
    "calendar.enter_year",
    on=CalendarYear,
    title="录入年度放假安排",
    right="calendar.maintain",
    event="calendar.year_entered",
    creates=True,
    by_system=True,
    citation=HOLIDAY_RULES,
)
def enter_year(
    *,
    actor: Actor,
    year: int,
    off: Iterable[str | dt.date],
    work: Iterable[str | dt.date] = (),
    source: Sequence[Source],
    region: str = "CN",
    region_name: str = "",
    base: str = "CN",
    status: str = "official",
    reason: str = "",
) -> Outcome:
    """Enter or replace the plan of one year and region (全国年节及纪念日放假办法 Articles 4, 6).

    A new region id needs a name and overlays ``base``. A replacement needs a reason. Refused with the first fault.
    """
    known = regions()
    if region not in known and not (region_name.strip() and region.strip() and len(region) <= 32):
        raise Refused(UNKNOWN_REGION, region=region)
    overlaid = known[region].base if region in known else base
    if overlaid and overlaid not in known:
        raise Refused(UNKNOWN_REGION, region=overlaid)
    days_off, made_up = check_days(year, off, work, is_base=not overlaid)
    _check_papers(year, status, source)
    replaced = CalendarYear.objects.filter(region=region, year=year).order_by("-id").first()
    if replaced is not None and not reason.strip():
        raise Refused(
            REASON_NEEDED, REGIONAL_RULES if overlaid else HOLIDAY_RULES, region=replaced.region_name, year=year
        )
    row = CalendarYear.objects.create(
        region=region,
        region_name=known[region].name if region in known else region_name.strip(),
        base=overlaid,
        year=year,
        status=status,
        source=[entry.as_json() for entry in source],
        off=sorted(day.isoformat() for day in days_off),
        work=sorted(day.isoformat() for day in made_up),
        reason=reason.strip(),
        replaces=replaced,
        entered_at=clock.now(),
        entered_by=actor.ref,
    )
    return Outcome(
        result=row,
        data={"region": region, "year": year, "status": status, "off": row.off, "work": row.work, "reason": row.reason},
    )


@transaction.atomic
def enter_notice(
    notice: ParsedNotice, *, actor: Actor, status: str = "official", reason: str = ""
) -> list[CalendarYear]:
    """Enter a parsed national notice, with the days of the year before that it moves (a new version of that year).

    Refused when it moves days of a year that is not known.
    """
    rows = []
    for year in sorted({day.year for day in (*notice.off, *notice.work)} | {notice.year}):
        off, work = notice.in_year(year)
        if year == notice.year:
            rows.append(_enter(actor, year, off, work, [notice.source], status, reason))
            continue
        known = {plan.year: plan for plan in plans("CN")}.get(year)
        if known is None:
            raise Refused(INVALID, HOLIDAY_RULES, year=year, fault=f"通知调整了{year}年的日期，但该年尚未录入")
        days_off, made_up = (known.off | set(off)) - set(work), (known.work | set(work)) - set(off)
        if (days_off, made_up) != (known.off, known.work):
            said = reason or f"{notice.year}年的通知调整了{year}年末的日期"
            sources = [*known.source, notice.source]
            rows.append(_enter(actor, year, sorted(days_off), sorted(made_up), sources, known.status, said))
    return rows


def _enter(
    actor: Actor,
    year: int,
    off: Sequence[dt.date],
    work: Sequence[dt.date],
    source: Sequence[Source],
    status: str,
    reason: str,
) -> CalendarYear:
    row: CalendarYear = enter_year(
        actor=actor, year=year, off=off, work=work, source=source, status=status, reason=reason
    )
    return row


def _check_papers(year: int, status: str, source: Sequence[Source]) -> None:
    if status not in STATUSES:
        raise Refused(INVALID, year=year, fault=f"状态“{status}”不是正式或暂定", where="状态")
    if not any(entry.title.strip() for entry in source):
        raise Refused(INVALID, year=year, fault="没有写明来源（通知名称、文号）", where="来源")
