"""Reading the stored tree: all nodes that a root or a proof needs, in two queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q

from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register import merkle
from gongkai.ground.register.merkle import Place, Span
from gongkai.ground.register.models import Leaf, TreeNode

DAMAGED = wording(
    "register.damaged",
    what="登记簿 {origin} 的存储与其检查点不符（{detail}），已停止写入新的检查点。",
    todo="请运行 gongkai register verify 查明差异，并保留现场；确需从备份恢复的，恢复后续接登记簿。",
    status=503,
)


def nodes(log_id: int, places: Iterable[Place]) -> dict[Place, bytes]:
    """The hashes at these places: leaves from one query, inner nodes from another.

    Raises Refused(register.damaged) when one is missing.
    """
    wanted: dict[int, list[int]] = defaultdict(list)
    for place in (distinct := set(places)):
        wanted[place.level].append(place.offset)
    found: dict[Place, bytes] = {}
    if bottom := wanted.pop(0, None):
        leaves = Leaf.objects.filter(log_id=log_id, index__in=bottom).values_list("index", "leaf_hash")
        found |= {Place(0, index): bytes.fromhex(text) for index, text in leaves}
    if wanted:
        levels = [Q(level=level, index__in=indexes) for level, indexes in wanted.items()]
        found |= {place: bytes.fromhex(text) for place, text in inner_nodes(log_id, levels)}
    if len(found) != len(distinct):
        raise Refused(DAMAGED, origin=log_id, detail="缺少节点")
    return found


def inner_nodes(log_id: int, levels: Sequence[Q]) -> Iterator[tuple[Place, str]]:
    """The stored inner nodes under conditions of one level each, in one query.

    A union, because for conditions joined by OR SQLite may choose to read the whole log.
    """
    first, *others = [
        TreeNode.objects.filter(where, log_id=log_id).values_list("level", "index", "hash") for where in levels
    ]
    for level, index, text in first.union(*others, all=True) if others else first:
        yield Place(level, index), text


def frontier(log_id: int, size: int) -> merkle.Frontier:
    """The right edge of the stored tree at this size."""
    edge = merkle.subtrees(Span(0, size))
    found = nodes(log_id, edge)
    return merkle.Frontier(size, [found[place] for place in edge])


def paths(log_id: int, proofs: Sequence[Sequence[Span]]) -> list[list[bytes]]:
    """Several proofs at once, each over its spans, with the queries of one."""
    found = nodes(log_id, {place for spans in proofs for span in spans for place in merkle.subtrees(span)})
    return [merkle.path(spans, found) for spans in proofs]
