"""An OA system in a few lines of the standard library: it delivers a signed document and asks for its receipt."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from typing import Any

TOKEN = "test-token-of-the-oa-system"
File = tuple[str, bytes]


def form(parts: Sequence[tuple[str, str | File]]) -> tuple[bytes, str]:
    """A multipart body and its content type."""
    boundary = uuid.uuid4().hex
    lines = []
    for name, value in parts:
        lines.append(f"--{boundary}\r\n".encode())
        if isinstance(value, str):
            lines.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        else:
            head = f'Content-Disposition: form-data; name="{name}"; filename="{value[0]}"\r\n'
            lines.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + value[1] + b"\r\n")
    return b"".join([*lines, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


class Office:
    """The OA system of one organ."""

    def __init__(self, address: str, token: str = TOKEN) -> None:
        self.address, self.token = address, token

    def deliver(
        self,
        document: File,
        metadata: dict[str, Any] | str,
        *,
        key: str,
        sheet: File | None = None,
        attachments: Sequence[File] = (),
    ) -> tuple[int, dict[str, Any]]:
        """Deliver; the status and what was answered."""
        told = metadata if isinstance(metadata, str) else json.dumps(metadata, ensure_ascii=False)
        parts: list[tuple[str, str | File]] = [("metadata", told), ("document", document)]
        parts += [("review_sheet", sheet)] if sheet else []
        parts += [("attachments", file) for file in attachments]
        body, content_type = form(parts)
        return self._send("/api/v1/deliveries", body, {"Content-Type": content_type, "Idempotency-Key": key})

    def receipt(self, pk: str) -> tuple[int, dict[str, Any]]:
        """The receipt as it is now."""
        return self._send(f"/api/v1/deliveries/{pk}")

    def _send(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        request = urllib.request.Request(self.address + path, data=body, headers=headers or {})
        request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
