"""``bench import``: records through the gate in batches, against bare inserts of the same rows."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

from gongkai.config.bench.comparison import (
    Comparison,
    chunks,
    insert_all,
    median_rate,
    newest_rows,
    rounds_of,
    rows_after,
    seconds,
    undone,
)
from gongkai.engine.records.actions import migrate
from gongkai.ground import clock
from gongkai.ground.access import actions as access
from gongkai.ground.access.actors import SYSTEM, Actor, actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.organs import actions as organs
from gongkai.ground.organs.models import Organ, Person


def import_records(size: int) -> Comparison:
    """Records as a migration brings them, with editions, opinions, publications, checks and events."""
    ours, bare = [], []
    for numbers in rounds_of(size):
        with undone():
            organ, actor = importing_office()
            before = newest_rows()
            batches = list(chunks(numbers))
            ours.append((len(numbers), seconds(lambda: [through_gate(part, organ, actor) for part in batches])))  # noqa: B023 - called at once
            rows = rows_after(before)
        with undone():
            bare.append((len(numbers), seconds(lambda: insert_all(rows))))  # noqa: B023 - called at once
    return Comparison("import", "records", size, median_rate(ours), "bare bulk inserts", median_rate(bare), 0.15)


def importing_office() -> tuple[Organ, Actor]:
    """An organ for this run, and a service account that may import for it."""
    mark = f"bench-{time.time_ns()}"
    organ = organs.establish(actor=SYSTEM, organ=None, code=mark, name="测速用机构", type="department", level="city")
    person: Person = organs.enrol(
        actor=SYSTEM, organ=organ, username=mark, name="测速", password="", must_change_password=False
    )
    access.grant(actor=SYSTEM, organ=organ, person=person, role=Role.SERVICE, valid_from=clock.today())
    return organ, actor_for(person, prefix="service")


def through_gate(numbers: Sequence[int], organ: Organ, actor: Actor) -> None:
    """One batch of different notices of ordinary length."""
    items = [{"kind": "notice", "content": content_of(number, organ)} for number in numbers]
    migrate.batch(items, actor=actor, organ=organ, already_public="测速")


def content_of(number: int, organ: Organ) -> dict[str, Any]:
    """A notice of six paragraphs, none like another."""
    paragraph = f"各镇人民政府、街道办事处，第{number}号事项请按职责分工抓好落实，并于月底前报送进展情况。"
    return {
        "title": f"关于第{number}号事项的通知",
        "body": [{"type": "paragraph", "text": f"{step}、{paragraph}"} for step in "一二三四五六"],
        "issuing_organ": organ.name,
        "written_on": (dt.date(2026, 1, 1) + dt.timedelta(days=number % 300)).isoformat(),
        "genre": "通知",
    }
