"""Other ways in: the identity provider, the directory, security keys. The same limits and notes as with a password."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from gongkai.config import env, sign_in
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.access.models import SecurityEvent, StaffSession
from gongkai.ground.access.roles import Role
from gongkai.ground.files.crypto import seal_text
from gongkai.ground.organs import actions as organs
from gongkai.ground.organs.models import Person
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.surfaces.workbench.accounts.adapters import BOUND
from tests.access.directory import Directory
from tests.access.identity_provider import CLIENT, SECRET, Provider
from tests.people import as_actor, make_organ, make_person

pytestmark = pytest.mark.django_db
PASSWORD = "yunzhou-2026-qiao"
START = "/accounts/oidc/single/login/"
DN = "uid={username},ou=people,dc=example,dc=cn"


@pytest.fixture(autouse=True)
def no_rates_of_other_tests():
    cache.clear()


@pytest.fixture
def city():
    return make_organ("YZ", name="云洲市人民政府")


@pytest.fixture
def person(city) -> Person:
    return make_person("chen", city, Role.OFFICER, password=PASSWORD)


def names() -> list[str]:
    return list(SecurityEvent.objects.order_by("pk").values_list("name", flat=True))


def is_in(client: Client) -> bool:
    return client.get("/accounts/").status_code == 200


# The identity provider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Provider]:
    running = Provider()
    for name, value in {"ISSUER": running.url, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET}.items():
        monkeypatch.setattr(env, f"OIDC_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = sign_in.oidc_providers()
    yield running
    running.close()


def come_by(provider: Provider, client: Client, **claims: Any) -> Any:
    """The whole way: our button, the provider's page, and back."""
    away = client.get(START)
    assert away.status_code == 302
    return client.get(f"{START}callback/", provider.vouch(away.headers["Location"], **claims))


def test_without_settings_there_is_no_button_and_no_address(client):
    assert "统一身份认证" not in client.get("/accounts/login/").content.decode()
    assert client.get(START).status_code == 404


def test_who_the_provider_vouches_for_is_signed_in_as_the_person_we_know(provider, client, person):
    assert f'href="{START}"' in client.get("/accounts/login/").content.decode()
    back = come_by(provider, client, preferred_username="chen", email="chen@example.cn", name="陈某某")
    assert (back.status_code, back.headers["Location"]) == (302, "/desk/")
    assert is_in(client)
    assert names() == ["signed_in"]
    assert StaffSession.objects.filter(person=person, ended_at=None).count() == 1
    assert not SocialAccount.objects.exists(), "nothing of what the provider tells is kept"


def test_nobody_is_enrolled_by_the_provider(provider, client, person):
    for claims in ({"preferred_username": "stranger"}, {}, {"preferred_username": 7}, {"preferred_username": ""}):
        back = come_by(provider, client, **claims)
        assert back.status_code == 403
        assert "没有对应的在用账号" in back.content.decode()
    assert not is_in(client)
    assert names() == ["sign_in_failed"] * 4
    assert list(Person.objects.values_list("username", flat=True)) == ["chen"]


def test_closed_accounts_and_service_accounts_do_not_come_in(provider, client, city, person):
    make_person("oa", city, Role.SERVICE)
    assert come_by(provider, client, preferred_username="oa").status_code == 403
    organs.disable(person, actor=SYSTEM)
    assert come_by(provider, client, preferred_username="chen").status_code == 403
    assert not is_in(client)


def test_another_claim_can_name_the_person(provider, client, person, monkeypatch):
    monkeypatch.setattr(env, "OIDC_CLAIM", "employee_number")
    assert come_by(provider, client, preferred_username="chen").status_code == 403
    assert come_by(provider, client, preferred_username="x", employee_number="chen").status_code == 302


def test_the_one_time_code_is_still_asked_for(provider, client, person):
    Authenticator.objects.create(user=person, type="totp", data={"secret": seal_text("columns", b"JBSWY3DP", BOUND)})
    back = come_by(provider, client, preferred_username="chen")
    assert back.headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    assert names() == []


def test_a_locked_account_is_locked_for_the_provider_too(provider, client, person):
    for _ in range(5):
        client.post("/accounts/login/", {"login": "chen", "password": "wrong"})
    assert come_by(provider, client, preferred_username="chen").status_code == 429
    assert not is_in(client)


def test_a_password_that_is_due_is_not_asked_of_who_came_by_the_provider(provider, client, person):
    Person.objects.filter(pk=person.pk).update(must_change_password=True)
    come_by(provider, client, preferred_username="chen")
    assert client.get("/desk/").status_code == 200
    other = Client()
    other.post("/accounts/login/", {"login": "chen", "password": PASSWORD})
    assert other.get("/desk/").headers["Location"] == "/accounts/password/change/"


