"""Tables that were saved one cell a line (a web page's table copied as text): items with their lines are found again.

The cells come in the order of the page's source: ordinal, item, first text, remark, then the further texts of the item.
A narrow cell keeps its line breaks; inside an item it is the name of a part (a second column of merged cells).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from gongkai.domains.documents.reader.lines import Line, bare, joined_han
from gongkai.domains.documents.reader.tables import NOTE_HEADS, NUMBER_HEADS, FoundTable, caption_above, heads_in
from gongkai.ground.files.text import Block

_REMARK = re.compile(r"总分|得分|计分|计入|另行|参照|详见|注[:：]|不计|视情")
_LONGEST_CELL = 200
_NARROW = 5
_MOST_COLUMNS = 8


@dataclass(frozen=True)
class _Cell:
    """One paragraph of the source: its text without line breaks, whether it was narrow, its lines."""

    text: str
    is_narrow: bool
    lines: tuple[Line, ...]


@dataclass
class _Item:
    """One item: its ordinal, its name, its texts as (part, text), the remark and the row it stands on."""

    number: str
    name: str
    texts: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""


def find_cell_tables(lines: Sequence[Line]) -> list[FoundTable]:
    """Every table of this form, in order. Where the cells cannot be put in columns, nothing is made of them."""
    cells = _cells(lines)
    found: list[FoundTable] = []
    index = 0
    while index < len(cells):
        width = _head_width(cells, index)
        read = _read(cells, index, width) if width else None
        if read is not None:
            found.append(read[0])
            index = read[1]
        else:
            index += 1
    return found


def _cells(lines: Sequence[Line]) -> list[_Cell]:
    """The paragraphs of the source, a table line as an empty cell that fits nowhere."""
    found = []
    for _, group in groupby(lines, key=lambda line: line.block):
        part = tuple(group)
        text = "" if part[0].table is not None else "".join(joined_han(line.text) for line in part)
        is_narrow = len(part) > 1 and max(len(line.bare) for line in part) <= _NARROW
        found.append(_Cell(text, is_narrow, part))
    return found


def _head_width(cells: Sequence[_Cell], index: int) -> int:
    """How many cells from here are a head row before a cell "1"; 0 where there is none."""
    if bare(cells[index].text) not in NUMBER_HEADS:
        return 0
    for width in range(3, _MOST_COLUMNS + 1):
        if index + width < len(cells) and cells[index + width].text == "1":
            return width if heads_in([cell.text for cell in cells[index : index + width]]) else 0
    return 0


def _read(cells: Sequence[_Cell], index: int, width: int) -> tuple[FoundTable, int] | None:
    heads = tuple(bare(cell.text) for cell in cells[index : index + width])
    items, end = _items(cells, index + width)
    if len(items) < 2:
        return None
    first = cells[index].lines[0]
    numbers = frozenset(line.number for cell in cells[index:end] for line in cell.lines)
    before = [line for cell in cells[:index] for line in cell.lines]
    caption = caption_above(before, len(before)) if before else ""
    if all(len(item) == width for item in items):
        rows = tuple(tuple(cell.text for cell in item) for item in items)
        return FoundTable(caption, heads, rows, first.number, numbers), end
    # Only item, texts and a remark can be told apart by their order; with more columns a person must do it.
    has_note = heads[-1] in NOTE_HEADS
    if width != (4 if has_note else 3):
        return None
    return _spanned([_item(item, has_note) for item in items], heads, has_note, (caption, first.number, numbers)), end


def _items(cells: Sequence[_Cell], start: int) -> tuple[list[list[_Cell]], int]:
    """The cells from one expected ordinal to the next; ends where a cell is too long or opens something else."""
    items: list[list[_Cell]] = []
    index = start
    while index < len(cells):
        cell = cells[index]
        if cell.text == str(len(items) + 1):
            items.append([cell])
        elif (
            not items
            or not cell.text
            or len(cell.text) > _LONGEST_CELL
            or re.match(r"附件\s*\d*[:：]?$|[一二三四五六七八九十]+、", cell.text)
        ):
            break
        else:
            items[-1].append(cell)
        index += 1
    return items, index


def _item(cells: Sequence[_Cell], has_note: bool) -> _Item:
    item = _Item(cells[0].text, cells[1].text if len(cells) > 1 else "")
    part = ""
    for cell in cells[2:]:
        if cell.is_narrow:
            part = cell.text
        elif has_note and len(item.texts) == 1 and not item.note and _REMARK.search(cell.text):
            item.note = cell.text
        else:
            item.texts.append((part, cell.text))
    return item


def _spanned(
    items: Sequence[_Item], heads: tuple[str, ...], has_note: bool, where: tuple[str, int, frozenset[int]]
) -> FoundTable:
    rows: list[tuple[str, ...]] = []
    parts: list[str] = []
    groups: list[dict[str, object]] = []
    for item in items:
        start = len(rows)
        for place, (part, text) in enumerate(item.texts or [("", "")]):
            note = (item.note if place == 0 else "",) if has_note else ()
            rows.append((item.number, item.name, text, *note))
            parts.append(part)
        group: dict[str, object] = {"column": heads[1], "number": item.number, "text": item.name}
        group |= {"start": start, "end": len(rows), "groups": _parts(parts, start)}
        if item.note:
            group["note"] = item.note
        groups.append(group)
    caption, first, numbers = where
    return FoundTable(
        caption, heads, tuple(rows), first, numbers, tuple(groups), block=_block(caption, heads, rows, parts)
    )


def _parts(parts: Sequence[str], start: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for part, group in groupby(range(start, len(parts)), key=lambda place: parts[place]):
        places = list(group)
        if part:
            found.append({"column": "", "text": part, "start": places[0], "end": places[-1] + 1, "groups": []})
    return found


def _block(caption: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], parts: Sequence[str]) -> Block:
    """The table for the body, with a column for the parts where there are any."""
    if not any(parts):
        return Block("table", caption=caption, columns=heads, rows=tuple(rows))
    return Block(
        "table",
        caption=caption,
        columns=(*heads[:2], f"{heads[1]}（细分）", *heads[2:]),
        rows=tuple((*row[:2], part, *row[2:]) for row, part in zip(rows, parts, strict=True)),
    )
