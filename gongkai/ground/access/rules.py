"""One rule that filters, checks and explains: a right reaches an organ through a grant in force.

``reach`` is that rule as a query. ``scope`` filters lists with it, ``covering`` checks one row with it and names
the grant used, ``explain`` puts the answer into words. Nothing else decides about rights.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from gongkai.ground.access.actors import Actor, HeldGrant
from gongkai.ground.access.roles import ROLE_NAMES, roles_with
from gongkai.ground.organs.models import Organ, OrganClosure


def reach(actor: Actor, right: str) -> QuerySet[Organ, int]:
    """The ids of the organs in which the actor holds a right, as a query."""
    return _reach_of(actor.holds(right))


def _reach_of(grants: tuple[HeldGrant, ...]) -> QuerySet[Organ, int]:
    direct = {grant.organ_id for grant in grants}
    roots = {grant.organ_id for grant in grants if grant.with_subtree}
    below = OrganClosure.objects.filter(ancestor_id__in=roots).values("descendant_id")
    # What an abolished organ left behind is reached through the one that took over.
    found = Q(pk__in=direct) | Q(pk__in=below) | Q(heir__in=direct) | Q(heir__in=below)
    return Organ.objects.filter(found).order_by().values_list("pk", flat=True)


def scope(actor: Actor, right: str, organ_field: str = "organ") -> Q:
    """A filter for rows of the organs that a right reaches; nothing for who holds it nowhere."""
    if actor.is_system:
        return Q()
    if not actor.holds(right):
        return Q(pk__in=[])
    return Q(**{f"{organ_field}__in": reach(actor, right)})


def covering(actor: Actor, right: str, organ_id: int | None) -> HeldGrant | None:
    """The first grant through which a right reaches an organ; own grants come before those held as deputy.

    An organ of None means the whole platform: only a grant with subtree on a root organ reaches that.
    """
    held = actor.holds(right)
    for grant in held:
        if organ_id in _organs_of(actor, grant) if organ_id is not None else _is_platform_wide(actor, grant):
            return grant
    heir = _heir_of(actor, organ_id) if held and organ_id is not None else None
    return next((grant for grant in held if heir in _organs_of(actor, grant)), None) if heir is not None else None


def _heir_of(actor: Actor, organ_id: int) -> int | None:
    """Who took over an abolished organ; None for an organ in being."""
    key = f"heir:{organ_id}"
    if key not in actor.reaches:
        found = Organ.objects.filter(pk=organ_id, heir__isnull=False).values_list("heir_id", flat=True)
        actor.reaches[key] = frozenset(pk for pk in found if pk is not None)
    return next(iter(actor.reaches[key]), None)


def _is_platform_wide(actor: Actor, grant: HeldGrant) -> bool:
    """Does the grant stand on an organ without superior, with everything below it?"""
    key = f"root:{grant.organ_id}"
    if key not in actor.reaches:
        roots = Organ.objects.filter(pk=grant.organ_id, parent__isnull=True)
        actor.reaches[key] = frozenset(roots.values_list("pk", flat=True))
    return grant.with_subtree and grant.organ_id in actor.reaches[key]


def _organs_of(actor: Actor, grant: HeldGrant) -> frozenset[int]:
    if not grant.with_subtree:
        return frozenset({grant.organ_id})
    key = f"below:{grant.organ_id}"
    if key not in actor.reaches:
        actor.reaches[key] = frozenset(_reach_of((grant,)))
    return actor.reaches[key]


def explain(right: str) -> str:
    """Which roles carry a right, in words, for a refusal."""
    names = [ROLE_NAMES[role] for role in sorted(roles_with(right))]
    return "、".join(names) if names else "无（仅系统自动执行）"
