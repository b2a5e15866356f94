"""The account pages that allauth does not have: my account, my password, my other sessions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from gongkai.config import env
from gongkai.ground.access.actions import note
from gongkai.ground.access.queries import open_sessions, rights_of
from gongkai.ground.organs.actions import change_password as change
from gongkai.ground.organs.models import Person
from gongkai.ground.organs.passwords import is_due
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.accounts import sessions
from gongkai.surfaces.workbench.accounts.address import client_address
from gongkai.surfaces.workbench.accounts.forms import ChangePasswordForm

# Which field a refusal of the action belongs to.
FIELDS = {"password.wrong": "old", "password.same": "new", "password.weak": "new"}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """My account: what I may do, where I am logged in, password and one-time code."""
    person = _person(request)
    context = {
        "rights": rights_of(person),
        "sessions": open_sessions(person),
        "this_key": request.session.session_key,
        "has_code": is_mfa_enabled(person, [Authenticator.Type.TOTP]),
        "offers_keys": "webauthn" in settings.MFA_SUPPORTED_TYPES,
        "key_count": Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).count(),
    }
    return render(request, "account/home.html", context)


@sensitive_post_parameters()
@login_required
@never_cache
def change_password(request: HttpRequest) -> HttpResponse:
    """My password; every other session of mine ends when it changed."""
    person = _person(request)
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="change_password", user=person):
            form.add_error(None, "操作过于频繁，请稍后再试。")
        elif _has_changed(request, form, person):
            messages.success(request, "密码已修改，其他地方的登录已经退出。")
            return redirect(settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "is_due": is_due(person), "days": settings.PASSWORD_DAYS}
    return render(request, "account/change_password.html", context, status=422 if form.errors else 200)


def _has_changed(request: HttpRequest, form: ChangePasswordForm, person: Person) -> bool:
    try:
        changed = change(person, old=form.cleaned_data["old"], new=form.cleaned_data["new"])
    except Refused as refusal:
        told = refusal.explain()
        form.add_error(FIELDS.get(refusal.code), told.what)
        return False
    sessions.renew(request, changed)
    note("password_changed", person=changed, address=client_address(request))
    return True


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Log out everywhere else."""
    sessions.end_others(request, _person(request), "ended_by_owner")
    messages.success(request, "其他地方的登录已经退出。")
    return redirect("account_home")


class EnrolCode(ActivateTOTPView):  # type: ignore[misc]
    """Set up the one-time code."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note("totp_enrolled", person=_person(self.request), address=client_address(self.request))
        return response


class RemoveCode(DeactivateTOTPView):  # type: ignore[misc]
    """Put the one-time code away."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note("totp_removed", person=_person(self.request), address=client_address(self.request))
        self.request.session.pop(sessions.HAS_CODE, None)
        return response


def single_sign_on() -> list[dict[str, str]]:
    """Name and address of the identity provider and of CAS for the login page, those that are set."""
    oidc = {"name": env.OIDC_NAME, "url": reverse("openid_connect_login", args=["single"])}
    cas = {"name": env.CAS_NAME, "url": reverse("cas_login")}
    return [*([oidc] if env.OIDC_ISSUER else []), *([cas] if settings.CAS_URL else [])]


def with_keys(view: Callable[..., Any]) -> Callable[..., Any]:
    """Pages of security keys are there only where browsers offer them: HTTPS or localhost."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "webauthn" not in settings.MFA_SUPPORTED_TYPES:
            raise Http404
        return view(request, *args, **kwargs)

    return page


class EnrolKey(AddWebAuthnView):  # type: ignore[misc]
    """Add a security key."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note("key_enrolled", person=_person(self.request), address=client_address(self.request))
        return response


class RemoveKey(RemoveWebAuthnView):  # type: ignore[misc]
    """Put a security key away."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note("key_removed", person=_person(self.request), address=client_address(self.request))
        return response


def to_home(_request: HttpRequest) -> HttpResponseRedirect:
    """allauth's own overview is our account page."""
    return redirect("account_home")  # type: ignore[return-value]
