"""Granting, deputies, tokens: three administrators are three people."""

from __future__ import annotations

import datetime as dt

import pytest

from gongkai.ground import clock
from gongkai.ground.access import actions
from gongkai.ground.access.actors import SYSTEM, service_actor
from gongkai.ground.access.models import Deputy, Grant, ServiceToken
from gongkai.ground.access.queries import holders, is_admin, rights_of
from gongkai.ground.access.roles import ADMIN_ROLES, Role
from gongkai.ground.organs import actions as organs
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.people import as_actor, make_grant, make_organ, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


@pytest.fixture
def city():
    return make_organ("YZ", type="government")


@pytest.fixture
def security(city):
    return make_person("security", city, Role.SECURITY_ADMIN, with_subtree=True)


def test_a_security_administrator_grants_and_the_event_carries_ids(city, security):
    person = make_person("chen", city)
    grant = actions.grant(
        actor=as_actor(security), organ=city, person=person, role=Role.OFFICER, valid_until=TODAY + DAY
    )
    assert (grant.role, grant.valid_from, grant.valid_until) == ("officer", TODAY, TODAY + DAY)
    event = Event.objects.latest("id")
    assert (event.name, event.actor, event.organ_id) == ("grant.given", f"person:{security.ref}", city.pk)
    assert event.data == {
        "person": person.pk,
        "role": "officer",
        "with_subtree": False,
        "from": "2026-03-02",
        "until": "2026-03-03",
    }
    assert "chen" not in str(event.data)


@pytest.mark.parametrize("held", sorted(ADMIN_ROLES))
@pytest.mark.parametrize("wanted", [*sorted(ADMIN_ROLES), Role.OFFICER, Role.SERVICE])
def test_an_administrator_is_nothing_else(city, held, wanted):
    if held == wanted:
        return
    for first, second in ((held, wanted), (wanted, held)):
        person = make_person(f"p-{first}-{second}", city, first)
        before = Event.objects.count()
        with pytest.raises(Refused) as no:
            make_grant(person, second, city)
        assert no.value.code == "access.three_admins"
        assert "三权分立" in no.value.citation
        assert person.grants.count() == 1
        assert Event.objects.count() == before


@pytest.mark.parametrize("other", [Role.OFFICER, Role.SIGNER])
def test_a_service_account_is_nothing_else(city, other):
    for first, second in ((Role.SERVICE, other), (other, Role.SERVICE)):
        account = make_person(f"a-{first}-{second}", city, first)
        before = Event.objects.count()
        with pytest.raises(Refused) as no:
            make_grant(account, second, city)
        assert no.value.code == "access.service_alone"
        assert "接口账号" in str(no.value)
        assert [row.role for row in account.grants.all()] == [first]
        assert Event.objects.count() == before
    robot = make_person("robot", city, Role.SERVICE)
    assert make_grant(robot, Role.SERVICE, make_organ("YZ-1", city)).role == "service"


def test_a_future_grant_counts_for_the_separation_and_a_past_one_does_not(city):
    person = make_person("chen", city)
    make_grant(person, Role.OFFICER, city, valid_from=TODAY + 30 * DAY)
    with pytest.raises(Refused):
        make_grant(person, Role.AUDIT_ADMIN, city)
    person.grants.update(valid_from=TODAY - 9 * DAY, valid_until=TODAY - DAY)
    make_grant(person, Role.AUDIT_ADMIN, city)
    assert is_admin(person)


def test_grants_that_cannot_be(city, security):
    actor, person, gone = as_actor(security), make_person("chen", city), make_person("gone", city)
    organs.disable(gone, actor=SYSTEM)
    given = {"actor": actor, "organ": city, "person": person, "role": Role.OFFICER}
    before = Grant.objects.count()
    for change, code in (
        ({"person": security}, "access.self_grant"),
        ({"person": gone}, "access.disabled"),
        ({"role": "king"}, "access.unknown_role"),
        ({"valid_until": TODAY - DAY}, "access.ends_before_start"),
        ({"organ": make_organ("OTHER")}, "gate.no_right"),
    ):
        with pytest.raises(Refused) as no:
            actions.grant(**given | change)
        assert no.value.code == code
    assert Grant.objects.count() == before
    actions.grant(**given)
    with pytest.raises(Refused) as no:
        actions.grant(**given)
    assert no.value.code == "access.twice"


