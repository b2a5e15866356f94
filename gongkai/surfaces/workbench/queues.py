"""The queues of the desk (待办): what waits for a person. The number of queries does not grow with organs or rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.http import QueryDict
from django.urls import reverse

from gongkai.engine.channels import queries as channels
from gongkai.engine.channels.models import Push
from gongkai.engine.deadlines import queries as deadlines
from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.records import queries as records
from gongkai.engine.records.lineage import expiring, notice_days
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import CORRECTING, DRAFTING, SCHEDULED, SIGNED_OFF
from gongkai.engine.reviews.models import Opinion, Step, Verdict
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.queries import steps_for
from gongkai.engine.reviews.urging import urged_records
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering, reach
from gongkai.ground.gate.door import UNKNOWN, visible
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.paging import Page, page_by_moment
from gongkai.surfaces.workbench.rows import Row, add_deadlines, add_urgings
from gongkai.surfaces.workbench.words import NEXT_WORDS, step_words

QUEUE_SIZE = 10
PAGE_SIZE = 30
BOTH = frozenset({"attribute", "secrecy"})
# Who sees what was urged: leaders, and the office that oversees.
LEADING = ("review.sign_off", "duty.override")

Rows = QuerySet[Any]


@dataclass(frozen=True)
class QueueKind:
    """A queue: its rows for a person, the column it is ordered by, and how its rows become rows of the desk."""

    code: str
    title: str
    empty: str
    find: Callable[[Actor], Rows]
    show: Callable[[Actor, Sequence[Any]], list[Row]]
    moment: str = "changed_at"
    is_newest_first: bool = True
    tone: str = ""
    #: Any of these rights opens it; an empty set opens to everybody.
    rights: frozenset[str] = frozenset()

    def is_for(self, actor: Actor) -> bool:
        """Has this person to do with it at all?"""
        return not self.rights or any(actor.holds(right) for right in self.rights)


@dataclass
class Queue:
    """A queue of one person with its first rows; ``count`` is how many there are in all."""

    kind: QueueKind
    rows: list[Row] = field(default_factory=list)
    count: int = 0

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def title(self) -> str:
        return self.kind.title


def desk(actor: Actor) -> list[Queue]:
    """Every queue of a person, each with its first rows and its full count."""
    queues = [_first_of(kind, actor) for kind in QUEUES.values() if kind.is_for(actor)]
    rows = [row for queue in queues for row in queue.rows]
    add_deadlines(rows)
    add_urgings(rows)
    return queues


def queue_page(code: str, actor: Actor, query: QueryDict) -> tuple[Queue, Page]:
    """One queue, page by page. Refused for a queue that does not exist."""
    if code not in QUEUES:
        raise Refused(UNKNOWN, where="待办")
    kind = QUEUES[code]
    rows = kind.find(actor)
    page = page_by_moment(rows, query, kind.moment, PAGE_SIZE, is_newest_first=kind.is_newest_first)
    queue = Queue(kind, kind.show(actor, page.rows), rows.order_by().count())
    add_deadlines(queue.rows)
    add_urgings(queue.rows)
    return queue, page


def _first_of(kind: QueueKind, actor: Actor) -> Queue:
    rows = kind.find(actor)
    sign = "-" if kind.is_newest_first else ""
    found = list(rows.order_by(f"{sign}{kind.moment}", f"{sign}pk")[:QUEUE_SIZE])
    count = rows.order_by().count() if len(found) == QUEUE_SIZE else len(found)
    return Queue(kind, kind.show(actor, found), count)


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
    )


def _to_review(actor: Actor) -> Rows:
    waiting = reviewable_steps(actor).order_by().values("review__record")
    return Record.objects.filter(pk__in=waiting).select_related("organ")


def _as_reviews(actor: Actor, found: Sequence[Record]) -> list[Row]:
    steps: dict[int, list[Step]] = {}
    rows = reviewable_steps(actor).filter(review__record__in=[record.pk for record in found])
    for step in rows.annotate(record_key=F("review__record")).order_by("order", "pk") if found else ():
        steps.setdefault(step.record_key, []).append(step)
    principals = _principals(actor, [step for mine in steps.values() for step in mine])
    agreed = Opinion.objects.filter(step__in=[step.pk for mine in steps.values() for step in mine])
    again = set(agreed.filter(verdict=Verdict.AGREE).values_list("step", flat=True)) if steps else set()
    return [_as_review(record, steps.get(record.pk, []), principals, again) for record in found]


def _as_review(record: Record, steps: list[Step], principals: dict[int, str], again: set[int]) -> Row:
    codes = [step.code for step in steps]
    name = next((principals[step.pk] for step in steps if step.pk in principals), "")
    words = "、".join(step_words(code) for code in dict.fromkeys(codes))
    if set(codes) >= BOTH and len({step.group for step in steps if step.code in BOTH}) == 1:
        url = reverse("workbench:review_both", args=[record.pk])
    else:
        url = reverse("workbench:act", args=[record.pk, f"review.{codes[0]}"]) if codes else ""
    notes = [f"代 {name}"] if name else []
    if any(step.pk in again for step in steps):
        notes.append("审核后又有修改，请重新确认")
    return Row(record, words, url, "；".join(notes))


def _principals(actor: Actor, steps: Sequence[Step]) -> dict[int, str]:
    """For each step taken as deputy, the name of the person whose right is used."""
    used: dict[int, int] = {}
    for step in steps:
        grant = covering(actor, STEP_KINDS[step.code].right, step.organ_id)
        if grant is not None and grant.principal_id != actor.person_id:
            used[step.pk] = grant.principal_id
    names = dict(Person.objects.filter(pk__in=set(used.values())).values_list("pk", "name")) if used else {}
    return {pk: names[principal] for pk, principal in used.items()}


def drafts(actor: Actor) -> Rows:
    """What this person drafts or corrects and has not proposed yet."""
    rows = visible(Record, actor).filter(state__in=[DRAFTING, CORRECTING], drafter_id=actor.person_id)
    return rows.select_related("organ")


def _within(actor: Actor, right: str, rows: Rows) -> Rows:
    """Those of an organ in which this person holds the right."""
    return rows.filter(organ__in=reach(actor, right)) if actor.holds(right) else rows.none()


def _running(actor: Actor) -> Rows:
    """Open clocks on records of this person's own organ, or that are this person's; not all one may read below."""
    rows = deadlines.running().filter(subject_type="record", due_on__isnull=False)
    if not actor.holds("record.read"):
        return rows.none()
    mine = Q(organ_id=actor.organ_id)
    if actor.person_id is not None:
        keys = Record.objects.filter(drafter_id=actor.person_id).annotate(key=Cast("pk", CharField())).values("key")
        mine |= Q(subject_id__in=keys)
    return rows.filter(mine, organ_id__in=reach(actor, "record.read"))


def _overdue_below(actor: Actor) -> Rows:
    """For the office that oversees: what is late in other organs of its reach."""
    rows = deadlines.running().filter(subject_type="record", due_on__lt=clock.today())
    if not actor.holds("duty.override"):
        return rows.none()
    return rows.filter(organ_id__in=reach(actor, "duty.override")).exclude(organ_id=actor.organ_id)


def _as_due(actor: Actor, found: Sequence[Deadline]) -> list[Row]:
    left = deadlines.working_days_left_of(found)
    keys = [int(row.subject_id) for row in found]
    known = visible(Record, actor).select_related("organ").in_bulk(keys) if keys else {}
    rows = []
    for row in found:
        record = known.get(int(row.subject_id))
        if record is not None:
            rows.append(Row(record, NEXT_WORDS.get(record.state, ""), deadline=row, days_left=left[row.pk]))
    return rows


def _as_below(actor: Actor, found: Sequence[Deadline]) -> list[Row]:
    """What is late elsewhere is urged from here."""
    rows = _as_due(actor, found)
    for row in rows:
        row.next_words, row.next_url = "催办", reverse("workbench:act", args=[row.record.pk, "record.urge"])
    return rows


def _leading_to(words: str, address: str, *arguments: str) -> Callable[[Actor, Sequence[Record]], list[Row]]:
    """Rows whose next action is one page away, the same for all."""

    def show(actor: Actor, found: Sequence[Record]) -> list[Row]:
        del actor
        return [Row(record, words, reverse(address, args=[record.pk, *arguments])) for record in found]

    return show


def _expiring(actor: Actor) -> Rows:
    """Documents in force whose term ends within the days that this person's organ asks for."""
    organ, today = Organ.objects.filter(pk=actor.organ_id).first(), clock.today()
    rows: Rows = visible(Record, actor).select_related("organ")
    return expiring(rows, today, notice_days(organ, today)) if organ is not None else rows.none()


