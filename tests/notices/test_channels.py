"""The SMS gateway as settings describe it, the robots of 企业微信 and 钉钉 with its signature."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from gongkai.config import env
from gongkai.engine.notices.actions import choose
from gongkai.engine.notices.models import ContactAddress, Dispatch, DispatchAttempt
from gongkai.engine.notices.outbox import deliver, queue_notice
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.builders import Office
from tests.notices.peers import Peer, running, texts

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
TEXT = "编号 7，2026-03-02。"


def sent(office: Office, text: str = TEXT) -> int:
    with clock.frozen(MOMENT):
        queue_notice([office.people["officer"]], subject_type="record", subject_id="7", text=text, is_urgent=True)
        return deliver()


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> object:
    peer = Peer((200, '{"code": "0000", "msg": "accepted"}'))
    monkeypatch.setattr(env, "SMS_URL", f"{peer.url}/sms/{{phone}}")
    monkeypatch.setattr(env, "SMS_HEADER", "X-Api-Key: s3cret")
    monkeypatch.setattr(env, "SMS_SUCCESS", r'"code":\s*"0000"')
    with running(peer):
        yield peer


def with_sms(office: Office, *channels: str) -> None:
    choose(office.actor("officer"), channels=channels or ("sms",), rhythm="each", addresses={"sms": "13800000000"})


def test_sms_is_sent_as_the_settings_say_and_only_to_who_chose_it(gateway: Peer) -> None:
    office = Office()
    assert sent(office) == 0
    with_sms(office)
    assert sent(office, '编号 "7"\\，2026-03-02。') == 1
    (asked,) = gateway.asked
    key = str(Dispatch.objects.get().key)
    assert (asked["path"], asked["method"]) == ("/sms/13800000000", "POST")
    assert (asked["headers"]["x-api-key"], asked["headers"]["idempotency-key"]) == ("s3cret", key)
    assert json.loads(asked["body"]) == {"phone": "13800000000", "content": '编号 "7"\\，2026-03-02。', "serial": key}
    assert Dispatch.objects.get().receipt == "HTTP 200, 0000"


def test_an_answer_that_does_not_match_is_a_failure_with_the_providers_code(gateway: Peer) -> None:
    office = Office()
    with_sms(office)
    gateway.answers = [(200, '{"code": "4102", "msg": "13800000000 blocked"}')]
    assert sent(office) == 0
    assert DispatchAttempt.objects.get().code == "HTTP 200, 4102"
    assert Dispatch.objects.get().failure == "HTTP 200, 4102"


def test_a_gateway_that_wants_a_form_gets_an_escaped_form(gateway: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "SMS_CONTENT_TYPE", "application/x-www-form-urlencoded")
    monkeypatch.setattr(env, "SMS_BODY", "to={phone}&msg={text}")
    office = Office()
    with_sms(office)
    assert sent(office, "7&to=1 {id}") == 1
    assert parse_qs(gateway.asked[0]["body"].decode()) == {"to": ["13800000000"], "msg": ["7&to=1 {id}"]}


def test_several_notices_are_one_sms_that_only_counts_them(gateway: Peer) -> None:
    office = Office()
    choose(office.actor("officer"), channels=["sms"], rhythm="gathered", addresses={"sms": "13800000000"})
    with clock.frozen(MOMENT):
        for number in (7, 8, 9):
            queue_notice(
                [office.people["officer"]], subject_type="record", subject_id=str(number), text=f"编号 {number}。"
            )
    with clock.frozen(MOMENT + dt.timedelta(minutes=10)):
        assert deliver() == 1
    assert json.loads(gateway.asked[0]["body"])["content"] == "您有3条新提醒，2026-03-02。请登录查看。"


def test_the_robot_of_dingtalk_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer()
    monkeypatch.setattr(env, "DINGTALK_ROBOT_URL", f"{peer.url}/robot/send?access_token=abc")
    monkeypatch.setattr(env, "DINGTALK_ROBOT_SECRET", "SECthis")
    with running(peer):
        assert sent(Office()) == 1
    query = parse_qs(urlsplit(peer.asked[0]["path"]).query)
    stamp = str(int(MOMENT.timestamp() * 1000))
    digest = hmac.new(b"SECthis", f"{stamp}\nSECthis".encode(), hashlib.sha256).digest()
    assert query == {"access_token": ["abc"], "timestamp": [stamp], "sign": [base64.b64encode(digest).decode()]}
    assert texts(peer) == [TEXT]


def test_the_robot_of_wecom_fails_by_errcode_and_a_group_reads_each_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer()
    peer.answers = [(200, '{"errcode": 45009, "errmsg": "api freq out of limit"}')]
    monkeypatch.setattr(env, "WECOM_ROBOT_URL", f"{peer.url}/cgi-bin/webhook/send?key=k3y")
    office = Office()
    with running(peer), clock.frozen(MOMENT):
        queue_notice(office.people.values(), subject_type="record", subject_id="7", text=TEXT, is_urgent=True)
        assert deliver() == 0
        assert Dispatch.objects.get().failure == "HTTP 200, 45009"
        with clock.frozen(MOMENT + dt.timedelta(minutes=2)):
            assert deliver() == 1
    assert texts(peer) == [TEXT, TEXT]
    assert Dispatch.objects.get().notices.count() == len(office.people)


def test_an_address_is_encrypted_and_stands_in_no_event() -> None:
    office = Office()
    with_sms(office)
    row = ContactAddress.objects.get()
    assert row.address == "13800000000"
    assert "13800000000" not in str(ContactAddress.objects.values_list("address", flat=True)[0].token)
    (event,) = Event.objects.filter(name="person.notices_chosen")
    assert (event.data, event.public) == ({}, {})
    choose(office.actor("officer"), channels=[], rhythm="each", addresses={"sms": ""})
    assert ContactAddress.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"addresses": {"sms": "110"}}, "notices.bad_address"),
        ({"addresses": {"email": "a@b\nBcc: c@d"}}, "notices.bad_address"),
        ({"addresses": {"wecom": "x"}}, "notices.bad_address"),
        ({"channels": ["pigeon"]}, "notices.no_channel"),
        ({"rhythm": "never"}, "notices.no_channel"),
    ],
)
def test_a_wrong_choice_changes_nothing(wrong: dict[str, object], code: str) -> None:
    office = Office()
    before = Event.objects.count()
    with pytest.raises(Refused) as refusal:
        choose(office.actor("officer"), **({"channels": [], "rhythm": "each"} | wrong))
    assert refusal.value.code == code
    assert (ContactAddress.objects.count(), Event.objects.count()) == (0, before)
