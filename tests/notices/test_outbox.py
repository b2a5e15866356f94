"""Notices leave through a real SMTP conversation and real HTTP requests, and are tried again when they fail."""

from __future__ import annotations

import ast
import datetime as dt
import threading
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from django.db import close_old_connections, connection

from gongkai.config import env
from gongkai.engine.notices.models import Dispatch, DispatchAttempt, Notice
from gongkai.engine.notices.outbox import HELD, deliver, queue_notice
from gongkai.engine.notices.queries import outbox_health, undelivered
from gongkai.engine.records.actions import submit
from gongkai.engine.reviews.actions import return_for_correction
from gongkai.ground import clock
from gongkai.ground.organs.models import Person
from tests.builders import Office, draft_record
from tests.notices.peers import Mailbox, Peer, texts
from tools.sources import parsed, python_files

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)  # 09:00 in China


def later(minutes: float) -> dt.datetime:
    return MOMENT + dt.timedelta(minutes=minutes)


def owe(*people: Person, text: str = "编号 7，2026-03-02。", is_urgent: bool = False) -> None:
    queue_notice(people, subject_type="record", subject_id="7", text=text, is_urgent=is_urgent)


def officer_with_mail() -> tuple[Office, Person]:
    office = Office()
    person = office.people["officer"]
    person.email = "officer@example.org"
    person.save()
    return office, person


def test_a_returned_record_tells_its_drafter_by_mail_and_robot_without_its_title(mailbox: Mailbox, robot: Peer) -> None:
    office, _ = officer_with_mail()
    with clock.frozen(MOMENT):
        record = draft_record(office)
        submit(record, actor=office.actor("officer"))
        Notice.objects.all().delete()
        return_for_correction(record, actor=office.actor("section"), reason="ground_missing", text="请补充。")
        assert deliver() == 0
    with clock.frozen(later(10)):
        assert deliver() == 2
    text = f"您承办的一件信息被退回：草稿 {record.pk}，2026-03-02。请登录查看原因。"
    mail = message_from_bytes(mailbox.received[0], policy=default)
    assert mail["To"] == "officer@example.org"
    assert mail.get_content().strip() == text
    assert texts(robot) == [text]
    assert record.title not in mail.get_content()
    assert set(Dispatch.objects.values_list("channel", "receipt")) == {
        ("email", mail["Message-ID"]),
        ("webhook", "HTTP 200, 0"),
    }


def test_a_failed_message_is_tried_again_later_under_the_same_key_and_sent_once(mailbox: Mailbox) -> None:
    _, person = officer_with_mail()
    mailbox.refusals = 2
    with clock.frozen(MOMENT):
        owe(person, is_urgent=True)
        assert (deliver(), deliver()) == (0, 0)
    with clock.frozen(later(2)):
        assert deliver() == 0
    with clock.frozen(later(6)):
        assert (deliver(), deliver()) == (1, 0)
    dispatch = Dispatch.objects.get()
    attempts = list(DispatchAttempt.objects.order_by("number").values_list("number", "code", "is_sent"))
    mail = message_from_bytes(mailbox.received[0], policy=default)
    assert attempts == [(1, "SMTP 451", False), (2, "SMTP 451", False), (3, mail["Message-ID"], True)]
    assert (dispatch.attempts, len(mailbox.received), mail["Message-ID"]) == (3, 1, f"<{dispatch.key}@127.0.0.1>")


def test_after_eight_attempts_a_message_is_given_up_and_shown_to_the_operator(robot: Peer) -> None:
    robot.usual = (503, "编号 7 又来了")
    with clock.frozen(MOMENT):
        owe(Office().people["officer"], is_urgent=True)
    moment = MOMENT
    for _ in range(12):
        with clock.frozen(moment):
            assert deliver() == 0
        moment += dt.timedelta(minutes=300)
    dispatch = undelivered().get()
    assert (dispatch.attempts, dispatch.failure, len(robot.asked)) == (8, "HTTP 503", 8)
    with clock.frozen(moment):
        (health,) = outbox_health()
    assert (health.sent, health.waiting, health.failing, health.given_up) == (0, 0, 0, 1)


