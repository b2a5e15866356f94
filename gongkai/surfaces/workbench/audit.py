"""What the audit administrator reads: events by subject, actor, organ, period and name; how the register stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.http import QueryDict

from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import reach
from gongkai.ground.gate.table import ACTIONS, SUBJECTS
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.register import checkpoint
from gongkai.ground.register.models import Checkpoint, Event, Leaf, UnsealedEvent, Verification
from gongkai.surfaces.workbench.people import hand_words, names_of
from gongkai.surfaces.workbench.words import LOOK_EVENTS, SUBJECT_WORDS, event_words

PAGE_SIZE = 50
EXPORT_ROWS = 5_000
OLD_AFTER = dt.timedelta(days=30)
FILTERS = ("name", "who", "organ", "subject", "type", "from", "until", "looks")


@dataclass(frozen=True)
class EventLine:
    """An event in words; no personal data stands in any."""

    event: Event
    what: str
    who: str
    organ: str
    subject: str


def events(actor: Actor, query: QueryDict) -> QuerySet[Event]:
    """Events of the organs under audit, narrowed by what was asked."""
    rows = Event.objects.filter(Q(organ_id__in=reach(actor, "audit.read")) | Q(organ_id__isnull=True))
    if query.get("looks"):
        rows = rows.filter(name__in=LOOK_EVENTS)
    if query.get("name"):
        rows = rows.filter(name=query["name"])
    if query.get("who"):
        rows = rows.filter(actor__in=_refs_of(query["who"]))
    if query.get("organ"):
        named = Q(code=query["organ"]) | Q(name=query["organ"]) | Q(short_name=query["organ"])
        rows = rows.filter(organ_id__in=list(Organ.objects.filter(named).values_list("pk", flat=True)[:20]))
    if query.get("type"):
        rows = rows.filter(subject_type=query["type"])
    kind, _, key = query.get("subject", "").strip().partition(" ")
    if kind and key:
        rows = rows.filter(subject_type=kind, subject_id=key)
    start, end = day_of(query.get("from", "")), day_of(query.get("until", ""))
    if start is not None:
        rows = rows.filter(at__gte=clock.start_of(start))
    if end is not None:
        rows = rows.filter(at__lt=clock.start_of(end + dt.timedelta(days=1)))
    return rows


def day_of(text: str) -> dt.date | None:
    """A day as a date field sends it; None for anything else."""
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None


def _refs_of(words: str) -> list[str]:
    if words == "系统":
        return ["system"]
    found = Person.objects.filter(Q(name=words) | Q(username=words)).values_list("ref", flat=True)
    return [f"{kind}:{ref}" for ref in found[:20] for kind in ("person", "service")]


def event_lines(found: Sequence[Event]) -> list[EventLine]:
    """Events in words, with two queries however many there are."""
    names = names_of(ref for event in found for ref in (event.actor, event.on_behalf_of) if ref)
    organ_names = dict(Organ.objects.filter(pk__in={event.organ_id for event in found}).values_list("pk", "name"))
    return [
        EventLine(
            event,
            event_words(event.name),
            hand_words(event.actor, event.on_behalf_of, names),
            organ_names.get(event.organ_id or 0, ""),
            SUBJECT_WORDS.get(event.subject_type, event.subject_type),
        )
        for event in found
    ]


COLUMNS = ("时间（北京时间）", "事件", "事件代码", "经办", "机构", "对象", "对象编号", "叶哈希")


def event_sheet(found: Sequence[Event]) -> list[list[str]]:
    """The rows of an export of events."""
    return [
        [
            f"{line.event.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}",
            line.what,
            line.event.name,
            line.who,
            line.organ,
            line.subject,
            line.event.subject_id,
            line.event.leaf_hash,
        ]
        for line in event_lines(found)
    ]


def event_names() -> list[tuple[str, str]]:
    """Every event an action writes, in words, for the filter."""
    return sorted({(spec.event, event_words(spec.event)) for spec in ACTIONS.values()}, key=lambda pair: pair[1])


def subject_types() -> list[tuple[str, str]]:
    """Every kind of subject, in words, for the filter."""
    return sorted((kind.name, SUBJECT_WORDS.get(kind.name, kind.name)) for kind in SUBJECTS.values())


@dataclass(frozen=True)
class Health:
    """How the register stands: what is not sealed, the last checkpoint here and outside, what was verified last."""

    checkpoint: Checkpoint | None
    leaves: int
    unsealed: int
    oldest_unsealed: dt.datetime | None
    events: int
    outside_size: int | None
    running: Verification | None
    last: Verification | None
    earlier: list[dict[str, object]] = field(default_factory=list)

    @property
    def is_outside_behind(self) -> bool:
        """Does the newest checkpoint not stand outside the database yet?"""
        return self.checkpoint is not None and (self.outside_size or 0) < self.checkpoint.size

    @property
    def is_verification_old(self) -> bool:
        """Was nothing verified for a month?"""
        done = self.last.finished_at if self.last else None
        return done is None or clock.now() - done > OLD_AFTER


def register_health() -> Health:
    """Everything the page of the register shows, in a fixed number of queries."""
    newest = Checkpoint.objects.select_related("log").order_by("-pk").first()
    oldest = UnsealedEvent.objects.order_by("pk").select_related("event").first()
    done = list(Verification.objects.filter(finished_at__isnull=False).order_by("-pk")[:10])
    names = names_of(row.asked_by for row in done)
    return Health(
        checkpoint=newest,
        leaves=Leaf.objects.count(),
        unsealed=UnsealedEvent.objects.count(),
        oldest_unsealed=oldest.event.at if oldest else None,
        events=Event.objects.count(),
        outside_size=_outside_size(newest),
        running=Verification.objects.filter(finished_at__isnull=True).order_by("pk").first(),
        last=done[0] if done else None,
        earlier=[{"row": row, "who": names.get(row.asked_by, row.asked_by)} for row in done],
    )


def _outside_size(newest: Checkpoint | None) -> int | None:
    """How many leaves the newest checkpoint file outside the database covers; None where there is none."""
    note = checkpoint.latest_outside(newest.log.origin) if newest else ""
    try:
        return checkpoint.parse(note).size if note else None
    except ValueError:
        return None
