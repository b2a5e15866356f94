"""The lines of a document in reading order, and what each was recognised as."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gongkai.ground.files.text import Block, StructuredText

_BLANK = re.compile(r"\s+")
_HAN_BLANK = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")


@dataclass(frozen=True)
class Line:
    """One line (or one table) with its ordinal among the lines that are not empty, counted from 1.

    ``block`` is the block it came from; a block of several lines is one cell or paragraph of the source.
    """

    number: int
    text: str
    block: int
    table: Block | None = None

    @property
    def bare(self) -> str:
        """The text without any white space, as comparisons use it."""
        return bare(self.text)


def words(text: str) -> tuple[str, ...]:
    """A list of words written with blanks between them."""
    return tuple(text.split())


def bare(text: str) -> str:
    """A text without white space."""
    return _BLANK.sub("", text)


def joined_han(text: str) -> str:
    """A text without the white space between Chinese signs, which printing put there to fill a line."""
    return _HAN_BLANK.sub("", text.strip())


def lines_of(text: StructuredText) -> list[Line]:
    """All lines of a structured text; a table is one line without text."""
    found: list[Line] = []
    for block_number, block in enumerate(text.blocks):
        if block.type == "table":
            found.append(Line(len(found) + 1, "", block_number, block))
            continue
        for part in block.text.split("\n"):
            if part.strip():
                found.append(Line(len(found) + 1, part.strip(), block_number))
    return found


def place_of(line: Line, role: str) -> str:
    """Where a value stands, in words: its role and the line."""
    return f"{role}（第{line.number}行）"


def text_length(lines: Iterable[Line]) -> int:
    """How many signs that are not white space the lines hold, tables included."""
    return sum(len(bare("".join(line.table.lines()))) if line.table else len(line.bare) for line in lines)
