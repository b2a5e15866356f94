"""Writing the register: events are appended in the caller's transaction, one sealer orders them into the tree.

`append` never waits for anybody. `seal` runs every second in the worker and in the tick; it takes what the outbox
(`UnsealedEvent`) holds, so that events whose transactions commit out of order are never passed over.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.ground.register import checkpoint, tree
from gongkai.ground.register.leaf import leaf_hash
from gongkai.ground.register.models import Checkpoint, Event, Leaf, Log, TreeNode, UnsealedEvent
from gongkai.ground.register.signing import has_key, signer
from gongkai.ground.register.tree import DAMAGED

#: Key of the advisory lock that makes the sealer the only one (PostgreSQL); the bytes of "gongkai".
SEALER_LOCK = int.from_bytes(b"gongkai", "big")
#: Checkpoint files written in one go when many are missing, e.g. on a new machine.
FILES_AT_ONCE = 500
_TEXTS = ("subject_type", "subject_id", "name", "actor", "on_behalf_of")
_LENGTHS = {field.name: field.max_length or 0 for field in Event._meta.fields if field.name in _TEXTS}


@dataclass(frozen=True)
class NewEvent:
    """An event to be recorded. ``public`` is shown to everybody and never holds personal data."""

    subject_type: str
    subject_id: str
    name: str
    actor: str
    on_behalf_of: str = ""
    organ_id: int | None = None
    at: dt.datetime = field(default_factory=clock.now)
    data: dict[str, Any] = field(default_factory=dict)
    public: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, length in _LENGTHS.items():
            if len(getattr(self, name)) > length:
                raise ValueError(f"{name} of an event is longer than {length}")


def append(events: Sequence[NewEvent]) -> list[Event]:
    """Record what happened, in the caller's transaction, with two statements however many there are.

    Raises canonical.NotCanonicalError when data or public are not canonical JSON (floats, dates, U+0000, ...).
    """
    rows = [_row(event) for event in events]
    with transaction.atomic():
        written = Event.objects.bulk_create(rows)
        UnsealedEvent.objects.bulk_create(UnsealedEvent(event_id=event.pk) for event in written)
    return written


def _row(event: NewEvent) -> Event:
    salt, public_salt = secrets.token_hex(32), secrets.token_hex(32)
    return Event(
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        name=event.name,
        actor=event.actor,
        on_behalf_of=event.on_behalf_of,
        organ_id=event.organ_id,
        at=event.at,
        data=event.data,
        public=event.public,
        is_public=bool(event.public),
        salt=salt,
        public_salt=public_salt,
        leaf_hash=leaf_hash(event, salt, public_salt),
    )


def seal(limit: int = 5000) -> int:
    """Order up to ``limit`` unsealed events into the tree and sign the new size; how many.

    0 means nothing to do, or another sealer is at work. Raises Refused(register.damaged) instead of signing a tree that
    contradicts its own last checkpoint or the checkpoint files, as a restored database does until `continue_log`.
    """
    if not UnsealedEvent.objects.exists():
        transaction.on_commit(write_checkpoint_files)
        return 0
    with transaction.atomic():
        if not is_only_sealer():
            return 0
        batch = list(
            UnsealedEvent.objects.filter(event__leaf=None)
            .order_by("event_id")
            .values_list("event_id", "event__leaf_hash")[:limit]
        )
        if batch:
            _extend(current_log() or _open_first(), batch)
        UnsealedEvent.objects.filter(Exists(Leaf.objects.filter(event_id=OuterRef("event_id")))).delete()
        transaction.on_commit(write_checkpoint_files)
    return len(batch)


def current_log() -> Log | None:
    """The log that grows; None before the first event is sealed."""
    return Log.objects.order_by("-id").first()


def latest_checkpoint(log: Log) -> Checkpoint | None:
    """The newest checkpoint of a log in the database."""
    return Checkpoint.objects.filter(log=log).order_by("-size").first()


def continue_log(*, actor: str, reason: str, predecessor: str = "", backup: str = "") -> Log:
    """After a restore: open a new log that names the last published checkpoint of the old one (续接).

    The first leaf of the new log is the public event ``register.continued``. Numbers that checkpoint files or keys show
    to have been used are not used again, even when the same backup is restored twice. ``predecessor`` is a checkpoint
    note that an operator found elsewhere; otherwise the newest in the files or the database is taken. ``backup`` names
    what was restored.
    """
    with transaction.atomic():
        if not is_only_sealer():
            raise Refused(DAMAGED, origin=default_origin(), detail="另一进程正在写入")
        base = Log.objects.order_by("id").values_list("origin", flat=True).first() or default_origin()
        number = 1
        while _is_used(_numbered(base, number)):
            number += 1
        last = _last_published(predecessor, [_numbered(base, used) for used in range(number - 1, 0, -1)])
        log = Log.objects.create(
            origin=_numbered(base, number),
            predecessor_origin=last.origin if last else "",
            predecessor_size=last.size if last else 0,
            predecessor_root=last.root.hex() if last else "",
            opened_at=clock.now(),
        )
        written = append([_continuation(log, actor, reason, backup)])
        _extend(log, [(event.pk, event.leaf_hash) for event in written])
        UnsealedEvent.objects.filter(event_id__in=[event.pk for event in written]).delete()
        transaction.on_commit(write_checkpoint_files)
    return log


def _continuation(log: Log, actor: str, reason: str, backup: str) -> NewEvent:
    public = {
        "event": "register.continued",
        "log": log.origin,
        "predecessor_origin": log.predecessor_origin,
        "predecessor_size": log.predecessor_size,
        "predecessor_root": log.predecessor_root,
        "note": reason,
    }
    data = {"backup": backup} if backup else {}
    name = log.origin[:40]
    return NewEvent("register", name, "register.continued", actor, at=log.opened_at, data=data, public=public)


def write_checkpoint_files() -> int:
    """Write the checkpoints of the current log that no file holds yet, e.g. because a worker died; how many."""
    log = current_log()
    if log is None:
        return 0
    outside = _outside(log)
    after = outside.size if outside else -1
    notes = list(
        Checkpoint.objects.filter(log=log, size__gt=after)
        .order_by("size")
        .values_list("note", flat=True)[:FILES_AT_ONCE]
    )
    for note in notes:
        checkpoint.write_outside(note)
    return len(notes)


def is_only_sealer() -> bool:
    """Take the sealer's lock until the transaction ends. SQLite's IMMEDIATE transaction is exclusive by itself."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])


