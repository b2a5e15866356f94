"""Whose password is kept where: here, or in the directory of the government (目录账号)."""

from __future__ import annotations

from gongkai.ground.access.actions.sessions import drop_sessions, end_sessions
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.organs.actions.passwords import refuse_administrator, refuse_in_directory
from gongkai.ground.organs.models import Person
from gongkai.ground.organs.passwords import set_password
from gongkai.ground.refusal import Refused, wording

NOT_IN_DIRECTORY = wording("people.not_in_directory", what="此人不是目录账号，用本平台的密码登录。", todo="无需办理。")


def refuse_local(person: Person, actor: Actor) -> None:
    """Only what is in the directory comes back from it."""
    if not person.is_directory_account:
        raise Refused(NOT_IN_DIRECTORY)


@action(
    "person.use_directory",
    on=Person,
    title="改用目录账号登录",
    right="person.maintain",
    event="person.directory_used",
    by_system=True,
    guards=[refuse_in_directory, refuse_administrator],
)
def use_directory(person: Person, *, actor: Actor) -> Outcome:
    """From now the directory (LDAP) knows the password; ours is gone, and open sessions end."""
    set_password(person, "", must_change=False)
    person.is_directory_account = True
    return _ended(person)


@action(
    "person.leave_directory",
    on=Person,
    title="改用本平台密码登录",
    right="person.maintain",
    event="person.directory_left",
    by_system=True,
    guards=[refuse_local, refuse_administrator],
)
def leave_directory(person: Person, *, actor: Actor) -> Outcome:
    """Back to a password of ours, which is given by a reset; until then nobody can log in."""
    person.is_directory_account = False
    return _ended(person)


def _ended(person: Person) -> Outcome:
    ended = end_sessions(person, reason="sign_in_moved")
    drop_sessions(ended)
    return Outcome(data={"sessions_ended": len(ended)})
