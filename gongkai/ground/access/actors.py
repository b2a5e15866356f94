"""Who acts: a person, a deputy for somebody, a service account, the system itself, or nobody in particular."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Q

from gongkai.ground import clock
from gongkai.ground.access.models import Deputy, Grant, ServiceToken
from gongkai.ground.access.roles import ADMIN_ROLES, RIGHTS, Role
from gongkai.ground.organs.models import Person


@dataclass(frozen=True)
class HeldGrant:
    """A grant in force: the role, where it reaches, and whose it is (another's when held as deputy)."""

    role: Role
    organ_id: int
    with_subtree: bool
    principal_id: int
    principal_ref: str


@dataclass(frozen=True)
class Actor:
    """Somebody who acts, with the grants in force today, resolved once.

    ``ref`` is what events keep: ``person:<uuid>``, ``service:<uuid>``, ``system`` or ``anonymous``; never a name.
    """

    ref: str
    person_id: int | None = None
    organ_id: int | None = None
    grants: tuple[HeldGrant, ...] = ()
    is_system: bool = False
    reaches: dict[str, frozenset[int]] = field(default_factory=dict, compare=False, repr=False)

    def holds(self, right: str) -> tuple[HeldGrant, ...]:
        """The grants that carry a right; own ones first, so that a deputy acts for another only when needed."""
        return tuple(grant for grant in self.grants if right in RIGHTS[grant.role])


ANONYMOUS = Actor(ref="anonymous")
SYSTEM = Actor(ref="system", is_system=True)


def _in_force(day: dt.date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))


def _held(grants: Iterable[Grant]) -> list[HeldGrant]:
    return [
        HeldGrant(Role(grant.role), grant.organ_id, grant.with_subtree, grant.person_id, f"person:{grant.person.ref}")
        for grant in grants
    ]


def actor_for(person: Person, *, prefix: str = "person") -> Actor:
    """The actor a person is today: own grants, then those of everybody whose dated deputy (AB 角) the person is.

    Administrator roles are never held by deputy: the three administrators are three people.
    """
    if not person.is_active:
        return ANONYMOUS
    day = clock.today()
    own = Grant.objects.filter(_in_force(day), person=person).select_related("person").order_by("pk")
    principals = Deputy.objects.filter(
        deputy=person, valid_from__lte=day, valid_until__gte=day, principal__is_active=True
    ).values("principal_id")
    lent = (
        Grant.objects.filter(_in_force(day), person_id__in=principals)
        .exclude(role__in=ADMIN_ROLES)
        .select_related("person")
        .order_by("pk")
    )
    return Actor(
        ref=f"{prefix}:{person.ref}",
        person_id=person.pk,
        organ_id=person.organ_id,
        grants=(*_held(own), *_held(lent)),
    )


def hash_token(token: str) -> str:
    """What is kept of a service token."""
    return hashlib.sha256(token.encode()).hexdigest()


def service_actor(token: str) -> Actor | None:
    """The service account a bearer token stands for; None when it is unknown, revoked or past its day."""
    row = (
        ServiceToken.objects.filter(
            token_hash=hash_token(token),
            revoked_at__isnull=True,
            valid_until__gte=clock.today(),
            person__is_active=True,
        )
        .select_related("person")
        .first()
    )
    if row is None:
        return None
    actor = actor_for(row.person, prefix="service")
    # A machine stands in for nobody: what a person lends is lent to a person.
    return replace(actor, grants=tuple(grant for grant in actor.grants if grant.principal_id == row.person_id))