def default_origin() -> str:
    """The name of the first log: REGISTER_ORIGIN, else the host of PUBLIC_URL."""
    return env.REGISTER_ORIGIN or urlsplit(env.PUBLIC_URL).hostname or "gongkai"


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}/{number}"


def _is_used(origin: str) -> bool:
    return bool(checkpoint.latest_outside(origin)) or has_key(origin) or Log.objects.filter(origin=origin).exists()


def _last_published(given: str, origins: Sequence[str]) -> checkpoint.Statement | None:
    """The newest checkpoint known: the one given, else of the last log that has a file or a row."""
    if given:
        return checkpoint.parse(given)
    for origin in origins:
        inside = Checkpoint.objects.filter(log__origin=origin).order_by("-size").values_list("note", flat=True).first()
        known = [checkpoint.parse(note) for note in (checkpoint.latest_outside(origin), inside) if note]
        if known:
            return max(known, key=lambda statement: statement.size)
    return None


def _open_first() -> Log:
    return Log.objects.create(origin=default_origin(), opened_at=clock.now())


def _outside(log: Log) -> checkpoint.Statement | None:
    """The newest checkpoint file; refuses when the database does not know it: sealing would fork the log."""
    note = checkpoint.latest_outside(log.origin)
    if not note:
        return None
    try:
        statement = checkpoint.parse(note)
    except ValueError:
        raise Refused(DAMAGED, origin=log.origin, detail="检查点文件 latest 无法读取") from None
    root = Checkpoint.objects.filter(log=log, size=statement.size).values_list("root", flat=True).first()
    if root != statement.root.hex():
        detail = f"数据库中没有已公布的检查点（{statement.size} 条）"
        raise Refused(DAMAGED, origin=log.origin, detail=detail)
    return statement


def _extend(log: Log, batch: Sequence[tuple[int, str]]) -> None:
    """Write leaves, the nodes that became complete, and the checkpoint."""
    last = latest_checkpoint(log)
    size = last.size if last else 0
    _outside(log)
    if Leaf.objects.filter(log=log, index__gte=size).exists():
        raise Refused(DAMAGED, origin=log.origin, detail="检查点之外有多余的叶")
    edge = tree.frontier(log.pk, size)
    if last and edge.root().hex() != last.root:
        raise Refused(DAMAGED, origin=log.origin, detail="树根与检查点不同")
    Leaf.objects.bulk_create(
        Leaf(log=log, index=size + offset, event_id=event_id, leaf_hash=text)
        for offset, (event_id, text) in enumerate(batch)
    )
    completed = edge.extend(bytes.fromhex(text) for _, text in batch)
    TreeNode.objects.bulk_create(
        TreeNode(log=log, level=place.level, index=place.offset, hash=digest.hex()) for place, digest in completed
    )
    statement = checkpoint.Statement(log.origin, edge.size, edge.root())
    note = checkpoint.sign(statement, signer(log.origin))
    Checkpoint.objects.create(log=log, size=statement.size, root=statement.root.hex(), note=note, at=clock.now())
