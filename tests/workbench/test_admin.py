"""The administrators' pages: each of the three sees and does the own things only; a refusal changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongkai.ground.access.models import Deputy, Grant, ServiceToken
from gongkai.ground.access.roles import Role
from gongkai.ground.calendars.models import CalendarYear
from gongkai.ground.gate.table import ACTIONS
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.register.models import Event
from gongkai.ground.rulebook.models import RuleOverride
from gongkai.surfaces.workbench.admin_acts import ADMIN_ACTS
from gongkai.surfaces.workbench.pages import desk_page
from gongkai.surfaces.workbench.urls import urlpatterns
from tests.builders import LONG_AGO, Office, deputy, draft_record, organ, person, public_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db

PAGES = {
    "system": [
        "/desk/admin/operations/",
        "/desk/admin/organs/",
        "/desk/admin/calendars/",
        "/desk/admin/calendars/notice/",
        "/desk/admin/rules/",
    ],
    "security": ["/desk/admin/grants/", "/desk/admin/security/", "/desk/admin/security/log/"],
    "audit": ["/desk/admin/register/", "/desk/admin/events/"],
}
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年10月30日
"""


class Hall:
    """The office with the three administrators above it."""

    def __init__(self) -> None:
        self.root = organ("11330000000", "云洲市人民政府", type="government")
        self.office = Office(parent=self.root)
        roles = {"system": Role.SYSTEM_ADMIN, "security": Role.SECURITY_ADMIN, "audit": Role.AUDIT_ADMIN}
        self.people = {
            key: person(f"admin-{key}", self.root, role, with_subtree=True, name=key) for key, role in roles.items()
        }
        self.desk = Desk(self.office)

    def client(self, key: str) -> Client:
        return self.desk.client(self.people.get(key) or self.office.people[key])


@pytest.fixture
def hall(db: None, frozen_clock: dt.datetime) -> Hall:
    del db, frozen_clock
    return Hall()


def done(answer: Any) -> bool:
    return bool(answer.status_code == 302)


def test_every_page_of_the_workbench_asks_for_login(hall: Hall) -> None:
    from django.urls import reverse

    client = Client()
    for pattern in urlpatterns:
        values = {"pk": 1, "name": "record.submit", "finding_id": 1, "link_id": 1, "code": "drafts"}
        values["file_id"] = values["paper_id"] = "00000000-0000-0000-0000-000000000000"
        values["key"] = 1
        wanted = {name: values[name] for name in pattern.pattern.converters}
        address = reverse(f"workbench:{pattern.name}", kwargs=wanted)
        read, sent = client.get(address), client.post(address)
        assert read.status_code in (302, 405), address
        if read.status_code == 302:
            assert read.headers["Location"].startswith("/accounts/login/"), address
        # What was typed comes back, to be sent again after the login.
        assert sent.status_code in (401, 405), address
    assert desk_page.__doc__


@pytest.mark.parametrize("who", ["system", "security", "audit", "officer", "sign_off"])
def test_each_administrator_opens_the_own_pages_only(hall: Hall, who: str) -> None:
    client = hall.client(who)
    for owner, pages in PAGES.items():
        for page in pages:
            assert client.get(page).status_code == (200 if owner == who else 403), page


def test_administrators_see_no_record(hall: Hall) -> None:
    record = public_record(hall.office)
    for who in ("system", "security", "audit"):
        assert hall.client(who).get(f"/desk/records/{record.pk}/").status_code == 404
        assert "食品" not in hall.client(who).get("/desk/records/").content.decode()