def _as_expiring(actor: Actor, found: Sequence[Record]) -> list[Row]:
    del actor
    words = "评估：延续、修改或者废止"
    return [
        Row(record, words, reverse("workbench:record", args=[record.pk]), f"失效日期 {record.effective_until}")
        for record in found
    ]


def _urged(actor: Actor) -> Rows:
    """For leaders and the office: what was urged in their organs and is still open, the longest ago first."""
    rows = urged_records().select_related("organ")
    organs = Q(pk__in=[])
    for right in LEADING:
        if actor.holds(right):
            organs |= Q(organ__in=reach(actor, right))
    return rows.filter(organs)


def _waiting(actor: Actor, found: Sequence[Record]) -> list[Row]:
    del actor
    return [Row(record, NEXT_WORDS.get(record.state, "")) for record in found]


def _as_pushed(actor: Actor, found: Sequence[Push]) -> list[Row]:
    """What a target shows otherwise than it should, or was not told yet; the dossier says which."""
    del actor
    rows = []
    for push in found:
        words = push.get_reading_display() if push.reading else "尚未推送成功"
        record = push.publication.record
        rows.append(Row(record, words, reverse("workbench:channels", args=[record.pk])))
    return rows


QUEUES: dict[str, QueueKind] = {
    kind.code: kind
    for kind in (
        QueueKind(
            "overdue",
            "逾期",
            "没有逾期的事项。",
            lambda actor: _running(actor).filter(due_on__lt=clock.today()),
            _as_due,
            moment="due_on",
            is_newest_first=False,
            tone="over",
        ),
        QueueKind(
            "today",
            "今日到期",
            "没有今日到期的事项。",
            lambda actor: _running(actor).filter(due_on=clock.today()),
            _as_due,
            moment="due_on",
            is_newest_first=False,
            tone="soon",
        ),
        QueueKind("review", "待我审", "没有等待您审核的文件。", _to_review, _as_reviews, is_newest_first=False),
        QueueKind(
            "returned",
            "退回给我",
            "没有退回给您的文件。",
            lambda actor: records.returned_to(actor).select_related("organ"),
            _leading_to("改正后重新送审", "workbench:edit"),
        ),
        QueueKind(
            "publish",
            "待发布",
            "没有已审签、等待公开的文件。",
            lambda actor: _within(
                actor, "record.publish", records.to_publish(actor).filter(state=SIGNED_OFF).select_related("organ")
            ),
            _leading_to("公开", "workbench:act", "record.publish"),
        ),
        QueueKind(
            "scheduled",
            "定时公开",
            "没有设定了公开时间的文件。",
            lambda actor: records.to_publish(actor).filter(state=SCHEDULED).select_related("organ"),
            _waiting,
            moment="scheduled_for",
            is_newest_first=False,
        ),
        QueueKind(
            "taken_down",
            "已下线待复核",
            "没有等待复核的下线信息。",
            lambda actor: _within(actor, "record.restore", records.taken_down(actor).select_related("organ")),
            _leading_to("复核：恢复或者撤回", "workbench:record"),
        ),
        QueueKind(
            "pushed",
            "推送待处理",
            "推送出去的信息都核对一致。",
            lambda actor: channels.doubtful_pushes(reach(actor, "record.publish")),
            _as_pushed,
            moment="queued_at",
            tone="soon",
        ),
        QueueKind(
            "recheck",
            "待复查",
            "没有到期须复查公开属性的信息。",
            lambda actor: _within(actor, "record.draft", records.to_recheck(actor).select_related("organ")),
            _leading_to("复查公开属性", "workbench:act", "record.keep_withheld"),
            moment="review_again_on",
            is_newest_first=False,
        ),
        QueueKind(
            "expiring",
            "有效期将届满",
            "没有即将届满有效期的文件。",
            lambda actor: _within(actor, "record.repeal", _expiring(actor)),
            _as_expiring,
            moment="effective_until",
            is_newest_first=False,
        ),
        QueueKind(
            "below",
            "所辖机关逾期",
            "所辖机关没有逾期的事项。",
            _overdue_below,
            _as_below,
            moment="due_on",
            is_newest_first=False,
            tone="over",
            rights=frozenset({"duty.override"}),
        ),
        QueueKind(
            "urged",
            "催办未办结",
            "没有催办后仍未办结的事项。",
            _urged,
            _leading_to("催办", "workbench:act", "record.urge"),
            moment="urged_at",
            is_newest_first=False,
            tone="soon",
            rights=frozenset(LEADING),
        ),
        QueueKind("drafts", "我的草稿", "没有未送审的草稿。", drafts, _leading_to("编辑后送审", "workbench:edit")),
    )
}
