"""Forms of the account pages, with our words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.conf import settings

from gongkai.ground import clock
from gongkai.ground.access.actions import note
from gongkai.ground.access.models import SecurityEvent
from gongkai.ground.organs.models import Person

NO_KEY = "没有收到安全密钥的有效回答，请重试。"
TOO_MANY_CODES = "动态口令连续输错{count}次，请{minutes}分钟后再试。"


def _say(field: forms.Field, label: str, help_text: str = "", **attributes: Any) -> None:
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["login"], "用户名", autofocus=True, autocapitalize="none", spellcheck="false")
        _say(self.fields["password"], "密码", "忘记密码的，请联系本单位系统管理员重置。")


class PasswordAgainForm(AllauthReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something grave."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password"], "密码", autofocus=True)


def _say_code(field: forms.Field, help_text: str) -> None:
    _say(field, "动态口令", help_text, autofocus=True, inputmode="numeric", maxlength=12)


class _CountedCode:
    """Wrong codes are counted in the database, over all processes, like wrong passwords."""

    user: Person

    def clean_code(self) -> str:
        return self._counted(super().clean_code)  # type: ignore[misc, no-any-return]

    def _counted(self, clean: Callable[[], Any]) -> Any:
        since = clock.now() - settings.AXES_COOLOFF_TIME
        limit = settings.AXES_FAILURE_LIMIT
        if self._wrong_codes(since) >= limit:
            minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
            raise forms.ValidationError(TOO_MANY_CODES.format(count=limit, minutes=minutes))
        try:
            return clean()
        except forms.ValidationError:
            note("code_failed", person=self.user)
            raise

    def _wrong_codes(self, since: dt.datetime) -> int:
        rows = SecurityEvent.objects.filter(person=self.user, at__gt=since)
        last = rows.filter(name="signed_in").order_by("-pk").values_list("pk", flat=True).first() or 0
        return rows.filter(name="code_failed", pk__gt=last).count()


class CodeForm(_CountedCode, AuthenticateForm):  # type: ignore[misc]
    """The one-time code, second step of a login; a recovery code does as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self.fields["code"], "请输入验证器上显示的6位数字，或一个恢复码。")


class CodeAgainForm(_CountedCode, AllauthCodeAgainForm):  # type: ignore[misc]
    """The one-time code once more, before something grave."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self.fields["code"], "请输入验证器上显示的6位数字。")


def _read(clean: Callable[[], Any]) -> Any:
    """What a security key answered; a browser, or a stranger, may send anything in its place."""
    try:
        return clean()
    except (KeyError, TypeError, ValueError, AttributeError):
        raise forms.ValidationError(NO_KEY) from None


class KeyForm(_CountedCode, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A security key instead of the one-time code; what does not fit is counted alike."""

    def clean_credential(self) -> Authenticator:
        clean = super().clean_credential
        return self._counted(lambda: _read(clean))  # type: ignore[no-any-return]


class KeyAgainForm(_CountedCode, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The security key once more, before something grave."""

    def clean_credential(self) -> Authenticator:
        clean = super().clean_credential
        return self._counted(lambda: _read(clean))  # type: ignore[no-any-return]


class EnrolKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new security key under a name that its owner knows it by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["name"], "名称", "便于您以后辨认，例如“办公室钥匙”。", maxlength=60)

    def clean(self) -> dict[str, Any]:
        return _read(super().clean)  # type: ignore[no-any-return]


class EnrolCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator, which shows that it was set up well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self.fields["code"], "扫码后，请输入验证器上显示的6位数字。")


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=200, help_text=help_text, widget=widget)


class ChangePasswordForm(forms.Form):
    """The old password and twice the new one."""

    old = _password("原密码", "current-password")
    new = _password(
        "新密码", "new-password", help_text="至少10位，不能全是数字，不能是常见密码，不能与用户名、姓名相近。"
    )
    again = _password("再输一次新密码", "new-password")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", "两次输入的新密码不一致。")
        return given
