"""Word files: docx by python-docx, old doc files by Debian's catdoc."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped]

from gongkai.ground.files import media
from gongkai.ground.files.reading.grids import Cell, table
from gongkai.ground.files.reading.headings import with_headings
from gongkai.ground.files.reading.numbers import Numbering
from gongkai.ground.files.reading.plain import paragraphs, tidy
from gongkai.ground.files.refusals import BROKEN, TOOL_MISSING
from gongkai.ground.files.text import Block, StructuredText, TextWarning
from gongkai.ground.refusal import Refused

_BROKEN_PACKAGE = (PackageNotFoundError, KeyError, ValueError, XMLSyntaxError, zipfile.BadZipFile, OSError)
_CATDOC_SECONDS = 30
# Text of these elements is not what the document says: deletions, field codes, the fallback copy of a text box.
_SILENT = frozenset(qn(name) for name in ("w:del", "w:moveFrom", "w:instrText", "w:rPr", "w:pPr", "w:sectPr"))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_docx(data: bytes) -> StructuredText:
    """Paragraphs, headings and tables of a docx in order; automatic numbers are written out as Word shows them."""
    try:
        document = docx.Document(io.BytesIO(data))
        reader = _Docx(document)
        reader.walk(document.element.body)
        title = tidy(document.core_properties.title or "")
    except _BROKEN_PACKAGE as error:
        raise Refused(BROKEN, problem=f"Word 文件结构不完整（{type(error).__name__}）") from error
    return StructuredText(
        blocks=with_headings(reader.blocks),
        title=reader.title or title,
        warnings=tuple(reader.warnings),
        encoding="utf-8",
        media_type=media.DOCX,
    )


def read_doc(data: bytes) -> StructuredText:
    """An old Word file through catdoc. Tables come as lines with tabs, merged cells are lost with them."""
    tool = shutil.which("catdoc")
    if tool is None:
        raise Refused(TOOL_MISSING, tool="catdoc")
    try:
        ran = subprocess.run(
            [tool, "-dutf-8", "-w", "-"], input=data, capture_output=True, timeout=_CATDOC_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(BROKEN, problem="读取旧版 Word 文件超时") from error
    lines = paragraphs(ran.stdout.decode("utf-8", "replace"))
    if ran.returncode != 0 or not lines:
        raise Refused(BROKEN, problem="旧版 Word 文件读不出文字")
    return StructuredText(
        blocks=with_headings(Block("paragraph", text=line) for line in lines), encoding="utf-8", media_type=media.DOC
    )


class _Docx:
    """Collects the blocks of a document body."""

    def __init__(self, document: Any) -> None:
        self.blocks: list[Block] = []
        self.warnings: list[TextWarning] = []
        self.title = ""
        self.styles = document.styles
        self.numbering = Numbering.of(document)

    def walk(self, container: Any) -> None:
        """Body, content controls and text boxes hold paragraphs and tables alike."""
        for element in container.iterchildren():
            if element.tag == qn("w:p"):
                self.paragraph(element)
            elif element.tag == qn("w:tbl"):
                self.table(element)
            elif element.tag in {qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:ins"), qn("w:moveTo")}:
                self.walk(element)

    def paragraph(self, element: Any) -> None:
        style = self.style_name(element)
        for index, line in enumerate(_lines(self.numbering.label(element) + _text(element))):
            if style == "title" and not self.title and index == 0:
                self.title = line
            level = self.level(element, style)
            self.blocks.append(Block("heading", text=line, level=level) if level else Block("paragraph", text=line))
        for box in element.iterdescendants(qn("w:txbxContent")):
            if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                self.walk(box)

    def style_name(self, element: Any) -> str:
        style = self.styles.get_by_id(element.style, 1) if element.style else None
        return (style.name or "").lower() if style is not None else ""

    def level(self, element: Any, style: str) -> int:
        """Heading level from the outline or the style, 0 for running text."""
        outline = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if outline is not None and (outline.get(qn("w:val")) or "").isdecimal():
            value = int(outline.get(qn("w:val")))
            return min(value + 1, 4) if value < 9 else 0
        named = re.fullmatch(r"heading (\d)", style)
        return min(int(named.group(1)), 4) if named else 0

    def table(self, element: Any) -> None:
        place = f"第{len(self.blocks) + 1}段表格"
        block, found = table(_grid(element), place=place)
        if block is None:
            return
        if len(block.columns or block.rows[0]) == 1:
            # One column is a frame around text, not a table.
            cells = [*block.columns, *(row[0] for row in block.rows)]
            self.blocks.extend(Block("paragraph", text=line) for cell in cells for line in cell.split("\n") if line)
            return
        self.blocks.append(block)
        self.warnings.extend(found)


def _grid(element: Any) -> list[list[Cell]]:
    """The rows of a table, vertical merges as row spans."""
    rows: list[list[Cell]] = []
    open_cells: dict[int, tuple[int, int]] = {}
    for row in _rows(element):
        line: list[Cell] = []
        at = 0
        is_head = row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        for cell in _cells(row):
            width, merge = _cell_shape(cell)
            if merge == "continue" and at in open_cells:
                # python: the cell above grows by one row; `spread` puts it here again.
                top, index = open_cells[at]
                above = rows[top][index]
                rows[top][index] = Cell(above.text, above.columns, above.rows + 1, above.is_head)
            else:
                open_cells.pop(at, None)
                if merge == "restart":
                    open_cells[at] = (len(rows), len(line))
                line.append(Cell("\n".join(_cell_lines(cell)), width, 1, is_head))
            at += width
        rows.append(line)
    return rows


def _rows(element: Any) -> Iterator[Any]:
    for child in element.iterchildren():
        if child.tag == qn("w:tr"):
            yield child
        elif child.tag in {qn("w:sdt"), qn("w:sdtContent")}:
            yield from _rows(child)


def _cells(row: Any) -> Iterator[Any]:
    for child in row.iterchildren():
        if child.tag == qn("w:tc"):
            yield child
        elif child.tag in {qn("w:sdt"), qn("w:sdtContent")}:
            yield from _cells(child)


def _cell_shape(cell: Any) -> tuple[int, str]:
    """How many columns a cell covers, and whether it begins ("restart") or continues a vertical merge."""
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    width = (span.get(qn("w:val")) or "1") if span is not None else "1"
    kind = "" if merge is None else (merge.get(qn("w:val")) or "continue")
    return int(width) if width.isdecimal() else 1, kind


def _cell_lines(cell: Any) -> Iterator[str]:
    for paragraph in cell.iterdescendants(qn("w:p")):
        yield from _lines(_text(paragraph))


def _text(element: Any) -> str:
    return "".join(_pieces(element))


def _pieces(element: Any) -> Iterator[str]:
    for child in element.iterchildren():
        tag = child.tag
        if tag == qn("w:t"):
            yield child.text or ""
        elif tag == qn("w:tab"):
            yield "\t"
        elif tag in {qn("w:br"), qn("w:cr")}:
            yield "\n"
        elif tag == qn("w:noBreakHyphen"):
            yield "-"
        elif tag not in _SILENT and tag not in {qn("w:txbxContent"), _FALLBACK}:
            yield from _pieces(child)


def _lines(text: str) -> list[str]:
    return [line for line in (tidy(part) for part in text.split("\n")) if line]
