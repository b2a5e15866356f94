"""Tokens with which other systems act (接口令牌). Shown once; only a hash is kept."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from gongkai.ground import clock
from gongkai.ground.access import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.access.actions.granting import ENDS_BEFORE_START, OVER
from gongkai.ground.access.actors import Actor, hash_token
from gongkai.ground.access.models import Grant, ServiceToken
from gongkai.ground.access.queries import grants_in_force
from gongkai.ground.access.roles import Role
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused, wording

NO_SERVICE = wording(
    "access.no_service",
    what="令牌只能发给接口账号：启用中、只有“接口账号”一种角色、属于所选机构。",
    todo="请先登记接口账号并授予“接口账号”角色。",
    status=422,
)


@dataclass(frozen=True)
class IssuedToken:
    """A new token with its plaintext, which is not to be had again."""

    row: ServiceToken
    plaintext: str


@action(
    "access.issue_token",
    on=ServiceToken,
    title="发放接口令牌",
    right="token.maintain",
    event="token.issued",
    creates=True,
    by_system=True,
)
def _issue(*, actor: Actor, organ: Organ, person: Person, label: str, valid_until: dt.date, token_hash: str) -> Outcome:
    if valid_until < clock.today():
        raise Refused(ENDS_BEFORE_START, where="止")
    roles = set(Grant.objects.filter(grants_in_force(), person=person).values_list("role", flat=True))
    if roles != {str(Role.SERVICE)} or person.organ_id != organ.pk or not person.is_active:
        raise Refused(NO_SERVICE, where="账号")
    row = ServiceToken.objects.create(
        person=person, label=label.strip()[:120], token_hash=token_hash, valid_until=valid_until
    )
    return Outcome(result=row, data={"person": person.pk, "until": valid_until.isoformat()})


def issue_token(*, actor: Actor, person: Person, label: str, valid_until: dt.date) -> IssuedToken:
    """A new token for a service account, good until a day, that day included. The plaintext is returned this once.

    Refused for anybody but an active account whose only role is SERVICE.
    """
    plaintext = f"gk_{secrets.token_urlsafe(32)}"
    row = _issue(
        actor=actor,
        organ=person.organ,
        person=person,
        label=label,
        valid_until=valid_until,
        token_hash=hash_token(plaintext),
    )
    return IssuedToken(row, plaintext)


@action(
    "access.revoke_token",
    on=ServiceToken,
    title="吊销接口令牌",
    right="token.maintain",
    event="token.revoked",
    by_system=True,
)
def revoke_token(row: ServiceToken, *, actor: Actor) -> Outcome:
    """Make a token useless at once."""
    if row.revoked_at is not None:
        raise Refused(OVER)
    row.revoked_at = clock.now()
    return Outcome()
