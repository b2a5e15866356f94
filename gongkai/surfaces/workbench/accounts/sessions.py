"""A sign-in from its first request to its end."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from gongkai.ground import clock
from gongkai.ground.access import actions
from gongkai.ground.organs.models import Person
from gongkai.surfaces.workbench.accounts.address import client_address

STARTED, SEEN, HAS_CODE = "gongkai_started_at", "gongkai_seen_at", "gongkai_has_code"


def begin(request: HttpRequest, person: Person) -> None:
    """Note a sign-in whose session has its new key; the newest sign-ins win, older ones beyond the limit end."""
    moment = clock.now().isoformat()
    request.session[STARTED] = request.session[SEEN] = moment
    key = request.session.session_key or ""
    limit = settings.SESSIONS_PER_PERSON
    actions.drop_sessions(actions.open_session(person, key, address=client_address(request), limit=limit))


def end(request: HttpRequest, person: Person, reason: str) -> None:
    """Note that the session of this request is over; the caller flushes it."""
    actions.end_sessions(person, reason=reason, only=request.session.session_key or "-")


def end_others(request: HttpRequest, person: Person, reason: str) -> None:
    """End every other session of the person."""
    actions.drop_sessions(actions.end_sessions(person, reason=reason, but=request.session.session_key or ""))


def renew(request: HttpRequest, person: Person) -> None:
    """Keep this session, and no other, after the password changed; it gets a new key."""
    end_others(request, person, "password_changed")
    before = request.session.session_key or ""
    update_session_auth_hash(request, person)
    actions.rekey_session(person, before, request.session.session_key or "")