def test_an_organ_and_its_people(hall: Hall) -> None:
    client = hall.client("system")
    facts = {"type": "department", "level": "city", "calendar": "CN", "review_preset": "township"}
    given = facts | {"organ": "11330000000", "code": "11330000007", "name": "云洲市园林局"}
    answer = client.post("/desk/admin/do/organ.establish/", given)
    made = Organ.objects.get(code="11330000007")
    assert (answer.headers["Location"], made.parent) == (f"/desk/admin/organs/{made.pk}/", hall.root)
    page = client.post("/desk/admin/do/organ.establish/", given)
    assert (page.status_code, "已经使用" in page.content.decode()) == (422, True)
    wrong = client.post(f"/desk/admin/do/organ.update/{made.pk}/", facts | {"credit_code": "11330000MA"})
    assert (wrong.status_code, "校验位" in wrong.content.decode()) == (422, True)
    assert done(client.post(f"/desk/admin/do/organ.rename/{made.pk}/", {"name": "云洲市园林和林业局"}))
    enrol = {"organ": "11330000007", "username": "zhao.lin", "name": "赵林"}
    assert done(client.post("/desk/admin/do/person.enrol/", enrol))
    zhao = Person.objects.get(username="zhao.lin")
    shown = client.post(f"/desk/admin/do/person.reset_password/{zhao.pk}/", {"once_key": "r1"})
    secret = shown.context["secret"]
    zhao.refresh_from_db()
    assert zhao.check_password(secret) and zhao.must_change_password
    again = client.post(f"/desk/admin/do/person.reset_password/{zhao.pk}/", {"once_key": "r1"})
    assert done(again) and secret not in str(Event.objects.values_list("data", flat=True))
    assert client.get(f"/desk/admin/organs/{made.pk}/").status_code == 200
    assert "赵林" in client.get(f"/desk/admin/people/{zhao.pk}/").content.decode()
    assert done(client.post(f"/desk/admin/do/person.disable/{zhao.pk}/"))
    assert "云洲市园林和林业局" in client.get("/desk/admin/organs/?q=园林").content.decode()


def test_grants_deputies_and_tokens(hall: Hall) -> None:
    client = hall.client("security")
    robot = person("robot", hall.office.organ, name="办公系统")
    given = {"person": "robot", "organ": hall.office.organ.code, "role": "service"}
    assert done(client.post("/desk/admin/do/access.grant/", given))
    twice = client.post("/desk/admin/do/access.grant/", given)
    assert (twice.status_code, "已有同样的授权" in twice.content.decode()) == (409, True)
    token = client.post(
        "/desk/admin/do/access.issue_token/", {"person": "robot", "label": "推送", "valid_until": "2026-12-31"}
    )
    assert token.context["secret"].startswith("gk_")
    row = ServiceToken.objects.get(person=robot)
    assert done(client.post(f"/desk/admin/do/access.revoke_token/{row.pk}/"))
    pair = {"principal": f"{hall.office.organ.code}-section", "deputy": f"{hall.office.organ.code}-editor"}
    days = {"valid_from": "2026-03-02", "valid_until": "2026-03-10"}
    assert done(client.post("/desk/admin/do/access.appoint/", pair | days))
    lent = Deputy.objects.get()
    assert done(client.post(f"/desk/admin/do/access.end_appointment/{lent.pk}/", {"on": ""}))
    grant = Grant.objects.get(person=robot)
    assert done(client.post(f"/desk/admin/do/access.end_grant/{grant.pk}/", {"on": "2026-03-05"}))
    assert client.get(f"/desk/admin/people/{robot.pk}/").status_code == 200
    assert client.get("/desk/admin/grants/?person=办公").status_code == 200


def test_a_security_administrator_grants_nothing_to_oneself(hall: Hall) -> None:
    given = {"person": "admin-security", "organ": "11330000000", "role": "officer"}
    answer = hall.client("security").post("/desk/admin/do/access.grant/", given)
    assert answer.status_code == 403
    assert Grant.objects.filter(person=hall.people["security"]).count() == 1


def test_calendar_by_notice_and_by_hand(hall: Hall) -> None:
    client = hall.client("system")
    page = client.post("/desk/admin/calendars/notice/", {"text": NOTICE, "step": "read"})
    assert (page.status_code, page.context["read"].year, CalendarYear.objects.count()) == (200, 2027, 0)
    assert done(client.post("/desk/admin/calendars/notice/", {"text": NOTICE, "step": "enter"}))
    assert CalendarYear.objects.get().year == 2027
    broken = client.post("/desk/admin/calendars/notice/", {"text": "放假通知", "step": "read"})
    assert (broken.status_code, "没有读懂" in broken.content.decode()) == (422, True)
    year = {"region": "CN", "year": "2028", "off": "2028-01-01", "source_title": "通知", "status": "provisional"}
    assert done(client.post("/desk/admin/do/calendar.enter_year/", year))
    again = client.post("/desk/admin/do/calendar.enter_year/", year)
    assert (again.status_code, CalendarYear.objects.count()) == (422, 2)
    assert "2027 年" in client.get("/desk/admin/calendars/").content.decode()


