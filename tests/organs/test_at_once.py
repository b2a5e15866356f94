"""Two administrators at the same moment: the tree stays a tree, an administrator stays nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from gongkai.ground.access import actions as access
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.access.roles import Role
from gongkai.ground.organs import actions
from gongkai.ground.organs.models import Organ, OrganClosure
from gongkai.ground.refusal import Refused
from tests.people import make_organ, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tasks: Callable[[], object]) -> list[str]:
    """Run the tasks in threads that start together; "done" or the code of the refusal of each."""
    gate, answers = threading.Barrier(len(tasks)), [""] * len(tasks)

    def run(place: int) -> None:
        gate.wait()
        try:
            tasks[place]()
            answers[place] = "done"
        except Refused as no:
            answers[place] = no.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def move(pk: int, parent: Organ) -> None:
    actions.move(Organ.objects.get(pk=pk), actor=SYSTEM, parent=parent)


@pytest.mark.parametrize("attempt", range(5))
def test_two_moves_that_would_close_a_circle(attempt):
    first, second = make_organ("A"), make_organ("B")
    answers = at_once(partial(move, first.pk, second), partial(move, second.pk, first))
    assert answers == ["done", "organs.cycle"]
    assert OrganClosure.objects.count() == 3


@pytest.mark.parametrize("attempt", range(5))
def test_a_child_is_established_while_its_parent_moves(attempt):
    root, parent = make_organ("R"), make_organ("P")
    assert at_once(partial(move, parent.pk, root), partial(make_organ, "C", parent)) == ["done", "done"]
    above = OrganClosure.objects.filter(descendant__code="C").values_list("ancestor__code", "depth")
    assert sorted(above) == [("C", 0), ("P", 1), ("R", 2)]


@pytest.mark.parametrize("attempt", range(5))
def test_two_grants_that_exclude_each_other(attempt):
    city = make_organ("YZ")
    person = make_person("chen", city)
    give = partial(access.grant, actor=SYSTEM, organ=city, person=person)
    assert at_once(partial(give, role=Role.OFFICER), partial(give, role=Role.AUDIT_ADMIN)) == [
        "access.three_admins",
        "done",
    ]
    assert person.grants.count() == 1
