"""What the administrators' pages list. Each is a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import QueryDict

from gongkai.engine.channels.models import Push
from gongkai.engine.channels.queries import failing_pushes
from gongkai.engine.notices.models import Dispatch
from gongkai.engine.notices.queries import ChannelHealth, outbox_health, undelivered, waiting_to_leave
from gongkai.engine.records.models import Setback
from gongkai.engine.records.queries import due_publications
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import Deputy, Grant, ServiceToken
from gongkai.ground.access.queries import grants_in_force, grants_not_over
from gongkai.ground.access.roles import ROLE_NAMES, Role
from gongkai.ground.access.rules import covering, reach
from gongkai.ground.gate.door import permitted, visible
from gongkai.ground.organs.models import FormerName, Organ, Person
from gongkai.ground.refusal import Explanation
from gongkai.ground.register.models import UnsealedEvent
from gongkai.surfaces.workbench.admin_acts import ADMIN_ACTS

PAGE_SIZE = 50
SOON = dt.timedelta(days=30)


@dataclass(frozen=True)
class AdminButton:
    """An action on a subject of the administrators, on or off with its reason."""

    name: str
    title: str
    refusal: Explanation | None


def buttons_for(subject: Any, actor: Actor) -> tuple[list[AdminButton], list[AdminButton]]:
    """The actions on an organ, person or post: those that are on, and those that are off."""
    made = [
        AdminButton(spec.name, spec.title, verdict.refusal.explain() if verdict.refusal else None)
        for spec, verdict in permitted(subject, actor)
        if spec.name in ADMIN_ACTS
    ]
    return [one for one in made if one.refusal is None], [one for one in made if one.refusal is not None]


def organs(actor: Actor, query: QueryDict) -> tuple[list[Organ], str]:
    """Organs by code, found by words of name or code; the second value continues the list."""
    rows = visible(Organ, actor) | Organ.objects.filter(pk__in=reach(actor, "person.maintain"))
    for word in query.get("q", "").split()[:5]:
        own = Q(name__icontains=word) | Q(code__istartswith=word) | Q(short_name__icontains=word)
        former = FormerName.objects.filter(name__icontains=word).values("organ_id")
        heirs = Organ.objects.filter(name__icontains=word, heir__isnull=False).values("heir_id")
        rows = rows.filter(own | Q(pk__in=former) | Q(pk__in=heirs))
    if query.get("after"):
        rows = rows.filter(code__gt=query["after"])
    counted = rows.annotate(people_count=Count("people", filter=Q(people__is_active=True), distinct=True))
    found = list(counted.select_related("parent").order_by("code")[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].code if len(found) > PAGE_SIZE else ""


def people_of(organ: Organ) -> list[Person]:
    """The people of an organ, the active first."""
    return list(organ.people.order_by("-is_active", "username")[:200])


def grants(actor: Actor, query: QueryDict) -> tuple[list[Grant], str]:
    """Grants, the newest first, by person or organ, role and end; the second value continues the list."""
    rows = visible(Grant, actor).select_related("person", "organ")
    ends = query.get("ends", "")
    if ends == "soon":
        rows = rows.filter(grants_in_force(), valid_until__lte=clock.today() + SOON)
    else:
        rows = rows.exclude(grants_not_over()) if ends == "over" else rows.filter(grants_not_over())
    for word in query.get("person", "").split()[:5]:
        rows = rows.filter(
            Q(person__name__icontains=word) | Q(person__username__icontains=word) | Q(organ__name__icontains=word)
        )
    if query.get("role") in list(Role):
        rows = rows.filter(role=query["role"])
    after = query.get("after", "")
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], str(found[PAGE_SIZE - 1].pk) if len(found) > PAGE_SIZE else ""


def roles() -> list[tuple[str, str]]:
    """Every role in words, for the filter."""
    return [(str(role), name) for role, name in ROLE_NAMES.items()]


def people(actor: Actor, query: QueryDict) -> tuple[list[Person], str]:
    """People of the organs looked after, by user name; found by words, or by what is unusual about them."""
    mine = reach(actor, "person.maintain" if actor.holds("person.maintain") else "grant.maintain")
    held = Grant.objects.filter(grants_in_force(), person=OuterRef("pk"))
    rows = Person.objects.filter(organ__in=mine).select_related("organ").annotate(is_granted=Exists(held))
    for word in query.get("q", "").split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(username__icontains=word) | Q(organ__name__icontains=word))
    narrowing = UNUSUAL.get(query.get("only", ""))
    if narrowing is not None:
        rows = rows.filter(narrowing)
    if query.get("after"):
        rows = rows.filter(username__gt=query["after"])
    found = list(rows.order_by("username")[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].username if len(found) > PAGE_SIZE else ""


# What one looks for among people: code, condition.
UNUSUAL = {
    "new": Q(is_active=True, must_change_password=True),
    "bare": Q(is_active=True, is_granted=False),
    "disabled": Q(is_active=False),
}


def deputies(actor: Actor) -> list[Deputy]:
    """Deputies that are not over."""
    rows = visible(Deputy, actor).filter(valid_until__gte=clock.today())
    return list(rows.select_related("principal__organ", "deputy").order_by("-pk")[:200])


def tokens(actor: Actor) -> list[ServiceToken]:
    """Tokens that still work."""
    rows = visible(ServiceToken, actor).filter(revoked_at__isnull=True, valid_until__gte=clock.today())
    return list(rows.select_related("person").order_by("-pk")[:200])


def role_words(role: str) -> str:
    """A role in words."""
    return ROLE_NAMES[Role(role)] if role in list(Role) else role


@dataclass(frozen=True)
class Owed:
    """What the tick has not been able to do: each number should go back to nought by itself."""

    unsealed: int
    publications: int
    waiting: int
    channels: list[ChannelHealth]
    undelivered: list[Dispatch]
    setbacks: list[Setback]
    pushes: list[Push]


def operations_owed(actor: Actor) -> Owed:
    """Events not yet in the tree, publications past their moment, how the outbox stands and what was given up.

    Numbers are the platform's; a message that names its recipient is shown for the organs looked after, one to a
    group to who looks after all.
    """
    mine = reach(actor, "operations.read")
    theirs = Q(recipient__organ__in=mine)
    if covering(actor, "operations.read", None) is not None:
        theirs |= Q(recipient__isnull=True)
    pushes = failing_pushes().filter(publication__record__organ__in=mine)
    return Owed(
        setbacks=list(
            Setback.objects.filter(record__organ__in=mine)
            .select_related("record__organ")
            .order_by("since", "pk")[:PAGE_SIZE]
        ),
        pushes=list(pushes.select_related("publication__record__organ")[:PAGE_SIZE]),
        unsealed=UnsealedEvent.objects.count(),
        publications=due_publications(clock.now()).count(),
        waiting=waiting_to_leave(),
        channels=outbox_health(),
        undelivered=list(undelivered().filter(theirs).select_related("recipient__organ")[:PAGE_SIZE]),
    )
