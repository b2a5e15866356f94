"""Structured text: what a document says, as an ordered list of blocks. Bodies of editions have the same shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

BlockType = Literal["paragraph", "heading", "table"]


@dataclass(frozen=True)
class Block:
    """One paragraph, heading (level 1 to 4) or table (caption, columns, rows of equal length)."""

    type: BlockType
    text: str = ""
    level: int = 0
    caption: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def as_json(self) -> dict[str, object]:
        """The block as stored in an edition: only the keys its type uses."""
        if self.type == "table":
            return {
                "type": "table",
                "caption": self.caption,
                "columns": list(self.columns),
                "rows": [list(row) for row in self.rows],
            }
        if self.type == "heading":
            return {"type": "heading", "level": self.level, "text": self.text}
        return {"type": "paragraph", "text": self.text}

    def lines(self) -> Iterator[str]:
        """The block's text, line by line, as checks and searches read it."""
        if self.type != "table":
            yield self.text
            return
        if self.caption:
            yield self.caption
        if self.columns:
            yield "\t".join(self.columns)
        for row in self.rows:
            yield "\t".join(row)


@dataclass(frozen=True)
class TextWarning:
    """Something the reader saw and did not silently repair. Codes: interfaces.md, closed list."""

    code: str
    place: str
    found: str = ""
    expected: str = ""
    message: str = ""


@dataclass(frozen=True)
class StructuredText:
    """The blocks of a file, what its head said about itself (labels as printed), and the reader's warnings."""

    blocks: tuple[Block, ...]
    title: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    warnings: tuple[TextWarning, ...] = ()
    encoding: str = ""
    media_type: str = ""
    attachments: tuple[tuple[str, str], ...] = field(default=())

    def lines(self) -> Iterator[str]:
        """All text lines in reading order."""
        for block in self.blocks:
            yield from block.lines()

    def plain(self) -> str:
        """The whole text, a line a paragraph or table row."""
        return "\n".join(self.lines())