def test_a_worker_killed_while_sending_leaves_an_attempt_without_end_and_the_next_one_sends(mailbox: Mailbox) -> None:
    _, person = officer_with_mail()
    with clock.frozen(MOMENT):
        owe(person, is_urgent=True)
        deliver()
    # What a kill -9 after the provider took the message and before the result was noted leaves behind.
    Dispatch.objects.update(sent_at=None, receipt="", attempts=1, try_at=MOMENT + HELD)
    DispatchAttempt.objects.update(ended_at=None, code="", is_sent=False)
    with clock.frozen(later(1)):
        assert deliver() == 0
    with clock.frozen(MOMENT + HELD):
        assert (deliver(), deliver()) == (1, 0)
    first, second = (message_from_bytes(one, policy=default)["Message-ID"] for one in mailbox.received)
    assert first == second
    assert list(DispatchAttempt.objects.order_by("number").values_list("ended_at", "is_sent")) == [
        (None, False),
        (MOMENT + HELD, True),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(robot: Peer) -> None:
    people = list(Office().people.values())
    for place, person in enumerate(people):
        owe(person, text=f"编号 {place}，{'九' * 190}", is_urgent=True)
    counts: list[int] = []

    def work() -> None:
        counts.append(deliver())
        close_old_connections()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    said = "\n".join(texts(robot))
    assert sum(counts) == len(robot.asked) == Dispatch.objects.filter(sent_at__isnull=False).count() == 3
    assert [said.count(f"编号 {place}，") for place in range(len(people))] == [1] * len(people)


def test_without_a_channel_a_notice_waits_on_the_persons_page() -> None:
    person = Office().people["officer"]
    with clock.frozen(MOMENT):
        owe(person)
    with clock.frozen(later(10)):
        assert deliver() == 0
    assert Notice.objects.filter(recipient=person, read_at__isnull=True).count() == 1
    assert Dispatch.objects.count() == 0


def test_a_redirect_is_not_followed_and_plain_http_to_another_machine_is_refused(
    robot: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Office().people["officer"]
    robot.serve = lambda path, _: (302, {"Location": "/elsewhere"}, b"") if path == "/hook" else (200, {}, b"")
    with clock.frozen(MOMENT):
        owe(person, is_urgent=True)
        assert deliver() == 0
    monkeypatch.setattr(env, "WEBHOOK_URL", "http://192.0.2.1/hook")
    with clock.frozen(later(5)):
        assert deliver() == 0
    assert [one["path"] for one in robot.asked] == ["/hook"]
    assert list(DispatchAttempt.objects.order_by("pk").values_list("code", flat=True)) == [
        "HTTP 302",
        "address-refused",
    ]


# What the text of a notice may be made of: keys, dates, numbers, and words of this program.
PERMITTED = {
    "reference(record)",
    "record.effective_until",
    "reference(target)",
    "turn.matter",
    "count",
    "lead",
    "kind.name",
    "clock.today():%Y-%m-%d",
    "today:%Y-%m-%d",
}


def _spelled_out(text: ast.expr, path: Path) -> ast.expr:
    """The text itself, where a function of the same file makes it."""
    name = getattr(getattr(text, "func", None), "id", "")
    makers = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef) and node.name == name]
    made = makers[0].body[-1] if makers else None
    return made.value if isinstance(made, ast.Return) and made.value is not None else text


def test_texts_are_made_of_numbers_and_dates_only() -> None:
    found = set()
    for path in python_files("gongkai"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "queue_notice":
                text = _spelled_out(next(keyword.value for keyword in node.keywords if keyword.arg == "text"), path)
                found |= {
                    ast.unparse(ast.JoinedStr([part]))[3:-2]
                    for part in ast.walk(text)
                    if isinstance(part, ast.FormattedValue)
                }
                if not isinstance(text, ast.JoinedStr | ast.Constant):
                    assert path.match("engine/deadlines/ticks.py") and ast.unparse(text) == "text", path
    assert found <= PERMITTED
    assert "reference(record)" in found
