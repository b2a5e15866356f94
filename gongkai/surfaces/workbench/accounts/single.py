"""Signing in through the identity provider of the government (统一身份认证, OIDC): it says who, we know what they may.

Nobody is enrolled by it: a claim names a person who exists. Nothing of what the provider tells is kept. Lock-out, the
limit of sessions, the one-time code and the security log apply as with a password.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect.provider import _pick_data
from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from gongkai.config import env
from gongkai.ground.access.actions import note
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.models import Person
from gongkai.surfaces.workbench.accounts.adapters import locked_page
from gongkai.surfaces.workbench.accounts.address import client_address

log = structlog.get_logger(__name__)
VOUCHED_FOR = "gongkai_vouched_for"
UNKNOWN = "统一身份认证通过，但本平台没有对应的在用账号。请联系本单位系统管理员登记。"
FAILED = "统一身份认证没有完成，请重新登录；多次失败的，请联系系统管理员。"


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Our answers to what allauth asks about the identity provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Nobody signs up."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The provider has vouched for somebody: sign in the person whom the claim names, or nobody."""
        raise ImmediateHttpResponse(sign_in(request, claimed(sociallogin), sociallogin.get_redirect_url(request)))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:  # noqa: ARG002
        """What the provider says of a person is not taken over."""
        return sociallogin.user

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> None:
        """The provider, or the way back from it, failed."""
        note("sign_in_failed", address=client_address(request))
        raise ImmediateHttpResponse(refusal(request, FAILED))


def claimed(sociallogin: SocialLogin) -> str:
    """The user name that the configured claim gives; empty when there is none."""
    told = _pick_data(sociallogin.account.extra_data).get(env.OIDC_CLAIM)
    return told.strip() if isinstance(told, str) else ""


def sign_in(
    request: HttpRequest, username: str, target: str | None, *, provider: str = "openid_connect"
) -> HttpResponse:
    """Sign in the person of this name as after a right password; the second factor is still asked for."""
    credentials = {"username": username}
    if username and not AxesProxyHandler.is_allowed(request, credentials):
        return locked_page(request, None, credentials)
    person = Person.objects.filter(username=username, is_active=True).exclude(grants__role=Role.SERVICE).first()
    if person is None:
        note("sign_in_failed", username=username, address=client_address(request))
        return refusal(request, UNKNOWN)
    person.backend = "django.contrib.auth.backends.ModelBackend"  # type: ignore[attr-defined]
    record_authentication(request, person, "socialaccount", provider=provider)
    request.session[VOUCHED_FOR] = person.pk
    response: HttpResponse = perform_login(request, Login(user=person, redirect_url=target, email_verification="none"))
    return response


def was_vouched_for(request: HttpRequest, person: Person) -> bool:
    """Whether this sign-in came by the identity provider: then no password of ours is due."""
    return bool(request.session.get(VOUCHED_FOR) == person.pk)


def refusal(request: HttpRequest, words: str) -> HttpResponse:
    """Why it went no further, and the way back."""
    return render(request, "account/single_refused.html", {"words": words}, status=403)


def answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A provider that is away or answers nonsense ends in words, not in an error of ours."""

    @wraps(view)
    def page(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except (RequestException, KeyError, TypeError, ValueError) as error:
            log.error("identity provider does not answer", error=type(error).__name__)
            return refusal(request, FAILED)

    return page


def cancelled(request: HttpRequest) -> HttpResponse:
    """The person turned back at the provider."""
    return refusal(request, FAILED)
