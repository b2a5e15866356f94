"""Walking a log from its first leaf: leaves, nodes, signed roots.

A node that differs is named once, and the walk goes on with the stored hash: one changed leaf then makes one difference
and not one in every node and checkpoint above it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from gongkai.ground.refusal import Refused
from gongkai.ground.register import checkpoint, merkle, tree
from gongkai.ground.register.merkle import Place
from gongkai.ground.register.models import Checkpoint, Event, Leaf, Log, TreeNode
from gongkai.ground.register.signing import PublicKey, accepted_keys
from gongkai.ground.register.verify import Difference, Findings

BATCH = 2048
Keys = list[tuple[PublicKey, int | None]]
#: Where more leaves than this are missing, the walk is not worth its time: one difference says so.
HOPELESS = 100_000


@dataclass(frozen=True)
class Sized:
    """A log with its sizes, all read by one statement so that they belong together."""

    log: Log
    leaf_count: int
    leaf_end: int
    node_count: int
    checkpoint_end: int
    #: The log opened after this one; None while this is the current log.
    successor: Log | None


def logs() -> list[Sized]:
    """Every log, the oldest first."""
    sizes = Log.objects.annotate(
        leaf_count=_one(Leaf.objects.all(), Count("id")),
        leaf_end=_one(Leaf.objects.all(), Max("index") + 1),
        node_count=_one(TreeNode.objects.all(), Count("id")),
        checkpoint_end=_one(Checkpoint.objects.all(), Max("size")),
    ).values_list("id", "leaf_count", "leaf_end", "node_count", "checkpoint_end")
    rows: dict[int, tuple[int, int, int, int]] = {row[0]: row[1:] for row in sizes}
    opened = list(Log.objects.filter(pk__in=rows).order_by("id"))
    return [Sized(log, *rows[log.pk], successor=following) for log, following in zip_longest(opened, opened[1:])]


def _one(rows: QuerySet[Any], value: Any) -> Coalesce:
    grouped = rows.filter(log=OuterRef("pk")).order_by().values("log").annotate(value=value).values("value")
    return Coalesce(Subquery(grouped, output_field=BigIntegerField()), 0)


def audit_tree(sized: Sized) -> Findings:
    """Walk a log up to the size it had at the start; returns how many leaves that was."""
    log, what = sized.log, f"log {sized.log.origin}"
    end = max(sized.leaf_end, sized.checkpoint_end)
    if sized.leaf_end != sized.checkpoint_end:
        message = f"树中有叶 {sized.leaf_end} 条，最新检查点为 {sized.checkpoint_end} 条"
        yield Difference(what, "size-differs", message)
    if sized.node_count != (expected := merkle.inner_nodes(sized.leaf_end)):
        yield Difference(what, "node-count", f"节点应有 {expected} 个，实有 {sized.node_count} 个")
    yield from _link_findings(log)
    if end - sized.leaf_count > HOPELESS:
        yield Difference(what, "leaves-missing", f"应有叶 {end} 条，实有 {sized.leaf_count} 条，未再逐条核对")
        return 0
    keys: Keys = []
    try:
        keys = accepted_keys(log.origin)
    except Refused as lost:
        yield Difference(what, "key-missing", str(lost))
    yield from _walk(log, end, _checkpoints(log, end), keys)
    return end


def _walk(log: Log, end: int, signed: Iterator[Checkpoint], keys: Keys) -> Iterator[Difference]:
    walk = Walk(log)
    due = next(signed, None)
    while walk.position < end:
        walk.load(min(end, walk.position + BATCH))
        for index in range(walk.position, walk.loaded):
            yield from walk.add(index)
            while due and due.size <= walk.position:
                yield from _checkpoint_findings(log, due, walk.root(), keys)
                due = next(signed, None)


def _checkpoints(log: Log, end: int) -> Iterator[Checkpoint]:
    """The checkpoints up to this size, the smallest first."""
    last = -1
    rows = Checkpoint.objects.filter(log=log, size__lte=end).order_by("size")
    while batch := list(rows.filter(size__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].size


class Walk:
    """The right edge of a tree that grows leaf by leaf; None stands for a hash that nothing tells any more."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.position = self.loaded = 0
        self._edge: list[bytes | None] = []
        self._leaves: dict[int, tuple[int, str, bool]] = {}
        self._nodes: dict[Place, bytes | None] = {}

    def load(self, end: int) -> None:
        """Fetch what the steps from here up to ``end`` need, in two queries."""
        start = self.position
        exists = Exists(Event.objects.filter(pk=OuterRef("event_id")))
        rows = Leaf.objects.filter(log=self.log, index__gte=start, index__lt=end).annotate(has_event=exists)
        self._leaves = {row[0]: row[1:] for row in rows.values_list("index", "event_id", "leaf_hash", "has_event")}
        levels = [
            Q(level=level, index__gte=start >> level, index__lt=end >> level)
            for level in range(1, max(end.bit_length(), 2))
        ]
        self._nodes = {place: _digest(text) for place, text in tree.inner_nodes(self.log.pk, levels)}
        self.loaded = end

    def add(self, index: int) -> Iterator[Difference]:
        """Go one leaf further."""
        carried = yield from self._leaf(index)
        level, offset = 0, index
        while offset & 1:
            left = self._edge.pop()
            level, offset = level + 1, offset >> 1
            made = merkle.node_hash(left, carried) if left and carried else None
            held = self._nodes.get(Place(level, offset))
            what = f"node {self.log.origin}/{level}/{offset}"
            if held is None:
                yield Difference(what, "node-missing", "树中缺少这一节点，或无法读取")
            elif made and made != held:
                yield Difference(what, "node-differs", "节点的哈希与其下的叶或节点不符")
            carried = held or made
        self._edge.append(carried)
        self.position = index + 1

    def _leaf(self, index: int) -> Generator[Difference, None, bytes | None]:
        if index not in self._leaves:
            yield Difference(f"leaf {self.log.origin}#{index}", "leaf-missing", "树中缺少这一片叶")
            return None
        event_id, text, has_event = self._leaves[index]
        if not has_event:
            yield Difference(f"event {event_id}", "event-missing", f"事件已不存在，其叶（序号 {index}）仍在树中")
        digest = _digest(text)
        if digest is None:
            yield Difference(f"leaf {self.log.origin}#{index}", "leaf-unreadable", "叶的哈希无法读取")
        return digest

    def root(self) -> bytes | None:
        """The root as it stands; None when it cannot be told."""
        known = [digest for digest in self._edge if digest]
        return merkle.fold(known) if len(known) == len(self._edge) else None


