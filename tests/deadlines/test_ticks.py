"""Owners are told: of a moved end, of one that passed, and 5, 3, 1 and 0 working days before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gongkai.config import env
from gongkai.engine.deadlines.actions import start
from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.deadlines.ticks import calendars_changed, deadlines_passed, remind
from gongkai.engine.notices.models import Notice
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.calendars.actions import enter_year
from gongkai.ground.calendars.plans import Source
from gongkai.ground.organs.models import Organ, Person

pytestmark = pytest.mark.django_db

D = dt.date.fromisoformat


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setattr(env, "WEBHOOK_URL", "https://robot.test/hook")
    organ = Organ.objects.create(code="YZ", name="云洲市教育局", type="department", level="city")
    return Person.objects.create(username="owner", name="某某", organ=organ)


def begin(owner: Person, on: str) -> Deadline:
    return start(
        actor=SYSTEM,
        subject_type="case",
        subject_id="2026-7",
        organ=owner.organ,
        rule_key="foi.reply",
        on=D(on),
        owners=[owner],
    )


def at(day: str) -> Any:
    return clock.frozen(dt.datetime.fromisoformat(f"{day}T09:00:00+08:00"))


def texts() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("text", flat=True))


def test_reminders_go_out_once_each(owner: Person) -> None:
    begin(owner, "2026-03-02")
    for day in ("2026-03-20", "2026-03-23", "2026-03-24", "2026-03-25", "2026-03-27", "2026-03-28", "2026-03-30"):
        with at(day):
            remind()
            assert remind() == 0
    assert texts() == [
        "“政府信息公开申请答复（2026-7）”2026-03-30到期，还有5个工作日。",
        "“政府信息公开申请答复（2026-7）”2026-03-30到期，还有3个工作日。",
        "“政府信息公开申请答复（2026-7）”2026-03-30到期，还有1个工作日。",
        "“政府信息公开申请答复（2026-7）”2026-03-30到期，今天到期。",
    ]


def test_a_passed_clock_is_told_once(owner: Person) -> None:
    begin(owner, "2026-03-02")
    with at("2026-03-31"):
        assert (deadlines_passed(), deadlines_passed()) == (1, 0)
    assert texts() == ["“政府信息公开申请答复（2026-7）”已于2026-03-30到期，尚未完成。"]


@pytest.mark.parametrize(
    ("off", "moved"),
    [
        (["2027-01-01", "2027-01-04"], "由2027-01-19调整为2027-01-20"),
        (["2027-01-01"], "仍为2027-01-19，已由暂定转为正式"),
    ],
)
def test_a_moved_end_is_told_with_before_and_after(owner: Person, off: list[str], moved: str) -> None:
    begin(owner, "2026-12-21")
    enter_year(actor=SYSTEM, year=2027, off=off, source=[Source("通知（测试）")])
    assert (calendars_changed(), calendars_changed()) == (1, 0)
    assert texts() == [f"“政府信息公开申请答复（2026-7）”时限{moved}（工作日历或者规则有变）。"]
    assert Notice.objects.get().recipient == owner


def test_without_a_channel_the_reminder_waits_on_the_owners_page(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "WEBHOOK_URL", "")
    begin(owner, "2026-03-02")
    with at("2026-03-30"):
        assert remind() == 1
    assert texts() == ["“政府信息公开申请答复（2026-7）”2026-03-30到期，今天到期。"]
