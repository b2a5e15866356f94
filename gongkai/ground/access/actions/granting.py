"""Giving and ending grants (授权). The three administrators stay three people who do nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from gongkai.ground import clock
from gongkai.ground.access import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import Deputy, Grant
from gongkai.ground.access.queries import grants_not_over
from gongkai.ground.access.roles import ADMIN_ROLES, ROLE_NAMES, Role
from gongkai.ground.access.rules import covering
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused, wording

UNKNOWN_ROLE = wording("access.unknown_role", what="没有“{role}”这个角色。", todo="请从角色表中选择。", status=422)
SELF_GRANT = wording(
    "access.self_grant",
    what="安全管理员不能给自己授权，也不能更改自己的授权。",
    todo="请由另一名安全管理员办理。",
    status=403,
)
THREE_ADMINS = wording(
    "access.three_admins",
    what="系统管理员、安全管理员、审计管理员须由三人分别担任，且不得兼任业务角色；此人已是“{held}”，不能再任“{role}”。",
    todo="请另选人员，或先终止其现有授权。",
)
SERVICE_ALONE = wording(
    "access.service_alone",
    what="接口账号供系统对接使用，不得同时担任其他角色；此账号已是“{held}”，不能再任“{role}”。",
    todo="请另行登记一个账号，或先终止其现有授权。",
)
ENDS_BEFORE_START = wording(
    "access.ends_before_start", what="结束日期早于开始日期。", todo="请核对起止日期。", status=422
)
DISABLED = wording("access.disabled", what="此人的账号已停用。", todo="请先启用账号，或另选人员。")
TWICE = wording(
    "access.twice", what="此人在该机构已有同样的授权。", todo="无需重复授权；要改起止日期，请先终止原授权。"
)
OVER = wording("access.over", what="这项授权已经结束。", todo="请刷新页面。")
LAST_ADMIN = wording(
    "access.last_admin", what="这是最后一名{role}，终止后将无人可以办理。", todo="请先授权另一人担任，再终止此项授权。"
)
BEYOND_REACH = wording(
    "access.beyond_reach",
    what="您的授权不含下级机构，不能授予“含下级”的权限。",
    todo="请去掉“含下级”，或由管辖下级机构的安全管理员办理。",
    status=403,
)
#: Practice of classified protection (等级保护), not a statute: system, security and audit administration apart.
SEPARATION = "GB/T 22239—2019 安全管理中心（三权分立，实践要求）"


@action(
    "access.grant", on=Grant, title="授权", right="grant.maintain", event="grant.given", creates=True, by_system=True
)
def grant(
    *,
    actor: Actor,
    organ: Organ,
    person: Person,
    role: Role | str,
    with_subtree: bool = False,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> Outcome:
    """Give a role to a person in an organ, from a day (today) to a day (included; None: until ended).

    Refused to oneself, to the disabled, twice, and where one person would be two administrators, or an administrator or
    a service account with another role.
    """
    if role not in list(Role):
        raise Refused(UNKNOWN_ROLE, role=role, where="角色")
    wanted = Role(role)
    # Two grants at once must not pass the check below side by side.
    holder = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    _refuse_self(actor, holder)
    if not holder.is_active:
        raise Refused(DISABLED)
    start = valid_from or clock.today()
    if valid_until is not None and valid_until < start:
        raise Refused(ENDS_BEFORE_START, where="止")
    _refuse_mixture(holder, wanted, organ)
    if with_subtree and not actor.is_system:
        _refuse_beyond_reach(actor, organ)
    made = Grant.objects.create(
        person=holder, role=wanted, organ=organ, with_subtree=with_subtree, valid_from=start, valid_until=valid_until
    )
    data = {"person": holder.pk, "role": str(wanted), "with_subtree": with_subtree, "from": start.isoformat()}
    return Outcome(result=made, data=data | {"until": valid_until.isoformat() if valid_until is not None else None})


def _refuse_beyond_reach(actor: Actor, organ: Organ) -> None:
    """Nobody gives a right over organs that the own grant does not reach: "with subtree" takes a subtree."""
    held = [
        replace(actor, grants=(grant,), reaches={}) for grant in actor.holds("grant.maintain") if grant.with_subtree
    ]
    if not any(covering(one, "grant.maintain", organ.pk) for one in held):
        raise Refused(BEYOND_REACH, SEPARATION, where="含下级")


def _refuse_self(actor: Actor, person: Person) -> None:
    if actor.person_id == person.pk:
        raise Refused(SELF_GRANT, SEPARATION)


def _refuse_mixture(person: Person, wanted: Role, organ: Organ) -> None:
    rows = list(Grant.objects.filter(grants_not_over(), person=person).values_list("role", "organ_id", "with_subtree"))
    held = {Role(row[0]) for row in rows}
    if (str(wanted), organ.pk) in {(row[0], row[1]) for row in rows}:
        raise Refused(TWICE, where=ROLE_NAMES[wanted])
    for role in sorted(held - {wanted}):
        if wanted in ADMIN_ROLES or role in ADMIN_ROLES:
            raise Refused(THREE_ADMINS, SEPARATION, held=ROLE_NAMES[role], role=ROLE_NAMES[wanted])
        if Role.SERVICE in (wanted, role):
            raise Refused(SERVICE_ALONE, held=ROLE_NAMES[role], role=ROLE_NAMES[wanted])
    if wanted in ADMIN_ROLES and Deputy.objects.filter(deputy=person, valid_until__gte=clock.today()).exists():
        raise Refused(THREE_ADMINS, SEPARATION, held="代理人", role=ROLE_NAMES[wanted])


@action("access.end_grant", on=Grant, title="终止授权", right="grant.maintain", event="grant.ended", by_system=True)
def end_grant(row: Grant, *, actor: Actor, on: dt.date | None = None) -> Outcome:
    """End a grant with the close of a day; None ends it at once. Refused for one's own and for the last."""
    _refuse_self(actor, row.person)
    today = clock.today()
    if row.valid_until is not None and row.valid_until < today:
        raise Refused(OVER)
    _refuse_last(row)
    # A grant that ends at once was last in force yesterday: days are the measure of grants.
    last = on if on is not None else today - dt.timedelta(days=1)
    if on is not None and on < row.valid_from:
        raise Refused(ENDS_BEFORE_START, where="止")
    row.valid_until = last
    return Outcome(data={"person": row.person_id, "role": row.role, "until": last.isoformat()})


