"""A small city for tests, made through the same actions as a real one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.ground.access import actions as access
from gongkai.ground.access.actors import SYSTEM, Actor, actor_for
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import Role
from gongkai.ground.organs import actions as organs
from gongkai.ground.organs.models import Organ, Person

LONG_AGO = dt.date(2020, 1, 1)


def make_organ(code: str, parent: Organ | None = None, **facts: Any) -> Organ:
    """An organ under a parent."""
    given = {"name": f"机构{code}", "type": "department", "level": "city"} | facts
    return organs.establish(actor=SYSTEM, organ=parent, code=code, **given)


def make_person(username: str, organ: Organ, *roles: Role, with_subtree: bool = False, password: str = "") -> Person:
    """A person of an organ with roles in it."""
    person = organs.enrol(
        actor=SYSTEM,
        organ=organ,
        username=username,
        name=f"{username}某",
        password=password,
        must_change_password=False,
    )
    for role in roles:
        make_grant(person, role, organ, with_subtree=with_subtree)
    return person


def make_grant(person: Person, role: Role, organ: Organ, **facts: Any) -> Grant:
    """A grant since long ago."""
    return access.grant(actor=SYSTEM, organ=organ, person=person, role=role, **{"valid_from": LONG_AGO} | facts)


def as_actor(person: Person) -> Actor:
    """The actor a person is now, from the database."""
    return actor_for(Person.objects.get(pk=person.pk))
