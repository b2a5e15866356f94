"""Two sequences laid beside each other within a budget: what stayed, went and came, at a bounded cost.

The standard library takes the cube of the length on texts made to be slow. Here every step is paid for from a
budget; where it is spent, what is left counts as replaced, which is true, only less fine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Any

#: Steps of one comparison: about half a second on a small machine.
STEPS = 3_000_000
#: Paragraphs of a replaced stretch are paired by likeness up to this many pairs, else in their order.
MOST_PAIRS = 2500
ALIKE = 0.4


@dataclass
class Budget:
    """Steps that are left for a comparison; ``is_spent`` once something had to be left uncompared."""

    left: int = STEPS
    is_spent: bool = False

    def pay(self, price: int) -> bool:
        """Take a price; False where it is too high for what is left."""
        if price > self.left:
            self.is_spent = True
            return False
        self.left -= price
        return True


@dataclass(frozen=True)
class Stretch:
    """A run of both sequences: ``one[i:j]`` against ``other[k:m]``, the same or replaced."""

    is_same: bool
    i: int
    j: int
    k: int
    m: int


def stretches(one: Sequence[Any], other: Sequence[Any], budget: Budget, least: int = 1) -> Iterator[Stretch]:
    """What stayed and what was replaced, in order.

    A common run shorter than ``least`` between long changes counts as replaced: single letters that two sentences
    happen to share would only disturb the reader.
    """
    i = k = 0
    for start, place, length in _blocks(one, other, budget):
        is_end = start + length == len(one) and place + length == len(other)
        if length < least and start and not is_end and (start - i) + (place - k) > 3 * least:
            continue
        if start > i or place > k:
            yield Stretch(False, i, start, k, place)
        if length:
            yield Stretch(True, start, start + length, place, place + length)
        i, k = start + length, place + length


def _blocks(one: Sequence[Any], other: Sequence[Any], budget: Budget) -> Iterator[tuple[int, int, int]]:
    """Matching runs (start in one, start in other, length) in order, the common head and tail first split off."""
    shorter = min(len(one), len(other))
    head = next((n for n in range(shorter) if one[n] != other[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if one[-1 - n] != other[-1 - n]), rest)
    if head:
        yield 0, 0, head
    middle = _searched(one[head : len(one) - tail], other[head : len(other) - tail], budget)
    yield from ((i + head, k + head, length) for i, k, length in middle)
    yield len(one) - tail, len(other) - tail, tail


def _searched(one: Sequence[Any], other: Sequence[Any], budget: Budget) -> list[tuple[int, int, int]]:
    if not one or not other or not budget.pay(len(one) + len(other)):
        return []
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    places: dict[Any, list[int]] = matcher.b2j  # type: ignore[attr-defined]
    paid = [0, *accumulate(1 + len(places.get(item, ())) for item in one)]
    found, waiting = [], [(0, len(one), 0, len(other))]
    while waiting:
        i, j, k, m = waiting.pop()
        if i >= j or k >= m or not budget.pay(paid[j] - paid[i]):
            continue
        block = matcher.find_longest_match(i, j, k, m)
        if block.size:
            found.append((block.a, block.b, block.size))
            waiting.append((i, block.a, k, block.b))
            waiting.append((block.a + block.size, j, block.b + block.size, m))
    return sorted(found)


def paired(one: Sequence[str], other: Sequence[str], budget: Budget) -> list[tuple[str | None, str | None]]:
    """Replaced paragraphs beside those they became: by likeness, in order; None where there is no counterpart."""
    if len(one) == len(other) == 1:
        return [(one[0], other[0])]
    price = len(one) * len(other)
    if price > MOST_PAIRS or not budget.pay(64 * price):
        return _in_order(one, other)
    return _by_likeness(one, other)


def _in_order(one: Sequence[str], other: Sequence[str]) -> list[tuple[str | None, str | None]]:
    both: list[tuple[str | None, str | None]] = list(zip(one, other, strict=False))
    gone = [(text, None) for text in one[len(other) :]]
    return both + gone + [(None, text) for text in other[len(one) :]]


def _by_likeness(one: Sequence[str], other: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """The pairing, in order, whose likenesses sum up highest."""
    before, after = [Counter(text) for text in one], [Counter(text) for text in other]
    alike = [[_likeness(left, right) for right in after] for left in before]
    best = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in reversed(range(len(one))):
        for k in reversed(range(len(other))):
            best[i][k] = max(best[i + 1][k], best[i][k + 1], alike[i][k] and alike[i][k] + best[i + 1][k + 1])
    found: list[tuple[str | None, str | None]] = []
    i = k = 0
    while i < len(one) or k < len(other):
        if i < len(one) and k < len(other) and alike[i][k] and best[i][k] == alike[i][k] + best[i + 1][k + 1]:
            found.append((one[i], other[k]))
            i, k = i + 1, k + 1
        elif i < len(one) and (k == len(other) or best[i][k] == best[i + 1][k]):
            found.append((one[i], None))
            i += 1
        else:
            found.append((None, other[k]))
            k += 1
    return found


def _likeness(left: Counter[str], right: Counter[str]) -> float:
    """The share of letters two paragraphs have in common, 0 where they are not alike at all."""
    total = left.total() + right.total()
    share = 2 * (left & right).total() / total if total else 0.0
    return share if share >= ALIKE else 0.0
