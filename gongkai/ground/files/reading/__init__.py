"""Reading of files to structured text: txt, csv, html, docx, doc, pdf, ofd, xlsx, xls."""

from __future__ import annotations

from collections.abc import Callable

from gongkai.ground.files import media
from gongkai.ground.files.reading import fixed_layout, paged, plain, sheets, web, word
from gongkai.ground.files.refusals import NOT_READABLE_TYPE
from gongkai.ground.files.text import StructuredText
from gongkai.ground.refusal import Refused

READERS: dict[str, Callable[[bytes], StructuredText]] = {
    media.TEXT: plain.read_text,
    media.CSV: sheets.read_csv,
    media.HTML: web.read_html,
    media.DOCX: word.read_docx,
    media.DOC: word.read_doc,
    media.PDF: paged.read_pdf,
    media.OFD: fixed_layout.read_ofd,
    media.XLSX: sheets.read_workbook,
    media.XLS: sheets.read_workbook,
}


def read(data: bytes, filename: str) -> StructuredText:
    """Read a file by its content. Text stays as printed; what is odd is told in ``warnings``.

    Raises Refused ``files.not_readable_type`` for types without text, ``files.broken`` for damaged files and
    ``files.tool_missing`` for old Word files on a machine without catdoc.
    """
    kind = media.sniff(data, filename)
    reader = READERS.get(kind)
    if reader is None:
        raise Refused(NOT_READABLE_TYPE, where=filename, found=kind)
    return reader(data)
