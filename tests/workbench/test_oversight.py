"""What auditors and the security administrator see: events found and taken out, verifications kept, what to watch."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from gongkai.engine.notices.models import Dispatch
from gongkai.engine.records.actions import submit
from gongkai.ground import clock
from gongkai.ground.access.actions import note, open_session
from gongkai.ground.access.models import Export, Grant, StaffSession
from gongkai.ground.access.roles import Role
from gongkai.ground.files.actions import upload
from gongkai.ground.register.actions import ask_again, run
from gongkai.ground.register.log import seal
from gongkai.ground.register.models import Event, Verification
from tests.builders import Office, draft_record, organ, person
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db
EVENTS, REGISTER, SECURITY = "/desk/admin/events/", "/desk/admin/register/", "/desk/admin/security/"


class Watchers:
    """An office and the three administrators above it."""

    def __init__(self) -> None:
        self.root = organ("11330000000", "云洲市人民政府", type="government")
        self.office = Office(parent=self.root)
        self.desk = Desk(self.office)
        roles = {"security": Role.SECURITY_ADMIN, "audit": Role.AUDIT_ADMIN, "system": Role.SYSTEM_ADMIN}
        self.people = {key: person(f"admin-{key}", self.root, role, with_subtree=True) for key, role in roles.items()}

    def client(self, key: str) -> Client:
        return self.desk.client(self.people.get(key) or self.office.people[key])


@pytest.fixture
def watchers(db: None, frozen_clock: dt.datetime) -> Watchers:
    del db, frozen_clock
    return Watchers()


def names(answer: Any) -> list[str]:
    return [line.event.name for line in answer.context["lines"]]


def test_events_are_found_by_subject_person_organ_and_day(watchers: Watchers) -> None:
    record = draft_record(watchers.office)
    with clock.frozen(clock.now() + dt.timedelta(days=3)):
        submit(record, actor=watchers.office.actor("officer"))
    client = watchers.client("audit")
    assert names(client.get(f"{EVENTS}?subject=record {record.pk}")) == ["record.submitted", "record.drafted"]
    assert names(client.get(f"{EVENTS}?from=2026-03-05&type=record")) == ["record.submitted"]
    assert names(client.get(f"{EVENTS}?until=2026-03-02&type=record")) == ["record.drafted"]
    assert "record.drafted" in names(client.get(f"{EVENTS}?who=11330000001-officer"))
    assert names(client.get(f"{EVENTS}?who=不存在的人")) == []
    assert "record.drafted" in names(client.get(f"{EVENTS}?organ=云洲市教育局"))
    assert names(client.get(f"{EVENTS}?organ=云洲市人民政府&type=record")) == []


def test_events_are_paged_by_moment(watchers: Watchers) -> None:
    for _ in range(60):
        draft_record(watchers.office)
    client, seen, url = watchers.client("audit"), [], f"{EVENTS}?name=record.drafted"
    while url:
        answer = client.get(url)
        seen += [line.event.pk for line in answer.context["lines"]]
        more = answer.context["page"].next_url
        url = f"{EVENTS}{more}" if more else ""
    assert len(seen) == len(set(seen)) == 60


def test_what_is_taken_out_is_an_event_with_a_reason(watchers: Watchers) -> None:
    draft_record(watchers.office)
    client = watchers.client("audit")
    assert client.post(f"{EVENTS}export/?name=record.drafted", {"reason": ""}).status_code == 422
    assert Export.objects.count() == 0
    answer = client.post(f"{EVENTS}export/?name=record.drafted", {"reason": "年度审计"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[1].split(",")[1:3]) == (2, ["起草", "record.drafted"])
    assert Export.objects.values_list("what", "rows", "reason").get() == ("events", 1, "年度审计")
    assert Event.objects.get(name="export.made").data["rows"] == 1
    assert watchers.client("security").post(f"{EVENTS}export/", {"reason": "看看"}).status_code == 403


def test_opening_a_sealed_attachment_is_listed(watchers: Watchers) -> None:
    from gongkai.engine.records.attachments import entry_of

    file, _ = upload(b"text", "a.txt", organ=watchers.office.organ, actor=watchers.office.actor("officer"))
    record = draft_record(watchers.office, files=[entry_of(file)])
    answer = watchers.client("section").get(f"/desk/records/{record.pk}/files/{file.pk}/")
    assert b"".join(answer.streaming_content) == b"text"
    found = watchers.client("audit").get(f"{EVENTS}?looks=1")
    assert names(found) == ["file.read"]
    assert found.context["lines"][0].event.actor == f"person:{watchers.office.people['section'].ref}"


def test_a_verification_is_owed_done_once_and_kept(watchers: Watchers, django_capture_on_commit_callbacks: Any) -> None:
    draft_record(watchers.office)
    seal()
    client = watchers.client("audit")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(REGISTER).status_code == 302
    owed = Verification.objects.get()
    assert (owed.finished_at, DBTaskResult.objects.count()) == (None, 1)
    page = client.get(REGISTER).content.decode()
    assert "正在核验" in page and "现在核验全部内容" not in page
    assert client.post(REGISTER).status_code == 409
    assert (ask_again(), run(owed.pk), run(owed.pk)) == (0, True, False)
    owed.refresh_from_db()
    assert (owed.is_sound, owed.total, owed.checked["events"]) == (True, 0, Event.objects.count() - 1)
    assert Event.objects.get(name="register.verified").data["sound"] is True
    assert "全部一致" in client.get(REGISTER).content.decode()
    assert "全部一致" in client.get(REGISTER, headers={"HX-Request": "true"}).content.decode()
    with clock.frozen(clock.now() + dt.timedelta(days=31)):
        later = watchers.client("audit").get(REGISTER).content.decode()
    assert "已超过 30 天" in later


def test_a_verification_left_by_a_dead_worker_is_asked_again(watchers: Watchers) -> None:
    now = clock.now()
    Verification.objects.create(asked_by="system", asked_at=now, started_at=now)
    assert ask_again() == 0
    with clock.frozen(now + dt.timedelta(hours=7)):
        assert ask_again() == 1
        assert run(Verification.objects.get().pk) is True


def test_the_security_administrator_sees_what_to_watch_and_ends_a_session(watchers: Watchers) -> None:
    officer = watchers.office.people["officer"]
    note("sign_in_failed", username="stranger")
    note("locked_out", username="stranger")
    open_session(officer, "k" * 32, address="10.0.0.1", limit=3)
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={})
    Grant.objects.filter(person=officer).update(valid_until=clock.today() + dt.timedelta(days=10))
    client = watchers.client("security")
    watch = client.get(SECURITY).context["watch"]
    assert (watch.failed, [row.username for row in watch.locked]) == (1, ["stranger"])
    assert [row.person for row in watch.sessions] == [officer]
    assert (watch.codeless_count, officer in watch.codeless) == (11, False)
    assert [row.person for row in watch.ending] == [officer]
    row = StaffSession.objects.get(person=officer)
    assert watchers.client("audit").post(f"{SECURITY}sessions/{row.pk}/end/").status_code == 404
    assert client.post(f"{SECURITY}sessions/{row.pk}/end/").status_code == 302
    row.refresh_from_db()
    assert (row.end_reason, row.session_key, row.ended_at) == ("ended_by_admin", "", clock.now())
    assert Event.objects.filter(name="session.ended").count() == 1


def test_the_security_log_is_filtered_and_taken_out(watchers: Watchers) -> None:
    note("sign_in_failed", username="=cmd")
    note("signed_out", username="other")
    client = watchers.client("security")
    page = client.get(f"{SECURITY}log/?name=sign_in_failed")
    assert [line.row.username for line in page.context["lines"]] == ["=cmd"]
    answer = client.post(f"{SECURITY}log/export/?name=sign_in_failed", {"reason": "核查"})
    assert answer.content.decode("utf-8-sig").splitlines()[1].endswith(",登录失败,'=cmd,,")


def test_grants_and_people_are_found_by_what_is_unusual(watchers: Watchers) -> None:
    officer = watchers.office.people["officer"]
    Grant.objects.filter(person=officer).update(valid_until=clock.today() + dt.timedelta(days=10))
    bare = person("bare", watchers.office.organ, name="无权者")
    client = watchers.client("security")

    def found(query: str) -> list[str]:
        return [row["row"].person.username for row in client.get(f"/desk/admin/grants/?{query}").context["grants"]]

    assert found("ends=soon") == [officer.username]
    assert found("role=signer") == ["11330000001-sign_off"]
    assert found("ends=over") == []
    people = client.get("/desk/admin/people/?only=bare").context["rows"]
    assert list(people) == [bare]
    fresh = person("fresh", watchers.office.organ, name="新来的")
    fresh.must_change_password = True
    fresh.save()
    page = watchers.client("system").get("/desk/admin/people/?only=new").content.decode()
    assert "新来的" in page and "再发初始密码" in page


def test_the_watch_pages_cost_no_more_with_more_rows(watchers: Watchers) -> None:
    def count(who: str, path: str) -> int:
        client = watchers.client(who)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    def grow(number: int) -> None:
        office = Office(f"4433{number:07d}", f"云洲市第{number}局", parent=watchers.root)
        draft_record(office)
        for key in office.people:
            open_session(office.people[key], f"{number}{key}".ljust(32, "x"), address=None, limit=3)
            note("locked_out", person=office.people[key])

    pages = [("security", SECURITY), ("security", f"{SECURITY}log/"), ("security", "/desk/admin/grants/")]
    pages += [("system", "/desk/admin/people/"), ("audit", EVENTS), ("audit", REGISTER)]
    grow(1)
    before = [count(*page) for page in pages]
    for number in range(2, 6):
        grow(number)
    assert [count(*page) for page in pages] == before


def test_the_security_log_of_another_organ_is_not_shown(watchers: Watchers) -> None:
    other = organ("11330000009", "云洲市民政局", watchers.root)
    note("signed_in", person=person("elsewhere", other, name="别处之人"))
    note("signed_in", person=watchers.office.people["officer"])
    here = watchers.desk.client(person("security-here", watchers.office.organ, Role.SECURITY_ADMIN))
    for client, is_shown in ((here, False), (watchers.client("security"), True)):
        page = client.get(f"{SECURITY}log/").content.decode()
        sheet = client.post(f"{SECURITY}log/export/", {"reason": "核对"}).content.decode()
        assert ("别处之人" in page, "别处之人" in sheet) == (is_shown, is_shown)
        assert watchers.office.people["officer"].username in page


def test_a_name_tried_is_shown_to_who_looks_after_its_account_and_an_unknown_one_to_the_whole_site(
    watchers: Watchers,
) -> None:
    other = person("elsewhere", organ("11330000009", "云洲市民政局", watchers.root))
    mine = watchers.office.people["officer"].username
    for name in (other.username, mine, "stranger", "stranger", ""):
        note("sign_in_failed", username=name)
    note("locked_out", username=other.username)
    here = watchers.desk.client(person("security-here", watchers.office.organ, Role.SECURITY_ADMIN))

    def seen(client: Client) -> tuple[list[str], int, list[str], int]:
        lines = client.get(f"{SECURITY}log/?name=sign_in_failed").context["lines"]
        page = client.get(SECURITY).context
        often = [row["username"] for row in page["often"]]
        return sorted(line.row.username for line in lines), page["watch"].failed, often, len(page["watch"].locked)

    assert seen(here) == ([mine], 1, [mine], 0)
    whole = sorted([other.username, mine, "stranger", "stranger", ""])
    assert seen(watchers.client("security"))[:2] == (whole, 5)
    assert "elsewhere" not in here.post(f"{SECURITY}log/export/", {"reason": "核对"}).content.decode()


def test_a_message_given_up_is_shown_to_who_looks_after_its_recipient(watchers: Watchers) -> None:
    there = person("elsewhere", organ("11330000009", "云洲市民政局", watchers.root), name="别处之人")
    for recipient in (there, watchers.office.people["officer"], None):
        Dispatch.objects.create(
            recipient=recipient,
            channel="webhook",
            text="x",
            queued_at=clock.now(),
            try_at=clock.now(),
            given_up_at=clock.now(),
        )
    here = watchers.desk.client(person("system-here", watchers.office.organ, Role.SYSTEM_ADMIN))
    shown = [row.recipient for row in here.get("/desk/admin/operations/").context["owed"].undelivered]
    assert shown == [watchers.office.people["officer"]]
    assert len(watchers.client("system").get("/desk/admin/operations/").context["owed"].undelivered) == 3
