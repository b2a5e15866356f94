"""A small directory on this machine: it knows names and passwords and answers LDAP binds."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

from ldap3.protocol.rfc4511 import BindResponse, LDAPMessage, ResultCode
from pyasn1.codec.ber import decoder, encoder


class Directory:
    """Answers at ``url``; ``binds`` are the names that asked."""

    def __init__(self, passwords: dict[str, str]) -> None:
        self.passwords = passwords
        self.binds: list[str] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"ldap://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            with client, suppress(OSError):
                while data := client.recv(65536):
                    if not (answer := self._answer(data)):
                        break
                    client.sendall(answer)

    def _answer(self, data: bytes) -> bytes:
        message, _ = decoder.decode(data, asn1Spec=LDAPMessage())
        asked = message["protocolOp"]
        if asked.getName() != "bindRequest":
            return b""
        name = bytes(asked["bindRequest"]["name"]).decode()
        password = bytes(asked["bindRequest"]["authentication"]["simple"]).decode()
        self.binds.append(name)
        return encoder.encode(self._response(message["messageID"], self.passwords.get(name) == password))

    def _response(self, number: Any, is_right: bool) -> LDAPMessage:
        result = BindResponse()
        result["resultCode"] = ResultCode("success" if is_right else "invalidCredentials")
        result["matchedDN"] = result["diagnosticMessage"] = ""
        answer = LDAPMessage()
        answer["messageID"] = number
        answer["protocolOp"]["bindResponse"] = result
        return answer
