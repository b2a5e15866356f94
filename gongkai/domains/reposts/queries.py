"""Which hosts may be read, what is suggested for reposting, and how long the source has been public."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from gongkai.config import env
from gongkai.domains.reposts.models import Decision, FeedEntry
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import visible
from gongkai.ground.rulebook.queries import law_in_force


def feed_hosts() -> frozenset[str]:
    """The hosts that the operator permits to be read."""
    return frozenset(host.strip().lower() for host in env.FEED_HOSTS.split(",") if host.strip())


def suggested(actor: Actor) -> QuerySet[FeedEntry]:
    """Entries that wait for a decision in the organs of the actor."""
    rows: QuerySet[FeedEntry] = visible(FeedEntry, actor).filter(decision=Decision.WAITING)
    return rows.select_related("feed__organ").order_by("-found_at", "-pk")


def hint(entry: FeedEntry) -> str:
    """How long ago the source published it, beside the preset within which it should be reposted; "" without a date."""
    if entry.published_at is None:
        return ""
    hours = law_in_force("repost.publish", clock.today()).provision.quantity or 0
    passed = clock.now() - entry.published_at
    if passed <= dt.timedelta(hours=hours):
        left = max(0, hours - int(passed.total_seconds() // 3600))
        return f"建议{hours}小时内转载，还有{left}小时"
    return f"来源发布已超过{hours}小时"
