"""Tables for spreadsheets, as CSV and XLSX: no cell is ever taken for a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.http import HttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as UTF-8 CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return f"\ufeff{out.getvalue()}".encode()


def csv_answer(data: bytes, name: str) -> HttpResponse:
    """A CSV for saving under a plain ASCII name."""
    answer = HttpResponse(data, "text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST, NARROWEST = 48, 8
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def xlsx_bytes(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as a workbook with one sheet: a bold head that stays, filters, every cell a text."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    # The same table gives the same bytes: a visitor who has it is not sent it again.
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 - the workbook's own format
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "", title)[:31] or "1")
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    cell = book.add_format({"text_wrap": True, "valign": "top"})
    widths = [_width(name) for name in columns]
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, head)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            sheet.write_string(count, column, _CONTROL.sub("", value), cell)
            widths[column] = max(widths[column], _width(value))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width, NARROWEST), WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    book.close()
    return out.getvalue()


def _width(text: str) -> int:
    """How wide a text stands: a Chinese sign takes two."""
    return max((sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) for line in text.split("\n")), default=0) + 2


def xlsx_answer(data: bytes, name: str) -> HttpResponse:
    """A workbook for saving under a plain ASCII name."""
    answer = HttpResponse(data, XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
