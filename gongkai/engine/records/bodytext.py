"""A body as plain text and back, for editors without a rich text field. Both ways are exact.

One paragraph a line; ``# `` to ``#### `` begin a heading; a table is lines of ``| a | b |`` with a rule
``| --- | --- |`` under its column names and ``|= caption`` above it. An empty line only separates. A backslash takes
the meaning from the sign after it; ``\\n`` and ``\\r`` stand for a line break inside a paragraph or cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_HEADING = re.compile(r"(#{1,4})(?: (.*))?", re.DOTALL)
_RULE = re.compile(r"-{3,}")
_ESCAPES = {"n": "\n", "r": "\r"}


def text_of_body(body: Sequence[Mapping[str, Any]]) -> str:
    """The text in which ``body_of_text`` reads exactly this body again."""
    lines: list[str] = []
    is_after_table = False
    for block in body:
        is_table = block["type"] == "table"
        if is_table and is_after_table:
            lines.append("")
        lines.extend(_lines_of(block))
        is_after_table = is_table
    return "\n".join(lines)


def body_of_text(text: str) -> list[dict[str, Any]]:
    """The blocks of a typed text. Every text can be read; what is no heading and no table is a paragraph."""
    body: list[dict[str, Any]] = []
    table: list[str] = []
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if table and (not line.startswith("|") or line.startswith("|=")):
            body.append(_table(table))
            table = []
        if line.startswith("|"):
            table.append(line)
        elif line.strip():
            body.append(_heading_or_paragraph(line))
    return body


def _lines_of(block: Mapping[str, Any]) -> Iterator[str]:
    if block["type"] == "heading":
        yield f"{'#' * int(block['level'])} {_escape(block['text'])}"
    elif block["type"] == "table":
        yield from _table_lines(block)
    else:
        text = _escape(block["text"])
        yield f"\\{text}" if not text.strip() or text[0] in "#|" else text


def _table_lines(block: Mapping[str, Any]) -> Iterator[str]:
    columns, rows = block.get("columns", []), block.get("rows", [])
    caption = str(block.get("caption", ""))
    if caption or not (columns or rows):
        yield f"|= {_escape(caption)}"
    if columns:
        yield _row_line(columns)
        yield "|" + " --- |" * len(columns)
    for row in rows:
        yield _row_line(row)


def _row_line(cells: Sequence[str]) -> str:
    return "|" + "".join(f" {_cell_text(cell)} |" for cell in cells)


def _cell_text(cell: str) -> str:
    text = _escape(cell).replace("|", "\\|")
    if _RULE.fullmatch(text) or text[:1].isspace():
        text = f"\\{text}"
    if text[-1:].isspace() and not text.endswith("\\" + text[-1]):
        text = f"{text[:-1]}\\{text[-1]}"
    return text


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.?)", lambda found: _ESCAPES.get(found.group(1), found.group(1)), text, flags=re.DOTALL)


def _heading_or_paragraph(line: str) -> dict[str, Any]:
    found = _HEADING.fullmatch(line)
    if found:
        return {"type": "heading", "level": len(found.group(1)), "text": _unescape(found.group(2) or "")}
    return {"type": "paragraph", "text": _unescape(line)}


def _table(lines: list[str]) -> dict[str, Any]:
    caption = ""
    if lines[0].startswith("|="):
        caption = _unescape(lines[0][2:].removeprefix(" "))
        lines = lines[1:]
    rows = [_cells(line) for line in lines]
    columns: list[str] = []
    if len(rows) > 1 and rows[1] and all(_RULE.fullmatch(cell) for cell in rows[1]):
        columns, rows = rows[0], rows[2:]
    return {
        "type": "table",
        "caption": caption,
        "columns": [_unescape(cell) for cell in columns],
        "rows": [[_unescape(cell) for cell in row] for row in rows],
    }


def text_of_rows(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells as lines; ``rows_of_text`` reads exactly these rows again."""
    return "\n".join(_row_line(row) for row in rows)


def rows_of_text(text: str) -> list[list[str]]:
    """A row for each line that is not empty: cells between bars, or between tabs as a spreadsheet pastes them."""
    rows = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.strip():
            continue
        bare = line if line.lstrip().startswith("|") else f"|{line}"
        cells = line.split("\t") if "\t" in line and "|" not in line else map(_unescape, _cells(bare.lstrip()))
        rows.append([cell.strip() for cell in cells])
    return rows


def _cells(line: str) -> list[str]:
    """The cells of a line, still escaped; spaces around a cell that are not escaped are left out."""
    cells = [_trimmed(cell) for cell in re.findall(r"((?:[^\\|]|\\.|\\$)*)(?:\||$)", line[1:], flags=re.DOTALL)]
    # The pattern finds one empty cell more at the end; a closing bar that was forgotten costs nothing.
    return cells[:-1]


def _trimmed(cell: str) -> str:
    kept = cell.lstrip()
    bare = kept.rstrip()
    if len(bare) < len(kept) and (len(bare) - len(bare.rstrip("\\"))) % 2:
        bare = kept[: len(bare) + 1]
    return bare
