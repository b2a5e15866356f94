"""With two thousand organs the desk, the dossier and the public lists ask as many questions as with twenty."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.engine.records import queries as records
from gongkai.engine.records.actions import migrate, receive, take_down
from gongkai.engine.records.models import Record
from gongkai.engine.reviews import queries as reviews
from gongkai.engine.reviews.actions import return_for_correction
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM, Actor, actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.gate.door import permitted, visible
from gongkai.ground.organs.actions import NewOrgan, establish
from gongkai.ground.organs.models import Organ
from tests.builders import content, person

pytestmark = pytest.mark.django_db

FEW, MANY = 20, 2_000
ROLES = (
    Role.SECTION_HEAD,
    Role.ATTRIBUTE_REVIEWER,
    Role.SECRECY_REVIEWER,
    Role.SIGNER,
    Role.SITE_EDITOR,
    Role.OGI_OFFICE,
)


class City:
    """A government whose people reach everything below it, and as many organs as a test wants."""

    def __init__(self) -> None:
        self.root: Organ = establish(
            actor=SYSTEM, organ=None, code="root", name="云洲市人民政府", type="government", level="city"
        )
        self.everybody = {role: person(f"all-{role}", self.root, role, with_subtree=True) for role in ROLES}
        self.officer = person("all-officer", self.root, Role.OFFICER, Role.SERVICE, with_subtree=True)
        self.organs: list[Organ] = []

    def actor(self, role: Role) -> Actor:
        return actor_for(self.everybody[role])

    def grow(self, count: int) -> None:
        """Add organs up to this number, in a tree of three levels, with something to do in many of them."""
        start = len(self.organs)
        items = [
            NewOrgan(
                f"o{number:04d}",
                f"第{number:04d}号机构",
                "department",
                "city",
                parent_code="" if number % 10 == 0 else f"o{number - number % 10:04d}",
                facts={"review_preset": "usual"},
            )
            for number in range(start, count)
        ]
        self.organs += establish.batch(items, actor=SYSTEM, organ=self.root)
        # The same number of new things each time, in organs near and far.
        step = max((count - start) // FEW, 1)
        for organ in self.organs[start::step][:FEW]:
            self._work_in(organ)

    def _work_in(self, organ: Organ) -> None:
        officer = actor_for(self.officer)
        made = [
            receive(actor=officer, organ=organ, kind="other_document", content=content(f"{organ.name}文件{number}"))
            for number in range(3)
        ]
        return_for_correction(
            made[1], actor=self.actor(Role.SECTION_HEAD), reason="text_errors", text="请核对第二段的数字。"
        )
        items = [{"kind": "other_document", "content": content(f"{organ.name}公开{number}")} for number in range(2)]
        public = migrate.batch(items, actor=officer, organ=organ, already_public="原网站")
        take_down(public[1], actor=self.actor(Role.SITE_EDITOR))


def questions(ask: Callable[[], object]) -> int:
    """How many queries it takes; asked once before, so that nothing counts that is only read the first time."""
    ask()
    with CaptureQueriesContext(connection) as seen:
        ask()
    return len(seen)


def lists_of(city: City) -> dict[str, Callable[[], object]]:
    """Everything a desk or a public page asks."""
    asks: dict[str, Callable[[], object]] = {
        "public": lambda: list(records.public_records()[:50]),
        "returned": lambda: list(records.returned_to(actor_for(city.officer))[:50]),
        "due": lambda: list(records.due_publications(clock.now())[:50]),
    }
    for role in ROLES:
        asks |= {
            f"steps {role}": lambda role=role: list(reviews.steps_for(city.actor(role))[:50]),
            f"visible {role}": lambda role=role: list(visible(Record, city.actor(role))[:50]),
            f"to publish {role}": lambda role=role: list(records.to_publish(city.actor(role))[:50]),
            f"taken down {role}": lambda role=role: list(records.taken_down(city.actor(role))[:50]),
        }
    return asks


def pages_of(city: City) -> dict[str, Callable[[], object]]:
    """Whole pages, as browsers ask for them."""
    pages: dict[str, Callable[[], object]] = {}

    def add(name: str, client: Client, address: str) -> None:
        def ask() -> None:
            assert client.get(address).status_code == 200, address

        pages[name] = ask

    for address in ("/", "/policy/", "/xxgk/content/", f"/o/{city.organs[0].code}/"):
        add(address, Client(), address)
    for who in (*city.everybody.values(), city.officer):
        client = Client()
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        add(f"desk of {who.username}", client, "/desk/")
        add(f"records of {who.username}", client, "/desk/records/")
    return pages


def dossiers_of(city: City) -> dict[str, Callable[[], object]]:
    """What one dossier asks about its actions, for everybody."""
    record = Record.objects.filter(state="proposed").earliest("pk")
    return {f"dossier {role}": lambda role=role: permitted(record, city.actor(role)) for role in ROLES}


def test_queries_do_not_grow_with_organs() -> None:
    city = City()
    city.grow(FEW)
    # Pages show up to a screenful; both times there is more than that.
    city.grow(2 * FEW)
    lists, pages = lists_of(city), pages_of(city) | dossiers_of(city)
    few = {name: questions(ask) for name, ask in (lists | pages).items()}
    city.grow(MANY)
    assert Organ.objects.count() == MANY + 1
    assert {name: questions(ask) for name, ask in (lists | pages).items()} == few
    assert max(few[name] for name in lists) <= 4
