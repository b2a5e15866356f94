"""Notices leave through a real SMTP conversation and a real HTTP request, and are tried again when they fail."""

from __future__ import annotations

import datetime as dt
import json
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gongkai.config import env
from gongkai.engine.notices.models import Notice
from gongkai.engine.notices.outbox import deliver, queue_notice
from gongkai.engine.reviews.actions import return_for_correction
from gongkai.ground import clock
from tests.builders import Office, draft_record

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


class Mailbox(socketserver.StreamRequestHandler):
    """Enough of RFC 5321 to take a message."""

    received: list[bytes] = []

    def handle(self) -> None:
        self.wfile.write(b"220 mailbox\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (part := self.rfile.readline()) != b".\r\n":
                    lines.append(part)
                self.received.append(b"".join(lines))
            if verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


class Robot(BaseHTTPRequestHandler):
    """A chat robot that fails as often as it is told to."""

    received: list[dict[str, object]] = []
    failures = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if Robot.failures:
            Robot.failures -= 1
            self.send_error(503)
            return
        self.received.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


@pytest.fixture
def channels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Mailbox.received.clear()
    Robot.received.clear()
    Robot.failures = 0
    mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)
    robot = HTTPServer(("127.0.0.1", 0), Robot)
    for server in (mail, robot):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(env, "EMAIL_URL", f"smtp://127.0.0.1:{mail.server_address[1]}")
    monkeypatch.setattr(env, "WEBHOOK_URL", f"http://127.0.0.1:{robot.server_address[1]}/")
    yield
    for server in (mail, robot):
        server.shutdown()
        server.server_close()


def test_a_returned_record_tells_its_drafter_by_mail_and_robot_without_its_title(channels: None) -> None:
    office = Office()
    office.people["officer"].email = "officer@example.org"
    office.people["officer"].save()
    with clock.frozen(MOMENT):
        record = draft_record(office)
        from gongkai.engine.records.actions import submit

        submit(record, actor=office.actor("officer"))
        Notice.objects.all().delete()
        return_for_correction(record, actor=office.actor("section"), reason="ground_missing", text="请补充。")
        assert deliver() == 2
    text = f"您承办的一件信息被退回：编号 {record.pk}，2026-03-02。请登录查看原因。"
    mail = message_from_bytes(Mailbox.received[0], policy=default)
    assert mail["To"] == "officer@example.org"
    assert mail.get_content().strip() == text
    assert Robot.received == [{"msgtype": "text", "text": {"content": text}}]
    assert record.title not in mail.get_content()
    assert set(Notice.objects.values_list("receipt", flat=True)) >= {"HTTP 200"}


def test_a_failed_notice_is_tried_again_later_and_sent_once(channels: None) -> None:
    office = Office()
    Robot.failures = 2
    with clock.frozen(MOMENT):
        queue_notice([office.people["officer"]], subject_type="record", subject_id="7", text="编号 7，2026-03-02。")
        assert deliver() == 0
        assert deliver() == 0
    with clock.frozen(MOMENT + dt.timedelta(minutes=2)):
        assert deliver() == 0
    with clock.frozen(MOMENT + dt.timedelta(minutes=6)):
        assert deliver() == 1
        assert deliver() == 0
    notice = Notice.objects.get()
    assert (notice.attempts, len(Robot.received)) == (3, 1)


def test_without_a_channel_nothing_is_owed() -> None:
    office = Office()
    assert queue_notice([office.people["officer"]], subject_type="record", subject_id="7", text="编号 7。") == 0
    assert Notice.objects.count() == 0
