"""Year plans: which days of a year are off or made up, as the notice says (放假调休安排).

A plan of the base region "CN" comes from the yearly notice of the State Council Office (国务院办公厅); a plan of
another region overlays it with the days its local government set (全国年节及纪念日放假办法 Article 4).
Days are filed under the year they fall in, not under the year of the notice: that for 2019 moved days of December 2018.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gongkai.ground.refusal import Refused, wording

FOLDER = Path(__file__).parent
HOLIDAY_RULES = "《全国年节及纪念日放假办法》第六条"
REGIONAL_RULES = "《全国年节及纪念日放假办法》第四条"
STATUSES = {"official": "正式", "provisional": "暂定"}

INVALID = wording(
    "calendar.invalid_year",
    what="{year}年放假安排有误：{fault}。",
    todo="请对照放假通知改正后重新提交。",
    status=422,
)


@dataclass(frozen=True)
class Source:
    """The notice a plan rests on: title, number (文号) and date."""

    title: str
    number: str = ""
    dated: str = ""

    def as_json(self) -> dict[str, str]:
        return {"title": self.title, "number": self.number, "dated": self.dated}


@dataclass(frozen=True)
class YearPlan:
    """The days off and the make-up working days (调休上班) of one year in one region."""

    region: str
    year: int
    status: str
    source: tuple[Source, ...]
    off: frozenset[dt.date]
    work: frozenset[dt.date]

    @property
    def is_official(self) -> bool:
        return self.status == "official"


@dataclass(frozen=True)
class Region:
    """A region with its own calendar; ``base`` is the region it overlays, "" for the base itself."""

    id: str
    name: str
    base: str


@cache
def shipped_regions() -> Mapping[str, Region]:
    """The regions delivered with the program: the country and its provinces (GB/T 2260)."""
    listed = json.loads((FOLDER / "regions.json").read_text(encoding="utf-8"))
    return {key: Region(key, entry["name"], entry["base"]) for key, entry in listed.items()}


@cache
def shipped_plans(folder: Path = FOLDER / "years") -> tuple[YearPlan, ...]:
    """Every year file delivered with the program, checked like an entry by hand."""
    return tuple(_read(path) for path in sorted(folder.glob("*/*.json")))


def _read(path: Path) -> YearPlan:
    entry = json.loads(path.read_text(encoding="utf-8"))
    plan = YearPlan(
        region=entry["region"],
        year=entry["year"],
        status=entry["status"],
        source=tuple(Source(**source) for source in entry["source"]),
        off=frozenset(map(dt.date.fromisoformat, entry["off"])),
        work=frozenset(map(dt.date.fromisoformat, entry["work"])),
    )
    check_days(plan.year, entry["off"], entry["work"], is_base=plan.region == "CN")
    if path.parent.name != plan.region or path.stem != str(plan.year):
        raise Refused(
            INVALID, year=plan.year, fault="文件名与内容的地区、年份不一致", where=f"{plan.region}/{path.name}"
        )
    return plan


def check_days(
    year: int, off: Iterable[str | dt.date], work: Iterable[str | dt.date], *, is_base: bool = True
) -> tuple[frozenset[dt.date], frozenset[dt.date]]:
    """The days of a plan as dates, or Refused with the first fault.

    A day may stand once and in one list only; it lies in the year; a make-up working day of the country is a Saturday
    or Sunday; the country's list of days off is not empty and leaves enough days to work.
    """
    if not 1990 <= year <= 2100:
        raise Refused(INVALID, HOLIDAY_RULES, year=year, fault="年份须在1990至2100之间", where="年份")
    days_off = _days(year, off, "放假日期")
    made_up = _days(year, work, "调休上班日期")
    if both := sorted(days_off & made_up):
        raise Refused(INVALID, HOLIDAY_RULES, year=year, fault=f"{both[0]}既列为放假又列为上班", where="调休上班日期")
    if is_base:
        _check_base(year, days_off, made_up)
    return days_off, made_up


def _check_base(year: int, days_off: frozenset[dt.date], made_up: frozenset[dt.date]) -> None:
    if not days_off:
        raise Refused(INVALID, HOLIDAY_RULES, year=year, fault="放假日期为空", where="放假日期")
    if len(days_off) > 60:
        raise Refused(INVALID, HOLIDAY_RULES, year=year, fault=f"放假{len(days_off)}天，超出常理", where="放假日期")
    if weekdays := sorted(day for day in made_up if day.weekday() < 5):
        raise Refused(
            INVALID, HOLIDAY_RULES, year=year, fault=f"{weekdays[0]}本来就是工作日，不是调休上班", where="调休上班日期"
        )


def _days(year: int, listed: Iterable[str | dt.date], where: str) -> frozenset[dt.date]:
    seen: set[dt.date] = set()
    for given in listed:
        try:
            day = given if isinstance(given, dt.date) else dt.date.fromisoformat(str(given).strip())
        except ValueError:
            raise Refused(INVALID, year=year, fault=f"“{given}”不是日期（应如2026-01-01）", where=where) from None
        if day.year != year:
            raise Refused(INVALID, year=year, fault=f"{day}不在{year}年", where=where)
        if day in seen:
            raise Refused(INVALID, year=year, fault=f"{day}重复", where=where)
        seen.add(day)
    return frozenset(seen)
