"""What the desk and the list of records show. The number of queries does not grow with organs, rows or grants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict

from gongkai.engine.deadlines import queries as deadlines
from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.records import queries as records
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import CORRECTING, DRAFTING, SCHEDULED, SIGNED_OFF
from gongkai.engine.reviews.models import Opinion, Step, Verdict
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.queries import steps_for
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering, reach
from gongkai.ground.gate.door import visible
from gongkai.ground.organs.models import Person
from gongkai.surfaces.workbench.words import NEXT_WORDS, STATE_TONES, state_words, step_words

QUEUE_SIZE = 20


@dataclass
class Row:
    """A row of the desk: the record, its state and next action in words, and the nearest running clock."""

    record: Record
    next_words: str
    note: str = ""
    deadline: Deadline | None = None
    days_left: int = 0

    @property
    def state(self) -> str:
        return state_words(self.record.state)

    @property
    def tone(self) -> str:
        return STATE_TONES.get(self.record.state, "off")

    @property
    def kind(self) -> str:
        return KINDS[self.record.kind].name if self.record.kind in KINDS else self.record.kind


@dataclass
class Queue:
    """A queue (待办) with its first rows; ``count`` is how many there are in all."""

    code: str
    title: str
    empty: str
    rows: list[Row] = field(default_factory=list)
    count: int = 0
    more_query: str = ""


def desk(actor: Actor) -> list[Queue]:
    """Every queue of a person, each with its first rows and its full count."""
    queues = [
        _to_review(actor),
        _records("returned", "退回给我", "没有退回给您的文件。", records.returned_to(actor)),
        _to_publish(actor),
        _scheduled(actor),
        _records("taken_down", "已下线待复核", "没有等待复核的下线信息。", _restorable(actor), "state=taken_down"),
        _due(actor),
        _records("drafts", "我的草稿", "没有未送审的草稿。", drafts(actor)),
    ]
    _add_deadlines([row for queue in queues for row in queue.rows])
    return queues


def drafts(actor: Actor) -> QuerySet[Record]:
    """What this person drafts or corrects and has not proposed yet."""
    rows: QuerySet[Record] = visible(Record, actor).filter(state__in=[DRAFTING, CORRECTING], drafter_id=actor.person_id)
    return rows.order_by("-changed_at", "-pk")


def reviewable_steps(actor: Actor) -> QuerySet[Step]:
    """The open steps this person may take: not on own work, and not after an opinion in another group of the round."""
    spoken = Opinion.objects.filter(
        step__review=OuterRef("review"), reviewer_id=actor.person_id, verdict=Verdict.AGREE
    ).exclude(step__group=OuterRef("group"))
    return (
        steps_for(actor)
        .exclude(review__record__drafter_id=actor.person_id)
        .exclude(review__record__working__author_id=actor.person_id)
        .filter(~Exists(spoken), review__closed_at__isnull=True)
        .select_related("review__record__organ", "organ")
        .order_by("review__record__changed_at", "pk")
    )


def _to_review(actor: Actor) -> Queue:
    steps = reviewable_steps(actor)
    queue = Queue("review", "待我审", "没有等待您审核的文件。")
    found = list(steps[: QUEUE_SIZE * 2])
    principals = _principals(actor, found)
    rows: dict[int, Row] = {}
    for step in found:
        record = step.review.record
        if record.pk in rows:
            rows[record.pk].next_words += f"、{step_words(step.code)}"
            continue
        name = principals.get(step.pk, "")
        rows[record.pk] = Row(record, step_words(step.code), f"代 {name}" if name else "")
    queue.rows = list(rows.values())[:QUEUE_SIZE]
    queue.count = steps.order_by().values("review__record").distinct().count()
    return queue


def _principals(actor: Actor, steps: Sequence[Step]) -> dict[int, str]:
    """For each step taken as deputy, the name of the person whose right is used."""
    used: dict[int, int] = {}
    for step in steps:
        grant = covering(actor, STEP_KINDS[step.code].right, step.organ_id)
        if grant is not None and grant.principal_id != actor.person_id:
            used[step.pk] = grant.principal_id
    names = dict(Person.objects.filter(pk__in=set(used.values())).values_list("pk", "name")) if used else {}
    return {pk: names[principal] for pk, principal in used.items()}


def _records(code: str, title: str, empty: str, rows: QuerySet[Record], more_query: str = "") -> Queue:
    found = list(rows.select_related("organ")[:QUEUE_SIZE])
    count = rows.order_by().count() if len(found) == QUEUE_SIZE else len(found)
    made = [Row(record, NEXT_WORDS.get(record.state, "")) for record in found]
    return Queue(code, title, empty, made, count, more_query)


def _within(actor: Actor, right: str, rows: QuerySet[Record]) -> QuerySet[Record]:
    """Those of an organ in which this person holds the right."""
    return rows.filter(organ__in=reach(actor, right)) if actor.holds(right) else rows.none()


def _to_publish(actor: Actor) -> Queue:
    rows = _within(actor, "record.publish", records.to_publish(actor).filter(state=SIGNED_OFF))
    return _records("publish", "待公开（已审签）", "没有已审签待公开的文件。", rows, "state=signed_off")


def _scheduled(actor: Actor) -> Queue:
    rows = records.to_publish(actor).filter(state=SCHEDULED).order_by("scheduled_for", "pk")
    return _records("scheduled", "定时公开", "没有设定了公开时间的文件。", rows, "state=scheduled")


def _restorable(actor: Actor) -> QuerySet[Record]:
    return _within(actor, "record.restore", records.taken_down(actor))


def _due(actor: Actor) -> Queue:
    """Running clocks on records that end today or have passed, the latest first."""
    queue = Queue("due", "今日到期、逾期", "没有今日到期或逾期的时限。")
    if not actor.holds("record.read"):
        return queue
    soon = deadlines.due_soon(0) | deadlines.overdue()
    rows = soon.filter(subject_type="record", organ_id__in=reach(actor, "record.read")).order_by("due_on", "pk")
    found = list(rows[:QUEUE_SIZE])
    left = deadlines.working_days_left_of(found)
    known = visible(Record, actor).select_related("organ").in_bulk([int(row.subject_id) for row in found])
    for row in found:
        record = known.get(int(row.subject_id))
        if record is not None:
            queue.rows.append(Row(record, NEXT_WORDS.get(record.state, ""), "", row, left[row.pk]))
    queue.count = rows.order_by().count() if len(found) == QUEUE_SIZE else len(queue.rows)
    return queue


def _add_deadlines(rows: list[Row]) -> None:
    """The nearest running clock of each row, in one query."""
    keys = {str(row.record.pk) for row in rows if row.deadline is None}
    running = deadlines.running().filter(subject_type="record", subject_id__in=keys, due_on__isnull=False)
    nearest: dict[str, Deadline] = {}
    for deadline in running:
        nearest.setdefault(deadline.subject_id, deadline)
    left = deadlines.working_days_left_of(nearest.values())
    for row in rows:
        if row.deadline is None and (found := nearest.get(str(row.record.pk))) is not None:
            row.deadline, row.days_left = found, left[found.pk]


def rows_of(found: Sequence[Record]) -> list[Row]:
    """Records as rows with their nearest clock."""
    rows = [Row(record, NEXT_WORDS.get(record.state, "")) for record in found]
    _add_deadlines(rows)
    return rows


def listed_records(actor: Actor, query: QueryDict) -> QuerySet[Record]:
    """The records a person may know of, narrowed by state, kind, organ and words of title or number."""
    rows: QuerySet[Record] = visible(Record, actor).select_related("organ")
    for name in ("state", "kind"):
        if query.get(name):
            rows = rows.filter(**{name: query[name]})
    if query.get("organ"):
        rows = rows.filter(organ__code=query["organ"])
    for word in query.get("q", "").split()[:5]:
        rows = rows.filter(
            Q(title__icontains=word) | Q(document_number__icontains=word) | Q(index_number__istartswith=word)
        )
    return rows


def counted(rows: QuerySet[Any], name: str) -> list[tuple[str, int]]:
    """How many rows each value of a column has, the most first."""
    found = rows.order_by().select_related(None).values(value=F(name)).annotate(count=Count("pk"))
    return [(row["value"], row["count"]) for row in found.order_by("-count", "value")[:30]]


@dataclass(frozen=True)
class Option:
    """One value to filter by."""

    label: str
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Narrowing:
    """A filter with its values, as look/filters.html shows it."""

    label: str
    chosen: str
    chosen_label: str
    clear_url: str
    options: list[Option]


def narrowings(actor: Actor, query: QueryDict) -> list[Narrowing]:
    """The filters of the list: state and kind, each counted with the other conditions kept."""
    return [
        _narrowing(actor, query, "state", "状态", state_words),
        _narrowing(actor, query, "kind", "类别", lambda code: KINDS[code].name if code in KINDS else code),
    ]


def _narrowing(actor: Actor, query: QueryDict, name: str, label: str, words: Callable[[str], str]) -> Narrowing:
    others = query.copy()
    others.pop(name, None)
    chosen = query.get(name, "")
    options = [
        Option(words(value), count, _with(others, name, value), value == chosen)
        for value, count in counted(listed_records(actor, others), name)
    ]
    return Narrowing(label, chosen, words(chosen) if chosen else "", _with(others), options)


def _with(query: QueryDict, name: str = "", value: str = "") -> str:
    kept = query.copy()
    for other in ("after", "before"):
        kept.pop(other, None)
    if name:
        kept[name] = value
    return f"?{kept.urlencode()}"
