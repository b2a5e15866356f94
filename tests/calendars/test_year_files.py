"""The delivered year files: complete, with their source, and equal to what others say of the same days."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import chinese_calendar
import pytest

from gongkai.ground.calendars.apps import year_files_check
from gongkai.ground.calendars.plans import shipped_plans
from gongkai.ground.calendars.queries import shipped_calendar
from gongkai.ground.refusal import Refused

ONE_DAY = dt.timedelta(1)


def days_of(first: int, last: int) -> list[dt.date]:
    start = dt.date(first, 1, 1)
    return [start + ONE_DAY * step for step in range((dt.date(last, 12, 31) - start).days + 1)]


def test_every_day_from_2017_to_2026_agrees_with_chinesecalendar() -> None:
    calendar = shipped_calendar()
    differing = [day for day in days_of(2017, 2026) if calendar.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert differing == []


def test_the_years_are_2017_to_2026_each_official_with_a_numbered_notice() -> None:
    plans = {plan.year: plan for plan in shipped_plans() if plan.region == "CN"}
    assert sorted(plans) == list(range(2017, 2027))
    assert all(plan.is_official and plan.source for plan in plans.values())
    assert all(
        entry.number.startswith("国办发明电〔") and entry.dated for plan in plans.values() for entry in plan.source
    )


def test_2020_and_2019_rest_on_the_notice_and_its_amendment() -> None:
    plans = {plan.year: plan for plan in shipped_plans()}
    assert [source.number for source in plans[2020].source] == ["国办发明电〔2019〕16号", "国办发明电〔2020〕1号"]
    assert max(day for day in plans[2020].off if day.month < 3) == dt.date(2020, 2, 2)
    assert {dt.date(2019, 5, day) for day in (1, 2, 3, 4)} <= plans[2019].off


def test_days_moved_by_the_next_years_notice_are_filed_by_their_date() -> None:
    calendar = shipped_calendar()
    assert calendar.is_working_day(dt.date(2018, 12, 29))
    assert not calendar.is_working_day(dt.date(2018, 12, 31))
    assert not calendar.is_working_day(dt.date(2022, 12, 31))


@pytest.mark.parametrize("year", [2017, 2018, 2019, 2021, 2022, 2024, 2025])
def test_the_files_agree_with_the_collected_notices(year: int, shared: Path) -> None:
    listed: dict[str, bool] = {}
    for path in sorted((shared / "data" / "holidays_cn").glob("2*.json")):
        listed |= {day["date"]: day["isOffDay"] for day in json.loads(path.read_text(encoding="utf-8"))["days"]}
    plan = {plan.year: plan for plan in shipped_plans()}[year]
    of_year = {dt.date.fromisoformat(day): off for day, off in listed.items() if day.startswith(str(year))}
    # The collection lacks the notice for 2023, which gave 2022-12-31 off; that day is a Saturday.
    assert {day for day, off in of_year.items() if off} == plan.off - {dt.date(2022, 12, 31)}
    assert {day for day, off in of_year.items() if not off} == plan.work


def test_a_faulty_year_file_is_refused_at_start(tmp_path: Path) -> None:
    plan = {"year": 2027, "region": "CN", "status": "official", "source": [{"title": "测试"}], "off": ["2027-01-01"]}
    (tmp_path / "CN").mkdir()
    (tmp_path / "CN" / "2028.json").write_text(json.dumps(plan | {"work": []}), encoding="utf-8")
    with pytest.raises(Refused, match="文件名与内容的地区、年份不一致"):
        shipped_plans(tmp_path)
    (tmp_path / "CN" / "2028.json").unlink()
    (tmp_path / "CN" / "2027.json").write_text(json.dumps(plan | {"work": ["2027-01-01"]}), encoding="utf-8")
    with pytest.raises(Refused, match="既列为放假又列为上班"):
        shipped_plans(tmp_path)
    assert year_files_check() == []
