"""Plain text whose paragraphs are set apart by empty lines: a paragraph of several lines is one cell of the page."""

from __future__ import annotations

import re

from gongkai.ground.files import media
from gongkai.ground.files.reading import read
from gongkai.ground.files.reading.plain import decode, tidy
from gongkai.ground.files.text import Block, StructuredText

_BREAK = re.compile(r"\r\n|[\r\n\v\f\u2028\u2029]")


def structured(data: bytes, filename: str) -> StructuredText:
    """The structured text of a file. Plain text keeps its empty lines as paragraph bounds.

    Raises Refused as ``gongkai.ground.files.reading.read`` does.
    """
    if media.sniff(data, filename) != media.TEXT:
        return read(data, filename)
    text, encoding, warnings = decode(data)
    return StructuredText(
        blocks=tuple(Block("paragraph", text=part) for part in _paragraphs(text)),
        warnings=tuple(warnings),
        encoding=encoding,
        media_type=media.TEXT,
    )


def _paragraphs(text: str) -> list[str]:
    """Lines as paragraphs; where most lines stand apart, the groups between empty lines."""
    lines = [tidy(line) for line in _BREAK.split(text)]
    filled = sum(1 for line in lines if line)
    if 2 * (len(lines) - filled) < filled:
        return [line for line in lines if line]
    groups: list[list[str]] = [[]]
    for line in lines:
        if line:
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    return ["\n".join(group) for group in groups if group]
