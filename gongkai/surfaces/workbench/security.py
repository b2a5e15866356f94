"""What the security administrator reads: the security log, sign-ins, tokens, exports, grants that end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from gongkai.ground import clock
from gongkai.ground.access.actions.exporting import LISTS
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import LARGE, Deputy, Export, Grant, SecurityEvent, ServiceToken, StaffSession
from gongkai.ground.access.queries import grants_in_force, security_events
from gongkai.ground.access.rules import covering, reach
from gongkai.ground.gate.door import visible
from gongkai.ground.organs.models import Person
from gongkai.surfaces.workbench.audit import day_of
from gongkai.surfaces.workbench.words import SECURITY_WORDS

PAGE_SIZE = 50
SHOWN = 50
SOON = dt.timedelta(days=30)
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class SecurityLine:
    """A line of the security log in words."""

    row: SecurityEvent
    what: str


def _theirs(rows: QuerySet[SecurityEvent], actor: Actor) -> QuerySet[SecurityEvent]:
    """The lines about accounts of the organs looked after, signed in or not. A name that no account has may be
    another organ's, mistyped, or a password: only who looks after the whole platform sees it."""
    mine = reach(actor, "security.read")
    tried = Person.objects.filter(username=OuterRef("username"))
    own = Q(person__organ__in=mine) | Q(Exists(tried.filter(organ__in=mine)), person__isnull=True)
    if covering(actor, "security.read", None) is None:
        return rows.filter(own)
    return rows.filter(own | Q(~Exists(tried), person__isnull=True))


def log_rows(actor: Actor, query: QueryDict) -> QuerySet[SecurityEvent]:
    """The security log of the organs looked after, narrowed by person, kind and period."""
    rows = _theirs(security_events(), actor)
    words = query.get("who", "").strip()
    if words:
        rows = rows.filter(Q(username__icontains=words) | Q(person__name__icontains=words))
    if query.get("name"):
        rows = rows.filter(name=query["name"])
    start, end = day_of(query.get("from", "")), day_of(query.get("until", ""))
    if start is not None:
        rows = rows.filter(at__gte=clock.start_of(start))
    if end is not None:
        rows = rows.filter(at__lt=clock.start_of(end + dt.timedelta(days=1)))
    return rows


def lines_of(rows: list[SecurityEvent]) -> list[SecurityLine]:
    """Rows of the log in words."""
    return [SecurityLine(row, SECURITY_WORDS.get(row.name, row.name)) for row in rows]


def log_names() -> list[tuple[str, str]]:
    """The kinds of lines, for the filter."""
    return list(SECURITY_WORDS.items())


COLUMNS = ("时间（北京时间）", "事项", "用户名", "姓名", "地址")


def log_sheet(rows: list[SecurityEvent]) -> list[list[str]]:
    """The rows of an export of the log."""
    return [
        [
            f"{line.row.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}",
            line.what,
            line.row.username,
            line.row.person.name if line.row.person else "",
            line.row.address or "",
        ]
        for line in lines_of(rows)
    ]


@dataclass(frozen=True)
class Watch:
    """What deserves a look today, each list with its first rows."""

    failed: int
    locked: list[SecurityEvent]
    sessions: list[StaffSession]
    session_count: int
    codeless: list[Person]
    codeless_count: int
    ending: list[Grant]
    deputies: list[Deputy]
    tokens: list[ServiceToken]
    exports: list[dict[str, object]]
    large_count: int


def watch(actor: Actor) -> Watch:
    """Everything the security administrator watches, in a fixed number of queries."""
    now, today = clock.now(), clock.today()
    mine = reach(actor, "security.read")
    sessions = StaffSession.objects.filter(ended_at__isnull=True, person__organ__in=mine)
    codeless = without_code(actor)
    exports = visible(Export, actor).select_related("person", "organ").order_by("-made_at", "-pk")
    ending = visible(Grant, actor).filter(grants_in_force(), valid_until__lte=today + SOON)
    deputies = visible(Deputy, actor).filter(valid_until__gte=today, valid_until__lte=today + SOON)
    tokens = visible(ServiceToken, actor).filter(revoked_at__isnull=True, valid_until__gte=today)
    recent = _theirs(SecurityEvent.objects.filter(at__gte=now - WEEK), actor)
    return Watch(
        failed=recent.filter(name__in=["sign_in_failed", "code_failed"]).count(),
        locked=list(recent.filter(name="locked_out").select_related("person").order_by("-at")[:SHOWN]),
        sessions=list(sessions.select_related("person__organ").order_by("-pk")[:SHOWN]),
        session_count=sessions.count(),
        codeless=list(codeless.select_related("organ").order_by("organ__code", "username")[:SHOWN]),
        codeless_count=codeless.count(),
        ending=list(ending.select_related("person", "organ").order_by("valid_until", "pk")[:SHOWN]),
        deputies=list(deputies.select_related("principal", "deputy").order_by("valid_until", "pk")[:SHOWN]),
        tokens=list(tokens.select_related("person").order_by("valid_until", "pk")[:SHOWN]),
        exports=[{"row": row, "what": LISTS.get(row.what, (row.what,))[0]} for row in exports[:SHOWN]],
        large_count=visible(Export, actor).filter(made_at__gte=now - WEEK, rows__gte=LARGE).count(),
    )


def without_code(actor: Actor) -> QuerySet[Person]:
    """Active people with a grant in force and no one-time code."""
    enrolled = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    granted = Grant.objects.filter(grants_in_force(), person=OuterRef("pk"))
    people = Person.objects.filter(Exists(granted), is_active=True, organ__in=reach(actor, "security.read"))
    return people.exclude(Exists(enrolled))


def often_failed(actor: Actor) -> list[dict[str, object]]:
    """User names that failed most in the last seven days."""
    rows = _theirs(SecurityEvent.objects.filter(name="sign_in_failed", at__gte=clock.now() - WEEK), actor)
    return list(rows.values("username").annotate(count=Count("pk")).order_by("-count", "username")[:10])
