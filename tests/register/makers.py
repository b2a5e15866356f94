"""Events for the tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.ground.register import log
from gongkai.ground.register.canonical import sha256_hex

MOMENT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


def new_event(number: int, **changes: Any) -> log.NewEvent:
    fields: dict[str, Any] = {
        "subject_type": "trial",
        "subject_id": str(number),
        "name": "trial.drafted",
        "actor": "person:0001",
        "organ_id": 7,
        "at": MOMENT + dt.timedelta(minutes=number),
        "data": {"title": f"云洲市第{number}号通知", "number": number},
    }
    return log.NewEvent(**(fields | changes))


def published(number: int, content: bytes, **changes: Any) -> log.NewEvent:
    public = {
        "event": "trial.published",
        "index_number": f"YZ001-2026-{number:05d}",
        "edition": 1,
        "edition_sha256": sha256_hex(content),
        "organ_code": "YZ001",
        "note": "首次公开",
    }
    return new_event(number, **({"name": "trial.published", "public": public} | changes))
