"""Who holds what: grants, deputies and tokens as a person's page shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongkai.ground import clock
from gongkai.ground.access.models import Deputy, Grant, SecurityEvent, ServiceToken, StaffSession
from gongkai.ground.access.roles import ADMIN_ROLES, RIGHTS, ROLE_NAMES, Role
from gongkai.ground.organs.models import Organ, Person


def grants_in_force(day: dt.date | None = None) -> Q:
    """A filter for grants in force on a day (today), first and last day included."""
    on = day or clock.today()
    return Q(valid_from__lte=on) & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))


def grants_not_over(day: dt.date | None = None) -> Q:
    """A filter for grants in force on a day (today) or later."""
    return Q(valid_until__isnull=True) | Q(valid_until__gte=day or clock.today())


@dataclass(frozen=True)
class HeldRight:
    """One grant as it reads to people: whose it is, where it reaches, until when, and what it allows."""

    grant_id: int
    role: Role
    organ: Organ
    with_subtree: bool
    valid_from: dt.date
    valid_until: dt.date | None
    principal: Person | None
    rights: frozenset[str]
    is_in_force: bool

    @property
    def sentence(self) -> str:
        """The grant in words, e.g. 云洲市人民政府（含下级）保密审查人，代王某，2026-03-01至2026-03-15."""
        where = f"{self.organ.name}{'（含下级）' if self.with_subtree else ''}"
        whose = f"，代{self.principal.name}" if self.principal is not None else ""
        end = f"至{self.valid_until}" if self.valid_until is not None else "起"
        return f"{where}{ROLE_NAMES[self.role]}{whose}，{self.valid_from}{end}"


def rights_of(person: Person) -> list[HeldRight]:
    """Everything a person may do now or soon, and through whom: own grants first, then those held as deputy.

    A disabled person's grants are listed but none is in force. Four queries at most.
    """
    today = clock.today()
    own = Grant.objects.filter(grants_not_over(), person=person).select_related("organ").order_by("valid_from", "pk")
    held = [_held(grant, None, grant.valid_from, grant.valid_until, today, person.is_active) for grant in own]
    lent = Deputy.objects.filter(deputy=person, valid_until__gte=today).select_related("principal")
    for deputy in lent.prefetch_related("principal__grants__organ").order_by("valid_from", "pk"):
        held += _lent(deputy, today, is_usable=person.is_active and deputy.principal.is_active)
    return held


def _lent(deputy: Deputy, today: dt.date, *, is_usable: bool) -> list[HeldRight]:
    rows = []
    for grant in deputy.principal.grants.all():
        start = max(grant.valid_from, deputy.valid_from)
        end = deputy.valid_until if grant.valid_until is None else min(grant.valid_until, deputy.valid_until)
        if grant.role not in ADMIN_ROLES and today <= end and start <= end:
            rows.append(_held(grant, deputy.principal, start, end, today, is_usable))
    return rows


def _held(
    grant: Grant, principal: Person | None, start: dt.date, end: dt.date | None, today: dt.date, is_usable: bool
) -> HeldRight:
    role = Role(grant.role)
    return HeldRight(
        grant_id=grant.pk,
        role=role,
        organ=grant.organ,
        with_subtree=grant.with_subtree,
        valid_from=start,
        valid_until=end,
        principal=principal,
        rights=RIGHTS[role],
        is_in_force=is_usable and start <= today and (end is None or today <= end),
    )


def holders(role: Role, organ: Organ) -> QuerySet[Person]:
    """The active people who hold a role today in an organ, by a grant there or on an organ above with subtree."""
    above = Q(organ=organ) | Q(with_subtree=True, organ__closure_down__descendant=organ)
    held = Grant.objects.filter(grants_in_force(), above, role=role).values("person_id")
    return Person.objects.filter(pk__in=held, is_active=True)


def is_admin(person: Person) -> bool:
    """Does the person hold one of the three administrator roles today?"""
    return Grant.objects.filter(grants_in_force(), person=person, role__in=ADMIN_ROLES).exists()


def open_sessions(person: Person) -> QuerySet[StaffSession]:
    """The sign-ins of a person that have not ended, the newest first."""
    return StaffSession.objects.filter(person=person, ended_at__isnull=True).order_by("-pk")


def security_events() -> QuerySet[SecurityEvent]:
    """The security log, the newest first; shown to who holds the right security.read."""
    return SecurityEvent.objects.select_related("person").order_by("-pk")


def live_tokens(person: Person) -> QuerySet[ServiceToken]:
    """The tokens of a service account that still work."""
    return ServiceToken.objects.filter(person=person, revoked_at__isnull=True, valid_until__gte=clock.today())
