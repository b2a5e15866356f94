"""A person's own notices and settings; the operator's view of the outbox, without contents."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from gongkai.config import env
from gongkai.engine.notices.models import ContactAddress, Notice, NoticePreference
from gongkai.engine.notices.outbox import deliver, queue_notice
from gongkai.ground import clock
from gongkai.ground.access.roles import Role
from tests.builders import Office, person
from tests.notices.peers import Peer, running

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
FORM = {"channels": ["sms"], "rhythm": "daily", "daily_at": "09:15", "quiet_from": "", "quiet_until": ""}


def client_of(office: Office, key: str) -> Client:
    client = Client()
    client.force_login(office.people[key], backend="django.contrib.auth.backends.ModelBackend")
    return client


def owe(office: Office, key: str, count: int = 1) -> None:
    with clock.frozen(MOMENT):
        for number in range(count):
            queue_notice([office.people[key]], subject_type="record", subject_id="7", text=f"编号 {number}，{key}。")


def test_a_person_sees_and_reads_own_notices_only() -> None:
    office = Office()
    owe(office, "officer")
    owe(office, "editor")
    client = client_of(office, "officer")
    page = client.get("/desk/notices/").content.decode()
    assert "编号 0，officer。" in page
    assert "editor。" not in page
    assert "有 <strong>1</strong> 条未读" in page
    foreign = Notice.objects.get(recipient=office.people["editor"])
    client.post("/desk/notices/read/", {"notice": [foreign.pk]})
    assert Notice.objects.filter(read_at__isnull=True).count() == 2
    client.post("/desk/notices/read/", {"all": "1"})
    assert list(Notice.objects.filter(read_at__isnull=True)) == [foreign]


def test_the_list_costs_the_same_however_long(django_assert_num_queries: object) -> None:
    office = Office()
    counts = []
    for _ in range(2):
        owe(office, "officer", 40)
        client = client_of(office, "officer")
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/notices/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_person_chooses_channel_rhythm_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "SMS_URL", "https://sms.test/")
    office = Office()
    client = client_of(office, "officer")
    wrong = client.post("/desk/notices/settings/", {**FORM, "address_sms": "110"})
    assert (wrong.status_code, NoticePreference.objects.count()) == (422, 0)
    assert "手机号写11位数字" in wrong.content.decode()
    half = client.post("/desk/notices/settings/", {**FORM, "quiet_from": "22:00", "address_sms": ""})
    assert half.status_code == 422
    assert client.post("/desk/notices/settings/", {**FORM, "address_sms": "13800000000"}).status_code == 302
    own = NoticePreference.objects.get(person=office.people["officer"])
    assert (own.rhythm, own.daily_at) == ("daily", dt.time(9, 15))
    assert set(own.channels) == {"email", "wecom", "dingtalk", "webhook", "sms"}
    assert ContactAddress.objects.get().address == "13800000000"
    assert "13800000000" in client.get("/desk/notices/settings/").content.decode()


def test_the_operator_sees_counts_and_failures_and_no_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer((503, ""))
    office = Office()
    person("sys", office.organ, Role.SYSTEM_ADMIN, with_subtree=True)
    monkeypatch.setattr(env, "WEBHOOK_URL", f"{peer.url}/hook?key=k3y")
    owe(office, "officer")
    with running(peer):
        for hour in range(1, 60, 5):
            with clock.frozen(MOMENT + dt.timedelta(hours=hour)):
                deliver()
    client = Client()
    from gongkai.ground.organs.models import Person

    client.force_login(Person.objects.get(username="sys"), backend="django.contrib.auth.backends.ModelBackend")
    with clock.frozen(MOMENT + dt.timedelta(days=3)):
        page = client.get("/desk/admin/operations/").content.decode()
    assert "HTTP 503" in page
    assert 'data-label="尝试">8 次' in page
    assert "编号 0" not in page
    assert "k3y" not in page
