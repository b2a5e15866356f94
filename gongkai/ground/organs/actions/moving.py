"""Giving an organ another parent (调整隶属关系); what stands below it comes along."""

from __future__ import annotations

from django.db import transaction

from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering, explain
from gongkai.ground.gate.door import NO_RIGHT, Outcome, action
from gongkai.ground.organs import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.organs.actions.lock import lock_tree
from gongkai.ground.organs.models import Organ, OrganClosure
from gongkai.ground.organs.queries import is_below
from gongkai.ground.refusal import Refused, wording

CYCLE = wording("organs.cycle", what="不能把机构移到它自己或它的下级之下。", todo="请另选上级机构。", status=422)


@action(
    "organ.move",
    on=Organ,
    title="调整隶属关系",
    right="organ.maintain",
    event="organ.moved",
    by_system=True,
)
def _move(organ: Organ, *, actor: Actor, parent: Organ | None) -> Outcome:
    if not actor.is_system and covering(actor, "organ.maintain", parent.pk if parent is not None else None) is None:
        raise Refused(NO_RIGHT, title="调整隶属关系", roles=explain("organ.maintain"))
    if parent is not None and is_below(parent.pk, organ.pk):
        raise Refused(CYCLE, where=parent.name)
    before = organ.parent_id
    organ.parent = parent
    _rehang(organ, parent)
    actor.reaches.clear()
    return Outcome(data={"parent": [before, organ.parent_id]})


def move(organ: Organ, *, actor: Actor, parent: Organ | None) -> None:
    """Put an organ with all below it under another parent; None makes it a root.

    The right must be held at the new parent, too. Refused when that would close a circle.
    """
    with transaction.atomic():
        # Before the gate locks the row: two moves that each held a row would wait for each other's.
        lock_tree()
        _move(organ, actor=actor, parent=parent)


def _rehang(organ: Organ, parent: Organ | None) -> None:
    below = dict(OrganClosure.objects.filter(ancestor=organ).values_list("descendant_id", "depth"))
    inside = OrganClosure.objects.filter(ancestor=organ).values("descendant_id")
    outside = OrganClosure.objects.filter(descendant=organ, depth__gt=0).values("ancestor_id")
    OrganClosure.objects.filter(descendant_id__in=inside, ancestor_id__in=outside).delete()
    if parent is None:
        return
    above = OrganClosure.objects.filter(descendant=parent).values_list("ancestor_id", "depth")
    OrganClosure.objects.bulk_create(
        (
            OrganClosure(ancestor_id=top, descendant_id=bottom, depth=up + 1 + down)
            for top, up in above
            for bottom, down in below.items()
        ),
        batch_size=2000,
    )
