"""What happens to a clock: started, paused, resumed, extended, restarted, met, cancelled, recomputed.

These are called from inside the actions of the subject (a case, a record): there the gate has locked the subject and
checked the right on it; here the clock's own rules are checked, its row is written and its event recorded, in the same
transaction. ``actor`` is who acts there. The last two belong to the tick.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from gongkai.engine.deadlines.compute import EXTENSION_TOO_LONG, NO_EXTENSION
from gongkai.engine.deadlines.facts import Basis, Facts, Pause, apply, basis, is_in_hours
from gongkai.engine.deadlines.models import OPEN_STATES, Deadline, DeadlineState
from gongkai.engine.deadlines.queries import outdated, past_due
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM, Actor
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.log import NewEvent, append
from gongkai.ground.rulebook.queries import Rule, rule
from gongkai.ground.rulebook.schema import UNIT_NAMES

NOT_OPEN = wording(
    "deadline.not_open", what="这项时限已经结束（{state}），不能再变动。", todo="请刷新页面查看最新状态。"
)
NO_SUCH_REASON = wording(
    "deadline.no_such_reason",
    what="“{name}”没有“{reason}”这种中止或者重新起算的事由。",
    todo="可用的事由：{allowed}。",
    status=422,
)
STANDS_STILL = wording(
    "deadline.stands_still", what="这项时限正在中止计时。", todo="请先登记收到意见的日期，恢复计时。"
)
NOT_STANDING = wording("deadline.not_standing", what="这项时限没有中止计时。", todo="请核对后再办。")
BEFORE_START = wording("deadline.before_start", what="日期{on}早于起算日{start}。", todo="请核对日期。", status=422)
EXTENDED_ONCE = wording("deadline.extended_once", what="这项时限已经延长过一次。", todo="请在延长后的期限内办结。")
EXTENDED_LATE = wording(
    "deadline.extended_late",
    what="原期限已于{due}届满，不能再延长。",
    todo="延长须在原期限届满前决定并告知。",
)


@dataclass(frozen=True)
class Change:
    """A clock whose end moved: for the event, and for telling its owners."""

    deadline: Deadline
    before: str
    after: str
    was_provisional: bool
    calendar_versions: tuple[str, str]


@transaction.atomic
def start(
    *,
    actor: Actor,
    subject_type: str,
    subject_id: str,
    organ: Organ,
    rule_key: str,
    on: dt.date | dt.datetime,
    owners: Iterable[Person] = (),
) -> Deadline:
    """Start a clock. ``on`` is the start event (its day chooses the rule's version); owners are told."""
    facts = Facts(on)
    applied = rule(rule_key, on=facts.start_on, organ=organ)
    deadline = Deadline(
        subject_type=subject_type,
        subject_id=subject_id,
        organ=organ,
        rule_key=rule_key,
        calendar=organ.calendar,
        owners=[str(owner.ref) for owner in owners],
    )
    apply(deadline, applied, facts, basis(organ.calendar))
    deadline.save()
    _record(deadline, "deadline.started", actor, {"start": on.isoformat()})
    return deadline


@transaction.atomic
def pause(deadline: Deadline, *, actor: Actor, on: dt.date, code: str) -> Deadline:
    """Stop the clock for a lawful reason (a third party is asked): the day itself still counts."""
    row, applied, facts = _open(deadline)
    _reason(applied, code, [reason.code for reason in applied.provision.pauses])
    if facts.open_pause is not None:
        raise Refused(STANDS_STILL, applied.citation)
    _not_before(facts, on)
    facts = replace(facts, pauses=(*facts.pauses, Pause(code, on)))
    return _rewrite(deadline, row, applied, facts, "deadline.paused", actor, {"on": on.isoformat(), "code": code})


@transaction.atomic
def resume(deadline: Deadline, *, actor: Actor, on: dt.date) -> Deadline:
    """Let the clock run on: the day itself is still free, the next working day counts."""
    row, applied, facts = _open(deadline)
    standing = facts.open_pause
    if standing is None:
        raise Refused(NOT_STANDING, applied.citation)
    if on < standing.first:
        raise Refused(BEFORE_START, applied.citation, on=on, start=standing.first)
    return _rewrite(deadline, row, applied, facts.closed(on), "deadline.resumed", actor, {"on": on.isoformat()})


@transaction.atomic
def extend(deadline: Deadline, *, actor: Actor, quantity: int, on: dt.date, reason: str) -> Deadline:
    """Extend once, within what the rule allows, and not after the first period ended."""
    row, applied, facts = _open(deadline)
    allowed = applied.provision.extension
    if allowed is None:
        raise Refused(NO_EXTENSION, applied.citation)
    if facts.extension:
        raise Refused(EXTENDED_ONCE, applied.citation)
    if row.due_on is not None and on > row.due_on:
        raise Refused(EXTENDED_LATE, applied.citation, due=row.due_on)
    if not 0 < quantity <= allowed.quantity:
        unit = UNIT_NAMES[applied.provision.unit]
        raise Refused(
            EXTENSION_TOO_LONG, applied.citation, asked=f"{quantity}{unit}", allowed=f"{allowed.quantity}{unit}"
        )
    told = {"quantity": quantity, "on": on.isoformat(), "reason": reason}
    return _rewrite(deadline, row, applied, replace(facts, extension=quantity), "deadline.extended", actor, told)


@transaction.atomic
def restart(deadline: Deadline, *, actor: Actor, on: dt.date, code: str) -> Deadline:
    """Start afresh for a lawful reason (the corrected application came in); the day chooses the version again."""
    row, applied, facts = _open(deadline)
    _reason(applied, code, [reason.code for reason in applied.provision.restarts])
    _not_before(facts, on)
    fresh = facts.restarted(on, code)
    row.state = DeadlineState.RUNNING
    applied = rule(row.rule_key, on=fresh.start_on, organ=row.organ)
    return _rewrite(deadline, row, applied, fresh, "deadline.restarted", actor, {"on": on.isoformat(), "code": code})


@transaction.atomic
def meet(deadline: Deadline, *, actor: Actor, on: dt.date | dt.datetime) -> Deadline:
    """What was owed is done on a day (or moment): the one that the law looks at, such as the day of posting."""
    row, applied, facts = _open(deadline)
    if facts.open_pause is not None:
        closed = facts.closed(max(clock.day_of(on) if isinstance(on, dt.datetime) else on, facts.open_pause.first))
        apply(row, applied, closed, basis(row.calendar))
    row.met_on = clock.day_of(on) if isinstance(on, dt.datetime) else on
    row.met_at = on if isinstance(on, dt.datetime) else None
    row.state = DeadlineState.MET_LATE if _is_late(row, applied) else DeadlineState.MET
    row.save()
    _show(deadline, row)
    _record(row, "deadline.met", actor, {"on": on.isoformat(), "state": row.state})
    return deadline


@transaction.atomic
def cancel(deadline: Deadline, *, actor: Actor, reason: str) -> Deadline:
    """Nothing is owed any more (the application was withdrawn)."""
    row, _, _ = _open(deadline)
    row.state = DeadlineState.CANCELLED
    row.save()
    _show(deadline, row)
    _record(row, "deadline.cancelled", actor, {"reason": reason})
    return deadline


@transaction.atomic
def hand_over(deadlines: Iterable[Deadline], *, actor: Actor, giver: Person, taker: Person) -> int:
    """Move open clocks from one owner to another (人员交接); returns how many moved."""
    keys = [deadline.pk for deadline in deadlines]
    old, new = str(giver.ref), str(taker.ref)
    moved = 0
    for row in Deadline.objects.select_for_update().filter(pk__in=keys, state__in=OPEN_STATES).order_by("pk"):
        if old in row.owners:
            row.owners = list(dict.fromkeys(new if owner == old else owner for owner in row.owners))
            row.save()
            _record(row, "deadline.handed_over", actor, {"from": old, "to": new})
            moved += 1
    return moved


@transaction.atomic
def move(deadlines: Iterable[Deadline], *, actor: Actor, to: Organ) -> int:
    """Let another organ answer for open clocks (机构改革); returns how many moved. Their days stay as they are."""
    keys = [deadline.pk for deadline in deadlines]
    rows = Deadline.objects.select_for_update(of=("self",)).filter(pk__in=keys, state__in=OPEN_STATES)
    moved = list(rows.exclude(organ=to).order_by("pk"))
    for row in moved:
        before, row.organ = row.organ_id, to
        row.save()
        _record(row, "deadline.moved", actor, {"from": before, "to": to.pk})
    return len(moved)


@transaction.atomic
def mark_overdue(limit: int = 500, tell: Callable[[Deadline], object] | None = None) -> list[Deadline]:
    """Mark running clocks whose end has passed; the tick calls it. ``tell`` queues the notice. Returns those marked."""
    rows = list(past_due(clock.now()).select_for_update(of=("self",))[:limit])
    for row in rows:
        row.state = DeadlineState.OVERDUE
    Deadline.objects.bulk_update(rows, ["state"])
    append([_event(row, "deadline.passed", SYSTEM, {}) for row in rows])
    if tell is not None:
        for row in rows:
            tell(row)
    return rows


@transaction.atomic
def recompute(
    region: str, limit: int = 200, tell: Callable[[Change], object] | None = None
) -> tuple[list[Change], int]:
    """Reckon again the open clocks of a calendar that were reckoned with an older calendar or rulebook.

    Returns those whose end moved, and how many were looked at; call it until that is 0. The law of the start day stays:
    only a corrected rulebook or a changed preset gives another rule. ``tell`` queues the notice to the owners, in the
    same transaction.
    """
    rows = list(outdated(region).select_for_update(of=("self",)).order_by("pk")[:limit])
    on = basis(region)
    changes = [change for row in rows if (change := _reckon_again(row, on)) is not None]
    Deadline.objects.bulk_update(rows, _DERIVED)
    append([_event(c.deadline, "deadline.recomputed", SYSTEM, _moved(c)) for c in changes])
    if tell is not None:
        for change in changes:
            tell(change)
    return changes, len(rows)


_DERIVED = [
    "rule", "facts", "calendar_version", "rulebook_version", "due_on", "due_at", "is_provisional", "trace", "state"
]  # fmt: skip


def _reckon_again(row: Deadline, on: Basis) -> Change | None:
    facts = Facts.from_json(row.facts)
    before, was_provisional, version = _end(row), row.is_provisional, row.calendar_version
    applied = _rule_now(row, facts)
    apply(row, applied, facts, on)
    if row.due_on is not None and not _is_past(row, clock.now()):
        row.state = DeadlineState.RUNNING
    if (before, was_provisional) == (_end(row), row.is_provisional):
        return None
    return Change(row, before, _end(row), was_provisional, (version, row.calendar_version))


def _rule_now(row: Deadline, facts: Facts) -> Rule:
    """The rule as it stands now for the day of the start; the snapshot where that no longer covers what was granted."""
    try:
        applied = rule(row.rule_key, on=facts.start_on, organ=row.organ)
    except Refused:
        return Rule.from_json(row.rule)
    allowed = applied.provision.extension
    is_covered = not facts.extension or (allowed is not None and facts.extension <= allowed.quantity)
    return applied if is_covered else Rule.from_json(row.rule)


def _moved(change: Change) -> dict[str, Any]:
    return {
        "before": change.before,
        "after": change.after,
        "provisional": [change.was_provisional, change.deadline.is_provisional],
        "calendar": list(change.calendar_versions),
        "state": change.deadline.state,
    }


def _open(deadline: Deadline) -> tuple[Deadline, Rule, Facts]:
    """The row, locked, with its rule and facts; refused when the clock has ended."""
    row = Deadline.objects.select_related("organ").select_for_update(of=("self",)).get(pk=deadline.pk)
    applied = Rule.from_json(row.rule)
    if row.state not in OPEN_STATES:
        raise Refused(NOT_OPEN, applied.citation, state=DeadlineState(row.state).label)
    return row, applied, Facts.from_json(row.facts)


def _reason(applied: Rule, code: str, allowed: Sequence[str]) -> None:
    if code not in allowed:
        raise Refused(
            NO_SUCH_REASON, applied.citation, name=applied.name, reason=code, allowed="、".join(allowed) or "无"
        )


def _not_before(facts: Facts, on: dt.date) -> None:
    if on < facts.start_on:
        raise Refused(BEFORE_START, on=on, start=facts.start_on)


def _rewrite(
    deadline: Deadline, row: Deadline, applied: Rule, facts: Facts, name: str, actor: Actor, data: dict[str, Any]
) -> Deadline:
    before = _end(row)
    apply(row, applied, facts, basis(row.calendar))
    row.save()
    _show(deadline, row)
    _record(row, name, actor, {**data, "before": before, "after": _end(row)})
    return deadline


def _show(deadline: Deadline, row: Deadline) -> None:
    """The caller's instance must not go on showing what was true before."""
    deadline.__dict__.update({key: value for key, value in row.__dict__.items() if key != "_state"})


def _end(row: Deadline) -> str:
    end = row.due_at or row.due_on
    return end.isoformat() if end is not None else ""


def _is_late(row: Deadline, applied: Rule) -> bool:
    if applied.provision.bound == "at_least":
        return False
    if is_in_hours(applied) and row.met_at is not None and row.due_at is not None:
        return row.met_at > row.due_at
    return row.met_on is not None and row.due_on is not None and row.met_on > row.due_on


def _is_past(row: Deadline, now: dt.datetime) -> bool:
    if row.due_at is not None:
        return row.due_at < now
    return row.due_on is not None and row.due_on < clock.day_of(now)


def _record(row: Deadline, name: str, actor: Actor, data: dict[str, Any]) -> None:
    append([_event(row, name, actor, data)])


def _event(row: Deadline, name: str, actor: Actor, data: dict[str, Any]) -> NewEvent:
    about = {"subject": [row.subject_type, row.subject_id], "rule": row.rule_key, "due": _end(row)}
    return NewEvent("deadline", str(row.pk), name, actor.ref, organ_id=row.organ_id, data={**about, **data})
