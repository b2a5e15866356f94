"""How long what failed waits before it is tried again: twice as long each time, six hours at most."""

from __future__ import annotations

import datetime as dt

LONGEST_WAIT = dt.timedelta(hours=6)
#: 2 to the power of it, in minutes, is beyond the longest wait already.
_MOST = 9


def wait_after(attempts: int) -> dt.timedelta:
    """The pause after so many failed attempts: 2 minutes after the first, then 4, 8, …"""
    return min(dt.timedelta(minutes=2 ** min(attempts, _MOST)), LONGEST_WAIT)
