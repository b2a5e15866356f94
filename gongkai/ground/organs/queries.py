"""Looking at organs: the tree, and which organ a printed name means."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from django.db.models import Q, QuerySet

from gongkai.ground import clock
from gongkai.ground.organs.models import FormerName, Organ, OrganClosure


def in_force(day: dt.date | None = None) -> Q:
    """A filter for organs that exist on a day (today): set up, and not yet abolished."""
    on = day or clock.today()
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (Q(valid_until__isnull=True) | Q(valid_until__gt=on))


def ancestors(organ: Organ) -> QuerySet[Organ]:
    """The organs above an organ, the nearest first."""
    return Organ.objects.filter(closure_down__descendant=organ, closure_down__depth__gt=0).order_by(
        "closure_down__depth"
    )


def descendants(organ: Organ, *, with_self: bool = False) -> QuerySet[Organ]:
    """The organs below an organ, by depth and code."""
    least = 0 if with_self else 1
    below = Organ.objects.filter(closure_up__ancestor=organ, closure_up__depth__gte=least)
    return below.order_by("closure_up__depth", "code")


def is_below(organ_id: int, ancestor_id: int) -> bool:
    """Does the first stand below the second, or are they one?"""
    return OrganClosure.objects.filter(ancestor_id=ancestor_id, descendant_id=organ_id).exists()


def tree(root: Organ | None = None) -> list[tuple[Organ, int]]:
    """Every organ with its depth, each parent directly before its children, siblings by code. One query."""
    rows = descendants(root, with_self=True) if root is not None else Organ.objects.order_by("code")
    children: dict[int | None, list[Organ]] = {}
    for row in sorted(rows, key=lambda organ: organ.code, reverse=True):
        children.setdefault(row.parent_id, []).append(row)
    waiting = [(root, 0)] if root is not None else [(organ, 0) for organ in children.get(None, [])]
    listed = []
    while waiting:
        organ, depth = waiting.pop()
        listed.append((organ, depth))
        waiting.extend((child, depth + 1) for child in children.get(organ.pk, []))
    return listed


def successor_of(organ: Organ) -> Organ:
    """Who took over the functions of an organ in the end; the organ itself when nobody did, or when several did."""
    seen = {organ.pk}
    while True:
        steps = list(organ.successions.select_related("successor")[:2])
        if organ.valid_until is None or len(steps) != 1 or steps[0].successor_id in seen:
            return organ
        organ = steps[0].successor
        seen.add(organ.pk)


def bearing(text: str) -> Q:
    """The organs that bear a name, bore it, or took over from one that did: as people still ask for them."""
    own = Q(name=text) | Q(short_name=text) | Q(former_names__name=text) | Q(former_names__short_name=text)
    return own | Q(legacies__name=text) | Q(legacies__short_name=text) | Q(legacies__former_names__name=text)


def asked_for(text: str, most: int = 5) -> list[Organ]:
    """Organs in force whose name, former name or predecessor's name holds a text, by code; none for a short text."""
    wanted = plain_name(text)
    if len(wanted) < 2:
        return []
    own = Q(name__contains=wanted) | Q(former_names__name__contains=wanted) | Q(legacies__name__contains=wanted)
    found = Organ.objects.filter(in_force()).filter(own).order_by("code").distinct()
    return list(found.prefetch_related("former_names", "legacies")[:most])


def plain_name(text: str) -> str:
    """A printed name in half width without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def resolve_organ(name: str, *, near: Organ | None = None) -> Organ | None:
    """The organ a printed name means: full name, former name, short name, 机关代字, or a shortened name, in this order.

    A shortened name leaves out its place and 和 (市人力资源社会保障局) or bears a second name in brackets; it is looked
    for in the tree of ``near`` only. Of several, those in force count first, then those in the tree of ``near``; None
    when it is still not one organ. A former name gives the organ that bore it, even when it was abolished since: see
    ``successor_of``.
    """
    wanted = plain_name(name)
    if not wanted:
        return None
    former = FormerName.objects.filter(Q(name=wanted) | Q(short_name=wanted)).values("organ_id")
    for rule in (Q(name=wanted), Q(pk__in=former), Q(short_name=wanted)):
        found = list(Organ.objects.filter(rule).order_by("pk")[:50])
        if found:
            return _the_one(found, near)
    rows = Organ.objects.exclude(document_prefixes=[]).values_list("pk", "document_prefixes")
    by_prefix = list(Organ.objects.filter(pk__in=[pk for pk, prefixes in rows if wanted in prefixes]))
    return _the_one(by_prefix, near) if by_prefix or near is None else _shortened(wanted, near)


def _shortened(wanted: str, near: Organ) -> Organ | None:
    """The one organ of the tree whose name is the wanted one with a place before it, or without a second name."""
    main = re.sub(r"\([^()]+\)$", "", wanted)
    if main and main != wanted:
        return resolve_organ(main, near=near)
    if not re.match("[省市区县州旗盟镇乡]", wanted) or len(wanted) < 4:
        return None
    top = ancestors(near).last() or near
    ends = _without_joints(wanted)
    family = descendants(top, with_self=True).filter(name__endswith=wanted[-1])
    found = [organ for organ in family if _without_joints(organ.name).endswith(ends)]
    return _the_one(found, near)


def _without_joints(name: str) -> str:
    return re.sub("[和与及、]", "", name)


def _the_one(found: list[Organ], near: Organ | None) -> Organ | None:
    today = clock.today()
    alive = [organ for organ in found if organ.valid_until is None or organ.valid_until > today] or found
    if len(alive) > 1 and near is not None:
        top = ancestors(near).last() or near
        family = set(descendants(top, with_self=True).values_list("pk", flat=True))
        alive = [organ for organ in alive if organ.pk in family] or alive
    return alive[0] if len(alive) == 1 else None
