"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from gongkai.config import env


def client_address(request: HttpRequest) -> str | None:
    """The address of the client: what the front server saw when there is one, else who is connected to us.

    Only the last entry of X-Forwarded-For is the front server's word; the rest is whatever the client claimed.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    if env.BEHIND_PROXY:
        seen = request.headers.get("X-Forwarded-For", seen).rpartition(",")[2]
    try:
        return str(ipaddress.ip_address(seen.strip()))
    except ValueError:
        return None
