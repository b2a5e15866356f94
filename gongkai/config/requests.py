"""A number for every request: in its log entries, in the answer's header, and on the page when something fails."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestNumber:
    """Middleware: takes the front server's ``X-Request-ID`` or makes one, and binds it to the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        number = given if _ACCEPTED.fullmatch(given) else secrets.token_hex(8)
        request.META["HTTP_X_REQUEST_ID"] = number
        with structlog.contextvars.bound_contextvars(request_id=number):
            response = self.get_response(request)
        response.headers[HEADER] = number
        return response
