"""Records beside what the register tells about them, in batches by key, so that verifying needs little memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from gongkai.engine.records.models import Record, Validity
from gongkai.engine.records.subject import SCHEDULED
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import Difference

BATCH = 200
SHOWN = frozenset({"record.published", "record.corrected", "record.restored"})

M = TypeVar("M", bound=Model)


def key_batches(rows: QuerySet[Any], field_name: str = "pk") -> Iterator[list[Any]]:
    """The values of a unique or grouped column, in order, some at a time."""
    ordered = rows.order_by(field_name).values_list(field_name, flat=True).distinct()
    keys = list(ordered[:BATCH])
    while keys:
        yield keys
        keys = list(ordered.filter(**{f"{field_name}__gt": keys[-1]})[:BATCH])


def readable(rows: QuerySet[M], what: str) -> Iterator[M | Difference]:
    """The rows; one by one when a tampered value keeps them from being read together, and then the bad one is named."""
    try:
        yield from list(rows)
    except ValueError:
        for key in list(rows.values_list("pk", flat=True)):
            try:
                yield from list(rows.filter(pk=key))
            except ValueError:
                yield Difference(f"{what} {key}", f"{what}-unreadable", "这一行的内容无法读取。")


def told(keys: Sequence[int]) -> dict[int, list[Event]]:
    """The events of these records, oldest first. An unreadable event is left out: the register's own verifier names
    it."""
    events: dict[int, list[Event]] = {key: [] for key in keys}
    rows = Event.objects.filter(subject_type="record", subject_id__in=[str(key) for key in keys]).order_by("pk")
    for event in readable(rows, "event"):
        if isinstance(event, Event) and isinstance(event.data, dict) and isinstance(event.public, dict):
            events[int(event.subject_id)].append(event)
    return events


def unknown_records() -> Iterator[Difference]:
    """Events tell of records that are no longer there."""
    for texts in key_batches(Event.objects.filter(subject_type="record"), "subject_id"):
        numbers = [text for text in texts if text.isdecimal()]
        known = {str(key) for key in Record.objects.filter(pk__in=numbers).values_list("pk", flat=True)}
        for text in texts:
            if text not in known:
                yield Difference(f"record {text}", "record-missing", "登记过的信息已不存在。")


@dataclass
class Told:
    """What the events of a record say that it must be now."""

    state: str = ""
    organ_id: int | None = None
    drafter: str = ""
    preset: str | None = None
    co_issuers: list[int] = field(default_factory=list)
    index_number: str | None = None
    published_at: dt.datetime | None = None
    is_visible: bool = False
    scheduled_for: dt.datetime | None = None
    validity: str = str(Validity.IN_FORCE)
    working: int | None = None
    current: int | None = None
    links: set[tuple[int, str]] = field(default_factory=set)
    #: Since which day the link of a kind from the record with an index number has had effect on this one.
    effects: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Events before which the record was not in the state that the event says.
    breaks: list[int] = field(default_factory=list)


def replay(events: Sequence[Event]) -> Told:
    """Go through the events of a record in their order."""
    now = Told()
    for event in events:
        now.organ_id = event.organ_id
        _origin(now, event)
        _hands(now, event)
        _state(now, event)
        _text(now, event)
        _standing(now, event)
        _relations(now, event.name, event.data)
    return now


def _origin(now: Told, event: Event) -> None:
    state = event.data.get("state")
    if state and not state[0]:
        now.drafter = event.actor
        now.preset = event.data.get("preset")
        now.co_issuers = sorted(event.data.get("co_issuers", []))
        now.index_number = event.data.get("index_number") or None


def _hands(now: Told, event: Event) -> None:
    """Who drafts it, and with whom, after a hand-over or a reorganisation; and the preset a round begins with."""
    if event.name == "record.handed_over":
        now.drafter = event.data["drafter"]
    elif event.name == "record.moved":
        now.co_issuers = event.data["co_issuers"]
    elif event.name == "record.submitted":
        now.preset = event.data.get("preset", now.preset)


def _state(now: Told, event: Event) -> None:
    if "state" in event.data:
        before, after = event.data["state"]
        if before != now.state:
            now.breaks.append(event.pk)
        now.state = after
        if after != SCHEDULED:
            now.scheduled_for = None
    if "for" in event.data:
        now.scheduled_for = dt.datetime.fromisoformat(event.data["for"])


def _text(now: Told, event: Event) -> None:
    """Which edition is worked on, and which one the columns stand on."""
    number = event.public.get("edition") or event.data.get("edition")
    if number is not None:
        now.working = number
    if event.name == "record.correction_abandoned" or (event.name == "record.ended" and now.is_visible):
        now.working = now.current
    if event.name in SHOWN or now.published_at is None:
        now.current = now.working


def _standing(now: Told, event: Event) -> None:
    public = event.public
    now.index_number = public.get("index_number") or now.index_number
    if event.name in SHOWN:
        now.is_visible = True
        now.published_at = now.published_at or dt.datetime.fromisoformat(public.get("public_since") or public["at"])
    elif event.data.get("ended"):
        now.is_visible = False


def _relations(now: Told, name: str, data: dict[str, Any]) -> None:
    if name == "record.linked":
        now.links.add((data["target"], data["kind"]))
    elif name == "record.links_declared":
        now.links |= {(row["target_id"], row["kind"]) for row in data["links"]}
    elif name == "record.unlinked":
        now.links -= {(row["target_id"], row["kind"]) for row in data["links"]}
    elif name == "record.validity_changed":
        now.validity = data["validity"]
    now.effects.update({(str(data.get("by")), kind): day for kind, day in data.get("took_effect", {}).items()})
