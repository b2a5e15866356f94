"""Requests that leave the house: to addresses of the operator only, https except on this machine, no redirect followed.

Whoever calls this passes an address that stands in a setting, or one whose host stands in one (``hosts``). An address
that a stranger wrote is never asked for.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 10.0
WHOLE_SECONDS = 30.0
LARGEST = 5 * 1024 * 1024
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PIECE = 64 * 1024


class OutboundError(Exception):
    """The other side was not reached, or answered beyond the limits. ``code`` says why, and never names the address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status, the headers in lower case, the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_ok(self) -> bool:
        """Any 2xx."""
        return 200 <= self.status < 300


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like another one: it may lead anywhere, hence nobody follows it."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


def host_of(url: str) -> str:
    """The host of an address in lower case; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_permitted(url: str, hosts: Collection[str] | None = None) -> bool:
    """Whether an address may be asked for: https, or http on this machine; no user name in it; a host of the list."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if not host or parts.username or parts.password or any(ord(letter) <= 32 for letter in url):
        return False
    if hosts is not None and host not in hosts:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)


def ask(
    url: str,
    *,
    method: str = "GET",
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    hosts: Collection[str] | None = None,
    largest: int = LARGEST,
) -> Answer:
    """Ask once and read the whole answer; any status is an answer. Raises OutboundError with a code in words."""
    if not is_permitted(url, hosts):
        raise OutboundError("address-refused")
    request = urllib.request.Request(url, data=data, headers=dict(headers or {}), method=method)  # noqa: S310
    until = time.monotonic() + WHOLE_SECONDS
    try:
        with _opener().open(request, timeout=TIMEOUT_SECONDS) as answer:
            return _read(answer, until, largest)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error, until, largest)
    except urllib.error.URLError as error:
        raise OutboundError(
            type(error.reason).__name__ if isinstance(error.reason, Exception) else "URLError"
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutboundError(type(error).__name__) from None


def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _NoRedirect(),
    ):
        opener.add_handler(handler)
    return opener


def _read(answer: http.client.HTTPResponse | urllib.error.HTTPError, until: float, largest: int) -> Answer:
    """The answer, piece by piece: one that drips or never ends is cut off."""
    pieces, size = [], 0
    while piece := answer.read1(_PIECE) if isinstance(answer, http.client.HTTPResponse) else answer.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > largest:
            raise OutboundError("too-large")
        if time.monotonic() > until:
            raise OutboundError("too-slow")
    status = answer.status if isinstance(answer, http.client.HTTPResponse) else answer.code
    return Answer(int(status or 0), {name.lower(): value for name, value in answer.headers.items()}, b"".join(pieces))
