"""Changing passwords: one's own, and another's that was forgotten."""

from __future__ import annotations

from django.db import transaction

from gongkai.ground.access.actions.granting import SEPARATION
from gongkai.ground.access.actions.sessions import drop_sessions, end_sessions
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import Grant
from gongkai.ground.access.queries import grants_not_over
from gongkai.ground.access.roles import ADMIN_ROLES, ROLE_NAMES, Role
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.organs.models import Person
from gongkai.ground.organs.passwords import make_password, set_password
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.log import NewEvent, append

WRONG_PASSWORD = wording("password.wrong", what="原密码不对。", todo="请重新输入原密码。", status=422)
SAME_PASSWORD = wording("password.same", what="新密码与原密码相同。", todo="请换一个新密码。", status=422)
IN_DIRECTORY = wording(
    "people.in_directory", what="此人是目录账号，密码在统一目录中。", todo="忘记密码的，请向统一目录的管理单位办理。"
)
OF_ADMINISTRATOR = wording(
    "password.of_administrator",
    what="此人是“{role}”，管理员的密码不得由他人在此重置，以免一人取得两类管理员的身份。",
    todo="记得原密码的，请本人在“我的账号”中修改；忘记的，请运维人员在服务器上运行 "
    "gongkai person reset-password {username}，并当面交给本人。",
    status=403,
)


def refuse_administrator(person: Person, actor: Actor) -> None:
    """Whoever sets a password can become its owner: of administrators only the operator at the machine does.

    A grant that begins later counts too: a password set today would open it then.
    """
    if actor.is_system:
        return
    held = Grant.objects.filter(grants_not_over(), person=person, role__in=ADMIN_ROLES).order_by("pk")
    role = held.values_list("role", flat=True).first()
    if role is not None:
        raise Refused(OF_ADMINISTRATOR, SEPARATION, role=ROLE_NAMES[Role(role)], username=person.username)


def refuse_in_directory(person: Person, actor: Actor) -> None:
    """The password of a directory account is not ours to set."""
    if person.is_directory_account:
        raise Refused(IN_DIRECTORY)


@action(
    "person.reset_password",
    on=Person,
    title="重置密码",
    right="person.maintain",
    event="person.password_reset",
    by_system=True,
    guards=[refuse_in_directory, refuse_administrator],
)
def reset_password(person: Person, *, actor: Actor) -> Outcome:
    """Give a person a random password, to be handed over in person and changed at the next login; returns it.

    The person's open sessions end. Refused for the three administrators, except to the operator at the machine.
    """
    password = make_password()
    set_password(person, password, must_change=True)
    ended = end_sessions(person, reason="password_reset")
    drop_sessions(ended)
    return Outcome(result=password, data={"sessions_ended": len(ended)})


def change_password(person: Person, *, old: str, new: str) -> Person:
    """A person's own password: nobody else has the right, and no grant gives it, hence not through the gate's table.

    Returns the changed person. Refused when the old one is wrong, the new one weak or the same.
    """
    with transaction.atomic():
        row = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if not row.check_password(old):
            raise Refused(WRONG_PASSWORD, where="原密码")
        if old == new:
            raise Refused(SAME_PASSWORD, where="新密码")
        set_password(row, new, must_change=False)
        row.save(update_fields=["password", "must_change_password", "password_changed_at"])
        append([NewEvent("person", str(row.pk), "person.password_changed", f"person:{row.ref}", organ_id=row.organ_id)])
    return row
