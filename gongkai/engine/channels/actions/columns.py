"""Columns: opened, arranged, closed. What stood in a closed one stays public elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from gongkai.engine.channels import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.engine.channels.models import Column
from gongkai.engine.channels.queries import CADENCES
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

TAKEN = wording(
    "channels.slug_taken",
    what="地址名“{found}”已被另一栏目使用。",
    todo="请换一个地址名，例如在后面加上机关简称。",
    status=422,
)
BAD_PARENT = wording(
    "channels.bad_parent",
    what="上级栏目不属于同一机关，或者就是本栏目自己或其下级。",
    todo="请选择同一机关的另一栏目，或者留空。",
    status=422,
)
BAD_CADENCE = wording(
    "channels.bad_cadence", what="没有“{found}”这种更新要求。", todo="请从列出的更新要求中选择，或者留空。", status=422
)
EMPTY = wording(
    "channels.empty",
    what="栏目既不逐件选入，也没有选类别，永远是空的。",
    todo="请选择类别，或者改为逐件选入。",
    status=422,
)
HAS_BELOW = wording("channels.has_below", what="本栏目下面还有在用的栏目。", todo="请先停用或移走下级栏目。")


def _set(
    column: Column,
    *,
    name: str,
    slug: str,
    parent: Column | None,
    order: int,
    lead: str,
    is_picked: bool,
    kinds: Sequence[str],
    with_below: bool,
    cadence: str,
) -> None:
    if Column.objects.filter(slug=slug).exclude(pk=column.pk).exists():
        raise Refused(TAKEN, found=slug, where="地址名")
    if cadence and cadence not in CADENCES:
        raise Refused(BAD_CADENCE, found=cadence[:40], where="更新要求")
    if not is_picked and not kinds:
        raise Refused(EMPTY, where="类别")
    above = parent
    while above is not None:
        if above.organ_id != column.organ_id or above.pk == column.pk:
            raise Refused(BAD_PARENT, where="上级栏目")
        above = above.parent
    column.name, column.slug, column.parent, column.order, column.lead = name, slug, parent, order, lead
    column.is_picked, column.kinds, column.with_below = is_picked, [] if is_picked else list(kinds), with_below
    column.cadence = cadence


@action("column.open", on=Column, title="设立栏目", right="column.maintain", event="column.opened", creates=True)
def open_column(
    *,
    actor: Actor,
    organ: Organ,
    name: str,
    slug: str,
    parent: Column | None = None,
    order: int = 0,
    lead: str = "",
    is_picked: bool = False,
    kinds: Sequence[str] = (),
    with_below: bool = False,
    cadence: str = "",
) -> Outcome:
    """Open a column of an organ's site, from today."""
    column = Column(organ=organ, valid_from=clock.today())
    _set(
        column,
        name=name,
        slug=slug,
        parent=parent,
        order=order,
        lead=lead,
        is_picked=is_picked,
        kinds=kinds,
        with_below=with_below,
        cadence=cadence,
    )
    column.save(force_insert=True)
    return Outcome(result=column, data=_facts(column))


@action("column.arrange", on=Column, title="调整栏目", right="column.maintain", event="column.arranged")
def arrange(
    column: Column,
    *,
    actor: Actor,
    name: str,
    slug: str,
    parent: Column | None,
    order: int,
    lead: str,
    is_picked: bool,
    kinds: Sequence[str],
    with_below: bool,
    cadence: str,
) -> Outcome:
    """Change what a column is called, where it stands, and what it holds."""
    _set(
        column,
        name=name,
        slug=slug,
        parent=parent,
        order=order,
        lead=lead,
        is_picked=is_picked,
        kinds=kinds,
        with_below=with_below,
        cadence=cadence,
    )
    return Outcome(data=_facts(column))


@action("column.close", on=Column, title="停用栏目", right="column.maintain", event="column.closed")
def close(column: Column, *, actor: Actor, on: dt.date | None = None) -> Outcome:
    """Close a column after a day (yesterday); its records stay public elsewhere."""
    last = on or clock.today() - dt.timedelta(days=1)
    if column.children.filter(valid_until__isnull=True).exists():
        raise Refused(HAS_BELOW)
    column.valid_until = last
    return Outcome(data={"until": last.isoformat()})


def _facts(column: Column) -> dict[str, object]:
    return {
        "slug": column.slug,
        "parent": column.parent_id,
        "order": column.order,
        "is_picked": column.is_picked,
        "kinds": sorted(column.kinds),
        "with_below": column.with_below,
        "cadence": column.cadence,
    }
