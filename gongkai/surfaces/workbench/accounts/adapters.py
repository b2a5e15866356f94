"""Our answers to what django-allauth and django-axes ask: who may sign up, what is noted, how secrets are kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongkai.config import env
from gongkai.ground.access.actions import note
from gongkai.ground.access.queries import is_admin
from gongkai.ground.files.crypto import open_text, seal_text
from gongkai.ground.files.keyring import COLUMNS
from gongkai.ground.organs.models import Person
from gongkai.surfaces.workbench.accounts import sessions
from gongkai.surfaces.workbench.accounts.address import client_address

BOUND = "mfa.authenticator.secret"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: people are enrolled by the system administrator."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "用户名或密码不正确。连续输错5次，账号将锁定15分钟。",
        "too_many_login_attempts": "登录尝试过于频繁，请稍后再试。",
        "incorrect_password": "密码不正确。",
        "incorrect_code": "动态口令不正确。",
        "rate_limited": "操作过于频繁，请稍后再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth names it
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say what happened themselves."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Notices go through the outbox, and never about passwords."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or ""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # What is tried during a lock is no new failure, or strangers would fill the log.
        if not getattr(request, "axes_locked_out", False) or getattr(request, "axes_failures_since_start", None):
            note("sign_in_failed", username=credentials.get("username", ""), address=client_address(request))

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        sessions.begin(request, user)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, Person):
            sessions.end(request, request.user, "signed_out")
            note("signed_out", person=request.user, address=client_address(request))
        super().logout(request)


class CodeAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of one-time codes are sealed; administrators may not put them away where they are required."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "动态口令不正确，请输入验证器上正在显示的6位数字。",
        "cannot_delete_authenticator": "三类管理员必须启用动态口令。",
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(env.PUBLIC_URL).hostname or "", "name": env.SITE_NAME}

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"安全密钥{count + 1}"

    def get_totp_label(self, user: Person) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return env.SITE_NAME

    def encrypt(self, text: str) -> str:
        return seal_text(COLUMNS, text.encode(), BOUND)

    def decrypt(self, encrypted_text: str) -> str:
        return open_text(COLUMNS, encrypted_text, BOUND).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        is_required = settings.REQUIRE_ADMIN_TOTP and is_admin(authenticator.user)
        return not (is_required and authenticator.type == Authenticator.Type.TOTP)


def locked_page(request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any]) -> HttpResponse:
    """The page of a locked account; the same whether the account exists or not."""
    if getattr(request, "axes_failures_since_start", None):
        note("locked_out", username=str(credentials.get("username") or ""), address=client_address(request))
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    context = {"minutes": minutes, "failures": settings.AXES_FAILURE_LIMIT}
    return render(request, "account/locked.html", context, status=429)
