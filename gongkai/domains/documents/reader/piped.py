"""Tables saved as text with bars: ``| 序号 | 事项 |`` or ``序号 | 事项``; heads of the same form are labels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.domains.documents.reader.lines import Line
from gongkai.domains.documents.reader.tables import FoundTable, caption_above

_RULE = re.compile(r":?-{2,}:?")
_FEWEST_CELLS = 3


def cells_of(text: str) -> list[str]:
    """The cells of a line with bars; [] for a line without."""
    if "|" not in text and "｜" not in text:
        return []
    inner = text.replace("｜", "|").strip()
    inner = inner.removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in inner.split("|")]


def find_piped_tables(lines: Sequence[Line]) -> list[FoundTable]:
    """Every run of two or more lines with the same number of cells, at least three."""
    found: list[FoundTable] = []
    index = 0
    while index < len(lines):
        width = _width(lines[index])
        end = index
        while end < len(lines) and width >= _FEWEST_CELLS and _width(lines[end]) == width:
            end += 1
        if end - index > 1:
            found.append(_table(lines, index, end))
        index = max(end, index + 1)
    return found


def _width(line: Line) -> int:
    return len(cells_of(line.text)) if line.table is None else 0


def _table(lines: Sequence[Line], start: int, end: int) -> FoundTable:
    rows = [tuple(cells_of(line.text)) for line in lines[start:end]]
    rows = [row for row in rows if not all(_RULE.fullmatch(cell) for cell in row)]
    caption = caption_above(lines, start)
    # A title over all columns is a row with one cell filled.
    while len(rows) > 1 and sum(map(bool, rows[0])) == 1:
        caption = "".join(rows.pop(0))
    head, *rest = rows
    return FoundTable(
        caption=caption,
        columns=head,
        rows=tuple(rest),
        first_line=lines[start].number,
        numbers=frozenset(line.number for line in lines[start:end]),
    )
