"""Establishing and moving organs keeps the closure of the tree exact."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.access.roles import Role
from gongkai.ground.gate.door import can
from gongkai.ground.organs import actions
from gongkai.ground.organs.models import Organ, OrganClosure
from gongkai.ground.organs.queries import ancestors, descendants, tree
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.people import as_actor, make_organ, make_person

pytestmark = pytest.mark.django_db


def true_closure() -> set[tuple[int, int, int]]:
    """The closure reckoned from the parents alone."""
    parent = dict(Organ.objects.values_list("pk", "parent_id"))
    pairs = set()
    for organ in parent:
        depth, above = 0, organ
        while above is not None:
            pairs.add((above, organ, depth))
            depth, above = depth + 1, parent[above]
    return pairs


def kept_closure() -> set[tuple[int, int, int]]:
    return set(OrganClosure.objects.values_list("ancestor_id", "descendant_id", "depth"))


def test_an_organ_is_established_with_its_place_and_an_event():
    root = make_organ("YZ", name="云洲市人民政府", type="government")
    office = make_organ("YZ-BGS", root, name="云洲市人民政府办公室", type="general_office")
    section = make_organ("YZ-BGS-1", office)

    assert kept_closure() == true_closure()
    assert OrganClosure.objects.count() == 6
    assert list(ancestors(section)) == [office, root]
    assert list(descendants(root)) == [office, section]
    assert [(organ.code, depth) for organ, depth in tree()] == [("YZ", 0), ("YZ-BGS", 1), ("YZ-BGS-1", 2)]
    assert [(organ.code, depth) for organ, depth in tree(office)] == [("YZ-BGS", 0), ("YZ-BGS-1", 1)]
    event = Event.objects.filter(name="organ.established").latest("id")
    assert (event.subject_type, event.subject_id, event.actor, event.organ_id) == (
        "organ",
        str(section.pk),
        "system",
        section.pk,
    )
    assert event.data == {"code": "YZ-BGS-1", "parent": office.pk}


@pytest.mark.parametrize(
    ("facts", "code", "place"),
    [
        ({"organisation_code": "01443631X"}, "organs.malformed", "组织机构代码"),
        ({"credit_code": "11441700007280420X"}, "organs.malformed", "统一社会信用代码"),
        ({"division_code": "99"}, "organs.malformed", "行政区划代码"),
        (
            {"organisation_code": "014416330", "credit_code": "11441700007280420Y"},
            "organs.malformed",
            "统一社会信用代码",
        ),
        ({"type": "club"}, "organs.malformed", "类型"),
        ({"level": "village"}, "organs.malformed", "层级"),
        ({"name": "  "}, "organs.malformed", "名称"),
        ({"name": "长" * 121}, "organs.malformed", "名称"),
        ({"document_prefixes": "云政发"}, "organs.malformed", "机关代字"),
        ({"motto": "x"}, "organs.unknown_field", ""),
    ],
)
def test_wrong_facts_are_refused_and_nothing_is_kept(facts, code, place):
    with pytest.raises(Refused) as no:
        make_organ("YZ", **facts)
    assert no.value.code == code
    assert no.value.explain().where == place
    assert not Organ.objects.exists()
    assert not Event.objects.exists()


def test_codes_are_kept_clean():
    organ = make_organ("YZ", organisation_code="00728042-0", credit_code="11441700007280420y", division_code="330782")
    assert (organ.organisation_code, organ.credit_code) == ("007280420", "11441700007280420Y")


def test_a_code_is_used_once():
    make_organ("YZ")
    with pytest.raises(Refused) as no:
        make_organ("YZ")
    assert no.value.code == "organs.code_taken"
    assert "“YZ”" in str(no.value)


def test_moving_takes_along_what_is_below_and_refuses_a_circle():
    root, other = make_organ("A"), make_organ("B")
    middle = make_organ("A1", root)
    leaf = make_organ("A11", middle)

    actions.move(middle, actor=SYSTEM, parent=other)
    assert kept_closure() == true_closure()
    assert list(ancestors(leaf)) == [middle, other]
    assert middle.parent_id == other.pk
    assert Event.objects.latest("id").data == {"parent": [root.pk, other.pk]}

    for parent in (leaf, middle):
        with pytest.raises(Refused) as no:
            actions.move(middle, actor=SYSTEM, parent=parent)
        assert no.value.code == "organs.cycle"
    actions.move(middle, actor=SYSTEM, parent=None)
    assert kept_closure() == true_closure()
    assert list(ancestors(leaf)) == [middle]


def test_two_thousand_organs_in_one_batch_with_few_statements(django_assert_max_num_queries):
    root = make_organ("YZ")
    items = [actions.NewOrgan(f"B{n}", f"局{n}", "department", "city") for n in range(40)]
    items += [
        actions.NewOrgan(f"K{n}", f"科{n}", "branch_office", "city", parent_code=f"B{n % 40}") for n in range(1960)
    ]

    with django_assert_max_num_queries(120):
        made = actions.establish.batch(items, actor=SYSTEM, organ=root)

    assert len(made) == 2000
    assert [organ.code for organ in made] == [item.code for item in items]
    assert kept_closure() == true_closure()
    assert Event.objects.filter(name="organ.established").count() == 2001


def test_a_batch_needs_its_parents_first_and_is_all_or_nothing():
    items = [actions.NewOrgan("A", "甲", "department", "city"), actions.NewOrgan("B", "乙", "department", "city", "X")]
    with pytest.raises(Refused) as no:
        actions.establish.batch(items, actor=SYSTEM, organ=None)
    assert no.value.code == "organs.no_parent"
    assert not Organ.objects.exists()


def test_a_system_administrator_reaches_what_is_below():
    root = make_organ("YZ")
    bureau, elsewhere = make_organ("YZ-1", root), make_organ("OTHER")
    admin = as_actor(make_person("sysadmin", root, Role.SYSTEM_ADMIN, with_subtree=True))
    officer = as_actor(make_person("officer", bureau, Role.OFFICER))

    section = actions.establish(
        actor=admin, organ=bureau, code="YZ-1-1", name="一科", type="branch_office", level="city"
    )
    # What was just made is within reach at once.
    actions.establish(actor=admin, organ=section, code="YZ-1-1-1", name="一组", type="branch_office", level="city")
    actions.update(section, actor=admin, phone="0579-1234567")
    before = Event.objects.count()
    for actor, parent in ((officer, bureau), (admin, elsewhere)):
        with pytest.raises(Refused) as no:
            actions.establish(actor=actor, organ=parent, code="N", name="新", type="department", level="city")
        assert no.value.code == "gate.no_right"
    for actor, target, parent in ((admin, elsewhere, root), (admin, section, elsewhere), (officer, bureau, root)):
        with pytest.raises(Refused):
            actions.move(target, actor=actor, parent=parent)
    assert not Organ.objects.filter(code="N").exists()
    assert Event.objects.count() == before
    assert can("organ.update", section, admin)
    assert can("organ.update", section, officer).refusal.code == "gate.unknown"


def test_a_batch_may_not_reach_past_the_grant():
    root = make_organ("YZ")
    make_organ("YZ-1", root)
    here_only = as_actor(make_person("sysadmin", root, Role.SYSTEM_ADMIN))
    item = actions.NewOrgan("YZ-1-1", "一科", "branch_office", "city", parent_code="YZ-1")
    with pytest.raises(Refused) as no:
        actions.establish.batch([item], actor=here_only, organ=root)
    assert no.value.code == "gate.no_right"
    assert Organ.objects.count() == 2


class AnyTree(TestCase):
    @given(st.lists(st.integers(0, 9), min_size=2, max_size=10), st.data())
    def test_closure_tells_the_tree_after_any_moves(self, parents, data):
        made: list[Organ] = []
        for number, choice in enumerate(parents):
            made.append(make_organ(f"T{number}", made[choice] if choice < len(made) else None))
        for _ in range(4):
            target = data.draw(st.sampled_from(made))
            parent = data.draw(st.sampled_from([None, *made]))
            with contextlib.suppress(Refused):
                actions.move(target, actor=SYSTEM, parent=parent)
            assert kept_closure() == true_closure()
