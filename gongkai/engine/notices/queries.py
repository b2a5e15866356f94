"""A person's own notices, and how the outbox stands, without any contents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q, QuerySet

from gongkai.engine.notices.models import Channel, Dispatch, Notice
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor

LOOKED_BACK = dt.timedelta(days=30)


def own_notices(actor: Actor) -> QuerySet[Notice]:
    """The notices of the person who acts, the newest first."""
    return Notice.objects.filter(recipient_id=actor.person_id or 0).order_by("-queued_at", "-pk")


def unread_count(actor: Actor) -> int:
    """How many of the actor's notices were not read yet."""
    return own_notices(actor).filter(read_at__isnull=True).order_by().count()


@dataclass(frozen=True)
class ChannelHealth:
    """How one channel stands: sent, waiting, tried in vain so far, given up; the last success and the last failure."""

    channel: str
    sent: int
    waiting: int
    failing: int
    given_up: int
    last_sent_at: object
    oldest_waiting_at: object


def outbox_health() -> list[ChannelHealth]:
    """Counts by channel over the last 30 days; one query over the messages of the outbox."""
    waiting = Q(sent_at__isnull=True, given_up_at__isnull=True)
    rows = (
        Dispatch.objects.filter(queued_at__gte=clock.now() - LOOKED_BACK)
        .values("channel")
        .annotate(
            sent=Count("pk", filter=Q(sent_at__isnull=False)),
            waiting=Count("pk", filter=waiting),
            failing=Count("pk", filter=waiting & ~Q(failure="")),
            given_up=Count("pk", filter=Q(given_up_at__isnull=False)),
            last_sent_at=Max("sent_at"),
            oldest_waiting_at=Min("queued_at", filter=waiting),
        )
        .order_by("channel")
    )
    return [ChannelHealth(**(row | {"channel": Channel(row["channel"]).label})) for row in rows]


def undelivered() -> QuerySet[Dispatch]:
    """Messages that were given up, of every organ; whoever shows them narrows them and leaves their text out."""
    return Dispatch.objects.filter(given_up_at__isnull=False).order_by("-queued_at", "-pk")


def waiting_to_leave() -> int:
    """Notices that wait for their moment: quiet hours, gathering, the daily message."""
    return Notice.objects.filter(composed_at__isnull=True, due_at__gt=clock.now()).count()
