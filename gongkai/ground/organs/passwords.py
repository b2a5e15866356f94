"""Passwords of people: the policy, and how long one may be used."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from gongkai.ground import clock
from gongkai.ground.organs.models import Person
from gongkai.ground.refusal import Refused, wording

WEAK = wording("password.weak", what="密码不合要求：{why}", todo="请换一个密码：至少10位，不用常见密码。", status=422)
# Read aloud and typed by people: no letters that look alike.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"


def refuse_weak(password: str, person: Person) -> None:
    """Refuse a password that the policy (AUTH_PASSWORD_VALIDATORS) does not allow this person."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(WEAK, "GB/T 22239—2019 8.1.4.1", why="".join(error.messages), where="密码") from error


def make_password() -> str:
    """A random initial password."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(14))


def set_password(person: Person, password: str, *, must_change: bool) -> None:
    """Put a password on a person that the caller saves; "" leaves the account without one."""
    if password:
        refuse_weak(password, person)
        person.set_password(password)
        person.password_changed_at = clock.now()
    else:
        person.set_unusable_password()
    person.must_change_password = must_change and bool(password)


def is_due(person: Person) -> bool:
    """Must the person choose a new password before anything else?"""
    if person.is_directory_account:
        return False
    days: int = getattr(settings, "PASSWORD_DAYS", 0)
    if person.must_change_password:
        return True
    if not days or person.password_changed_at is None:
        return False
    return clock.now() - person.password_changed_at >= dt.timedelta(days=days)
