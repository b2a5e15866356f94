"""The city is set up: organs, the three administrators, people, grants, a deputy and a service account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.ground.access.actions import appoint, grant, issue_token
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.access.roles import ROLE_NAMES, Role
from gongkai.ground.organs.actions import add_post, enrol, establish
from gongkai.surfaces.demo.plan import plan
from gongkai.surfaces.demo.stage import City, Story
from gongkai.surfaces.look.demonstration import PASSWORD

FOUNDED_AGO = 508


def founding(city: City) -> Story:
    """Organs and people, in the order in which an office would do it: the system makes the administrators only."""
    yield city.days.moment(FOUNDED_AGO, 8, 30)
    organs = plan()["organs"]
    _establish(city, organs[0], SYSTEM)
    # The administrators sit in the office, which is therefore there before them.
    _establish(city, organs[1], SYSTEM)
    for row in plan()["administrators"]:
        _enrol(city, row | {"organ": "yunzhou-office"}, SYSTEM)
        root = city.organs["yunzhou"]
        grant(actor=SYSTEM, organ=root, person=city.people[row["username"]], role=row["role"], with_subtree=True)
    yield city.days.moment(FOUNDED_AGO, 9)
    for row in organs[2:]:
        _establish(city, row, city.actor("admin.xitong"))
    yield city.days.moment(FOUNDED_AGO, 10)
    for row in plan()["people"]:
        _enrol(city, row, city.actor("admin.xitong"))
    _enrol(city, plan()["service"], city.actor("admin.xitong"), has_password=False)
    yield city.days.moment(FOUNDED_AGO, 11)
    for row in plan()["people"]:
        _grant(city, row)
    service = plan()["service"]
    _grant(city, service | {"roles": ["service"], "organ": service["reach"], "below": True})


def _establish(city: City, row: dict[str, Any], actor: Any) -> None:
    parent = city.organs[row["parent"]] if "parent" in row else None
    valid_from = dt.date(2001, 1, 1)
    city.organs[row["code"]] = establish(
        actor=actor,
        organ=parent,
        code=row["code"],
        name=row["name"],
        type=row["type"],
        level=row["level"],
        valid_from=valid_from,
        **row["facts"],
    )


def _enrol(city: City, row: dict[str, Any], actor: Any, *, has_password: bool = True) -> None:
    organ = city.organs[row["organ"]]
    person = enrol(
        actor=actor,
        organ=organ,
        username=row["username"],
        name=row["name"],
        password=PASSWORD if has_password else "",
        department=row.get("department", ""),
        must_change_password=False,
    )
    city.people[row["username"]] = person
    if "post" in row:
        add_post(actor=actor, organ=organ, title=row["post"], person=person, portfolio=row["portfolio"], is_leader=True)


def _grant(city: City, row: dict[str, Any]) -> None:
    actor = city.actor("admin.anquan")
    for code in [row["organ"], *row.get("in", [])]:
        for role in row["roles"]:
            # What reaches below the government reaches the office through it.
            below = bool(row.get("below")) and code == "yunzhou"
            grant(
                actor=actor,
                organ=city.organs[code],
                person=city.people[row["username"]],
                role=Role(role),
                with_subtree=below,
            )


def deputising(city: City) -> Story:
    """The deputy is appointed (AB 角), for days around the one on which the city is loaded."""
    row = plan()["deputy"]
    yield city.days.moment(row["days_before"], 8, 40)
    anchor = city.days.anchor
    appoint(
        actor=city.actor("admin.anquan"),
        organ=city.people[row["principal"]].organ,
        principal=city.people[row["principal"]],
        deputy=city.people[row["deputy"]],
        valid_from=city.days.day(row["days_before"]),
        valid_until=anchor + dt.timedelta(days=row["days_after"]),
        reason=row["reason"],
    )


def issue_service_token(city: City) -> str:
    """A token for the service account, good for a year; it is not to be had again."""
    row = plan()["service"]
    until = city.days.anchor + dt.timedelta(days=365)
    person = city.people[row["username"]]
    return issue_token(actor=city.actor("admin.anquan"), person=person, label=row["label"], valid_until=until).plaintext


def accounts() -> list[tuple[str, str, str, str]]:
    """User name, name, organ and tasks of everybody who can log in."""
    names = {row["code"]: row["name"] for row in plan()["organs"]}
    rows = []
    for row in plan()["administrators"]:
        rows.append((row["username"], row["name"], names["yunzhou-office"], ROLE_NAMES[Role(row["role"])]))
    for row in plan()["people"]:
        tasks = "、".join(ROLE_NAMES[Role(role)] for role in row["roles"])
        rows.append((row["username"], row["name"], names[row.get("later", row["organ"])], tasks))
    return rows
