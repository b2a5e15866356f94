"""What is asked at every request of somebody who logged in: is the session still good, is the password, is the code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.access.queries import is_admin
from gongkai.ground.organs.models import Person
from gongkai.ground.organs.passwords import is_due
from gongkai.surfaces.workbench.accounts import sessions
from gongkai.surfaces.workbench.accounts.single import was_vouched_for

# The moment of the last request is written down at most this often.
STEP = dt.timedelta(minutes=1)
# Pages that must stay open to somebody who has to change a password or enrol a code first.
OPEN_PATHS = ("/accounts/", settings.STATIC_URL, "/healthz", "/readyz")
IDLE = "您已{minutes}分钟没有操作，为安全起见已退出。请重新登录。"
OLD = "本次登录已满{hours}小时，请重新登录。"


class SessionLimits:
    """Middleware: ends idle and old sessions, and asks for what is due before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without the cookie nobody logged in: the session stays untouched and public pages stay cacheable.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not isinstance(request.user, Person):
            return self.get_response(request)
        words = _end_of(request)
        if words:
            answer = _log_out(request, words)
            # A form that was sent too late is kept by the workbench, for the next sign-in.
            return self.get_response(request) if _is_form(request) else answer
        if not request.path.startswith(OPEN_PATHS) and (page := _page_due(request, request.user)):
            return HttpResponseRedirect(page)
        return self.get_response(request)


def _is_form(request: HttpRequest) -> bool:
    return request.method == "POST" and request.path.startswith("/desk/") and not request.headers.get("HX-Request")


def _end_of(request: HttpRequest) -> tuple[str, str] | None:
    """Why the session is over, and how to say it; None while it is good."""
    moment = clock.now()
    started = _moment(request, sessions.STARTED)
    seen = _moment(request, sessions.SEEN)
    if started is None or seen is None:
        # Not from our login page: its time runs from the first time it is seen.
        request.session[sessions.STARTED] = request.session[sessions.SEEN] = moment.isoformat()
        return None
    if moment - started >= dt.timedelta(hours=env.SESSION_HOURS):
        return "too_old", OLD.format(hours=env.SESSION_HOURS)
    if moment - seen >= dt.timedelta(minutes=env.IDLE_MINUTES):
        return "idle", IDLE.format(minutes=env.IDLE_MINUTES)
    if moment - seen >= STEP:
        request.session[sessions.SEEN] = moment.isoformat()
    return None


def _moment(request: HttpRequest, key: str) -> dt.datetime | None:
    text = request.session.get(key)
    return dt.datetime.fromisoformat(text) if isinstance(text, str) else None


def _log_out(request: HttpRequest, end: tuple[str, str]) -> HttpResponse:
    reason, words = end
    assert isinstance(request.user, Person)
    sessions.end(request, request.user, reason)
    logout(request)
    messages.warning(request, words)
    target = redirect_to_login(request.get_full_path() if request.method == "GET" else settings.LOGIN_REDIRECT_URL)
    if request.headers.get("HX-Request"):
        # A part of a page cannot show the login: the whole page goes there.
        return HttpResponse(status=204, headers={"HX-Redirect": settings.LOGIN_URL})
    return target


def _page_due(request: HttpRequest, person: Person) -> str:
    if is_due(person) and not was_vouched_for(request, person):
        return reverse("account_change_password")
    if settings.REQUIRE_ADMIN_TOTP and not request.session.get(sessions.HAS_CODE):
        if is_admin(person) and not is_mfa_enabled(person, [Authenticator.Type.TOTP]):
            return reverse("mfa_activate_totp")
        request.session[sessions.HAS_CODE] = True
    return ""
