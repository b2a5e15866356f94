"""Entering a year of a calendar (录入年度放假安排). An entry is added, never changed; the newest one counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.calendars.models import CalendarYear
from gongkai.ground.calendars.plans import INVALID, REGIONAL_RULES, STATUSES, Source, check_days
from gongkai.ground.calendars.queries import UNKNOWN_REGION, regions
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
    citation="《全国年节及纪念日放假办法》第六条",
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
        raise Refused(REASON_NEEDED, REGIONAL_RULES if overlaid else "", region=replaced.region_name, year=year)
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


def _check_papers(year: int, status: str, source: Sequence[Source]) -> None:
    if status not in STATUSES:
        raise Refused(INVALID, year=year, fault=f"状态“{status}”不是正式或暂定", where="状态")
    if not any(entry.title.strip() for entry in source):
        raise Refused(INVALID, year=year, fault="没有写明来源（通知名称、文号）", where="来源")
