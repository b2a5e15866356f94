"""The register's own verifiers: events, the outbox, the triggers. Trees are walked in `audit.py`.

Everything is read in batches by key, so memory stays small and the platform may go on working meanwhile. What cannot be
seen from here: an event that vanished together with its outbox row in the second before it was sealed.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from gongkai.ground.register import triggers
from gongkai.ground.register.audit import BATCH, audit_tree, logs
from gongkai.ground.register.audit_files import audit_files, unknown_folders
from gongkai.ground.register.leaf import leaf_hash
from gongkai.ground.register.models import Event, Leaf, UnsealedEvent
from gongkai.ground.register.verify import Difference, Findings, verifier

GUARDED = ("register_event", "register_leaf", "register_checkpoint", "register_log")


@verifier("events")
def events() -> Findings:
    """Every event recomputes to its leaf hash, and stands in a tree or in the outbox."""
    count, last = 0, 0
    while keys := list(Event.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        for event in _readable(last, keys):
            count += 1
            if isinstance(event, Difference):
                yield event
            else:
                yield from _event_findings(event)
        last = keys[-1]
    return count


def _readable(after: int, keys: list[int]) -> Iterator[Event | Difference]:
    """The events of a batch; one by one when a tampered value keeps the batch from being read at all."""
    joined = Event.objects.select_related("leaf", "unsealed").order_by("pk")
    try:
        yield from list(joined.filter(pk__gt=after, pk__lte=keys[-1]))
    except ValueError:
        for key in keys:
            try:
                yield from list(joined.filter(pk=key))
            except ValueError:
                yield Difference(f"event {key}", "event-unreadable", "事件的内容无法读取")


def _event_findings(event: Event) -> Iterator[Difference]:
    what = f"event {event.pk}"
    if _recomputed(event) != event.leaf_hash:
        yield Difference(what, "event-changed", "事件的内容与其叶哈希不符")
    if event.is_public != bool(event.public):
        yield Difference(what, "event-flag-changed", "事件是否公开的标志与公开内容不符")
    leaf = getattr(event, "leaf", None)
    if leaf is not None:
        if leaf.leaf_hash != event.leaf_hash:
            yield Difference(what, "leaf-differs", f"事件与其在树中的叶（序号 {leaf.index}）不符")
    elif getattr(event, "unsealed", None) is None:
        yield Difference(what, "event-not-in-tree", "事件既不在树中，也不在待入树清单中")


def _recomputed(event: Event) -> str:
    """The leaf hash made again; empty where tampered fields no longer make one."""
    try:
        return leaf_hash(event, event.salt, event.public_salt)
    except (ValueError, AttributeError):
        return ""


@verifier("logs")
def trees() -> Findings:
    """The leaves of each log are gapless, its nodes and every signed root recompute."""
    count = 0
    for log in logs():
        count += yield from audit_tree(log)
    return count


@verifier("checkpoint-files")
def checkpoint_files() -> Findings:
    """What stands outside the database agrees with it."""
    count = 0
    yield from unknown_folders()
    for log in logs():
        count += yield from audit_files(log)
    return count


@verifier("outbox")
def outbox() -> Findings:
    """The outbox names events that exist and are not sealed."""
    rows = UnsealedEvent.objects.order_by("pk")
    for pk in rows.exclude(Exists(Event.objects.filter(pk=OuterRef("pk")))).values_list("pk", flat=True).iterator():
        yield Difference(f"event {pk}", "event-missing", "待入树清单中的事件不存在")
    for pk in rows.filter(Exists(Leaf.objects.filter(event_id=OuterRef("pk")))).values_list("pk", flat=True).iterator():
        yield Difference(f"event {pk}", "outbox-stale", "待入树清单中的事件已在树中")
    return rows.count()


@verifier("triggers")
def guards() -> Findings:
    """The triggers that refuse to change history are in place."""
    for table in triggers.missing(GUARDED):
        yield Difference(f"table {table}", "trigger-missing", "拒绝修改或删除的触发器不在")
    return len(GUARDED)
