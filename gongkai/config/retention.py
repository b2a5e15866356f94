"""The step of the tick that forgets sign-ins after ``SECURITY_LOG_DAYS``, ours and those that the lock-out counts."""

from __future__ import annotations

import datetime as dt

from axes.models import AccessAttempt, AccessFailureLog, AccessLog

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.access.actions.retention import purge_security_log


def purge() -> int:
    """Take away what is older than the setting allows; how many rows."""
    before = clock.now() - dt.timedelta(days=env.SECURITY_LOG_DAYS)
    count = purge_security_log(before)
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        gone, _ = model.objects.filter(attempt_time__lt=before).delete()
        count += gone
    return count
