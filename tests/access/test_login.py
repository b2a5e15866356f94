"""Logging in: lock-out, one-time codes, forced change of password, idle and old sessions, how many at once."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.access.models import SecurityEvent, StaffSession
from gongkai.ground.access.roles import Role
from gongkai.ground.organs import actions as organs
from gongkai.ground.organs.models import Person
from gongkai.ground.register.models import Event
from tests.people import make_organ, make_person

pytestmark = pytest.mark.django_db
PASSWORD, NEW_PASSWORD = "yunzhou-2026-qiao", "another-good-one-7"
LOGIN, HOME = "/accounts/login/", "/accounts/"
STANDING = "本系统为非涉密系统，严禁录入、上传国家秘密和工作秘密"


@pytest.fixture(autouse=True)
def no_rates_of_other_tests():
    cache.clear()


@pytest.fixture
def city():
    return make_organ("YZ", name="云洲市人民政府")


@pytest.fixture
def person(city):
    return make_person("chen", city, Role.OFFICER, password=PASSWORD)


def log_in(client: Client, username: str = "chen", password: str = PASSWORD, **data):
    return client.post(LOGIN, {"login": username, "password": password, **data})


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def names() -> list[str]:
    return list(SecurityEvent.objects.order_by("pk").values_list("name", flat=True))


def code_of(secret: str, shift: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift))


def test_the_login_page_says_what_may_not_be_entered(client):
    page = client.get(LOGIN).content.decode()
    assert STANDING in page
    assert "用户名" in page
    assert "不开放注册" in page
    assert "Username" not in page
    assert "Password" not in page


def test_nobody_signs_up_and_no_password_goes_by_mail(client):
    for path in ("signup/", "password/reset/", "email/"):
        assert client.get(f"/accounts/{path}").status_code == 404


def test_a_person_logs_in_with_a_new_session_key_and_out(client, person):
    client.get(LOGIN)
    client.session["visited"] = True
    client.session.save()
    before = client.session.session_key
    response = log_in(client)
    assert (response.status_code, response.headers["Location"]) == (302, "/desk/")
    assert client.session.session_key != before
    assert "expires" not in str(client.cookies["gongkai_session"]).lower()
    assert is_in(client)
    session = StaffSession.objects.get()
    assert (session.person, session.session_key, session.address) == (person, client.session.session_key, "127.0.0.1")

    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)
    session.refresh_from_db()
    assert (session.end_reason, session.session_key) == ("signed_out", "")
    assert names() == ["signed_in", "signed_out"]


def test_the_next_page_is_kept_but_never_another_site(client, person):
    assert log_in(client, next="/accounts/password/change/").headers["Location"] == "/accounts/password/change/"
    client.post("/accounts/logout/")
    assert log_in(client, next="https://evil.example/").headers["Location"] == "/desk/"


def test_wrong_name_and_wrong_password_read_the_same(client, person):
    first, second = log_in(client, password="secret-guess-1"), log_in(client, username="nobody")
    assert "用户名或密码不正确" in first.content.decode()
    assert "用户名或密码不正确" in second.content.decode()
    assert names() == ["sign_in_failed", "sign_in_failed"]
    kept = str([list(model.objects.values()) for model in (SecurityEvent, AccessAttempt, AccessFailureLog)])
    assert "secret-guess" not in kept
    assert PASSWORD not in kept


def test_a_disabled_person_cannot_log_in_and_is_out_at_once(client, person):
    log_in(client)
    organs.disable(person, actor=SYSTEM)
    assert not is_in(client)
    assert "用户名或密码不正确" in log_in(client).content.decode()


def test_five_failures_lock_the_account_for_fifteen_minutes(client, person):
    with time_machine.travel(dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC), tick=False) as traveller:
        for _ in range(4):
            assert log_in(client, password="wrong").status_code == 200
        fifth = log_in(client, password="wrong")
        assert fifth.status_code == 429
        assert "已锁定15分钟" in fifth.content.decode()
        assert STANDING in fifth.content.decode()
        # The right password does not help, and trying does not prolong the lock.
        traveller.shift(dt.timedelta(minutes=14))
        assert log_in(Client()).status_code == 429
        assert names().count("sign_in_failed") == 5
        assert names().count("locked_out") == 1
        traveller.shift(dt.timedelta(minutes=1, seconds=1))
        assert log_in(client).status_code == 302
        assert is_in(client)


def test_another_account_is_not_locked(client, person, city):
    make_person("wang", city, password=PASSWORD)
    for _ in range(5):
        log_in(client, password="wrong")
    assert log_in(Client(), username="wang").status_code == 302


def test_a_name_that_does_not_exist_is_locked_alike(client):
    answers = [log_in(client, username="nobody").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]


def test_an_initial_password_must_be_changed_before_anything_else(client, city):
    organs.enrol(actor=SYSTEM, organ=city, username="neu", name="新人", password=PASSWORD)
    log_in(client, username="neu")
    assert client.get("/desk/").headers["Location"] == "/accounts/password/change/"
    page = client.get("/accounts/password/change/").content.decode()
    assert "请先修改密码" in page

    for old, new, again, words in (
        ("wrong", NEW_PASSWORD, NEW_PASSWORD, "原密码不对"),
        (PASSWORD, "short", "short", "密码不合要求"),
        (PASSWORD, NEW_PASSWORD, "different-one-7", "两次输入的新密码不一致"),
        (PASSWORD, PASSWORD, PASSWORD, "新密码与原密码相同"),
    ):
        answer = client.post("/accounts/password/change/", {"old": old, "new": new, "again": again})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert Person.objects.get(username="neu").must_change_password
    cache.clear()
    done = client.post("/accounts/password/change/", {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (302, "/desk/")
    assert client.get("/desk/").headers.get("Location") != "/accounts/password/change/"
    assert Event.objects.latest("id").name == "person.password_changed"


def test_a_password_has_an_age(client, person, settings):
    settings.PASSWORD_DAYS = 90
    log_in(client)
    Person.objects.filter(pk=person.pk).update(password_changed_at=clock.now() - dt.timedelta(days=89, hours=23))
    assert client.get("/desk/").headers.get("Location") != "/accounts/password/change/"
    Person.objects.filter(pk=person.pk).update(password_changed_at=clock.now() - dt.timedelta(days=90))
    assert client.get("/desk/").headers["Location"] == "/accounts/password/change/"
    assert "密码已到期" in client.get("/accounts/password/change/").content.decode()


def test_changing_the_password_ends_every_other_session(client, person):
    other = Client()
    log_in(client)
    log_in(other)
    client.post("/accounts/password/change/", {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert is_in(client)
    assert not is_in(other)
    assert list(StaffSession.objects.filter(ended_at=None).values_list("session_key", flat=True)) == [
        client.session.session_key
    ]


def test_an_idle_session_ends(client, person):
    start = clock.now()
    with clock.frozen(start):
        log_in(client)
    for minutes in (29, 58):
        with clock.frozen(start + dt.timedelta(minutes=minutes)):
            assert is_in(client)
    with clock.frozen(start + dt.timedelta(minutes=58 + 30)):
        answer = client.get("/desk/?q=1")
        assert answer.headers["Location"] == "/accounts/login/?next=/desk/%3Fq%3D1"
        assert "您已30分钟没有操作" in client.get(LOGIN).content.decode()
    assert StaffSession.objects.get().end_reason == "idle"
    assert not is_in(client)


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(client, person):
    start = clock.now()
    log_in(client)
    with clock.frozen(start + dt.timedelta(hours=2)):
        answer = client.post("/desk/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, LOGIN)


def test_a_session_ends_after_eight_hours_however_busy(client, person):
    start = clock.now()
    with clock.frozen(start):
        log_in(client)
    for quarter in range(1, 32):
        with clock.frozen(start + dt.timedelta(minutes=15 * quarter)):
            assert is_in(client), quarter
    with clock.frozen(start + dt.timedelta(hours=8)):
        assert not is_in(client)
    assert StaffSession.objects.get().end_reason == "too_old"


def test_a_session_from_elsewhere_has_the_same_limits(client, person):
    start = clock.now()
    client.force_login(person)
    with clock.frozen(start):
        assert is_in(client)
    with clock.frozen(start + dt.timedelta(minutes=30)):
        assert not is_in(client)


def test_the_newest_three_sessions_win(person):
    clients = [Client() for _ in range(4)]
    for client in clients:
        log_in(client)
    assert [is_in(client) for client in clients] == [False, True, True, True]
    assert Session.objects.count() == 3
    assert StaffSession.objects.filter(end_reason="newer_sign_in").count() == 1
    clients[3].post("/accounts/sessions/end/")
    assert [is_in(client) for client in clients] == [False, False, False, True]


def enrol_code(client: Client) -> str:
    again = client.get("/accounts/2fa/totp/activate/").headers["Location"]
    assert again.startswith("/accounts/reauthenticate/")
    assert "确认是您本人" in client.get(again).content.decode()
    assert "密码不正确" in client.post(again, {"password": "wrong"}).content.decode()
    page = client.post(again, {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page).group(1)
    assert 'src="data:image/svg+xml;base64,' in page
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert done.status_code == 302
    return secret


def test_a_person_enrols_a_one_time_code_and_logs_in_with_it(client, person):
    log_in(client)
    secret = enrol_code(client)
    codes = client.get("/accounts/2fa/recovery-codes/").content.decode()
    recovery = re.search(r"<li>([0-9a-z]+)</li>", codes).group(1)
    assert secret not in str(list(Authenticator.objects.values("data")))
    assert "totp_enrolled" in names()

    second = Client()
    assert log_in(second).headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_in(second)
    assert second.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert not is_in(second)
    assert "code_failed" in names()
    assert second.post("/accounts/2fa/authenticate/", {"code": code_of(secret, 1)}).headers["Location"] == "/desk/"
    assert is_in(second)

    third = Client()
    log_in(third)
    third.post("/accounts/2fa/authenticate/", {"code": recovery})
    assert is_in(third)


def test_codes_cannot_be_guessed(client, person):
    log_in(client)
    secret = enrol_code(client)
    guesser = Client()
    log_in(guesser)
    for _ in range(5):
        guesser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    # Another process, which knows nothing of this one's memory, counts on.
    cache.clear()
    answer = guesser.post("/accounts/2fa/authenticate/", {"code": code_of(secret, 1)})
    assert "连续输错5次，请15分钟后再试" in answer.content.decode()
    assert not is_in(guesser)
    with clock.frozen(clock.now() + dt.timedelta(minutes=15, seconds=1)):
        guesser.post("/accounts/2fa/authenticate/", {"code": code_of(secret, 1)})
        assert is_in(guesser)


def test_a_person_puts_the_code_away(client, person):
    log_in(client)
    enrol_code(client)
    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 200
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()
    assert names()[-1] == "totp_removed"


def test_administrators_need_a_code_where_it_is_required(client, city, settings):
    settings.REQUIRE_ADMIN_TOTP = True
    make_person("audit", city, Role.AUDIT_ADMIN, password=PASSWORD)
    log_in(client, username="audit")
    assert client.get("/desk/").headers["Location"] == "/accounts/2fa/totp/activate/"
    enrol_code(client)
    assert client.get("/desk/").headers.get("Location") != "/accounts/2fa/totp/activate/"
    kept = client.post("/accounts/2fa/totp/deactivate/")
    assert "三类管理员必须启用动态口令" in kept.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_officers_need_none(client, person, settings):
    settings.REQUIRE_ADMIN_TOTP = True
    log_in(client)
    assert client.get("/desk/").headers.get("Location") != "/accounts/2fa/totp/activate/"


@pytest.mark.parametrize(
    "path",
    ["", "password/change/", "2fa/totp/activate/", "2fa/totp/deactivate/", "2fa/recovery-codes/", "reauthenticate/"],
)
def test_strangers_are_sent_to_the_login(client, path):
    answer = client.get(f"/accounts/{path}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(LOGIN)


def test_public_pages_stay_free_of_sessions(client):
    answer = client.get("/register/checkpoint")
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_my_account_shows_rights_and_sessions(client, person):
    log_in(client)
    page = client.get(HOME).content.decode()
    assert "云洲市人民政府承办人，2020-01-01起" in page
    assert "（本次）" in page
