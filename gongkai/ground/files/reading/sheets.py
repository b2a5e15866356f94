"""Workbooks and comma-separated files as tables."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import re
import zipfile
import zlib
from collections.abc import Sequence

from python_calamine import CalamineError, CalamineWorkbook

from gongkai.ground.files import media
from gongkai.ground.files.reading.grids import plain_rows, table
from gongkai.ground.files.reading.plain import decode, tidy
from gongkai.ground.files.refusals import BROKEN
from gongkai.ground.files.text import Block, StructuredText, TextWarning
from gongkai.ground.refusal import Refused

_MOST_CELLS = 500_000
_CELL = re.compile(rb"<c [^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"")


def read_workbook(data: bytes) -> StructuredText:
    """Each sheet of an xlsx or xls workbook that has text is a table under the sheet's name."""
    blocks: list[Block] = []
    warnings: list[TextWarning] = []
    _refuse_huge(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > _MOST_CELLS:
                warnings.append(TextWarning("truncated", name, message="工作表过大，没有读取。"))
                continue
            rows = [[_shown(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
            _fill_merged(rows, sheet.merged_cell_ranges or [])
            block, found = table(plain_rows(rows), caption=name, place=name)
            if block is not None:
                blocks.append(block)
                warnings.extend(found)
    except (CalamineError, OSError) as error:
        raise Refused(BROKEN, problem=f"工作簿无法读取（{type(error).__name__}）") from error
    return StructuredText(blocks=tuple(blocks), warnings=tuple(warnings), media_type=media.sniff(data))


def _refuse_huge(data: bytes) -> None:
    """Refuse a sheet whose two far corners would make the reader reserve memory for every cell between them."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and _area(archive.read(name)) > 10 * _MOST_CELLS:
                    raise Refused(BROKEN, problem="工作表的单元格跨度过大")
    except (zipfile.BadZipFile, OSError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Refused(BROKEN, problem="压缩结构不完整") from error


def _area(sheet: bytes) -> int:
    rows, columns = 0, 0
    for letters, digits in _CELL.findall(sheet):
        rows = max(rows, int(digits))
        columns = max(columns, functools.reduce(lambda sum_, letter: sum_ * 26 + letter - 64, letters, 0))
    return rows * columns


def read_csv(data: bytes) -> StructuredText:
    """A comma-separated file as one table."""
    text, encoding, warnings = decode(data)
    rows = [[tidy(value) for value in row] for row in csv.reader(io.StringIO(text))]
    block, found = table(plain_rows(rows), place="全文")
    return StructuredText(
        blocks=(block,) if block else (),
        warnings=(*warnings, *found),
        encoding=encoding,
        media_type=media.CSV,
    )


def _shown(value: object) -> str:
    """A cell as a person reads it: whole numbers without a point, days and moments in ISO form."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return tidy(str(value))


def _fill_merged(rows: list[list[str]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Repeat a merged cell's text in every place it covers."""
    for (top, left), (bottom, right) in ranges:
        if not (top < len(rows) and left < len(rows[top])):
            continue
        text = rows[top][left]
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                row[column] = text
