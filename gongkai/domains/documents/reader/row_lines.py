"""Tables that were saved one row a line, cells set apart by blanks (任务分工表): merged cells are found again.

A cell that spans rows is printed once, so later rows lack it: goals and tasks are carried down, responsible units are
inherited and marked. At a page break the spanning cell is printed again; a narrow cell may be broken over lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.domains.documents.reader.lines import Line, bare
from gongkai.domains.documents.reader.tables import NUMBER_HEADS, FoundTable, caption_above, heads_in

_ENDS = ("。", "；", ";", "！")
_STOP = re.compile(r"附件|附[:：]|抄送|.{2,40}\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日")


@dataclass
class _Row:
    """One row while it is put together."""

    lead: tuple[str, ...]
    number: str
    task: tuple[str, ...]
    text: str
    rest: tuple[str, ...]


@dataclass
class _Builder:
    """What is carried from row to row."""

    columns: tuple[str, ...]
    at: int
    rows: list[_Row] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    lead: tuple[str, ...] = ()
    number: int = 0
    task: tuple[str, ...] = ()
    notes: set[str] = field(default_factory=set)

    def take(self, cells: list[str]) -> bool:
        """Add a line's cells; False where the line is no row of this table."""
        at = next((place for place, cell in enumerate(cells[: self.at + 3]) if cell == str(self.number + 1)), None)
        if at is not None and at < len(cells) - 1:
            return self._numbered(cells[:at], cells[at + 1 :])
        long = _long_cell(cells)
        if long is None:
            return self._fragment(cells)
        if self.number == 0:
            return False
        if long > 0:
            self._repeated(cells[:long])
        return self._add(cells[long], cells[long + 1 :])

    def _numbered(self, before: list[str], after: list[str]) -> bool:
        long = _long_cell(after)
        if long is None or (self.at and not before and not self.pending and not self.lead):
            return False
        printed = "".join([*self.pending, *before])
        if self.pending:
            self.notes.add("跨行的单元格被拆开")
        if printed:
            if self.lead and bare(printed) == bare("".join(self.lead)):
                self.notes.add("换页处重复印出的单元格")
            self.lead = (printed,)
        self.pending = []
        self.number += 1
        self.task = ("".join(after[:long]),)
        return self._add(after[long], after[long + 1 :])

    def _fragment(self, cells: list[str]) -> bool:
        """A short line by itself is a piece of the spanning cell that stands before the next number."""
        if not self.at or len(cells) > 2 or sum(map(len, cells)) > 30 or len(self.pending) > 3:
            return False
        self.pending.append("".join(cells))
        return True

    def _repeated(self, printed: list[str]) -> None:
        if bare("".join(printed)) == bare("".join(self.lead)):
            self.notes.add("换页处重复印出的单元格")
        else:
            self.notes.add("行首有无法归列的文字：" + "".join(printed)[:20])

    def _add(self, text: str, rest: list[str]) -> bool:
        width = len(self.columns) - self.at - 3
        if width == 0 and rest:
            text, rest = text + "".join(rest), []
        elif len(rest) > width:
            rest = [*rest[: width - 1], "".join(rest[width - 1 :])]
        self.rows.append(_Row(self.lead, str(self.number), self.task, text, tuple(rest)))
        return True


def find_row_tables(lines: Sequence[Line]) -> list[FoundTable]:
    """Every table of this form, in order. Where a head is not followed by rows that fit, nothing is made of it."""
    found: list[FoundTable] = []
    index = 0
    while index < len(lines):
        cells = _cells(lines[index])
        table = _read(lines, index, cells) if heads_in(cells) else None
        if table is not None:
            found.append(table)
            index = next(place for place, line in enumerate(lines) if line.number == max(table.numbers))
        index += 1
    return found


def _cells(line: Line) -> list[str]:
    return line.text.split() if line.table is None else []


def _long_cell(cells: Sequence[str]) -> int | None:
    """The first cell that is a sentence: the column of texts."""
    return next((place for place, cell in enumerate(cells) if cell.endswith(_ENDS) and len(cell) > 8), None)


def _read(lines: Sequence[Line], index: int, heads: list[str]) -> FoundTable | None:
    at = next(place for place, head in enumerate(heads) if bare(head) in NUMBER_HEADS)
    if len(heads) < at + 3 or at > 1:
        return None
    builder = _Builder(tuple(heads), at)
    last = index
    for place in range(index + 1, len(lines)):
        line = lines[place]
        if line.table is not None or _STOP.match(line.text) or not builder.take(_cells(line)):
            break
        if not builder.pending:
            last = place
    if builder.number < 2:
        return None
    numbers = frozenset(line.number for line in lines[index : last + 1])
    return _finished(builder, caption_above(lines, index), numbers)


def _finished(builder: _Builder, caption: str, numbers: frozenset[int]) -> FoundTable:
    width = len(builder.columns) - builder.at - 3
    rows: list[tuple[str, ...]] = []
    inherited: dict[str, list[int]] = {}
    for place, row in enumerate(builder.rows):
        rest = list(row.rest)
        for missing in range(len(rest), width):
            above = rows[-1][builder.at + 3 + missing] if rows else ""
            rest.append(above)
            inherited.setdefault(builder.columns[builder.at + 3 + missing], []).append(place)
        lead = row.lead if builder.at else ()
        rows.append((*lead, row.number, *row.task, row.text, *rest))
    notes = sorted(builder.notes)
    for column, places in inherited.items():
        notes.append(f"“{column}”有 {len(places)} 行未印出，沿用上一行")
    return FoundTable(
        caption=caption,
        columns=builder.columns,
        rows=tuple(rows),
        first_line=min(numbers),
        numbers=numbers,
        groups=_groups(builder, rows, inherited),
        inherited=inherited,
        notes=tuple(notes),
    )


def _groups(
    builder: _Builder, rows: Sequence[tuple[str, ...]], inherited: dict[str, list[int]]
) -> tuple[dict[str, object], ...]:
    """Goals over tasks over rows (or tasks over rows), each task with the units of its rows."""
    at = builder.at
    tasks: list[dict[str, object]] = []
    for start, end in _spans([row[at] for row in rows]):
        task: dict[str, object] = {"column": builder.columns[at + 1], "number": rows[start][at]}
        task |= {"text": rows[start][at + 1], "start": start, "end": end}
        if len(builder.columns) > at + 3:
            absent = set(inherited.get(builder.columns[at + 3], ()))
            task["units"] = [
                {"row": place, "text": rows[place][at + 3], "inherited": place in absent} for place in range(start, end)
            ]
        tasks.append(task)
    if not at:
        return tuple(tasks)
    return tuple(
        {
            "column": builder.columns[0],
            "text": rows[start][0],
            "start": start,
            "end": end,
            "groups": [task for task in tasks if start <= _start(task) < end],
        }
        for start, end in _spans([row[0] for row in rows])
    )


def _start(task: dict[str, object]) -> int:
    start = task["start"]
    assert isinstance(start, int)
    return start


def _spans(values: Sequence[str]) -> list[tuple[int, int]]:
    """The runs of equal neighbours as (start, end)."""
    starts = [place for place, value in enumerate(values) if place == 0 or bare(value) != bare(values[place - 1])]
    return list(zip(starts, [*starts[1:], len(values)], strict=True))
