"""PDF: text lines by pypdfium2 joined to paragraphs, ruled tables by pdfplumber, scanned pages told apart."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium_c
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException
from pdfplumber.utils.text import extract_text

from gongkai.ground.files import media
from gongkai.ground.files.reading.grids import Cell, table
from gongkai.ground.files.reading.headings import with_headings
from gongkai.ground.files.reading.lines import Line, join
from gongkai.ground.files.reading.plain import tidy
from gongkai.ground.files.refusals import BROKEN
from gongkai.ground.files.text import Block, StructuredText, TextWarning
from gongkai.ground.refusal import Refused

_MOST_PAGES = 3_000
# pdfplumber takes tenths of a second a page; beyond this many ruled pages tables stay lines of text.
_MOST_TABLE_PAGES = 200
_FEWEST_SIGNS = 5
_FEWEST_RULES = 4
_THIN = 3.0

_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Table:
    """A ruled table on a page: its top and bottom, and the block."""

    page: int
    top: float
    bottom: float
    block: Block


def read_pdf(data: bytes) -> StructuredText:
    """Paragraphs and tables in reading order. Pages without a text layer are named in ``unreadable`` warnings."""
    document = open_pdf(data)
    try:
        count = len(document)
        pages: list[list[Line]] = []
        ruled: list[int] = []
        empty: list[int] = []
        for number in range(min(count, _MOST_PAGES)):
            lines, has_rules = _page(document, number)
            pages.append(lines)
            if sum(len(line.text) for line in lines) < _FEWEST_SIGNS:
                empty.append(number + 1)
            elif has_rules:
                ruled.append(number)
    except pypdfium2.PdfiumError as error:
        raise Refused(BROKEN, problem="PDF 的页面无法读取") from error
    finally:
        document.close()
    tables, warnings = _tables(data, {number: pages[number] for number in ruled[:_MOST_TABLE_PAGES]})
    warnings.extend(_page_warnings(count, empty, ruled))
    return StructuredText(
        blocks=with_headings(_in_order(pages, tables)), warnings=tuple(warnings), media_type=media.PDF
    )


def open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    """The document, or Refused ``files.broken``."""
    try:
        document = pypdfium2.PdfDocument(data)
        if len(document) < 1:
            raise Refused(BROKEN, problem="PDF 没有页面")
    except pypdfium2.PdfiumError as error:
        raise Refused(BROKEN, problem="PDF 结构不完整或已加密") from error
    return document


def page_texts(data: bytes) -> Iterator[str]:
    """The raw text of each page, its printed lines kept apart (for the scan of marks)."""
    document = open_pdf(data)
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            page = document[number]
            yield page.get_textpage().get_text_range()
    except pypdfium2.PdfiumError as error:
        raise Refused(BROKEN, problem="PDF 的页面无法读取") from error
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, number: int) -> tuple[list[Line], bool]:
    page = document[number]
    lines = _print_lines(page)
    kinds = (item.type for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=3))
    has_rules = sum(1 for _, kind in zip(range(_FEWEST_RULES), kinds, strict=False)) >= _FEWEST_RULES
    return lines, has_rules


def _print_lines(page: pypdfium2.PdfPage) -> list[Line]:
    """The lines of a page with their places, sign by sign (a line may mix fonts)."""
    text_page = page.get_textpage()
    lines: list[Line] = []
    signs: list[str] = []
    boxes: list[_Box] = []
    for index in range(text_page.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text_page, index)
        if code in {10, 13}:
            _close(lines, signs, boxes)
            continue
        # 0xFFFE is pdfium's sign for a hyphen it found at a line's end; 0 is a glyph without text.
        if code in {0, 0xFFFE, 0xFFFF} or 0xD800 <= code <= 0xDFFF:
            continue
        signs.append(chr(code))
        if not chr(code).isspace():
            boxes.append(_box(text_page, index, page))
    _close(lines, signs, boxes)
    return lines


def _box(text_page: Any, index: int, page: pypdfium2.PdfPage) -> _Box:
    """Left, top, right, bottom of a sign as the page is shown, from its upper left corner."""
    rect = pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(rect))
    left, bottom, right, top = page.get_mediabox()
    near, far = rect.left - left, rect.right - left
    low, high = rect.bottom - bottom, rect.top - bottom
    wide, tall = right - left, top - bottom
    shown = {
        0: (near, tall - high, far, tall - low),
        90: (low, near, high, far),
        180: (wide - far, low, wide - near, high),
        270: (tall - high, wide - far, tall - low, wide - near),
    }
    return shown[page.get_rotation()]


def _close(lines: list[Line], signs: list[str], boxes: list[_Box]) -> None:
    text = tidy("".join(signs))
    if text and boxes:
        # Figures in some fonts claim boxes twice as tall and reaching into the line above; Han signs do not.
        printed = [sign for sign in signs if not sign.isspace()]
        measured = [box for sign, box in zip(printed, boxes, strict=True) if sign >= "\u2e80"] or boxes
        height = sorted(box[3] - box[1] for box in measured)[len(measured) // 2]
        left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
        top = sorted(box[1] for box in measured)[len(measured) // 2]
        lines.append(Line(text, left, right, top, max(height, 1.0)))
    signs.clear()
    boxes.clear()


def _page_warnings(count: int, empty: list[int], ruled: list[int]) -> Iterator[TextWarning]:
    if len(empty) == count:
        yield TextWarning("unreadable", "全文", message="没有文字层，可能是扫描件；请上传文字版，或先识别文字。")
    else:
        for number in empty:
            yield TextWarning("unreadable", f"第{number}页", message=f"第{number}页没有文字层，可能是扫描件或图片。")
    if count > _MOST_PAGES:
        yield TextWarning("truncated", f"第{_MOST_PAGES}页", message=f"共 {count} 页，只读取前 {_MOST_PAGES} 页。")
    if len(ruled) > _MOST_TABLE_PAGES:
        page = ruled[_MOST_TABLE_PAGES] + 1
        yield TextWarning("table-irregular", f"第{page}页", message=f"第{page}页起的表格按文字行读取。")


def _tables(data: bytes, ruled: Mapping[int, Sequence[Line]]) -> tuple[list[_Table], list[TextWarning]]:
    tables: list[_Table] = []
    warnings: list[TextWarning] = []
    if not ruled:
        return tables, warnings
    try:
        with pdfplumber.open(io.BytesIO(data), pages=[number + 1 for number in ruled]) as document:
            for page, number in zip(document.pages, ruled, strict=True):
                for found in page.filter(_is_no_background).find_tables():
                    _keep(page, found, number, ruled[number], tables, warnings)
                page.close()
    except (PDFException, PdfminerException, ValueError, TypeError, KeyError, RecursionError) as error:
        message = f"表格无法识别，按文字行读取（{type(error).__name__}）。"
        warnings.append(TextWarning("table-irregular", "全文", message=message))
    return tables, warnings


def _keep(
    page: Any, found: Any, number: int, lines: Sequence[Line], tables: list[_Table], warnings: list[TextWarning]
) -> None:
    """Take a found table, unless it would lose text that is printed there: then its lines stay lines."""
    grid = _grid(page, found)
    place = f"第{number + 1}页表格"
    block, odd = table(grid, place=place)
    if block is None or len(block.columns or block.rows[0]) < 2:
        return
    one = _Table(number, found.bbox[1], found.bbox[3], block)
    printed = sum(_signs(line.text) for line in lines if _is_inside(line, number, [one]))
    held = sum(_signs(cell.text) for row in grid for cell in row)
    if held < 0.98 * printed:
        warnings.append(TextWarning("table-irregular", place, message=f"{place}的框线不完整，按文字行读取。"))
        return
    tables.append(one)
    warnings.extend(odd)


def _signs(text: str) -> int:
    return sum(not sign.isspace() for sign in text)


def _is_no_background(item: Any) -> bool:
    """Filled areas without an outline are shading behind text; as rules they would make tables of paragraphs."""
    if item.get("object_type") != "rect" or item.get("stroke"):
        return True
    return bool(item["width"] < _THIN or item["height"] < _THIN)


def _grid(page: Any, found: Any) -> list[list[Cell]]:
    """The cells by the ruled lines: a cell that crosses lines of its neighbours covers their columns and rows."""
    boxes = sorted(found.cells, key=lambda box: (round(box[1]), box[0]))
    columns = _edges(value for box in boxes for value in (box[0], box[2]))
    rows = _edges(value for box in boxes for value in (box[1], box[3]))
    grid: list[list[Cell]] = [[] for _ in rows[:-1]]
    for box in boxes:
        top, bottom = _nearest(rows, box[1]), _nearest(rows, box[3])
        left, right = _nearest(columns, box[0]), _nearest(columns, box[2])
        if top < len(grid):
            text = "".join(line.strip() for line in extract_text(_inside(page.chars, box)).split("\n"))
            grid[top].append(Cell(tidy(text), max(right - left, 1), max(bottom - top, 1)))
    return grid


def _inside(signs: Sequence[Any], box: _Box) -> list[Any]:
    """The signs whose middle lies in a cell: boxes of figures are often taller than their row."""
    left, top, right, bottom = box
    return [
        sign
        for sign in signs
        if left <= (sign["x0"] + sign["x1"]) / 2 < right and top <= (sign["top"] + sign["bottom"]) / 2 < bottom
    ]


def _edges(values: Iterator[float]) -> list[float]:
    """Rules closer than three points are one rule."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > 3:
            edges.append(value)
    return edges


def _nearest(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - value))


def _in_order(pages: Sequence[Sequence[Line]], tables: Sequence[_Table]) -> list[Block]:
    """Paragraphs and tables by page and height; lines inside a table are its cells already."""
    free = [[line for line in lines if not _is_inside(line, number, tables)] for number, lines in enumerate(pages)]
    placed = [(place, Block("paragraph", text=text)) for text, place in join(free, pages)]
    placed.extend(((item.page, item.top), item.block) for item in tables)
    return [block for _, block in sorted(placed, key=lambda entry: entry[0])]


def _is_inside(line: Line, page: int, tables: Sequence[_Table]) -> bool:
    middle = line.top + line.height / 2
    return any(item.page == page and item.top - 1 <= middle <= item.bottom + 1 for item in tables)
