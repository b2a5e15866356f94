"""How long sign-ins are remembered: at least six months, then the tick takes them away, and that is an event."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from gongkai.ground.access.models import SecurityEvent, StaffSession
from gongkai.ground.register.log import NewEvent, append

#: Rows taken in one transaction; the tick comes again.
AT_ONCE = 5000


def purge_security_log(before: dt.datetime) -> int:
    """Take away security events and ended sign-ins from before a moment; how many.

    Events of the register stay for ever.
    """
    with transaction.atomic():
        keys = list(SecurityEvent.objects.filter(at__lt=before).values_list("pk", flat=True)[:AT_ONCE])
        ended = list(StaffSession.objects.filter(ended_at__lt=before).values_list("pk", flat=True)[:AT_ONCE])
        if not keys and not ended:
            return 0
        SecurityEvent.objects.filter(pk__in=keys).delete()
        StaffSession.objects.filter(pk__in=ended).delete()
        data = {"before": before.isoformat(), "security_events": len(keys), "sessions": len(ended)}
        append([NewEvent("security", "log", "security.purged", "system", data=data)])
    return len(keys) + len(ended)
