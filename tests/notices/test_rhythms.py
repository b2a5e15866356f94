"""Quiet hours, gathering within a window, the daily message."""

from __future__ import annotations

import datetime as dt

import pytest

from gongkai.config import env
from gongkai.engine.notices.actions import choose, set_quiet_hours
from gongkai.engine.notices.models import Notice
from gongkai.engine.notices.outbox import deliver, queue_notice
from gongkai.ground import clock
from gongkai.ground.access.actors import actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.refusal import Refused
from tests.builders import Office, person
from tests.notices.peers import Peer, texts

pytestmark = pytest.mark.django_db


def shanghai(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-03-{text}:00+08:00")


def due(office: Office, at: str, *, is_urgent: bool = False) -> str:
    """When a notice queued at a moment leaves, Shanghai time."""
    Notice.objects.all().delete()
    with clock.frozen(shanghai(at)):
        queue_notice(
            [office.people["officer"]], subject_type="record", subject_id="7", text="编号 7。", is_urgent=is_urgent
        )
    return Notice.objects.get().due_at.astimezone(clock.SHANGHAI).strftime("%dT%H:%M")


@pytest.mark.parametrize(
    ("queued", "leaves"),
    [
        ("02T09:00", "02T09:10"),
        ("02T21:49", "02T21:59"),
        ("02T21:50", "03T07:00"),
        ("02T23:30", "03T07:00"),
        ("03T00:00", "03T07:00"),
        ("03T06:49", "03T07:00"),
        ("03T06:50", "03T07:00"),
        ("03T06:51", "03T07:01"),
    ],
)
def test_usual_quiet_hours_are_22_to_7_after_gathering(queued: str, leaves: str) -> None:
    assert due(Office(), queued) == leaves


def test_an_urgent_notice_passes_quiet_hours() -> None:
    assert due(Office(), "02T23:30", is_urgent=True) == "02T23:30"


def test_an_organ_sets_quiet_hours_and_a_person_sets_others() -> None:
    office = Office()
    admin = actor_for(person("sys", office.organ, Role.SYSTEM_ADMIN))
    for hours in ((dt.time(12), dt.time(14)), (dt.time(18), dt.time(8, 30))):
        set_quiet_hours(actor=admin, organ=office.organ, quiet_from=hours[0], quiet_until=hours[1])
    assert (due(office, "02T12:30"), due(office, "02T19:00")) == ("02T12:40", "03T08:30")
    choose(office.actor("officer"), channels=[], rhythm="each", quiet=(dt.time(13), dt.time(13, 30)))
    assert (due(office, "02T13:10"), due(office, "02T19:00")) == ("02T13:30", "02T19:00")
    with pytest.raises(Refused) as refusal:
        set_quiet_hours(
            actor=office.actor("officer"), organ=office.organ, quiet_from=dt.time(1), quiet_until=dt.time(2)
        )
    assert refusal.value.code == "gate.no_right"


def test_no_quiet_hours_where_the_operator_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "QUIET_HOURS", "-")
    assert due(Office(), "02T23:30") == "02T23:40"


def test_notices_within_a_window_become_one_message_when_the_first_is_due(robot: Peer) -> None:
    office = Office()
    for minute, number in ((0, 7), (4, 8), (9, 9)):
        with clock.frozen(shanghai(f"02T09:0{minute}")):
            queue_notice(
                [office.people["officer"]], subject_type="record", subject_id=str(number), text=f"编号 {number}。"
            )
            assert deliver() == 0
    with clock.frozen(shanghai("02T09:10")):
        assert (deliver(), deliver()) == (1, 0)
    assert texts(robot) == ["编号 7。\n编号 8。\n编号 9。"]


def test_a_daily_message_comes_once_at_its_time_and_urgent_ones_do_not_wait(robot: Peer) -> None:
    office = Office()
    choose(office.actor("officer"), channels=["webhook"], rhythm="daily", daily_at=dt.time(8, 30))
    for at in ("02T09:00", "02T15:00"):
        with clock.frozen(shanghai(at)):
            queue_notice([office.people["officer"]], subject_type="record", subject_id="7", text=f"编号 {at[3:5]}。")
            queue_notice(
                [office.people["officer"]], subject_type="record", subject_id="1", text="紧急 1。", is_urgent=True
            )
            assert deliver() == 1
    with clock.frozen(shanghai("03T08:29")):
        assert deliver() == 0
    with clock.frozen(shanghai("03T08:30")):
        assert (deliver(), deliver()) == (1, 0)
    assert texts(robot) == ["紧急 1。", "紧急 1。", "编号 09。\n编号 15。"]


def test_a_retry_of_a_personal_message_waits_for_the_end_of_quiet_hours(mailbox: object) -> None:
    from gongkai.engine.notices.models import Dispatch

    office = Office()
    office.people["officer"].email = "officer@example.org"
    office.people["officer"].save()
    mailbox.refusals = 1  # type: ignore[attr-defined]
    with clock.frozen(shanghai("02T21:49")):
        queue_notice([office.people["officer"]], subject_type="record", subject_id="7", text="编号 7。")
    with clock.frozen(shanghai("02T21:59")):
        assert deliver() == 0
    assert Dispatch.objects.get().try_at == shanghai("03T07:00")
