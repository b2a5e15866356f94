"""The education bureau of Yunzhou and those who work with its files."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.ground.access.actors import Actor
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.models import Organ
from tests import people


@dataclass(frozen=True)
class Office:
    """An organ, its officer, site editor and signer, and an officer of another organ."""

    organ: Organ
    officer: Actor
    editor: Actor
    signer: Actor
    stranger: Actor


def make_office() -> Office:
    """Everybody with the roles in force."""
    organ = people.make_organ("11330100001", name="云洲市教育局")
    other = people.make_organ("11330100002", name="云洲市民政局")
    made = {
        name: people.as_actor(people.make_person(name, at, role))
        for name, at, role in (
            ("officer", organ, Role.OFFICER),
            ("editor", organ, Role.SITE_EDITOR),
            ("signer", organ, Role.SIGNER),
            ("stranger", other, Role.OFFICER),
        )
    }
    return Office(organ, **made)