def test_a_grant_ends_at_once_or_with_a_day(city, security):
    actor, person = as_actor(security), make_person("chen", city, Role.OFFICER, Role.HANDLER)
    first, second = person.grants.order_by("pk")
    actions.end_grant(first, actor=actor)
    assert {grant.role for grant in as_actor(person).grants} == {"handler"}
    actions.end_grant(second, actor=actor, on=TODAY)
    assert {grant.role for grant in as_actor(person).grants} == {"handler"}
    with clock.frozen(dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)):
        assert as_actor(person).grants == ()
    with pytest.raises(Refused) as no:
        actions.end_grant(first, actor=actor)
    assert no.value.code == "access.over"


def test_the_last_security_administrator_stays(city, security):
    grant = security.grants.get()
    for actor, code in ((as_actor(security), "access.self_grant"), (SYSTEM, "access.last_admin")):
        with pytest.raises(Refused) as no:
            actions.end_grant(grant, actor=actor)
        assert no.value.code == code
    make_person("security-2", city, Role.SECURITY_ADMIN, with_subtree=True)
    actions.end_grant(grant, actor=SYSTEM)
    assert not is_admin(security)


def test_a_deputy_is_appointed_between_days_and_ended(city, security):
    actor, jia, yi = as_actor(security), make_person("jia", city, Role.OFFICER), make_person("yi", city)
    given = {"organ": city, "principal": jia, "deputy": yi, "valid_from": TODAY, "valid_until": TODAY + 5 * DAY}
    row = actions.appoint(actor=actor, **given, reason="休假")
    event = Event.objects.latest("id")
    assert event.name == "deputy.appointed"
    assert event.data == {"principal": jia.pk, "deputy": yi.pk, "from": "2026-03-02", "until": "2026-03-07"}
    assert [held.sentence for held in rights_of(yi)] == ["机构YZ承办人，代jia某，2026-03-02至2026-03-07"]
    actions.end_appointment(row, actor=actor)
    assert as_actor(yi).grants == ()
    assert rights_of(yi) == []


def test_deputies_that_cannot_be(city, security):
    actor, jia, yi = as_actor(security), make_person("jia", city, Role.OFFICER), make_person("yi", city)
    audit, away = make_person("audit", city, Role.AUDIT_ADMIN), make_person("away", make_organ("OTHER"))
    given = {"organ": city, "principal": jia, "deputy": yi, "valid_from": TODAY, "valid_until": TODAY + DAY}
    before = Event.objects.count()
    for change, code in (
        ({"deputy": jia}, "access.own_deputy"),
        ({"deputy": audit}, "access.admin_deputy"),
        ({"principal": audit}, "access.admin_deputy"),
        ({"deputy": security}, "access.own_appointment"),
        ({"principal": away}, "access.foreign_principal"),
        ({"valid_until": TODAY - DAY}, "access.ends_before_start"),
    ):
        with pytest.raises(Refused) as no:
            actions.appoint(actor=actor, **given | change)
        assert no.value.code == code
    assert not Deputy.objects.exists()
    assert Event.objects.count() == before
    actions.appoint(actor=actor, **given)
    with pytest.raises(Refused) as no:
        make_grant(yi, Role.AUDIT_ADMIN, city)
    assert no.value.code == "access.three_admins"


