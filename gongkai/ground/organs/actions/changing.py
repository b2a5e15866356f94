"""Changing organs: facts, name, end, succession (机构改革); and the posts in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering, explain
from gongkai.ground.gate.door import NO_RIGHT, Outcome, action
from gongkai.ground.organs import holdings
from gongkai.ground.organs import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.organs.facts import CODES_LAW, clean_facts, clean_text, refuse
from gongkai.ground.organs.models import FormerName, Organ, OrganSuccession, Person, Post
from gongkai.ground.organs.queries import in_force, successor_of
from gongkai.ground.refusal import Refused, wording

STILL_HOLDS = wording(
    "organs.still_holds",
    what="“{name}”还有未了事项：{items}。",
    todo="请先办结或移交这些事项，再撤销机构；职能划转的，请办理职能承接。",
)
ENDED = wording("organs.ended", what="“{name}”已经撤销。", todo="请选择现存的机构。")
BEFORE_START = wording("organs.before_start", what="结束日期早于开始日期。", todo="请核对日期。", status=422)
SAME_ORGAN = wording(
    "organs.same_organ", what="机构不能由自己或自己的前身来承接。", todo="请选择承接职能的机构。", status=422
)
NOT_OF_ORGAN = wording("organs.not_of_organ", what="此人不在“{name}”任职。", todo="请选择本机构的人员。", status=422)
REFORM = "《政府信息公开条例》第十条"


@action("organ.update", on=Organ, title="修改机构信息", right="organ.maintain", event="organ.updated", by_system=True)
def update(organ: Organ, *, actor: Actor, **facts: Any) -> Outcome:
    """Change contact facts, codes and settings of an organ; the event tells which, not what."""
    cleaned = clean_facts(facts)
    organisation, credit = (cleaned.get(key, getattr(organ, key)) for key in ("organisation_code", "credit_code"))
    if organisation and credit and credit[8:17] != organisation:
        raise refuse("credit_code", credit, "第9至17位应与组织机构代码一致", CODES_LAW)
    changed = sorted(key for key, value in cleaned.items() if getattr(organ, key) != value)
    for key in changed:
        setattr(organ, key, cleaned[key])
    return Outcome(data={"fields": changed})


@action("organ.rename", on=Organ, title="机构更名", right="organ.maintain", event="organ.renamed", by_system=True)
def rename(
    organ: Organ, *, actor: Actor, name: str, short_name: str = "", on: dt.date | None = None, basis: str = ""
) -> Outcome:
    """Give an organ a new name; the old one is kept as a former name (曾用名): its documents are still found."""
    new = clean_text("name", name)
    if not new:
        raise refuse("name", "", "不能为空")
    day = on or clock.today()
    FormerName.objects.create(organ=organ, name=organ.name, short_name=organ.short_name, until=day, basis=basis[:200])
    before, organ.name, organ.short_name = organ.name, new, clean_text("short_name", short_name)
    return Outcome(data={"name": [before, organ.name], "on": day.isoformat(), "basis": basis[:200]})


def _refuse_ended(organ: Organ) -> None:
    if organ.valid_until is not None:
        raise Refused(ENDED, name=organ.name)


def _end(organ: Organ, on: dt.date) -> None:
    if organ.valid_from is not None and on < organ.valid_from:
        raise Refused(BEFORE_START, where="撤销日期")
    organ.valid_until = on


def _open_items(organ: Organ) -> list[str]:
    children = organ.children.filter(in_force()).count()
    people = organ.people.filter(is_active=True).count()
    lines = [f"{children}个下级机构" if children else "", f"{people}名在用人员" if people else ""]
    return [line for line in lines if line] + holdings.held_by_organ(organ)


@action("organ.abolish", on=Organ, title="撤销机构", right="organ.maintain", event="organ.abolished", by_system=True)
def abolish(organ: Organ, *, actor: Actor, on: dt.date, basis: str = "") -> Outcome:
    """End an organ without successor on a day: from that day it is no more. Refused over open work or people."""
    _refuse_ended(organ)
    items = _open_items(organ)
    if items:
        raise Refused(STILL_HOLDS, REFORM, name=organ.name, items="；".join(items[:10]))
    _end(organ, on)
    return Outcome(data={"on": on.isoformat(), "basis": basis[:200]})


def leave_to(organ: Organ, heir: Organ) -> None:
    """What the organ leaves behind, and what others left to it, is from now in the care of its successor."""
    organ.heir = heir
    Organ.objects.filter(heir=organ).update(heir=heir)


@action("organ.succeed", on=Organ, title="职能承接", right="organ.maintain", event="organ.succeeded", by_system=True)
def succeed(
    organ: Organ, *, actor: Actor, successor: Organ, on: dt.date, basis: str = "", is_dissolved: bool = True
) -> Outcome:
    """Record that another organ took over functions on a day (条例第十条：职权变更的，由继续行使其职权的机关负责).

    The organ ends that day unless ``is_dissolved`` is False (part of its functions passed). The right must be held
    at the successor, too. A circle of successions is refused.
    """
    if not actor.is_system and covering(actor, "organ.maintain", successor.pk) is None:
        raise Refused(NO_RIGHT, title="职能承接", roles=explain("organ.maintain"))
    _refuse_ended(organ)
    _refuse_ended(successor)
    if successor.pk == organ.pk or successor_of(successor).pk == organ.pk:
        raise Refused(SAME_ORGAN, REFORM, where=successor.name)
    made = OrganSuccession.objects.create(predecessor=organ, successor=successor, on=on, basis=basis[:200])
    if is_dissolved:
        _end(organ, on)
        leave_to(organ, successor)
    data = {"successor": successor.pk, "on": on.isoformat(), "basis": basis[:200], "is_dissolved": is_dissolved}
    return Outcome(result=made, data=data)


@action("post.add", on=Post, title="设置职务", right="organ.maintain", event="post.added", creates=True, by_system=True)
def add_post(
    *,
    actor: Actor,
    organ: Organ,
    title: str,
    person: Person | None = None,
    portfolio: str = "",
    is_leader: bool = False,
    valid_from: dt.date | None = None,
) -> Outcome:
    """Note a post (职务) and who holds it; portfolio is a leader's 分管工作."""
    if person is not None and person.organ_id != organ.pk:
        raise Refused(NOT_OF_ORGAN, name=organ.name)
    post = Post.objects.create(
        organ=organ,
        person=person,
        title=title.strip()[:80],
        portfolio=portfolio.strip()[:300],
        is_leader=is_leader,
        valid_from=valid_from,
    )
    return Outcome(result=post, data={"person": person.pk if person is not None else None, "is_leader": is_leader})


@action("post.end", on=Post, title="免去职务", right="organ.maintain", event="post.ended", by_system=True)
def end_post(post: Post, *, actor: Actor, on: dt.date) -> Outcome:
    """A post is held until a day, that day included."""
    if post.valid_from is not None and on < post.valid_from:
        raise Refused(BEFORE_START, where="免职日期")
    post.valid_until = on
    return Outcome(data={"until": on.isoformat()})
