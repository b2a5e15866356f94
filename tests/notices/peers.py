"""Peers on this machine: a mailbox, chat robots and an SMS gateway that fail as often as they are told to."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class Mailbox(socketserver.ThreadingTCPServer):
    """Enough of RFC 5321 to take messages; refuses as many as ``refusals`` says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[bytes] = []
        self.refusals = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.wfile.write(b"220 mailbox\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT" and self.server.refusals:
                self.server.refusals -= 1
                self.wfile.write(b"451 later\r\n")
                continue
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (part := self.rfile.readline()) != b".\r\n":
                    lines.append(part)
                self.server.received.append(b"".join(lines))
            if verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


class Peer(ThreadingHTTPServer):
    """An HTTP server that keeps what it was asked; answers by ``answers`` in order, then ``serve``, then ``usual``."""

    daemon_threads = True

    def __init__(self, usual: tuple[int, str] = (200, '{"errcode": 0, "errmsg": "ok"}')) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked: list[dict[str, Any]] = []
        self.answers: list[tuple[int, str]] = []
        self.usual = usual
        self.serve: Callable[[str, dict[str, str]], tuple[int, dict[str, str], bytes]] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answering(BaseHTTPRequestHandler):
    server: Peer

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append({"path": self.path, "method": self.command, "headers": headers, "body": body})
        if self.server.answers:
            status, text = self.server.answers.pop(0)
            self._send(status, {}, text.encode())
        elif self.server.serve is not None:
            self._send(*self.server.serve(urlsplit(self.path).path, headers))
        else:
            self._send(self.server.usual[0], {}, self.server.usual[1].encode())

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - named so by http.server

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


@contextmanager
def running(*servers: socketserver.BaseServer) -> Iterator[None]:
    """The servers, each in a thread, until the end."""
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def texts(peer: Peer) -> list[str]:
    """What a robot was told."""
    return [json.loads(one["body"])["text"]["content"] for one in peer.asked]
