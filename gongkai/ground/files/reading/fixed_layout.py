"""OFD (GB/T 33190): a zip of XML; text pieces joined to lines by their height on the page."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]

from gongkai.ground.files import media
from gongkai.ground.files.reading.headings import with_headings
from gongkai.ground.files.reading.lines import Line, join
from gongkai.ground.files.refusals import BROKEN
from gongkai.ground.files.text import Block, StructuredText, TextWarning
from gongkai.ground.refusal import Refused

_NS = "{http://www.ofdspec.org/2016}"
# No entities, no network: OFD files come from strangers.
_XML = {"resolve_entities": False, "no_network": True, "huge_tree": False}


def read_ofd(data: bytes) -> StructuredText:
    """The text of an OFD. Pictures of text give nothing; then the warning ``unreadable`` says so."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            pages = [list(_lines(archive.read(name))) for name in _page_files(archive)]
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, OSError, zlib.error, RuntimeError) as error:
        raise Refused(BROKEN, problem=f"OFD 文件结构不完整（{type(error).__name__}）") from error
    texts = [text for text, _ in join(pages)]
    warnings = () if texts else (TextWarning("unreadable", "全文", message="没有文字，可能是扫描件。"),)
    return StructuredText(
        blocks=with_headings(Block("paragraph", text=text) for text in texts), warnings=warnings, media_type=media.OFD
    )


def _page_files(archive: zipfile.ZipFile) -> list[str]:
    """The Content.xml of every page in the order of Document.xml (names hold the page number)."""
    order: list[str] = []
    for name in sorted(item for item in archive.namelist() if item.endswith("Document.xml")):
        folder = name.rpartition("/")[0]
        root = etree.fromstring(archive.read(name), etree.XMLParser(**_XML))
        for page in root.iter(f"{_NS}Page"):
            place = (page.get("BaseLoc") or "").lstrip("/")
            order.append(place if place in archive.namelist() else f"{folder}/{place}")
    return order


def _lines(content: bytes) -> Iterator[Line]:
    root = etree.fromstring(content, etree.XMLParser(**_XML))
    pieces: list[tuple[float, float, float, float, str]] = []
    for item in root.iter(f"{_NS}TextObject"):
        box = [float(value) for value in (item.get("Boundary") or "0 0 0 0").split()]
        text = "".join(code.text or "" for code in item.iter(f"{_NS}TextCode"))
        if text.strip() and len(box) == 4:
            pieces.append((box[1], box[0], box[0] + box[2], box[3], text))
    row: list[tuple[float, float, float, float, str]] = []
    for piece in sorted(pieces):
        if row and abs(piece[0] - row[0][0]) > max(row[0][3], 1) / 2:
            yield _line(row)
            row = []
        row.append(piece)
    if row:
        yield _line(row)


def _line(row: list[tuple[float, float, float, float, str]]) -> Line:
    row = sorted(row, key=lambda piece: piece[1])
    text = "".join(piece[4] for piece in row)
    return Line(text, row[0][1], max(piece[2] for piece in row), row[0][0], row[0][3])
