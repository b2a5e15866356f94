"""Every URL and API operation × every kind of visitor: nobody sees or changes what is not theirs; nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from gongkai.engine.channels.actions import open_column
from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.models import Person
from gongkai.ground.register.log import seal
from gongkai.ground.register.models import Checkpoint
from tests.builders import Office, deputy, draft_record, person, public_record
from tests.walk.table import OUTSIDE, OUTSIDE_PREFIXES, OWN, PUBLIC, RIGHT, SELF, TABLE, TOKEN, Row

pytestmark = pytest.mark.django_db
SECRET_TITLE = "秘密草稿不应被外人看见"
SKIPPED_MODELS = {"sessions.session", "axes.accesslog", "axes.accessattempt", "axes.accessfailurelog"}


def names(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from names(item.url_patterns, namespace + (f"{item.namespace}:" if item.namespace else ""))
        elif item.name:
            yield namespace + item.name


def test_every_route_stands_in_the_table() -> None:
    routes = {name for name in names(get_resolver().url_patterns) if not name.startswith(OUTSIDE_PREFIXES)}
    assert routes == set(TABLE)


class Town:
    """Two organs, a draft and a public record in the first, and the visitors."""

    def __init__(self) -> None:
        self.office, other = Office(), Office("11330000002", "云洲市卫生健康局")
        self.draft = draft_record(self.office, title=SECRET_TITLE)
        facts = {"name": "公告", "slug": "notices", "kinds": ["notice"]}
        self.column = open_column(actor=self.office.actor("editor"), organ=self.office.organ, **facts)
        seal()
        self.public = public_record(self.office)
        seal()
        self.sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
        deputising = person("deputy", other.organ)
        deputy(self.office.people["officer"], deputising)
        self.visitors: dict[str, Person | None] = {
            "anonymous": None,
            "other organ": other.people["officer"],
            "wrong role": person("assessor", self.office.organ, Role.ASSESSOR),
            "right role": self.office.people["officer"],
            "deputy": deputising,
            "system administrator": person("system", self.office.organ, Role.SYSTEM_ADMIN, with_subtree=True),
            "security administrator": person("security", self.office.organ, Role.SECURITY_ADMIN, with_subtree=True),
            "audit administrator": person("audit", self.office.organ, Role.AUDIT_ADMIN, with_subtree=True),
        }

    def query(self, row: Row) -> dict[str, Any]:
        known = {"{old}": self.sizes[0], "{new}": self.sizes[-1]}
        return {key: known.get(str(value), value) for key, value in row.query.items()}

    def address(self, name: str, row: Row) -> str:
        known = {
            "{draft}": self.draft.pk,
            "{index}": self.public.index_number,
            "{organ}": self.office.organ.code,
            "{person}": self.office.people["officer"].pk,
            "{organ_pk}": self.office.organ.pk,
            "{column}": self.column.slug,
        }
        return reverse(name, kwargs={key: known.get(str(value), value) for key, value in row.arguments.items()})


def client_of(who: Person | None) -> Client:
    client = Client(raise_request_exception=False)
    if who is not None:
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def everything() -> dict[str, Any]:
    """Every row of every table but sessions and the log of logins."""
    found: dict[str, Any] = {}
    for model in apps.get_models():
        if model._meta.label_lower not in SKIPPED_MODELS:
            rows = model._default_manager.order_by("pk").values_list()
            found[model._meta.label_lower] = [str(row) for row in rows if "last_login" not in str(row)]
    return found


def is_refusal(answer: HttpResponse) -> bool:
    return answer.status_code >= 400 or "/accounts/login/" in answer.headers.get("Location", "")


def holds_any(who: Person, row: Row) -> bool:
    actor = actor_for(who)
    return any(actor.holds(right) for right in row.right.split())


def check(name: str, row: Row, visitor: str, who: Person | None, answer: HttpResponse) -> None:
    told = f"{visitor} at {name}: {answer.status_code}"
    # Readiness is told by 503: no tick runs in a test.
    assert answer.status_code < 500 or name == "ready", told
    text = answer.content.decode(errors="replace") if not answer.streaming else ""
    if visitor not in {"right role", "deputy", "wrong role"}:
        assert SECRET_TITLE not in text, told
    if row.rule == PUBLIC:
        assert answer.status_code == 200, told
    elif row.rule == TOKEN:
        assert answer.status_code in {401, 403}, told
    elif row.rule != OUTSIDE and who is None:
        assert answer.status_code == 302, told
        assert answer.headers["Location"].startswith("/accounts/login/"), told
    elif row.rule == SELF:
        assert answer.status_code == 200, told
    elif row.rule == OWN and visitor not in {"right role", "deputy", "wrong role"}:
        assert answer.status_code == 404, told
    elif row.rule == RIGHT and who is not None:
        holds = holds_any(who, row)
        assert (answer.status_code == 200) if holds else (answer.status_code in {403, 404}), told


@pytest.mark.parametrize(
    "visitor",
    [
        "anonymous",
        "other organ",
        "wrong role",
        "right role",
        "deputy",
        "system administrator",
        "security administrator",
        "audit administrator",
    ],
)
def test_reading_every_address(visitor: str) -> None:
    town = Town()
    who = town.visitors[visitor]
    client = client_of(who)
    before = everything()
    for name, row in TABLE.items():
        if row.post is not None and row.rule == TOKEN:
            continue
        answer = client.get(town.address(name, row), town.query(row))
        if row.post is not None and answer.status_code == 405:
            continue
        check(name, row, visitor, who, answer)
    assert everything() == before, "reading changed something"


@pytest.mark.parametrize(
    "visitor",
    [
        "anonymous",
        "other organ",
        "wrong role",
        "system administrator",
        "security administrator",
        "audit administrator",
    ],
)
def test_writing_where_one_has_no_business_changes_nothing(visitor: str) -> None:
    town = Town()
    who = town.visitors[visitor]
    client = client_of(who)
    before = everything()
    for name, row in TABLE.items():
        if row.post is None:
            continue
        if row.rule == RIGHT and who is not None and holds_any(who, row):
            continue
        address = town.address(name, row)
        if row.rule == TOKEN:
            answer = client.post(address, json.dumps(row.post), content_type="application/json")
        else:
            answer = client.post(address, row.post)
        told = f"{visitor} posting to {name}: {answer.status_code}"
        assert answer.status_code < 500, told
        assert is_refusal(answer), told
        assert everything() == before, told


def test_every_action_by_name_is_refused_to_the_wrong_role() -> None:
    from gongkai.ground.gate.table import actions_of

    town = Town()
    client = client_of(town.visitors["wrong role"])
    before = everything()
    for spec in actions_of(Record):
        address = reverse("workbench:act", args=[town.draft.pk, spec.name])
        answer = client.post(address, {"text": "同意", "reason": "other", "note": "说明", "at": "2030-01-01T09:00"})
        assert answer.status_code in {403, 404, 409, 422}, f"{spec.name}: {answer.status_code}"
    assert everything() == before


@pytest.mark.parametrize("pk", ["0", "999999999", "99999999999999999999999999"])
def test_numbers_nobody_has_are_not_found(pk: str) -> None:
    town = Town()
    client = client_of(town.visitors["right role"])
    for name, row in TABLE.items():
        if row.arguments.get("pk") == "{draft}" and row.rule == OWN:
            address = town.address(name, row).replace(f"/{town.draft.pk}/", f"/{pk}/")
            assert client.get(address).status_code in {404, 405}, address


def test_other_names_of_a_draft_lead_nowhere() -> None:
    town = Town()
    for address in (f"/r/{town.draft.pk}", "/r/11330000001/2026-99999", f"/register/proof/{town.draft.pk}-1"):
        assert Client().get(address).status_code == 404
