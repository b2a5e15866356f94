"""Signing in through CAS, against a small server over HTTP: the same limits and notes as with a password."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from gongkai.config import env, sign_in
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.access.models import SecurityEvent, StaffSession
from gongkai.ground.access.roles import Role
from gongkai.ground.files.crypto import seal_text
from gongkai.ground.organs import actions as organs
from gongkai.ground.organs.models import Person
from gongkai.surfaces.workbench.accounts.adapters import BOUND
from tests.access.cas_server import CasServer, success
from tests.people import make_organ, make_person

pytestmark = pytest.mark.django_db
START = "/accounts/cas/login/"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_rates_of_other_tests() -> None:
    cache.clear()


@pytest.fixture
def person() -> Person:
    return make_person("chen", make_organ("YZ", name="云洲市人民政府"), Role.OFFICER, password="yunzhou-2026-qiao")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[CasServer]:
    running = CasServer()
    monkeypatch.setattr(env, "CAS_URL", f"{running.url}/")
    settings.CAS_URL = sign_in.cas_address()
    yield running
    running.close()


def come_by(server: CasServer, client: Client, told: str, start: str = START) -> Any:
    """The whole way: our button, the server's page, and back."""
    return client.get(server.vouch(client.get(start).headers["Location"], told))


def is_in(client: Client) -> bool:
    return client.get("/accounts/").status_code == 200


def names() -> list[str]:
    return list(SecurityEvent.objects.order_by("pk").values_list("name", flat=True))


def test_without_the_setting_there_is_no_button_and_no_address(client: Client) -> None:
    assert "统一身份认证" not in client.get(LOGIN).content.decode()
    assert (client.get(START).status_code, client.get("/accounts/cas/back/").status_code) == (404, 404)


def test_who_the_server_vouches_for_is_signed_in_as_the_person_we_know(
    server: CasServer, client: Client, person: Person
) -> None:
    assert f'href="{START}?next=/desk/work/"' in client.get(f"{LOGIN}?next=/desk/work/").content.decode()
    back = come_by(server, client, success("chen", mail="chen@example.cn"), f"{START}?next=/desk/work/")
    assert (back.status_code, back.headers["Location"]) == (302, "/desk/work/")
    assert is_in(client) and names() == ["signed_in"]
    assert StaffSession.objects.filter(person=person, ended_at=None).count() == 1
    assert server.asked[-1].startswith("/cas/serviceValidate?service=http")


def test_nobody_is_led_to_another_site(server: CasServer, client: Client, person: Person) -> None:
    back = come_by(server, client, success("chen"), f"{START}?next=https://evil.example/")
    assert back.headers["Location"] == "/desk/"


def test_nobody_is_enrolled_and_closed_or_service_accounts_do_not_come_in(server: CasServer, person: Person) -> None:
    make_person("oa", person.organ, Role.SERVICE)
    organs.disable(person, actor=SYSTEM)
    for user in ("stranger", "oa", "chen", "", "CHEN"):
        client = Client()
        back = come_by(server, client, success(user))
        assert (back.status_code, "没有对应的在用账号" in back.content.decode()) == (403, True)
        assert not is_in(client)
    assert Person.objects.count() == 2


def test_an_attribute_can_name_the_person(
    server: CasServer, client: Client, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "CAS_ATTRIBUTE", "employeeNumber")
    assert come_by(server, client, success("chen")).status_code == 403
    assert come_by(server, client, success("8e1c", employeeNumber="chen")).status_code == 302
    assert server.asked[-1].startswith("/cas/p3/serviceValidate?")


def test_only_the_browser_that_went_there_comes_back_and_only_once(
    server: CasServer, client: Client, person: Person
) -> None:
    address = server.vouch(client.get(START).headers["Location"], success("chen"))
    stranger, asked = Client(), len(server.asked)
    for other in (address, "/accounts/cas/back/", "/accounts/cas/back/?ticket=ST-0-x&state=x"):
        answer = stranger.get(other)
        assert (answer.status_code, "统一身份认证没有完成" in answer.content.decode()) == (403, True)
    stranger.get(START)
    assert stranger.get(address).status_code == 403
    assert len(server.asked) == asked, "a stranger's ticket is not even asked about"
    assert client.get(address).status_code == 302
    assert Client().get(address).status_code == 403
    assert not is_in(stranger) and is_in(client)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "不是XML",
        success("chen").replace("http://www.yale.edu/tp/cas", "urn:other"),
        '<!DOCTYPE x [<!ENTITY e "chen">]>' + success("&e;"),
        success("chen").replace("cas:authenticationSuccess", "cas:authenticationFailure"),
        success("chen") + success("chen"),
    ],
)
def test_what_is_no_plain_success_signs_nobody_in(server: CasServer, client: Client, person: Person, told: str) -> None:
    assert come_by(server, client, told).status_code == 403
    assert (is_in(client), names()) == (False, ["sign_in_failed"])


def test_a_name_is_not_cut_short_by_a_comment_and_two_names_are_none(
    server: CasServer, client: Client, person: Person
) -> None:
    for user in ("chen<!-- -->.evil", "chen<?x?>.evil", "chen</cas:user><cas:user>wu", "<b>chen</b>"):
        assert come_by(server, client, success(user)).status_code == 403
    assert not is_in(client)


def test_the_one_time_code_is_still_asked_for_and_a_locked_account_stays_locked(
    server: CasServer, client: Client, person: Person
) -> None:
    Authenticator.objects.create(user=person, type="totp", data={"secret": seal_text("columns", b"JBSWY3DP", BOUND)})
    assert come_by(server, client, success("chen")).headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_in(client)
    for _ in range(5):
        Client().post(LOGIN, {"login": "chen", "password": "wrong"})
    assert come_by(server, Client(), success("chen")).status_code == 429


def test_a_server_that_is_away_ends_in_words(server: CasServer, client: Client, person: Person) -> None:
    server.status = 500
    assert come_by(server, client, success("chen")).status_code == 403
    address = server.vouch(client.get(START).headers["Location"], success("chen"))
    server.close()
    assert "统一身份认证没有完成" in client.get(address).content.decode()
    assert not is_in(client)


@pytest.mark.parametrize(
    ("url", "attribute", "words"),
    [
        ("http://sso.example.cn/cas", "", "https://"),
        ("sso.example.cn/cas", "", "https://"),
        ("https://sso.example.cn/cas/login?a=b", "", "不带 /login"),
        ("https://sso.example.cn/cas", "a b", "CAS_ATTRIBUTE"),
    ],
)
def test_a_careless_setting_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, url: str, attribute: str, words: str
) -> None:
    monkeypatch.setattr(env, "CAS_URL", url)
    monkeypatch.setattr(env, "CAS_ATTRIBUTE", attribute)
    with pytest.raises(ImproperlyConfigured, match=words):
        sign_in.cas_address()
