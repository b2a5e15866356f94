"""A small identity provider on this machine: OpenID Connect as far as a sign-in needs it, over HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

CLIENT, SECRET = "gongkai-client", "a-secret-of-the-provider"


class Provider:
    """Answers at ``url``; ``vouch`` says for whom the next code stands."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(outer.get(self.path, self.headers.get("Authorization", "")))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.answer(outer.token({key: values[0] for key, values in parse_qs(body).items()}))

            def answer(self, told: dict[str, Any] | None) -> None:
                self.send_response(200 if told is not None else 400)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(told or {"error": "invalid_grant"}).encode())

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.codes: dict[str, tuple[dict[str, Any], str]] = {}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def vouch(self, asked: str, **claims: Any) -> dict[str, str]:
        """What the provider's page does when somebody signed in there: code and state for the way back."""
        parts = urlsplit(asked)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/authorize"
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        assert (query["client_id"], query["response_type"], query["code_challenge_method"]) == (CLIENT, "code", "S256")
        code = f"code-{len(self.codes)}"
        self.codes[code] = ({"sub": "8e1c"} | claims, query["code_challenge"])
        return {"code": code, "state": query["state"]}

    def get(self, path: str, authorization: str) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
            told = {name: f"{self.url}/{place}" for name, place in places.items()}
            return told | {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"}
        code = authorization.removeprefix("Bearer access-")
        return self.codes[code][0] if path == "/userinfo" and code in self.codes else None

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        claims, challenge = self.codes.get(form.get("code", ""), ({}, ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (form.get("client_secret"), base64.urlsafe_b64encode(digest).rstrip(b"=").decode()) != (SECRET, challenge):
            return None
        now = int(time.time())
        issued = claims | {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300}
        signed = jwt.encode(issued, "k" * 32, algorithm="HS256")
        return {"access_token": f"access-{form['code']}", "token_type": "Bearer", "expires_in": 300, "id_token": signed}
