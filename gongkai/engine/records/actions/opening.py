"""What every act before the public does: it counts a new state of the page, and opens a part of its event."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.engine.records.models import Record


def show(record: Record, now: dt.datetime) -> None:
    """Count one more state of the page, so that no copy of the earlier one is taken for current."""
    record.version += 1
    record.changed_at = now


def opened(record: Record, name: str, at: dt.datetime, **facts: Any) -> dict[str, Any]:
    """The part of a publication event that everybody may read: no title, no name, no text."""
    return {
        "event": name,
        "index_number": record.index_number,
        "organ_code": record.organ.code,
        "at": at.isoformat(),
        **facts,
    }
