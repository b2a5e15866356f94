"""What the administrators' pages list. Each is a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from gongkai.engine.notices.models import Notice
from gongkai.engine.notices.queries import undelivered
from gongkai.engine.records.queries import due_publications
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import Deputy, Grant, SecurityEvent, ServiceToken
from gongkai.ground.access.queries import grants_not_over, security_events
from gongkai.ground.access.roles import ROLE_NAMES, Role
from gongkai.ground.access.rules import reach
from gongkai.ground.gate.door import permitted, visible
from gongkai.ground.gate.table import ACTIONS
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Explanation
from gongkai.ground.register.models import Checkpoint, Event, Leaf, UnsealedEvent
from gongkai.surfaces.workbench.admin_acts import ADMIN_ACTS
from gongkai.surfaces.workbench.people import hand_words, names_of
from gongkai.surfaces.workbench.words import SECURITY_WORDS, SUBJECT_WORDS, event_words

PAGE_SIZE = 50


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
        rows = rows.filter(Q(name__icontains=word) | Q(code__istartswith=word) | Q(short_name__icontains=word))
    if query.get("after"):
        rows = rows.filter(code__gt=query["after"])
    counted = rows.annotate(people_count=Count("people", filter=Q(people__is_active=True), distinct=True))
    found = list(counted.select_related("parent").order_by("code")[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].code if len(found) > PAGE_SIZE else ""


def people_of(organ: Organ) -> list[Person]:
    """The people of an organ, the active first."""
    return list(organ.people.order_by("-is_active", "username")[:200])


def grants(actor: Actor, words: str) -> list[Grant]:
    """Grants that are not over, the newest first, by name of person or organ."""
    rows = visible(Grant, actor).filter(grants_not_over()).select_related("person", "organ")
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(person__name__icontains=word) | Q(person__username__icontains=word) | Q(organ__name__icontains=word)
        )
    return list(rows.order_by("-pk")[:200])


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
class EventLine:
    """An event for the audit administrator."""

    event: Event
    what: str
    who: str
    organ: str
    subject: str


def events(actor: Actor, query: QueryDict) -> tuple[list[EventLine], str]:
    """Events of the organs under audit, the newest first; the second value continues the list."""
    rows: QuerySet[Event] = Event.objects.filter(
        Q(organ_id__in=reach(actor, "audit.read")) | Q(organ_id__isnull=True)
    ).order_by("-pk")
    if query.get("name"):
        rows = rows.filter(name=query["name"])
    if query.get("who"):
        refs = Person.objects.filter(Q(name=query["who"]) | Q(username=query["who"])).values_list("ref", flat=True)
        rows = rows.filter(actor__in=[f"{kind}:{ref}" for ref in refs[:20] for kind in ("person", "service")])
    if query.get("subject", "").count(" ") == 1:
        kind, _, key = query["subject"].partition(" ")
        rows = rows.filter(subject_type=kind, subject_id=key)
    before = query.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE_SIZE + 1])
    lines = _event_lines(found[:PAGE_SIZE])
    return lines, str(found[PAGE_SIZE - 1].pk) if len(found) > PAGE_SIZE else ""


def _event_lines(found: Sequence[Event]) -> list[EventLine]:
    names = names_of(ref for event in found for ref in (event.actor, event.on_behalf_of) if ref)
    organ_names = dict(Organ.objects.filter(pk__in={event.organ_id for event in found}).values_list("pk", "name"))
    return [
        EventLine(
            event,
            event_words(event.name),
            hand_words(event.actor, event.on_behalf_of, names),
            organ_names.get(event.organ_id or 0, ""),
            SUBJECT_WORDS.get(event.subject_type, event.subject_type),
        )
        for event in found
    ]


def event_names() -> list[tuple[str, str]]:
    """Every event an action writes, in words, for the filter."""
    return sorted({(spec.event, event_words(spec.event)) for spec in ACTIONS.values()})


@dataclass(frozen=True)
class Health:
    """How the register stands."""

    checkpoint: Checkpoint | None
    leaves: int
    unsealed: int
    events: int


def register_health() -> Health:
    """The latest checkpoint, and what it does not cover yet."""
    return Health(
        checkpoint=Checkpoint.objects.select_related("log").order_by("-pk").first(),
        leaves=Leaf.objects.count(),
        unsealed=UnsealedEvent.objects.count(),
        events=Event.objects.count(),
    )


@dataclass(frozen=True)
class Owed:
    """What the tick has not been able to do: each number should go back to nought by itself."""

    unsealed: int
    publications: int
    undelivered: list[Notice]
    undelivered_count: int


def operations_owed() -> Owed:
    """Events not yet in the tree, publications past their moment, notices that were given up."""
    given_up = undelivered()
    return Owed(
        unsealed=UnsealedEvent.objects.count(),
        publications=due_publications(clock.now()).count(),
        undelivered=list(given_up.select_related("recipient")[:PAGE_SIZE]),
        undelivered_count=given_up.order_by().count(),
    )


@dataclass(frozen=True)
class SecurityLine:
    """A line of the security log in words."""

    row: SecurityEvent
    what: str


def security_lines(words: str) -> list[SecurityLine]:
    """The security log, the newest first."""
    rows = security_events()
    if words:
        rows = rows.filter(Q(username__icontains=words) | Q(name=words) | Q(person__name__icontains=words))
    return [SecurityLine(row, SECURITY_WORDS.get(row.name, row.name)) for row in rows[:200]]