def test_a_way_back_without_our_state_is_refused(provider, client, person):
    client.get(START)
    for query in ({}, {"code": "code-0", "state": "another"}, {"error": "access_denied"}):
        back = client.get(f"{START}callback/", query)
        assert back.status_code == 403
        assert "统一身份认证没有完成" in back.content.decode()
    assert not is_in(client)


def test_a_provider_that_is_away_or_talks_nonsense_ends_in_words(provider, client, person):
    assert come_by(provider, client, sub=None).status_code == 403
    away = client.get(START)
    back = provider.vouch(away.headers["Location"], preferred_username="chen")
    provider.codes.clear()
    assert client.get(f"{START}callback/", back).status_code == 403
    provider.close()
    answer = client.get(START)
    assert (answer.status_code, "统一身份认证没有完成" in answer.content.decode()) == (403, True)
    assert not is_in(client)


def test_sessions_are_limited_whatever_the_way_in(provider, person, settings):
    settings.SESSIONS_PER_PERSON = 1
    first, second = Client(), Client()
    first.post("/accounts/login/", {"login": "chen", "password": PASSWORD})
    come_by(provider, second, preferred_username="chen")
    assert (is_in(first), is_in(second)) == (False, True)


@pytest.mark.parametrize(
    ("issuer", "secret", "words"),
    [("http://idp.example.cn", "x", "https://"), ("https://idp.example.cn", "", "OIDC_CLIENT_SECRET")],
)
def test_a_careless_provider_is_refused_at_the_start(monkeypatch, issuer, secret, words):
    for name, value in {"ISSUER": issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": secret}.items():
        monkeypatch.setattr(env, f"OIDC_{name}", value)
    with pytest.raises(ImproperlyConfigured, match=words):
        sign_in.oidc_providers()


# The directory


def use_directory(monkeypatch: pytest.MonkeyPatch, settings: Any, url: str) -> None:
    monkeypatch.setattr(env, "LDAP_URL", url)
    monkeypatch.setattr(env, "LDAP_USER_DN", DN)
    axes, local = settings.AUTHENTICATION_BACKENDS
    settings.AUTHENTICATION_BACKENDS = [axes, *sign_in.directory_backends(), local]


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Directory]:
    running = Directory({DN.format(username="chen"): "password-of-the-directory", DN.format(username="wu"): "p"})
    use_directory(monkeypatch, settings, running.url)
    yield running
    running.close()


def log_in(client: Client, username: str, password: str) -> Any:
    return client.post("/accounts/login/", {"login": username, "password": password})


def test_a_directory_account_signs_in_with_the_password_of_the_directory(directory, client, person):
    organs.use_directory(person, actor=SYSTEM)
    assert log_in(client, "chen", PASSWORD).status_code == 200
    assert not is_in(client), "the password of ours is gone"
    log_in(client, "chen", "password-of-the-directory")
    assert is_in(client)
    assert names() == ["sign_in_failed", "signed_in"]
    assert directory.binds == [DN.format(username="chen")] * 2
    page = client.get("/accounts/").content.decode()
    assert "目录账号，请在统一目录中修改密码" in page
    assert client.get("/desk/").status_code == 200


def test_the_directory_is_asked_for_its_accounts_only(directory, client, person, city):
    log_in(client, "chen", "password-of-the-directory")
    assert not is_in(client)
    log_in(client, "wu", "p")
    assert not is_in(client)
    assert directory.binds == []
    log_in(client, "chen", PASSWORD)
    assert is_in(client)


def test_an_empty_password_is_never_sent_and_a_name_is_escaped(directory, client, city):
    from gongkai.surfaces.workbench.accounts.directory import DirectoryBackend, accepts

    odd = make_person("chen", city, Role.OFFICER)
    organs.use_directory(odd, actor=SYSTEM)
    assert DirectoryBackend().authenticate(None, "chen", "") is None
    assert directory.binds == []
    assert not accepts("chen,ou=other", "p")
    assert directory.binds == ["uid=chen\\,ou\\=other,ou=people,dc=example,dc=cn"]


def test_wrong_passwords_of_the_directory_lock_the_account(directory, client, person):
    organs.use_directory(person, actor=SYSTEM)
    for _ in range(5):
        log_in(client, "chen", "wrong")
    assert log_in(client, "chen", "password-of-the-directory").status_code == 429
    assert names()[-1] == "locked_out"
    assert not is_in(client)


def test_a_directory_that_is_away_says_so_and_counts_nothing(monkeypatch, settings, client, person):
    organs.use_directory(person, actor=SYSTEM)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        use_directory(monkeypatch, settings, f"ldap://127.0.0.1:{free.getsockname()[1]}")
    answer = log_in(client, "chen", "password-of-the-directory")
    assert "统一目录暂时无法连接" in answer.content.decode()
    assert names() == []


