"""A text that a page holds several times over: found by equal runs of lines, kept once, told in a warning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.domains.documents.reader.lines import Line

_FEWEST_LINES = 5
_FEWEST_SIGNS = 200


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
    least = max(_FEWEST_SIGNS, sum(len(line.bare) for line in lines) // 5)
    left = [line for line in lines if line.table is None]
    dropped: set[int] = set()
    copies, first = 1, 0
    while (run := _longest_repeat(left, least)) is not None:
        start, again, length = run
        first = first or left[start].number
        copies += 1
        dropped.update(line.number for line in left[again : again + length])
        left = left[:again] + left[again + length :]
    return Repetition(frozenset(dropped), copies, first) if dropped else None


def _longest_repeat(lines: Sequence[Line], least: int) -> tuple[int, int, int] | None:
    """The first run of lines that occurs again: its start, the start of the copy, its length."""
    seen: dict[str, int] = {}
    index = 0
    while index < len(lines):
        start = seen.setdefault(lines[index].bare, index)
        if start != index:
            length = _equal_run(lines, start, index)
            if length >= _FEWEST_LINES and sum(len(line.bare) for line in lines[index : index + length]) >= least:
                return start, index, length
        index += 1
    return None


def _equal_run(lines: Sequence[Line], start: int, again: int) -> int:
    length = 0
    while (
        start + length < again
        and again + length < len(lines)
        and lines[start + length].bare == lines[again + length].bare
    ):
        length += 1
    return length
