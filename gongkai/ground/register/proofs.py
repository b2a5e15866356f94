"""What the public may ask the register: proofs of public events, consistency of two checkpoints, counts, the key."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate

from gongkai.ground import clock
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register import merkle, tree
from gongkai.ground.register.leaf import leaf_bytes
from gongkai.ground.register.log import current_log, latest_checkpoint
from gongkai.ground.register.models import Checkpoint, Event, Leaf, Log
from gongkai.ground.register.signing import accepted_keys
from gongkai.ground.register.tree import DAMAGED

PROOF_VERSION = 1

NOT_PUBLIC = wording(
    "register.not-public",
    what="该事件没有公开内容，不对外出具存证证明。",
    todo="只有公开、更正、撤回、决定、送达等事件可以出具存证证明。",
    status=404,
)
NOT_SEALED = wording(
    "register.not-sealed",
    what="该事件刚刚发生，尚未写入登记簿的检查点。",
    todo="请在一分钟后再取证明；仍未写入的，请检查后台任务是否运行。",
    status=409,
)
NO_CHECKPOINT = wording(
    "register.no-checkpoint",
    what="登记簿没有条数为 {size} 的检查点。",
    todo="请从检查点清单中选择两个检查点。",
    status=404,
)


def event_proof(event: Event) -> dict[str, Any]:
    """The proof that a public event stands in the register, as JSON for `verify_register.py`.

    Raises Refused: register.not-public, register.not-sealed, register.damaged.
    """
    return event_proofs([event])[0]


def event_proofs(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The proofs of several public events, in their order, against the newest checkpoint of their log."""
    wanted = list(events)
    if any(not event.public for event in wanted):
        raise Refused(NOT_PUBLIC)
    leaves = {leaf.event_id: leaf for leaf in Leaf.objects.filter(event__in=wanted).select_related("log")}
    if len(leaves) != len({event.pk for event in wanted}):
        raise Refused(NOT_SEALED)
    by_log: dict[Log, list[Event]] = defaultdict(list)
    for event in wanted:
        by_log[leaves[event.pk].log].append(event)
    proofs: dict[int, dict[str, Any]] = {}
    for log, members in by_log.items():
        proofs |= _proofs_in(log, members, leaves)
    return [proofs[event.pk] for event in wanted]


def _proofs_in(log: Log, events: list[Event], leaves: dict[int, Leaf]) -> dict[int, dict[str, Any]]:
    last = latest_checkpoint(log)
    if last is None or any(leaves[event.pk].index >= last.size for event in events):
        raise Refused(DAMAGED, origin=log.origin, detail="叶不在检查点之内")
    paths = tree.paths(log.pk, [merkle.inclusion_spans(leaves[event.pk].index, last.size) for event in events])
    return {
        event.pk: {
            "version": PROOF_VERSION,
            "log": log.origin,
            "leaf": leaf_bytes(event, event.salt, event.public_salt).decode(),
            "leaf_index": leaves[event.pk].index,
            "tree_size": last.size,
            "path": [step.hex() for step in path],
            "public": event.public,
            "public_salt": event.public_salt,
            "checkpoint": last.note,
        }
        for event, path in zip(events, paths, strict=True)
    }


def subject_proofs(subject_type: str, subject_id: str, *, names: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The proofs of a subject's sealed public events, the oldest first; of these event names only, if any are given."""
    events = Event.objects.filter(
        subject_type=subject_type, subject_id=subject_id, is_public=True, leaf__isnull=False
    ).order_by("id")
    chosen = list(names)
    return event_proofs(events.filter(name__in=chosen) if chosen else events)


def consistency_proof(old_size: int, new_size: int, *, log: Log | None = None) -> dict[str, Any]:
    """The proof that the newer of two checkpoints only added to the older; of the current log unless one is given.

    Raises Refused: register.no-checkpoint, register.damaged.
    """
    log = log or current_log()
    notes = dict(
        Checkpoint.objects.filter(log=log, size__in=[old_size, new_size]).values_list("size", "note") if log else ()
    )
    for size in (old_size, new_size):
        if size not in notes:
            raise Refused(NO_CHECKPOINT, size=size)
    if log is None or old_size > new_size:
        raise Refused(NO_CHECKPOINT, size=f"{old_size}—{new_size}")
    (path,) = tree.paths(log.pk, [merkle.consistency_spans(old_size, new_size)])
    return {
        "version": PROOF_VERSION,
        "log": log.origin,
        "old": notes[old_size],
        "new": notes[new_size],
        "path": [step.hex() for step in path],
    }


def newest_checkpoint() -> Checkpoint | None:
    """The newest checkpoint of the current log; None before the first event is sealed."""
    log = current_log()
    return latest_checkpoint(log) if log else None


def public_keys() -> list[tuple[Log, str]]:
    """Every log with each vkey line that verifies checkpoints of it, the current log and its signing key first."""
    return [(log, key.vkey) for log in Log.objects.order_by("-id") for key, _ in accepted_keys(log.origin)]


def public_days(since: dt.date, until: dt.date) -> dict[dt.date, int]:
    """How many public events fell on each day in China from ``since`` up to and including ``until``; zeros left out."""
    start, end = _midnight(since), _midnight(until + dt.timedelta(days=1))
    days = (
        Event.objects.filter(is_public=True, at__gte=start, at__lt=end)
        .annotate(day=TruncDate("at", tzinfo=clock.SHANGHAI))
        .values("day")
        .annotate(count=Count("id"))
        .order_by("day")
    )
    return {row["day"]: row["count"] for row in days}


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.SHANGHAI)
