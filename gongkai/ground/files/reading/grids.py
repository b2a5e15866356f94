"""Tables: merged cells repeated in every place they cover, rows of equal length, the head row found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongkai.ground.files.text import Block, TextWarning

# A cell may claim any span; without these bounds one cell of 100,000 columns would fill the memory.
_WIDEST = 200
_LONGEST_SPAN = 2_000
_MOST_CELLS = 500_000


@dataclass(frozen=True)
class Cell:
    """One cell as its file states it: text, how many columns and rows it covers, whether it is a head cell."""

    text: str
    columns: int = 1
    rows: int = 1
    is_head: bool = False


def spread(rows: Sequence[Sequence[Cell]]) -> tuple[list[list[Cell]], bool]:
    """The rows with every merged cell repeated where it covers, and whether they were of unequal length."""
    grid: list[list[Cell]] = []
    hanging: dict[int, tuple[Cell, int]] = {}
    total = 0
    for row in rows:
        line, hanging = _spread_row(row, hanging)
        total += len(line)
        if total > _MOST_CELLS:
            break
        grid.append(line)
    width = max((len(line) for line in grid), default=0)
    is_irregular = any(len(line) != width for line in grid)
    for line in grid:
        line.extend(Cell("") for _ in range(width - len(line)))
    return grid, is_irregular


def _spread_row(
    row: Sequence[Cell], hanging: dict[int, tuple[Cell, int]]
) -> tuple[list[Cell], dict[int, tuple[Cell, int]]]:
    line: list[Cell] = []
    below: dict[int, tuple[Cell, int]] = {}

    def place(cell: Cell, rows_left: int) -> None:
        if rows_left > 0:
            below[len(line)] = (cell, rows_left)
        line.append(cell)

    for cell in row:
        while len(line) in hanging:
            above, rows_left = hanging.pop(len(line))
            place(above, rows_left - 1)
        for _ in range(min(max(cell.columns, 1), _WIDEST)):
            place(cell, min(max(cell.rows, 1), _LONGEST_SPAN) - 1)
    while len(line) in hanging:
        above, rows_left = hanging.pop(len(line))
        place(above, rows_left - 1)
    return line, below


def table(rows: Sequence[Sequence[Cell]], caption: str = "", place: str = "") -> tuple[Block | None, list[TextWarning]]:
    """A table block of the rows; None where no cell has text. Unequal rows are filled up and warned about."""
    grid, is_irregular = spread(rows)
    grid = [line for line in grid if any(cell.text for cell in line)]
    if not grid:
        return None, []
    head_rows = _head_rows(grid)
    columns = tuple(cell.text for cell in grid[0]) if head_rows else ()
    body = tuple(tuple(cell.text for cell in line) for line in grid[1 if head_rows else 0 :])
    warnings = []
    if is_irregular:
        message = "表格各行的列数不一致，缺少的单元格按空白补齐。"
        warnings.append(TextWarning("table-irregular", place, message=message))
    return Block("table", caption=caption, columns=columns, rows=body), warnings


def plain_rows(rows: Iterable[Sequence[str]]) -> list[list[Cell]]:
    """Rows of texts as cells."""
    return [[Cell(text) for text in row] for row in rows]


def _head_rows(grid: Sequence[Sequence[Cell]]) -> int:
    """1 where the first row heads the columns: marked so, or short, distinct, filled words over further rows."""
    first = grid[0]
    if all(cell.is_head for cell in first):
        return 1
    texts = [cell.text for cell in first]
    if len(grid) < 2 or len(texts) < 2 or len(set(texts)) != len(texts):
        return 0
    is_label = all(text and len(text) <= 24 and not text.endswith((":", "：")) for text in texts)
    has_figure = any(text.replace(",", "").replace(".", "").isdigit() for text in texts)
    return 1 if is_label and not has_figure else 0