def test_a_token_is_shown_once_works_until_its_day_and_can_be_revoked(city, security):
    robot = make_person("oa-robot", city, Role.SERVICE)
    actor = as_actor(security)
    issued = actions.issue_token(actor=actor, person=robot, label="办公系统", valid_until=TODAY)
    assert issued.plaintext not in str(list(ServiceToken.objects.values())) + str(list(Event.objects.values("data")))
    acting = service_actor(issued.plaintext)
    assert acting is not None
    assert acting.ref == f"service:{robot.ref}"
    assert acting.holds("record.draft")
    with clock.frozen(dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)):
        assert service_actor(issued.plaintext) is None
    actions.revoke_token(issued.row, actor=actor)
    assert service_actor(issued.plaintext) is None
    with pytest.raises(Refused) as no:
        actions.revoke_token(issued.row, actor=actor)
    assert no.value.code == "access.over"


def test_tokens_are_for_service_accounts_only(city, security):
    mixed = make_person("mix", city, Role.SERVICE)
    Grant.objects.create(person=mixed, role=Role.SIGNER, organ=city, valid_from=TODAY)
    for person in (make_person("chen", city, Role.OFFICER), mixed):
        with pytest.raises(Refused) as no:
            actions.issue_token(actor=as_actor(security), person=person, label="x", valid_until=TODAY)
        assert no.value.code == "access.no_service"
    robot = make_person("robot", city, Role.SERVICE)
    with pytest.raises(Refused) as no:
        actions.issue_token(actor=as_actor(robot), person=robot, label="x", valid_until=TODAY)
    assert no.value.code == "gate.no_right"
    assert not ServiceToken.objects.exists()


def test_nobody_grants_further_than_the_own_grant_reaches(city):
    below = make_organ("YZ-1", city)
    actor = as_actor(make_person("here", city, Role.SECURITY_ADMIN))
    person = make_person("chen", city)
    before = Grant.objects.count()
    with pytest.raises(Refused) as no:
        actions.grant(actor=actor, organ=city, person=person, role=Role.SIGNER, with_subtree=True)
    assert (no.value.code, Grant.objects.count()) == ("access.beyond_reach", before)
    assert actions.grant(actor=actor, organ=city, person=person, role=Role.SIGNER).organ == city
    wide = as_actor(make_person("wide", city, Role.SECURITY_ADMIN, with_subtree=True))
    assert actions.grant(actor=wide, organ=below, person=person, role=Role.SIGNER, with_subtree=True).with_subtree


def test_a_token_stands_in_for_nobody(city, security):
    robot, signer = make_person("robot", city, Role.SERVICE), make_person("signer", city, Role.SIGNER)
    issued = actions.issue_token(actor=as_actor(security), person=robot, label="x", valid_until=TODAY)
    Deputy.objects.create(principal=signer, deputy=robot, valid_from=TODAY, valid_until=TODAY)
    acting = service_actor(issued.plaintext)
    assert acting is not None
    assert acting.holds("record.draft")
    assert not acting.holds("record.take_down")


def test_rights_of_a_person_in_words(city):
    bureau = make_organ("YZ-1", city, name="云洲市教育局")
    person = make_person("chen", bureau, Role.OFFICER)
    make_grant(person, Role.SECRECY_REVIEWER, bureau, with_subtree=True, valid_from=TODAY + DAY)
    first, second = rights_of(person)
    assert first.sentence == "云洲市教育局承办人，2020-01-01起"
    assert first.is_in_force
    assert "record.draft" in first.rights
    assert second.sentence == "云洲市教育局（含下级）保密审查人，2026-03-03起"
    assert not second.is_in_force
    organs.disable(person, actor=SYSTEM)
    person.refresh_from_db()
    assert not any(held.is_in_force for held in rights_of(person))


def test_holders_of_a_role(city):
    bureau = make_organ("YZ-1", city)
    here, above = make_person("here", bureau, Role.SIGNER), make_person("above", city, Role.SIGNER, with_subtree=True)
    make_person("beside", city, Role.SIGNER)
    assert set(holders(Role.SIGNER, bureau)) == {here, above}
