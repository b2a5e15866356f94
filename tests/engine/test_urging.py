"""Urging: who is told, how often in a day, what stays on record, and what is still open."""

from __future__ import annotations

import datetime as dt

import pytest

from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.notices.models import Notice
from gongkai.engine.records.actions import submit
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import agree, urge
from gongkai.engine.reviews.models import Urging
from gongkai.engine.reviews.urging import urged, urged_records
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.builders import Office, draft_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db
FRIDAY = dt.datetime(2026, 3, 6, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def office(db: None, frozen_clock: dt.datetime) -> Office:
    del db, frozen_clock
    return Office()


@pytest.fixture
def waiting(office: Office) -> Record:
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    Notice.objects.all().delete()
    return record


def test_who_holds_the_step_is_told_once_a_working_day(office: Office, waiting: Record) -> None:
    drafter = office.actor("officer")
    with clock.frozen(FRIDAY):
        urge(waiting, actor=drafter)
    told = Notice.objects.get()
    assert told.recipient == office.people["section"]
    assert told.text == f"催办（第1次）：请尽快办理“科室负责人审核”，草稿 {waiting.pk}，2026-03-06。"
    for later in (dt.timedelta(hours=5), dt.timedelta(days=1)):
        with clock.frozen(FRIDAY + later), pytest.raises(Refused) as refused:
            urge(waiting, actor=drafter)
        assert refused.value.code == "reviews.urged_today"
    assert Urging.objects.count() == Notice.objects.count() == 1
    with clock.frozen(FRIDAY + dt.timedelta(hours=6)):
        urge(waiting, actor=drafter, reason="今天下班前须公开")
    with clock.frozen(FRIDAY + dt.timedelta(days=3)):
        urge(waiting, actor=drafter)
    events = Event.objects.filter(name="record.urged").order_by("pk")
    assert [event.data["urged"][0]["count"] for event in events] == [1, 2, 3]
    assert events[1].data["note"] == "今天下班前须公开"


def test_what_was_urged_is_open_until_the_step_is_taken(office: Office, waiting: Record) -> None:
    urge(waiting, actor=office.actor("ogi"))
    assert [record.pk for record in urged_records()] == [waiting.pk]
    assert urged([waiting])[waiting.pk].count == 1
    agree(waiting, "section", actor=office.actor("section"))
    assert not urged_records().exists() and urged([waiting]) == {}


def test_nobody_urges_over_nothing_or_oneself(office: Office, waiting: Record) -> None:
    with pytest.raises(Refused) as nothing:
        urge(draft_record(office), actor=office.actor("ogi"))
    with pytest.raises(Refused) as oneself:
        urge(waiting, actor=office.actor("section"))
    assert (nothing.value.code, oneself.value.code) == ("reviews.nothing_to_urge", "reviews.nobody_to_urge")
    assert not Urging.objects.exists()


def test_an_overdue_draft_is_urged_at_its_drafter(office: Office, waiting: Record) -> None:
    from gongkai.engine.reviews.actions import return_for_correction

    return_for_correction(waiting, actor=office.actor("section"), reason="ground_missing", text="请补充公开依据。")
    Notice.objects.all().delete()
    late = Deadline.objects.get().due_on
    assert late is not None
    with clock.frozen(dt.datetime.combine(late, dt.time(4), dt.UTC) + dt.timedelta(days=3)):
        urge(waiting, actor=office.actor("ogi"))
    assert [notice.recipient for notice in Notice.objects.all()] == [office.people["officer"]]


def test_the_desk_shows_what_was_urged_and_prints_the_slip(office: Office, waiting: Record) -> None:
    desk = Desk(office)
    path = f"/desk/records/{waiting.pk}/"
    assert desk.client("officer").post(f"{path}do/record.urge/", {"reason": ""}).status_code == 302
    again = desk.client("officer").post(f"{path}do/record.urge/", {"reason": ""})
    assert again.status_code == 409 and "本工作日已经催办过" in again.content.decode()
    assert "已催办 1 次" in desk.client("section").get("/desk/").content.decode()
    assert "催办未办结" in desk.client("sign_off").get("/desk/").content.decode()
    assert "催办未办结<span" not in desk.client("editor").get("/desk/").content.decode()
    page = desk.client("officer").get(path).content.decode()
    assert "已催办 1 次" in page and f"{path}urging/" in page
    slip = desk.client("officer").get(f"{path}urging/").content.decode()
    assert "催办单" in slip and "科室负责人审核" in slip and waiting.title in slip
