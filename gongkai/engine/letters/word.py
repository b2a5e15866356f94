"""An official text as a Word document (python-docx), set by GB/T 9704: what offices edit further."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from gongkai.ground.files.text import Block

TITLE_FONT, TEXT_FONT, HEADING_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体"
# Every document has the same birthday, so that the same text gives the same bytes.
_BORN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def render_docx(title: str, lines: Sequence[str], blocks: Iterable[Block], foot: Sequence[str] = ()) -> bytes:
    """A title, the lines below it (number, organ), the body and closing lines, as a .docx."""
    document = Document()
    _page(document)
    _line(document, title, TITLE_FONT, 22, WD_ALIGN_PARAGRAPH.CENTER)
    for line in lines:
        _line(document, line, TEXT_FONT, 16, WD_ALIGN_PARAGRAPH.CENTER)
    document.add_paragraph()
    for block in blocks:
        _block(document, block)
    for line in foot:
        _line(document, line, TEXT_FONT, 10.5, WD_ALIGN_PARAGRAPH.LEFT)
    document.core_properties.title, document.core_properties.author = title, ""
    document.core_properties.created = document.core_properties.modified = _BORN
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)


def _line(document: Any, text: str, font: str, size: float, align: Any, *, indent: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing = Pt(28 if size > 11 else 18)
    if indent:
        form.first_line_indent = Pt(size * 2)
    _face(paragraph.add_run(text), font, size)


def _face(run: Any, font: str, size: float) -> None:
    run.font.name, run.font.size = font, Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _block(document: Any, block: Block) -> None:
    if block.type == "table":
        _table(document, block)
    elif block.type == "heading":
        _line(document, block.text, HEADING_FONT, 16, WD_ALIGN_PARAGRAPH.LEFT, indent=True)
    else:
        _line(document, block.text, TEXT_FONT, 16, WD_ALIGN_PARAGRAPH.JUSTIFY, indent=True)


def _table(document: Any, block: Block) -> None:
    rows = [row for row in (block.columns, *block.rows) if row]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return
    if block.caption:
        _line(document, block.caption, HEADING_FONT, 12, WD_ALIGN_PARAGRAPH.CENTER)
    table = document.add_table(rows=0, cols=width)
    table.style = "Table Grid"
    for row in rows:
        cells = table.add_row().cells
        for place, text in enumerate(row):
            paragraph = cells[place].paragraphs[0]
            _face(paragraph.add_run(text), TEXT_FONT, 12)
