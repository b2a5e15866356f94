"""Sign-ins and the security log. No grant gives these rights, hence they do not go through the gate's table;
ending somebody else's session does.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

import structlog
from django.conf import settings
from django.db import transaction

from gongkai.ground import clock
from gongkai.ground.access import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import SecurityEvent, StaffSession
from gongkai.ground.access.queries import open_sessions
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import Person
from gongkai.ground.refusal import Refused, wording

log = structlog.get_logger(__name__)

#: Names of security events, as the security administrator reads them.
SECURITY_EVENTS = {
    "signed_in": "登录",
    "signed_out": "退出",
    "sign_in_failed": "登录失败",
    "locked_out": "登录锁定",
    "code_failed": "动态口令错误",
    "password_changed": "修改密码",
    "totp_enrolled": "启用动态口令",
    "totp_removed": "停用动态口令",
    "key_enrolled": "添加安全密钥",
    "key_removed": "移除安全密钥",
    "session_ended": "会话结束",
}


def note(name: str, *, username: str = "", person: Person | None = None, address: str | None = None) -> SecurityEvent:
    """Write to the security log and to the structured log. Never given a password or a code."""
    if name not in SECURITY_EVENTS:
        raise ValueError(f"{name} is no security event")
    log.info(name, person=person.pk if person is not None else None, address=address)
    return SecurityEvent.objects.create(
        name=name,
        username=(person.username if person is not None else username)[:60],
        person=person,
        address=address,
        at=clock.now(),
    )


def open_session(person: Person, session_key: str, *, address: str | None, limit: int) -> list[str]:
    """Note a sign-in; the newest wins: returns the keys of the sessions beyond ``limit`` (0: none), now ended."""
    with transaction.atomic():
        # One sign-in of a person at a time, or two would each count without the other.
        Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        StaffSession.objects.create(person=person, session_key=session_key, address=address, started_at=clock.now())
        note("signed_in", person=person, address=address)
        surplus = list(open_sessions(person)[limit:]) if limit else []
        return _end([row.pk for row in surplus], "newer_sign_in")


def end_sessions(person: Person, *, reason: str, only: str = "", but: str = "") -> list[str]:
    """End the sessions of a person, only one or all but one; returns their keys for the session store to drop."""
    rows = open_sessions(person)
    if only:
        rows = rows.filter(session_key=only)
    return _end(list(rows.exclude(session_key=but).values_list("pk", flat=True)), reason)


def drop_sessions(keys: Iterable[str]) -> None:
    """Take ended sessions out of the store, so that their cookies open nothing."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for key in keys:
        store.delete(key)


def _end(pks: list[int], reason: str) -> list[str]:
    rows = StaffSession.objects.filter(pk__in=pks)
    keys = [key for key in rows.values_list("session_key", flat=True) if key]
    # The key of a session that is over is of no use to anybody but a thief.
    rows.update(ended_at=clock.now(), end_reason=reason, session_key="")
    return keys


def rekey_session(person: Person, before: str, after: str) -> None:
    """A session of a person goes on under another key."""
    open_sessions(person).filter(session_key=before).update(session_key=after)


OVER_ALREADY = wording("access.session_over", what="这次登录已经结束。", todo="请刷新页面。")


@action(
    "access.end_session",
    on=StaffSession,
    title="结束会话",
    right="security.read",
    event="session.ended",
)
def end_session(row: StaffSession, *, actor: Actor) -> Outcome:
    """End a sign-in of somebody at once (安全管理员); the cookie opens nothing any more."""
    if row.ended_at is not None:
        raise Refused(OVER_ALREADY)
    key = row.session_key
    row.ended_at, row.end_reason, row.session_key = clock.now(), "ended_by_admin", ""
    note("session_ended", person=row.person, address=row.address)
    transaction.on_commit(lambda: drop_sessions([key] if key else []))
    return Outcome(data={"person": row.person_id})