def _digest(text: str) -> bytes | None:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        return None
    return digest if len(digest) == 32 else None


def _checkpoint_findings(log: Log, row: Checkpoint, root: bytes | None, keys: Keys) -> Iterator[Difference]:
    what = f"checkpoint {log.origin}@{row.size}"
    try:
        said = checkpoint.parse(row.note)
        is_same = (said.origin, said.size, said.root.hex()) == (log.origin, row.size, row.root)
    except ValueError:
        is_same = False
    if not is_same:
        yield Difference(what, "checkpoint-changed", "检查点的签名文本与其条数或树根不符")
    if keys and not is_signed_at(row.note, row.size, keys):
        yield Difference(what, "signature-invalid", "检查点的签名无效")
    if root and root.hex() != row.root:
        yield Difference(what, "root-differs", "按现有的叶和节点重新计算，树根与检查点不同")


def is_signed_at(note: str, size: int, keys: Keys) -> bool:
    """Whether a key signed the note that signed at this size: a key that was replaced signs nothing later."""
    return any(checkpoint.is_signed(note, key) for key, until in keys if until is None or size <= until)


def _link_findings(log: Log) -> Iterator[Difference]:
    """A log that continues another says so in its row and in its first event, and names what was published."""
    what = f"log {log.origin}"
    said = Event.objects.filter(leaf__log=log, leaf__index=0, name="register.continued").first()
    told = [said.public.get(f"predecessor_{name}") for name in ("origin", "size", "root")] if said else ["", 0, ""]
    if told != [log.predecessor_origin, log.predecessor_size, log.predecessor_root]:
        yield Difference(what, "link-changed", "续接的前一日志与登记簿中续接事件所述不同")
    known = Checkpoint.objects.filter(log__origin=log.predecessor_origin, size=log.predecessor_size).first()
    if known and known.root != log.predecessor_root:
        yield Difference(what, "link-differs", "续接时所述的前一日志树根与其检查点不同")
