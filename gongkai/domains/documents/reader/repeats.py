"""A text that a page holds several times over: found by equal runs of lines, kept once, told in a warning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.domains.documents.reader.lines import Line

_FEWEST_LINES = 5
_FEWEST_SIGNS = 200
# A list of equal words would compare each of them with all others.
_MOST_COMPARISONS = 200_000


@dataclass(frozen=True)
class Repetition:
    """The lines of the later copies, how many copies there are with the first, and where the first one begins."""

    numbers: frozenset[int]
    copies: int
    first: int


def find_repetition(lines: Sequence[Line]) -> Repetition | None:
    """The later copies of a text that stands there more than once, or None.

    A copy counts where at least five lines in a row, together 200 signs and a fifth of the whole, are equal.
    """
    left = [line for line in lines if line.table is None]
    run = _first_repeat(left, max(_FEWEST_SIGNS, sum(len(line.bare) for line in lines) // 5))
    if run is None:
        return None
    start, again, length = run
    block = [line.bare for line in left[start : start + length]]
    dropped: list[int] = []
    copies, index = 1, again
    while index + length <= len(left):
        part = left[index : index + length]
        if part[0].bare == block[0] and [line.bare for line in part] == block:
            dropped.extend(line.number for line in part)
            copies += 1
            index += length
        else:
            index += 1
    return Repetition(frozenset(dropped), copies, left[start].number)


def _first_repeat(lines: Sequence[Line], least: int) -> tuple[int, int, int] | None:
    """The first run of lines that occurs again: its start, the start of the copy, its length."""
    seen: dict[str, int] = {}
    compared = 0
    for index, line in enumerate(lines):
        start = seen.setdefault(line.bare, index)
        if start == index:
            continue
        length = _equal_run(lines, start, index)
        compared += length
        if length >= _FEWEST_LINES and sum(len(part.bare) for part in lines[index : index + length]) >= least:
            return start, index, length
        if compared > _MOST_COMPARISONS:
            return None
    return None


def _equal_run(lines: Sequence[Line], start: int, again: int) -> int:
    length = 0
    last = min(again - start, len(lines) - again)
    while length < last and lines[start + length].bare == lines[again + length].bare:
        length += 1
    return length
