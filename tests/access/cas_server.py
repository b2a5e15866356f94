"""A small CAS server on this machine: tickets for one service each, used once, asked about over HTTP."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

SPACE = 'xmlns:cas="http://www.yale.edu/tp/cas"'


def success(user: str, **attributes: str) -> str:
    """What the server says when a ticket is good."""
    told = "".join(f"<cas:{name}>{escape(value)}</cas:{name}>" for name, value in attributes.items())
    inner = f"<cas:user>{user}</cas:user><cas:attributes>{told}</cas:attributes>"
    told = f"<cas:authenticationSuccess>{inner}</cas:authenticationSuccess>"
    return f"<cas:serviceResponse {SPACE}>{told}</cas:serviceResponse>"


FAILURE = (
    f"<cas:serviceResponse {SPACE}><cas:authenticationFailure code='INVALID_TICKET'>no</cas:authenticationFailure>"
    "</cas:serviceResponse>"
)


class CasServer:
    """Answers at ``url``; ``vouch`` gives the way back for somebody who signed in on its page."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, body = outer.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "application/xml;charset=UTF-8")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/cas"
        self.tickets: dict[str, tuple[str, str]] = {}
        self.asked: list[str] = []
        self.status = 200
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def vouch(self, asked: str, told: str) -> str:
        """What its login page does: back to the service with a ticket that stands for this answer."""
        parts = urlsplit(asked)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/login"
        (service,) = parse_qs(parts.query)["service"]
        ticket = f"ST-{len(self.tickets)}-x"
        self.tickets[ticket] = (service, told)
        back = urlsplit(service)
        return f"{back.path}?{back.query}&ticket={ticket}"

    def answer(self, path: str) -> tuple[int, str]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path not in ("/cas/serviceValidate", "/cas/p3/serviceValidate"):
            return 404, ""
        service, told = self.tickets.pop(query.get("ticket", ""), ("", ""))
        return self.status, told if service and service == query.get("service") else FAILURE
