"""Deputies (AB 角): who stands in for whom, between two days."""

from __future__ import annotations

import datetime as dt

from gongkai.ground import clock
from gongkai.ground.access import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.access.actions.granting import DISABLED, ENDS_BEFORE_START, OVER, SEPARATION
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import Deputy, Grant
from gongkai.ground.access.queries import grants_not_over
from gongkai.ground.access.roles import ADMIN_ROLES, ROLE_NAMES, Role
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused, wording

OWN_DEPUTY = wording("access.own_deputy", what="不能代理自己。", todo="请另选代理人。", status=422)
ADMIN_DEPUTY = wording(
    "access.admin_deputy",
    what="{who}是“{role}”，三类管理员的职权不得代理，管理员也不得代理他人。",
    todo="请由安全管理员另行授权。",
)
FOREIGN_PRINCIPAL = wording(
    "access.foreign_principal", what="被代理人不在所选机构。", todo="请选择该机构的人员。", status=422
)
OWN_APPOINTMENT = wording(
    "access.own_appointment", what="不能指定自己代理他人。", todo="请由另一名安全管理员办理。", status=403
)


@action(
    "access.appoint",
    on=Deputy,
    title="指定代理",
    right="grant.maintain",
    event="deputy.appointed",
    creates=True,
    by_system=True,
)
def appoint(
    *,
    actor: Actor,
    organ: Organ,
    principal: Person,
    deputy: Person,
    valid_from: dt.date,
    valid_until: dt.date,
    reason: str = "",
) -> Outcome:
    """Let one person act for another of ``organ`` between two days, both included; events then say 乙代甲.

    The deputy holds the principal's business roles only. Refused for oneself, for administrators on either side,
    and when the end lies before the start.
    """
    if principal.organ_id != organ.pk:
        raise Refused(FOREIGN_PRINCIPAL, where="被代理人")
    if principal.pk == deputy.pk:
        raise Refused(OWN_DEPUTY, where="代理人")
    if actor.person_id == deputy.pk:
        raise Refused(OWN_APPOINTMENT, SEPARATION)
    if valid_until < valid_from:
        raise Refused(ENDS_BEFORE_START, where="止")
    # Locked in the order of keys: two appointments that cross must not wait for each other.
    pair = Person.objects.select_for_update(of=("self",)).filter(pk__in=[principal.pk, deputy.pk]).order_by("pk")
    if not all(person.is_active for person in pair):
        raise Refused(DISABLED)
    _refuse_admins(principal, "被代理人")
    _refuse_admins(deputy, "代理人")
    made = Deputy.objects.create(
        principal=principal, deputy=deputy, valid_from=valid_from, valid_until=valid_until, reason=reason.strip()[:200]
    )
    data = {"principal": principal.pk, "deputy": deputy.pk}
    return Outcome(result=made, data=data | {"from": valid_from.isoformat(), "until": valid_until.isoformat()})


def _refuse_admins(person: Person, who: str) -> None:
    held = Grant.objects.filter(grants_not_over(), person=person, role__in=ADMIN_ROLES).values_list("role", flat=True)
    role = held.first()
    if role is not None:
        raise Refused(ADMIN_DEPUTY, SEPARATION, who=who, role=ROLE_NAMES[Role(role)], where=who)


@action(
    "access.end_appointment",
    on=Deputy,
    title="终止代理",
    right="grant.maintain",
    event="deputy.ended",
    by_system=True,
)
def end_appointment(row: Deputy, *, actor: Actor, on: dt.date | None = None) -> Outcome:
    """End a deputyship with the close of a day; None ends it at once."""
    today = clock.today()
    if row.valid_until < today:
        raise Refused(OVER)
    if on is not None and (on < row.valid_from or on > row.valid_until):
        raise Refused(ENDS_BEFORE_START, where="止")
    row.valid_until = on if on is not None else today - dt.timedelta(days=1)
    return Outcome(data={"until": row.valid_until.isoformat()})
