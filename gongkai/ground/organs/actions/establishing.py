"""Setting up organs (设立机构), one or thousands, with the closure of the tree."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering, explain
from gongkai.ground.gate.door import NO_RIGHT, Outcome, action
from gongkai.ground.organs import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.organs.actions.lock import lock_tree
from gongkai.ground.organs.facts import CODE, clean_facts, clean_text, refuse
from gongkai.ground.organs.models import Organ, OrganClosure
from gongkai.ground.refusal import Refused, wording

CODE_TAKEN = wording(
    "organs.code_taken",
    what="机构代码“{organ_code}”已经使用。",
    todo="请换一个代码；已撤销机构的代码不再使用。",
    status=422,
)
NO_PARENT = wording(
    "organs.no_parent",
    what="没有找到代码为“{organ_code}”的上级机构。",
    todo="请先设立上级机构，或核对上级机构代码。",
    status=422,
)


@dataclass(frozen=True)
class NewOrgan:
    """An organ to be set up in a batch; ``parent_code`` "" means directly under the batch's parent.

    Parents stand before their children. ``facts`` are those of ``organs.facts.FACTS``, type and level aside.
    """

    code: str
    name: str
    type: str
    level: str
    parent_code: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@action(
    "organ.establish",
    on=Organ,
    title="设立机构",
    right="organ.maintain",
    event="organ.established",
    creates=True,
    by_system=True,
)
def establish(
    *,
    actor: Actor,
    organ: Organ | None,
    code: str,
    name: str,
    type: str,  # noqa: A002 - the name of the field
    level: str,
    valid_from: dt.date | None = None,
    **facts: Any,
) -> Outcome:
    """Set up an organ under ``organ``, its parent; None makes a root. Codes are checked by their check digits.

    Refused for a code in use, a wrong check digit, an unknown type, level or field.
    """
    new = NewOrgan(code, name, type, level, facts={**facts, "valid_from": valid_from})
    return _establish_many([new], actor=actor, organ=organ)[0][1]


@establish.bulk
def _establish_many(items: Sequence[NewOrgan], *, actor: Actor, organ: Organ | None) -> list[tuple[Organ, Outcome]]:
    lock_tree()
    rows = [_row(item) for item in items]
    _refuse_taken([row.code for row in rows])
    parents = _existing_parents(items, organ, actor)
    depth = _insert_by_level(items, rows, parents)
    _insert_closure(rows, depth)
    # What was read of the tree before is no longer the tree.
    actor.reaches.clear()
    return [(row, Outcome(result=row, data={"code": row.code, "parent": row.parent_id})) for row in rows]


def _row(item: NewOrgan) -> Organ:
    if not CODE.fullmatch(item.code):
        raise refuse("code", item.code, "只能用字母、数字和连接号，最长32个")
    name = clean_text("name", item.name)
    if not name:
        raise refuse("name", "", "不能为空")
    return Organ(code=item.code, name=name, **clean_facts({**item.facts, "type": item.type, "level": item.level}))


def _refuse_taken(codes: list[str]) -> None:
    taken = [code for code, times in Counter(codes).items() if times > 1]
    # Compared in pieces: a database has a limit of parameters.
    for start in range(0, len(codes), 500):
        taken += Organ.objects.filter(code__in=codes[start : start + 500]).values_list("code", flat=True)
    if taken:
        raise Refused(CODE_TAKEN, organ_code="、".join(sorted(set(taken))[:5]), where="机构代码")


def _existing_parents(items: Iterable[NewOrgan], organ: Organ | None, actor: Actor) -> dict[str, Organ | None]:
    """The parents that exist already, by code. Each must be within reach, as the batch's own parent was."""
    codes = {item.parent_code for item in items if item.parent_code} - {item.code for item in items}
    found: dict[str, Organ | None] = {"": organ}
    for parent in Organ.objects.filter(code__in=codes):
        if not actor.is_system and covering(actor, "organ.maintain", parent.pk) is None:
            raise Refused(NO_RIGHT, title="设立机构", roles=explain("organ.maintain"))
        found[parent.code] = parent
    return found


def _insert_by_level(
    items: Sequence[NewOrgan], rows: Sequence[Organ], parents: Mapping[str, Organ | None]
) -> dict[str, int]:
    """Insert level by level, since a child needs its parent's key; how deep each lies below what existed before."""
    by_code = {**parents, **{row.code: row for row in rows}}
    depth: dict[str, int] = {}
    levels: defaultdict[int, list[Organ]] = defaultdict(list)
    for item, row in zip(items, rows, strict=True):
        if item.parent_code not in parents and item.parent_code not in depth:
            raise Refused(NO_PARENT, organ_code=item.parent_code, where=item.code)
        depth[item.code] = depth[item.parent_code] + 1 if item.parent_code in depth else 0
        row.parent = by_code[item.parent_code]
        levels[depth[item.code]].append(row)
    for level in sorted(levels):
        for row in levels[level]:
            row.parent_id = row.parent.pk if row.parent is not None else None
        Organ.objects.bulk_create(levels[level])
    return depth


def _insert_closure(rows: Sequence[Organ], depth: Mapping[str, int]) -> None:
    """Each new organ with itself and with everything above it."""
    known = {row.parent_id for row in rows if depth[row.code] == 0 and row.parent_id is not None}
    above: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for ancestor, descendant, steps in OrganClosure.objects.filter(descendant_id__in=known).values_list(
        "ancestor_id", "descendant_id", "depth"
    ):
        above[descendant].append((ancestor, steps))
    pairs = []
    for row in sorted(rows, key=lambda new: depth[new.code]):
        upward = [(ancestor, steps + 1) for ancestor, steps in above[row.parent_id]] if row.parent_id else []
        above[row.pk] = [(row.pk, 0), *upward]
        pairs += [OrganClosure(ancestor_id=top, descendant_id=row.pk, depth=steps) for top, steps in above[row.pk]]
    OrganClosure.objects.bulk_create(pairs, batch_size=2000)