@pytest.mark.parametrize(
    ("url", "dn", "words"),
    [
        ("ldap://dir.example.cn", DN, "明文"),
        ("http://dir.example.cn", DN, "LDAP_URL"),
        ("ldaps://dir.example.cn", "uid=x", "{username}"),
    ],
)
def test_a_careless_directory_is_refused_at_the_start(monkeypatch, url, dn, words):
    monkeypatch.setattr(env, "LDAP_URL", url)
    monkeypatch.setattr(env, "LDAP_USER_DN", dn)
    with pytest.raises(ImproperlyConfigured, match=words):
        sign_in.directory_backends()


def test_moving_the_sign_in_is_an_event_and_not_open_to_everybody(city, person, client):
    admin = as_actor(make_person("yunwei", city, Role.SYSTEM_ADMIN))
    log_in(client, "chen", PASSWORD)
    with pytest.raises(Refused):
        organs.use_directory(person, actor=as_actor(person))
    assert is_in(client)
    organs.use_directory(person, actor=admin)
    assert not is_in(client)
    assert Event.objects.filter(name="person.directory_used", subject_id=str(person.pk)).count() == 1
    with pytest.raises(Refused, match="密码在统一目录中"):
        organs.reset_password(person, actor=admin)
    with pytest.raises(Refused, match="管理员的密码不得由他人"):
        organs.use_directory(Person.objects.get(username="yunwei"), actor=admin)
    organs.leave_directory(person, actor=admin)
    with pytest.raises(Refused, match="不是目录账号"):
        organs.leave_directory(person, actor=admin)
    log_in(client, "chen", organs.reset_password(person, actor=admin))
    assert is_in(client)


@pytest.fixture
def slapd(tmp_path: Path) -> Iterator[str]:
    """OpenLDAP itself with one person, on a port of its own."""
    program = shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin")
    if not program:
        pytest.skip("no OpenLDAP on this machine (Debian: apt install slapd)")
    (tmp_path / "data").mkdir()
    people = (
        "dn: dc=example,dc=cn\nobjectClass: dcObject\nobjectClass: organization\no: 云洲\ndc: example\n\n"
        "dn: ou=people,dc=example,dc=cn\nobjectClass: organizationalUnit\nou: people\n\n"
        "dn: uid=chen,ou=people,dc=example,dc=cn\nobjectClass: inetOrgPerson\nuid: chen\ncn: chen\nsn: chen\n"
        "userPassword: password-of-the-directory\n"
    )
    (tmp_path / "people.ldif").write_text(people, encoding="utf-8")
    schemas = "".join(f"include /etc/ldap/schema/{name}.schema\n" for name in ("core", "cosine", "inetorgperson"))
    (tmp_path / "slapd.conf").write_text(
        f"{schemas}modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {tmp_path}/pid\n"
        f'database mdb\nsuffix "dc=example,dc=cn"\ndirectory {tmp_path}/data\n'
    )
    load = ["-T", "add", "-f", str(tmp_path / "slapd.conf"), "-l", str(tmp_path / "people.ldif")]
    subprocess.run([program, *load], check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"ldap://127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [program, "-f", str(tmp_path / "slapd.conf"), "-h", url, "-d", "0"], stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0:
                break
        time.sleep(0.05)
    yield url
    process.terminate()
    process.wait()


def test_openldap_itself(slapd, monkeypatch, settings, client, person):
    use_directory(monkeypatch, settings, slapd)
    organs.use_directory(person, actor=SYSTEM)
    log_in(client, "chen", "wrong")
    assert not is_in(client)
    log_in(client, "chen", "password-of-the-directory")
    assert is_in(client)


# Security keys


@pytest.mark.parametrize(
    ("address", "has_keys"),
    [
        ("https://zwgk.example.gov.cn", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("http://zwgk.example.gov.cn", False),
    ],
)
def test_security_keys_are_offered_where_browsers_have_them(address, has_keys):
    assert ("webauthn" in sign_in.second_factors(address)) is has_keys
    assert sign_in.second_factors(address)[:2] == ["totp", "recovery_codes"]


def test_without_https_there_is_no_page_of_security_keys(client, person):
    log_in(client, "chen", PASSWORD)
    for path in ("", "add/", "1/remove/", "reauthenticate/"):
        assert client.get(f"/accounts/2fa/keys/{path}").status_code == 404
    assert "安全密钥" not in client.get("/accounts/").content.decode()


def test_what_is_no_answer_of_a_key_is_counted_like_a_wrong_code(client, person, settings):
    settings.MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
    Authenticator.objects.create(user=person, type="totp", data={"secret": seal_text("columns", b"JBSWY3DP", BOUND)})
    log_in(client, "chen", PASSWORD)
    for _ in range(5):
        answer = client.post("/accounts/2fa/authenticate/", {"credential": '{"id": "x"}'})
        assert answer.status_code == 200
    assert names() == ["code_failed"] * 5
    answer = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "动态口令连续输错5次" in answer.content.decode()
    with clock.frozen(clock.now() + dt.timedelta(minutes=16)):
        assert not is_in(client)
