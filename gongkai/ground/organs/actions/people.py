"""People: enrolling, changing, transferring, disabling (人员管理). Rights are given elsewhere, by somebody else."""

from __future__ import annotations

import re

from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import Grant
from gongkai.ground.access.queries import grants_in_force
from gongkai.ground.access.rules import covering, explain
from gongkai.ground.gate.door import NO_RIGHT, Outcome, action
from gongkai.ground.organs import holdings
from gongkai.ground.organs import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.organs.passwords import set_password
from gongkai.ground.refusal import Refused, wording

USERNAME_TAKEN = wording(
    "people.username_taken", what="用户名“{username}”已经使用。", todo="请换一个用户名。", status=422
)
BAD_USERNAME = wording(
    "people.bad_username", what="用户名“{username}”不合要求。", todo="请用2到60个字母、数字或 . _ -。", status=422
)
NO_NAME = wording("people.no_name", what="没有填写姓名。", todo="请填写姓名。", status=422)
HOLDS_ITEMS = wording(
    "people.holds_items", what="此人还有未了事项：{items}。", todo="请先办理人员交接，把这些事项移交他人后再停用。"
)
HOLDS_GRANTS = wording(
    "people.holds_grants", what="此人在原机构还有{count}项授权。", todo="请安全管理员先终止这些授权，再办理调动。"
)
SELF = wording("people.self", what="不能停用自己的账号。", todo="请由另一名系统管理员办理。", status=403)
USERNAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{1,59}")


@action(
    "person.enrol",
    on=Person,
    title="登记人员",
    right="person.maintain",
    event="person.enrolled",
    creates=True,
    by_system=True,
)
def enrol(
    *,
    actor: Actor,
    organ: Organ,
    username: str,
    name: str,
    password: str = "",
    department: str = "",
    email: str = "",
    must_change_password: bool = True,
) -> Outcome:
    """Enrol a person of an organ; the initial password must be changed at the first login.

    Without a password nobody can log in: a service account, or somebody whose password is given later by
    ``reset_password``. Refused for a username in use and for a weak password.
    """
    if not USERNAME.fullmatch(username):
        raise Refused(BAD_USERNAME, username=username[:60], where="用户名")
    if Person.objects.filter(username__iexact=username).exists():
        raise Refused(USERNAME_TAKEN, username=username, where="用户名")
    if not name.strip():
        raise Refused(NO_NAME, where="姓名")
    person = Person(
        username=username,
        name=name.strip()[:60],
        organ=organ,
        department=department.strip()[:80],
        email=email.strip()[:120],
    )
    set_password(person, password, must_change=must_change_password)
    person.save(force_insert=True)
    return Outcome(result=person, data={"ref": str(person.ref)})


@action(
    "person.update", on=Person, title="修改人员信息", right="person.maintain", event="person.updated", by_system=True
)
def update_person(
    person: Person, *, actor: Actor, name: str | None = None, department: str | None = None, email: str | None = None
) -> Outcome:
    """Change name, department or address of a person; the event tells which, not what."""
    given = {"name": name, "department": department, "email": email}
    wanted = {key: value.strip() for key, value in given.items() if value is not None}
    if wanted.get("name") == "":
        raise Refused(NO_NAME, where="姓名")
    changed = sorted(key for key, value in wanted.items() if getattr(person, key) != value)
    for key in changed:
        setattr(person, key, wanted[key])
    return Outcome(data={"fields": changed})


def _refuse_open_items(person: Person) -> None:
    items = holdings.held_by_person(person)
    if items:
        raise Refused(HOLDS_ITEMS, items="；".join(items[:10]))


@action(
    "person.transfer", on=Person, title="人员调动", right="person.maintain", event="person.transferred", by_system=True
)
def transfer(person: Person, *, actor: Actor, to: Organ, with_work: bool = False) -> Outcome:
    """Move a person to another organ. Refused while open items or grants outside that organ are held.

    ``with_work``: a reorganisation takes the person over with the open work, and moves the grants itself.
    """
    if not actor.is_system and covering(actor, "person.maintain", to.pk) is None:
        raise Refused(NO_RIGHT, title="人员调动", roles=explain("person.maintain"))
    if not with_work:
        _refuse_open_items(person)
        left = Grant.objects.filter(grants_in_force(), person=person).exclude(organ=to).count()
        if left:
            raise Refused(HOLDS_GRANTS, count=left)
    before, person.organ = person.organ_id, to
    return Outcome(data={"organ": [before, to.pk]})


@action("person.disable", on=Person, title="停用人员", right="person.maintain", event="person.disabled", by_system=True)
def disable(person: Person, *, actor: Actor) -> Outcome:
    """Close an account: its sessions, tokens and grants are of no use from now. Refused while open items are held."""
    if person.pk == actor.person_id:
        raise Refused(SELF)
    _refuse_open_items(person)
    person.is_active = False
    return Outcome()


@action("person.enable", on=Person, title="启用人员", right="person.maintain", event="person.enabled", by_system=True)
def enable(person: Person, *, actor: Actor) -> Outcome:
    """Open a closed account again; the password must be changed at the next login."""
    person.is_active = True
    person.must_change_password = True
    return Outcome()
