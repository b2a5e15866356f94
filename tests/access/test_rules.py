"""One rule filters, checks and explains: subtree, dates, deputies, administrators."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gongkai.ground import clock
from gongkai.ground.access import actions
from gongkai.ground.access.actors import ANONYMOUS, SYSTEM, actor_for
from gongkai.ground.access.queries import rights_of
from gongkai.ground.access.roles import ADMIN_ROLES, RIGHTS, Role
from gongkai.ground.access.rules import covering, explain, scope
from gongkai.ground.gate.door import can, visible
from gongkai.ground.organs import actions as organs
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.people import as_actor, make_grant, make_organ, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
TODAY = dt.date(2026, 3, 2)


@pytest.fixture
def city():
    return make_organ("YZ", type="government")


@pytest.fixture
def bureau(city):
    return make_organ("YZ-1", city)


def reached(person: Person, right: str) -> set[str]:
    """The codes of the organs a right reaches, by the filter; the check must say the same of each."""
    actor = as_actor(person)
    found = set(Organ.objects.filter(scope(actor, right, "pk")))
    assert found == {organ for organ in Organ.objects.all() if covering(actor, right, organ.pk) is not None}
    return {organ.code for organ in found}


def test_a_grant_reaches_its_organ_and_with_subtree_what_is_below(city, bureau):
    section = make_organ("YZ-1-1", bureau)
    make_organ("OTHER")
    here = make_person("here", bureau, Role.OFFICER)
    below = make_person("below", bureau, Role.OFFICER, with_subtree=True)
    assert reached(here, "record.draft") == {"YZ-1"}
    assert reached(below, "record.draft") == {"YZ-1", "YZ-1-1"}
    assert reached(below, "review.secrecy") == set()
    organs.move(section, actor=SYSTEM, parent=city)
    assert reached(below, "record.draft") == {"YZ-1"}


@pytest.mark.parametrize(
    ("start", "end", "is_held"),
    [
        (TODAY, TODAY, True),
        (TODAY - dt.timedelta(days=1), None, True),
        (TODAY + dt.timedelta(days=1), None, False),
        (TODAY - dt.timedelta(days=9), TODAY - dt.timedelta(days=1), False),
    ],
)
def test_a_grant_holds_between_its_days(city, start, end, is_held):
    person = make_person("officer", city)
    make_grant(person, Role.OFFICER, city, valid_from=start, valid_until=end)
    assert reached(person, "record.draft") == ({"YZ"} if is_held else set())


def test_days_are_days_in_china(city):
    person = make_person("officer", city)
    make_grant(person, Role.OFFICER, city, valid_from=dt.date(2026, 3, 3))
    with clock.frozen(dt.datetime(2026, 3, 2, 15, 59, tzinfo=dt.UTC)):
        assert reached(person, "record.draft") == set()
    with clock.frozen(dt.datetime(2026, 3, 2, 16, 0, tzinfo=dt.UTC)):
        assert reached(person, "record.draft") == {"YZ"}


def test_the_whole_platform_is_reached_from_a_root_with_all_below(city, bureau):
    for at, with_subtree, is_reached in ((city, True, True), (city, False, False), (bureau, True, False)):
        admin = as_actor(make_person(f"admin-{at.pk}-{with_subtree}", at, Role.SYSTEM_ADMIN, with_subtree=with_subtree))
        assert (covering(admin, "organ.maintain", None) is not None) is is_reached
        before = Organ.objects.count()
        facts = {"name": "新", "type": "department", "level": "city", "code": f"N-{at.pk}-{with_subtree}"}
        if is_reached:
            organs.establish(actor=admin, organ=None, **facts)
            continue
        with pytest.raises(Refused):
            organs.establish(actor=admin, organ=None, **facts)
        with pytest.raises(Refused):
            organs.move(bureau, actor=admin, parent=None)
        assert Organ.objects.count() == before
        assert Organ.objects.get(pk=bureau.pk).parent == city


def test_rights_and_filters_take_few_queries_whatever_is_held(city, django_assert_max_num_queries):
    person, lender = make_person("chen", city), make_person("jia", city)
    for number in range(12):
        at = make_organ(f"YZ-{number}", city)
        make_grant(person, Role.OFFICER, at)
        make_grant(lender, Role.SIGNER, at, with_subtree=True)
    person.deputises.create(principal=lender, valid_from=TODAY, valid_until=TODAY)
    with django_assert_max_num_queries(2):
        actor = actor_for(person)
    with django_assert_max_num_queries(1):
        list(Organ.objects.filter(scope(actor, "record.read", "pk")))
    with django_assert_max_num_queries(4):
        assert len(rights_of(person)) == 24


def test_strangers_and_the_system(city):
    assert not Organ.objects.filter(scope(ANONYMOUS, "record.read", "pk")).exists()
    assert Organ.objects.filter(scope(SYSTEM, "record.read", "pk")).count() == 1
    assert covering(ANONYMOUS, "record.read", city.pk) is None


def test_a_deputy_acts_for_the_principal_and_the_event_says_so(city, bureau):
    head = make_person("head", bureau, Role.SYSTEM_ADMIN)
    security = make_person("security", city, Role.SECURITY_ADMIN, with_subtree=True)
    principal, stand_in = make_person("jia", bureau, Role.OFFICER), make_person("yi", bureau, Role.HANDLER)
    actions.appoint(
        actor=as_actor(security),
        organ=bureau,
        principal=principal,
        deputy=stand_in,
        valid_from=TODAY,
        valid_until=TODAY + dt.timedelta(days=5),
        reason="出差",
    )
    actor = as_actor(stand_in)
    used = covering(actor, "record.draft", bureau.pk)
    assert used is not None
    assert used.principal_ref == f"person:{principal.ref}"
    own = covering(actor, "case.handle", bureau.pk)
    assert own is not None
    assert own.principal_ref == f"person:{stand_in.ref}"
    # A right held by both is used as one's own.
    assert covering(actor, "record.read", bureau.pk).principal_id == stand_in.pk
    with clock.frozen(dt.datetime(2026, 3, 8, 1, 0, tzinfo=dt.UTC)):
        assert reached(stand_in, "record.draft") == set()
    organs.disable(principal, actor=as_actor(head))
    assert reached(stand_in, "record.draft") == set()


def test_an_event_names_actor_and_principal(city):
    """A grant of maintaining grants is an administrator's, so 乙代甲 shows on records; here the gate's own words."""
    from gongkai.ground.access.actors import Actor, HeldGrant

    principal = make_person("jia", city)
    held = HeldGrant(Role.SYSTEM_ADMIN, city.pk, True, principal.pk, f"person:{principal.ref}")
    organs.update(city, actor=Actor(ref="person:yi", person_id=0, grants=(held,)), phone="1")
    event = Event.objects.latest("id")
    assert (event.actor, event.on_behalf_of) == ("person:yi", f"person:{principal.ref}")


def test_administrator_roles_are_not_lent(city):
    admin, other = make_person("sysadmin", city, Role.SYSTEM_ADMIN), make_person("yi", city)
    admin.deputies.create(deputy=other, valid_from=TODAY, valid_until=TODAY)
    assert as_actor(other).grants == ()


def test_who_may_not_know_is_told_nothing(city, bureau):
    officer, admin = make_person("officer", bureau, Role.OFFICER), make_person("adm", city, Role.SECURITY_ADMIN)
    grant = officer.grants.get()
    assert not visible(type(grant), as_actor(officer)).exists()
    assert can("access.end_grant", grant, as_actor(admin)).refusal.code == "gate.unknown"
    with pytest.raises(Refused) as no:
        actions.end_grant(grant, actor=as_actor(admin))
    assert no.value.explain().status == 404
    assert officer.grants.get().valid_until is None


def test_a_refusal_names_the_roles_that_may(city):
    officer = make_person("officer", city, Role.OFFICER)
    with pytest.raises(Refused) as no:
        organs.enrol(actor=as_actor(officer), organ=city, username="neu", name="新人")
    assert "此项由系统管理员办理" in str(no.value)
    assert explain("review.secrecy") == "保密审查人"
    assert not Person.objects.filter(username="neu").exists()


def test_the_three_administrators_share_no_right():
    for role in ADMIN_ROLES:
        for other in set(Role) - {role}:
            assert not RIGHTS[role] & RIGHTS[other], (role, other)


class AnyTreeAnyGrants(TestCase):
    @given(
        st.lists(st.integers(0, 7), min_size=1, max_size=8),
        st.lists(
            st.tuples(
                st.sampled_from([Role.OFFICER, Role.SIGNER]), st.integers(0, 7), st.booleans(), st.integers(-2, 2)
            ),
            max_size=4,
        ),
        st.booleans(),
    )
    def test_filter_and_check_agree_with_a_plain_reckoning(self, parents, grants, is_lent):
        with clock.frozen(dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)):
            made: list[Organ] = []
            for number, choice in enumerate(parents):
                made.append(make_organ(f"T{number}", made[choice] if choice < len(made) else None))
            holder = Person.objects.create(username="holder", name="甲", organ=made[0])
            person = Person.objects.create(username="deputy", name="乙", organ=made[0]) if is_lent else holder
            if is_lent:
                person.deputises.create(principal=holder, valid_from=TODAY, valid_until=TODAY)
            expected = {right: set() for right in ("record.draft", "review.sign_off", "record.read")}
            for role, at, with_subtree, shift in grants:
                organ = made[at % len(made)]
                start = TODAY + dt.timedelta(days=shift)
                holder.grants.create(role=role, organ=organ, with_subtree=with_subtree, valid_from=start)
                for right in expected:
                    if shift <= 0 and right in RIGHTS[role]:
                        expected[right] |= {organ.code} | (
                            {one.code for one in below(organ, made)} if with_subtree else set()
                        )
            for right, codes in expected.items():
                assert reached(person, right) == codes


def below(organ: Organ, made: list[Organ]) -> list[Organ]:
    """What stands below an organ, by walking up from each."""
    parent = {one.pk: one.parent_id for one in made}

    def climbs(pk: int | None) -> bool:
        return pk is not None and (pk == organ.pk or climbs(parent[pk]))

    return [one for one in made if climbs(parent[one.pk])]
