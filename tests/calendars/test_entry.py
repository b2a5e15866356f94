"""A year is entered through the gate: checked, versioned, and counted at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gongkai.ground.access.actors import SYSTEM, actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.calendars.actions import enter_notice, enter_year
from gongkai.ground.calendars.models import CalendarYear
from gongkai.ground.calendars.notice import parse_notice
from gongkai.ground.calendars.plans import Source
from gongkai.ground.calendars.queries import calendar, history, plans, regions
from gongkai.ground.calendars.reckoning import Reached
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event

pytestmark = pytest.mark.django_db

D = dt.date.fromisoformat
NOTICE = Source("国务院办公厅关于2027年部分节假日安排的通知", "国办发明电〔2026〕9号", "2026-11-10")
OFF_2027 = ["2027-01-01", "2027-01-02", "2027-01-03", "2027-02-05", "2027-02-08"]


def person_with(role: Role) -> Any:
    organ = Organ.objects.create(code="YZ", name="云洲市人民政府", type="government", level="city")
    who = Person.objects.create(username="admin", name="管理员", organ=organ)
    who.grants.create(role=role, organ=organ, with_subtree=True, valid_from=D("2020-01-01"))
    return actor_for(who)


def enter(**changes: Any) -> CalendarYear:
    facts: dict[str, Any] = {"actor": SYSTEM, "year": 2027, "off": OFF_2027, "work": ["2027-01-30"], "source": [NOTICE]}
    row: CalendarYear = enter_year(**(facts | changes))
    return row


def test_an_entered_year_is_known_at_once_and_an_event_says_who() -> None:
    admin = person_with(Role.SYSTEM_ADMIN)
    assert calendar().add_working_days(D("2026-12-31"), 1) == Reached(D("2027-01-04"), True)
    before = calendar().version
    row = enter(actor=admin)
    assert calendar().version != before
    assert calendar().is_known(2027)
    assert calendar().is_working_day(D("2027-01-30"))
    assert calendar().add_working_days(D("2026-12-31"), 1) == Reached(D("2027-01-04"), False)
    event = Event.objects.get(name="calendar.year_entered")
    assert (event.actor, event.subject_id, row.entered_by) == (admin.ref, str(row.pk), admin.ref)
    assert event.data["off"] == OFF_2027


def test_who_may_not_maintain_calendars_changes_nothing() -> None:
    with pytest.raises(Refused) as refused:
        enter(actor=person_with(Role.OFFICER))
    assert refused.value.code == "gate.no_right"
    assert not CalendarYear.objects.exists()
    assert not Event.objects.exists()


def test_a_provisional_year_counts_but_stays_provisional() -> None:
    enter(status="provisional")
    assert calendar().is_known(2027)
    assert calendar().add_working_days(D("2026-12-31"), 1) == Reached(D("2027-01-04"), True)


def test_a_change_is_a_new_row_with_a_reason() -> None:
    first = enter()
    with pytest.raises(Refused) as refused:
        enter(off=OFF_2027[:3])
    assert refused.value.code == "calendar.reason_needed"
    second = enter(off=OFF_2027[:3], reason="通知作了调整")
    assert second.replaces == first
    assert CalendarYear.objects.get(pk=first.pk).off == OFF_2027
    assert [row.pk for row in history("CN", 2027)] == [second.pk, first.pk]
    assert calendar().is_working_day(D("2027-02-05"))


def test_a_delivered_year_may_be_replaced_too() -> None:
    enter(year=2026, off=["2026-01-01"], work=[], reason="测试")
    assert calendar().is_working_day(D("2026-01-02"))
    assert [plan.year for plan in plans("CN")] == list(range(2017, 2027))


def test_a_region_overlays_the_country() -> None:
    enter_year(
        actor=SYSTEM,
        year=2026,
        off=["2026-03-20"],
        work=["2026-03-22"],
        source=[Source("青海省人民政府办公厅通知（测试）")],
        region="CN-63",
    )
    assert not calendar("CN-63").is_working_day(D("2026-03-20"))
    assert calendar("CN-63").is_working_day(D("2026-03-22"))
    assert calendar().is_working_day(D("2026-03-20"))
    assert calendar("CN-63").is_known(2026)
    assert not calendar("CN-63").is_known(2027)


def test_a_region_of_ones_own_needs_a_name_and_overlays_any_base() -> None:
    local = {"actor": SYSTEM, "year": 2026, "off": ["2026-06-01"], "source": [Source("测试")], "region": "yunzhou"}
    with pytest.raises(Refused) as refused:
        enter_year(**local)
    assert refused.value.code == "calendar.unknown_region"
    enter_year(**local, region_name="云洲市", base="CN-63")
    assert regions()["yunzhou"].base == "CN-63"
    assert not calendar("yunzhou").is_working_day(D("2026-06-01"))
    with pytest.raises(Refused):
        calendar("elsewhere")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"off": []}, "放假日期为空"),
        ({"off": ["2027-01-01", "2027-01-01"]}, "2027-01-01重复"),
        ({"off": ["2026-12-31"]}, "2026-12-31不在2027年"),
        ({"off": ["元旦"]}, "“元旦”不是日期"),
        ({"work": ["2027-01-02"]}, "2027-01-02既列为放假又列为上班"),
        ({"work": ["2027-01-29"]}, "2027-01-29本来就是工作日"),
        ({"off": [dt.date(2027, 1, 1) + dt.timedelta(n) for n in range(61)], "work": []}, "放假61天"),
        ({"year": 1900}, "年份须在1990至2100之间"),
        ({"status": "maybe"}, "状态“maybe”"),
        ({"source": []}, "没有写明来源"),
    ],
)
def test_a_faulty_year_is_refused_with_its_fault(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(Refused) as refused:
        enter(**changes)
    assert refused.value.code == "calendar.invalid_year"
    assert fault in str(refused.value)
    assert not CalendarYear.objects.exists()


def test_a_notice_enters_its_year_and_corrects_the_end_of_the_year_before() -> None:
    notice = parse_notice(
        "国务院办公厅关于2027年部分节假日安排的通知\n国办发明电〔2026〕9号\n"
        "一、元旦：2026年12月31日至2027年1月2日放假调休，共3天。2026年12月27日（星期日）上班。"
    )
    rows = enter_notice(notice, actor=SYSTEM)
    assert [(row.year, row.off[-1], row.work[-1:]) for row in rows] == [
        (2026, "2026-12-31", ["2026-12-27"]),
        (2027, "2027-01-02", []),
    ]
    assert calendar().is_working_day(D("2026-12-27"))
    assert not calendar().is_working_day(D("2026-12-31"))
    assert not calendar().is_working_day(D("2026-10-01"))


def test_asking_again_costs_one_small_query(django_assert_num_queries: Any) -> None:
    enter()
    calendar()
    with django_assert_num_queries(1):
        assert calendar() is calendar.__globals__["_built"]["CN"][1]
