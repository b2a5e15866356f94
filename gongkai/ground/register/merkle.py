"""The Merkle tree of RFC 9162 section 2.1 (same hashing as RFC 6962): pure functions, no database.

A tree of ``size`` leaves is held as its *complete* subtrees only: node (level, offset) covers the leaves
``offset << level`` up to ``(offset + 1) << level``. Such a node never changes again, so nodes are written once. Every
root and every proof is folded from at most two nodes a level: the functions that end in ``_spans`` name the ranges of
leaves, `subtrees` names the nodes of a range, and whoever holds the nodes fetches them all in one query.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

#: The root of a tree without leaves.
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Place(NamedTuple):
    """Where a complete subtree stands: its height above the leaves, and its number from the left, 0 first."""

    level: int
    offset: int


class Span(NamedTuple):
    """A half-open range of leaves; its start is a multiple of the power of two that its length needs."""

    start: int
    end: int


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over neighbouring complete subtrees, the largest first; the empty root for none."""
    if not hashes:
        return EMPTY_ROOT
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result


def subtrees(span: Span) -> list[Place]:
    """The complete subtrees that make up a span, the largest first."""
    places: list[Place] = []
    start, left = span.start, span.end - span.start
    while left:
        level = left.bit_length() - 1
        places.append(Place(level, start >> level))
        start += 1 << level
        left -= 1 << level
    return places


def inner_nodes(size: int) -> int:
    """How many complete subtrees above the leaves a tree of this size has."""
    return size - size.bit_count()


class Frontier:
    """The right edge of a growing tree: one hash for each complete subtree of its size, the largest first."""

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        if len(edge) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has an edge of {size.bit_count()} hashes, not {len(edge)}")
        self.size = size
        self.edge = list(edge)

    def append(self, leaf: bytes) -> list[tuple[Place, bytes]]:
        """Add a leaf hash; the inner nodes that became complete."""
        completed: list[tuple[Place, bytes]] = []
        level, offset, carried = 0, self.size, leaf
        while offset & 1:
            carried = node_hash(self.edge.pop(), carried)
            level, offset = level + 1, offset >> 1
            completed.append((Place(level, offset), carried))
        self.edge.append(carried)
        self.size += 1
        return completed

    def extend(self, leaves: Iterable[bytes]) -> list[tuple[Place, bytes]]:
        """Add leaf hashes; the inner nodes that became complete."""
        return [node for leaf in leaves for node in self.append(leaf)]

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return fold(self.edge)


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose hashes prove that leaf ``index`` is in the tree of ``size`` leaves, the lowest first."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans whose hashes prove that the tree of ``old`` leaves is the beginning of the tree of ``new``."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new}")
    spans: list[Span] = []
    start, end = 0, new
    while old < end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    if start:
        spans.append(Span(start, end))
    return spans[::-1]


def path(spans: Sequence[Span], nodes: Mapping[Place, bytes]) -> list[bytes]:
    """The proof over the spans, from the fetched nodes."""
    return [fold([nodes[place] for place in subtrees(span)]) for span in spans]


def _split(length: int) -> int:
    """The largest power of two smaller than the length."""
    return 1 << ((length - 1).bit_length() - 1)


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            result = node_hash(sibling, result)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and result == root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows the old tree to be the beginning of the new one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new:
        return False
    steps = [*([old_root] if old & (old - 1) == 0 else []), *proof]
    if not steps:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