@action(
    "access.hand_over",
    on=Grant,
    title="移交授权",
    right="grant.maintain",
    event="grant.handed_over",
    by_system=True,
)
def hand_over(row: Grant, *, actor: Actor, person: Person | None = None, organ: Organ | None = None) -> Outcome:
    """End a grant and give the same to a successor, in the same organ or in the one that took over.

    A successor who holds it already keeps what they hold. Refused for one's own grant and for one that is over.
    """
    _refuse_self(actor, row.person)
    today = clock.today()
    if row.valid_until is not None and row.valid_until < today:
        raise Refused(OVER)
    taker, there = person or row.person, organ or row.organ
    until, yesterday = row.valid_until, today - dt.timedelta(days=1)
    # Ended first: the successor may be the same person, who must not hold the same twice.
    Grant.objects.filter(pk=row.pk).update(valid_until=yesterday)
    held = Grant.objects.filter(grants_not_over(), person=taker, role=row.role, organ=there).first()
    made = held or grant(
        actor=actor,
        organ=there,
        person=taker,
        role=row.role,
        with_subtree=row.with_subtree,
        valid_from=max(today, row.valid_from),
        valid_until=until,
    )
    row.valid_until = yesterday
    return Outcome(result=made, data={"person": row.person_id, "role": row.role, "to": taker.pk, "grant": made.pk})


def _refuse_last(row: Grant) -> None:
    if Role(row.role) is not Role.SECURITY_ADMIN or row.organ.parent_id is not None or not row.with_subtree:
        return
    others = Grant.objects.filter(grants_not_over(), role=row.role, organ__parent=None, with_subtree=True)
    if not others.exclude(pk=row.pk).filter(person__is_active=True, valid_until=None).exists():
        raise Refused(LAST_ADMIN, SEPARATION, role=ROLE_NAMES[Role(row.role)])
