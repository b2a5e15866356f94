"""What the tick does for clocks: reckon again after a calendar or a rule changed, mark what passed, remind owners."""

from __future__ import annotations

from collections.abc import Callable

from gongkai.engine.deadlines.actions import Change, mark_overdue, recompute
from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.deadlines.queries import Reminder, regions_outdated, reminders_owed
from gongkai.engine.notices.models import Notice
from gongkai.engine.notices.outbox import queue_notice
from gongkai.ground import clock
from gongkai.ground.clock import SHANGHAI
from gongkai.ground.organs.models import Person

#: How a subject of a type is referred to in a notice, by its key; whoever owns the type says so.
REFERENCES: dict[str, Callable[[str], str]] = {}


def calendars_changed() -> int:
    """Reckon every outdated clock again, in batches, and owe its owners a notice; returns how many moved."""
    moved = 0
    for region in regions_outdated():
        looked_at = 1
        while looked_at:
            changes, looked_at = recompute(region, tell=tell_change)
            moved += len(changes)
    return moved


def deadlines_passed() -> int:
    """Mark running clocks that have passed, and owe their owners a notice; returns how many."""
    return len(mark_overdue(tell=tell_passed))


def remind() -> int:
    """Owe a reminder 5, 3, 1 and 0 working days before the end, once each; returns how many clocks."""
    midnight = clock.now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    told = Notice.objects.filter(subject_type="deadline", queued_at__gte=midnight).values_list("subject_id", "text")
    known = set(told)
    owed = [one for one in reminders_owed() if (str(one.deadline.pk), reminder_text(one)) not in known]
    for one in owed:
        _tell(one.deadline, reminder_text(one))
    return len(owed)


def tell_change(change: Change) -> None:
    """Owe the owners a notice that the end of a clock moved, with before and after."""
    before, after = change.before or "中止计时", change.after or "中止计时"
    moved = f"由{before}调整为{after}" if before != after else f"仍为{after}，已由暂定转为正式"
    _tell(change.deadline, f"“{_name(change.deadline)}”时限{moved}（工作日历或者规则有变）。")


def tell_passed(deadline: Deadline) -> None:
    """Owe the owners a notice that a clock has passed."""
    _tell(deadline, f"“{_name(deadline)}”已于{deadline.due_on}到期，尚未完成。")


def reminder_text(one: Reminder) -> str:
    """The reminder in words; number and date only."""
    left = f"还有{one.working_days_left}个工作日" if one.working_days_left else "今天到期"
    return f"“{_name(one.deadline)}”{one.deadline.due_on}到期，{left}。"


def _name(deadline: Deadline) -> str:
    refer = REFERENCES.get(deadline.subject_type, str)
    return f"{deadline.rule['name']}（{refer(deadline.subject_id)}）"


def _tell(deadline: Deadline, text: str) -> None:
    people = Person.objects.filter(ref__in=deadline.owners, is_active=True).order_by("pk")
    queue_notice(people, subject_type="deadline", subject_id=str(deadline.pk), text=text)