def test_presets_are_changed_and_statutes_are_not(hall: Hall) -> None:
    Grant.objects.create(
        person=hall.office.people["ogi"], role=Role.OGI_OFFICE, organ=hall.root, with_subtree=True, valid_from=LONG_AGO
    )
    client = hall.client("ogi")
    assert client.get("/desk/admin/rules/").status_code == 200
    page = client.get("/desk/admin/do/rule.override_preset/")
    keys = [key for key, _ in page.context["form"].fields["key"].choices]
    assert keys and "foi.reply" not in keys
    given = {
        "key": keys[0],
        "organ": hall.office.organ.code,
        "quantity": "7",
        "unit": "working_day",
        "citation": "市政府办公室通知",
        "reason": "本机关加快办理",
        "valid_from": "2026-03-02",
    }
    assert client.post("/desk/admin/do/rule.override_preset/", given | {"key": "foi.reply"}).status_code == 422
    assert done(client.post("/desk/admin/do/rule.override_preset/", given))
    row = RuleOverride.objects.get()
    assert client.post(f"/desk/admin/do/rule.end_override/{row.pk}/", {"last_day": "2026-04-01"}).status_code == 422
    ended = {"last_day": "2026-04-01", "reason": "恢复原规定"}
    assert done(client.post(f"/desk/admin/do/rule.end_override/{row.pk}/", ended))


def test_the_register_is_verified_and_events_are_read(hall: Hall) -> None:
    from gongkai.ground.register.log import seal

    record = public_record(hall.office)
    deputy(hall.office.people["section"], hall.office.people["editor"])
    client = hall.client("audit")
    seal()
    lines = client.get("/desk/admin/events/").content.decode()
    assert "审签同意公开" in lines and "食品" not in lines
    only = client.get("/desk/admin/events/?name=record.published").context["lines"]
    assert [line.event.name for line in only] == ["record.published"]
    of_record = client.get(f"/desk/admin/events/?subject=record {record.pk}").context["lines"]
    assert len(of_record) == Event.objects.filter(subject_type="record", subject_id=str(record.pk)).count()


def test_events_of_organs_out_of_reach_are_not_shown(hall: Hall) -> None:
    outside = Office("11340000001", "外市教育局")
    draft_record(outside)
    assert "外市教育局" not in hall.client("audit").get("/desk/admin/events/").content.decode()


def test_no_administrators_action_is_open_to_anybody_else(hall: Hall) -> None:
    target = hall.office.people["officer"]
    subjects = {Organ: hall.office.organ.pk, Person: target.pk, Grant: Grant.objects.filter(person=target).get().pk}
    before = Event.objects.count()
    for name in ADMIN_ACTS:
        spec = ACTIONS[name]
        tail = "" if spec.creates else f"{subjects.get(spec.model, 1)}/"
        for who in ("officer", "sign_off", "system", "security", "audit", "ogi"):
            person_asking = hall.people.get(who) or hall.office.people[who]
            from gongkai.ground.access.actors import actor_for

            if actor_for(person_asking).holds(spec.right):
                continue
            answer = hall.client(who).post(f"/desk/admin/do/{name}/{tail}")
            assert answer.status_code in (403, 404), (name, who)
    assert Event.objects.count() == before


def test_actions_on_records_are_no_administrators_actions(hall: Hall) -> None:
    record = draft_record(hall.office)
    for name in ("record.submit", "record.draft", "nothing"):
        assert hall.client("officer").post(f"/desk/admin/do/{name}/{record.pk}/").status_code == 404
        assert hall.client("officer").post(f"/desk/admin/do/{name}/").status_code == 404
