"""What is owed and could not be delivered."""

from __future__ import annotations

from django.db.models import QuerySet

from gongkai.engine.notices.models import Notice
from gongkai.engine.notices.outbox import GIVE_UP_AFTER


def undelivered() -> QuerySet[Notice]:
    """Notices that were given up, for the system administrator."""
    return Notice.objects.filter(sent_at__isnull=True, attempts__gte=GIVE_UP_AFTER).order_by("-queued_at", "-pk")
