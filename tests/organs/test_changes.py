"""Names, ends, successions, people and posts."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

import pytest
from django.conf import settings

from gongkai.ground.access.actions import open_session
from gongkai.ground.access.actors import SYSTEM, actor_for
from gongkai.ground.access.models import StaffSession
from gongkai.ground.access.roles import ADMIN_ROLES, Role
from gongkai.ground.gate.door import can
from gongkai.ground.organs import actions, holdings
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.organs.queries import in_force, resolve_organ, successor_of
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.people import as_actor, make_grant, make_organ, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
PASSWORD = "yunzhou-2026-qiao"


@pytest.fixture
def city():
    return make_organ(
        "YZ", name="云洲市人民政府", short_name="市政府", type="government", document_prefixes=["云政发", "云政"]
    )


@pytest.fixture
def bureau(city):
    return make_organ("YZ-CZ", city, name="云洲市财政局", short_name="市财政局")


def test_an_organ_is_found_by_every_name_it_is_printed_under(city, bureau):
    assert resolve_organ("云洲市人民政府") == city
    assert resolve_organ(" 云 洲 市\u3000财政局") == bureau
    assert resolve_organ("市财政局") == bureau
    assert resolve_organ("云政发") == city
    assert resolve_organ("云政办发") is None
    assert resolve_organ("") is None


def test_a_name_shared_by_two_is_decided_by_the_tree_or_not_at_all(city, bureau):
    other = make_organ("HZ", name="湖州市人民政府", type="government")
    make_organ("HZ-CZ", other, name="湖州市财政局", short_name="市财政局")
    assert resolve_organ("市财政局") is None
    assert resolve_organ("市财政局", near=bureau) == bureau
    assert resolve_organ("市财政局", near=city) == bureau


def test_a_former_name_is_still_found(city, bureau):
    actions.rename(bureau, actor=SYSTEM, name="云洲市财政和国资局", short_name="市财政国资局", basis="云编〔2026〕1号")
    assert resolve_organ("云洲市财政局") == resolve_organ("云洲市财政和国资局") == bureau
    assert resolve_organ("市财政局") == bureau
    event = Event.objects.latest("id")
    assert event.name == "organ.renamed"
    assert event.data["name"] == ["云洲市财政局", "云洲市财政和国资局"]


def test_functions_pass_to_a_successor_and_the_predecessor_ends(city, bureau):
    heir = make_organ("YZ-GZ", city, name="云洲市国资局")
    day = dt.date(2026, 3, 2)
    actions.succeed(bureau, actor=SYSTEM, successor=heir, on=day, basis="云编〔2026〕2号")
    assert bureau.valid_until == day
    assert successor_of(bureau) == heir
    assert successor_of(heir) == heir
    assert resolve_organ("云洲市财政局") == bureau
    assert not Organ.objects.filter(in_force(day), pk=bureau.pk).exists()
    assert Organ.objects.filter(in_force(day - dt.timedelta(days=1)), pk=bureau.pk).exists()
    with pytest.raises(Refused) as no:
        actions.succeed(bureau, actor=SYSTEM, successor=heir, on=day)
    assert no.value.code == "organs.ended"


def test_nobody_succeeds_himself(city, bureau):
    heir = make_organ("YZ-GZ", city)
    actions.succeed(heir, actor=SYSTEM, successor=bureau, on=dt.date(2026, 3, 1), is_dissolved=False)
    with pytest.raises(Refused) as no:
        actions.succeed(bureau, actor=SYSTEM, successor=bureau, on=dt.date(2026, 3, 1))
    assert no.value.code == "organs.same_organ"
    assert bureau.valid_until is None


def test_an_organ_with_open_work_is_not_abolished(city, bureau, monkeypatch):
    person = make_person("li", bureau)
    day = dt.date(2026, 3, 2)
    with pytest.raises(Refused) as no:
        actions.abolish(city, actor=SYSTEM, on=day)
    assert no.value.code == "organs.still_holds"
    assert "1个下级机构" in str(no.value)
    with pytest.raises(Refused) as no:
        actions.abolish(bureau, actor=SYSTEM, on=day)
    assert "1名在用人员" in str(no.value)
    actions.disable(person, actor=SYSTEM)
    monkeypatch.setattr(holdings, "of_organ", [lambda organ: ["在审文件2件"]])
    with pytest.raises(Refused) as no:
        actions.abolish(bureau, actor=SYSTEM, on=day)
    assert "在审文件2件" in str(no.value)
    monkeypatch.setattr(holdings, "of_organ", [])
    assert Organ.objects.get(pk=bureau.pk).valid_until is None
    actions.abolish(bureau, actor=SYSTEM, on=day, basis="云编〔2026〕3号")
    assert Organ.objects.get(pk=bureau.pk).valid_until == day


def test_updating_checks_codes_against_what_is_kept(city, bureau):
    actions.update(bureau, actor=SYSTEM, organisation_code="007280420", phone="0579-1", fax="")
    assert Event.objects.latest("id").data == {"fields": ["organisation_code", "phone"]}
    with pytest.raises(Refused) as no:
        actions.update(bureau, actor=SYSTEM, credit_code="11370322004222241N")
    assert no.value.code == "organs.malformed"
    assert Organ.objects.get(pk=bureau.pk).credit_code == ""


def test_a_person_is_enrolled_with_a_password_to_change(city):
    person = actions.enrol(actor=SYSTEM, organ=city, username="wang.min", name="王敏", password=PASSWORD)
    assert person.check_password(PASSWORD)
    assert person.must_change_password
    event = Event.objects.latest("id")
    assert event.data == {"ref": str(person.ref)}
    assert "王敏" not in str(event.data)
    assert not actions.enrol(actor=SYSTEM, organ=city, username="robot", name="接口").has_usable_password()


@pytest.mark.parametrize(
    ("username", "name", "password", "code"),
    [
        ("a", "王敏", PASSWORD, "people.bad_username"),
        ("王敏", "王敏", PASSWORD, "people.bad_username"),
        ("WANGMIN", "王敏", PASSWORD, "people.username_taken"),
        ("wang", " ", PASSWORD, "people.no_name"),
        ("wang", "王敏", "short-1", "password.weak"),
        ("wang", "王敏", "1234567890", "password.weak"),
        ("wang", "王敏", "password123456", "password.weak"),
        ("wang.qiaoling", "王敏", "wang.qiaoling1", "password.weak"),
    ],
)
def test_bad_enrolments_are_refused(city, username, name, password, code):
    actions.enrol(actor=SYSTEM, organ=city, username="wangmin", name="王敏")
    before = Event.objects.count()
    with pytest.raises(Refused) as no:
        actions.enrol(actor=SYSTEM, organ=city, username=username, name=name, password=password)
    assert no.value.code == code
    assert Person.objects.count() == 1
    assert Event.objects.count() == before


def test_who_holds_open_items_is_not_disabled(city, monkeypatch):
    person = make_person("li", city, Role.OFFICER)
    monkeypatch.setattr(holdings, "of_person", [lambda who: ["起草中的文件3件"] if who.pk == person.pk else []])
    with pytest.raises(Refused) as no:
        actions.disable(person, actor=SYSTEM)
    assert no.value.code == "people.holds_items"
    assert "起草中的文件3件" in str(no.value)
    assert Person.objects.get(pk=person.pk).is_active
    monkeypatch.setattr(holdings, "of_person", [])
    actions.disable(person, actor=SYSTEM)
    assert actor_for(Person.objects.get(pk=person.pk)).grants == ()
    actions.enable(person, actor=SYSTEM)
    assert person.is_active
    assert person.must_change_password


def test_nobody_disables_himself(city):
    person = make_person("sysadmin", city, Role.SYSTEM_ADMIN)
    with pytest.raises(Refused) as no:
        actions.disable(person, actor=as_actor(person))
    assert no.value.code == "people.self"
    assert Person.objects.get(pk=person.pk).is_active


def test_a_transfer_waits_for_the_end_of_old_grants(city, bureau):
    person = make_person("li", city, Role.OFFICER)
    with pytest.raises(Refused) as no:
        actions.transfer(person, actor=SYSTEM, to=bureau)
    assert no.value.code == "people.holds_grants"
    assert Person.objects.get(pk=person.pk).organ == city
    person.grants.update(valid_until=dt.date(2026, 3, 1))
    make_grant(person, Role.HANDLER, bureau)
    actions.transfer(person, actor=SYSTEM, to=bureau)
    assert Person.objects.get(pk=person.pk).organ == bureau


def test_passwords_are_changed_by_their_owner_and_reset_by_the_administrator(city):
    person = make_person("li", city, password=PASSWORD)
    for old, new, code in (
        ("wrong", "another-good-one-7", "password.wrong"),
        (PASSWORD, PASSWORD, "password.same"),
        (PASSWORD, "short", "password.weak"),
    ):
        with pytest.raises(Refused) as no:
            actions.change_password(person, old=old, new=new)
        assert no.value.code == code
    assert Person.objects.get(pk=person.pk).check_password(PASSWORD)
    actions.change_password(person, old=PASSWORD, new="another-good-one-7")
    assert Person.objects.get(pk=person.pk).check_password("another-good-one-7")
    event = Event.objects.latest("id")
    assert (event.name, event.actor, event.data) == ("person.password_changed", f"person:{person.ref}", {})

    fresh = actions.reset_password(person, actor=SYSTEM)
    kept = Person.objects.get(pk=person.pk)
    assert kept.check_password(fresh)
    assert kept.must_change_password
    assert fresh not in str(Event.objects.latest("id").data)


@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_nobody_becomes_an_administrator_by_a_reset_password(city, role):
    actor = as_actor(make_person("xitong", city, Role.SYSTEM_ADMIN, with_subtree=True))
    admin = make_person("admin", city, role, password=PASSWORD)
    coming = make_person("coming", city, password=PASSWORD)
    make_grant(coming, role, city, valid_from=dt.date(2026, 4, 1))
    open_session(admin, "k" * 32, address=None, limit=0)
    before = Event.objects.count()
    for person in (admin, coming):
        with pytest.raises(Refused) as no:
            actions.reset_password(person, actor=actor)
        assert (no.value.code, no.value.explain().status) == ("password.of_administrator", 403)
        assert f"gongkai person reset-password {person.username}" in str(no.value)
        assert not can("person.reset_password", person, actor)
        kept = Person.objects.get(pk=person.pk)
        assert kept.check_password(PASSWORD) and not kept.must_change_password
    assert StaffSession.objects.get(person=admin).ended_at is None
    assert Event.objects.count() == before
    fresh = actions.reset_password(admin, actor=SYSTEM)
    assert Person.objects.get(pk=admin.pk).check_password(fresh)
    admin.grants.update(valid_until=dt.date(2026, 3, 1))
    assert actions.reset_password(admin, actor=actor) != fresh


def test_a_reset_ends_the_open_sessions_and_leaves_an_event(city):
    actor = as_actor(make_person("xitong", city, Role.SYSTEM_ADMIN))
    person, other = make_person("li", city, Role.OFFICER, password=PASSWORD), make_person("wu", city)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    keys = {}
    for who in (person, other):
        session = store()
        session.create()
        keys[who.pk] = session.session_key
        open_session(who, session.session_key, address=None, limit=0)
    actions.reset_password(person, actor=actor)
    row = StaffSession.objects.get(person=person)
    assert (row.ended_at is not None, row.end_reason, row.session_key) == (True, "password_reset", "")
    assert StaffSession.objects.get(person=other).ended_at is None
    assert (store().exists(keys[person.pk]), store().exists(keys[other.pk])) == (False, True)
    event = Event.objects.latest("id")
    assert (event.name, event.subject_id, event.actor) == ("person.password_reset", str(person.pk), actor.ref)
    assert event.data == {"sessions_ended": 1}


def test_posts_belong_to_people_of_the_organ(city, bureau):
    person = make_person("li", bureau)
    post = actions.add_post(
        actor=SYSTEM, organ=bureau, title="局长", person=person, portfolio="主持全面工作", is_leader=True
    )
    actions.end_post(post, actor=SYSTEM, on=dt.date(2026, 3, 2))
    assert post.valid_until == dt.date(2026, 3, 2)
    with pytest.raises(Refused) as no:
        actions.add_post(actor=SYSTEM, organ=city, title="市长", person=person)
    assert no.value.code == "organs.not_of_organ"
