"""OFD (GB/T 33190): a zip of XML; text pieces joined to lines by their height on the page."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from unicodedata import east_asian_width

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
# Millimetres: the height of signs that say none, and the tallest a title has.
_USUAL, _TALLEST = 6.0, 20.0
# Top, left, right, height, text; in this order, so that pieces sort as they are read.
_Piece = tuple[float, float, float, float, str]


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
    pieces = [piece for item in root.iter(f"{_NS}TextObject") for piece in _pieces(item)]
    row: list[_Piece] = []
    for piece in sorted(pieces):
        if row and abs(piece[0] - row[0][0]) > max(row[0][3], 1) / 2:
            yield _line(row)
            row = []
        row.append(piece)
    if row:
        yield _line(row)


def _pieces(item: Any) -> Iterator[_Piece]:
    """The text codes of an object with their places; a box says little where it is as wide as the line or the page."""
    box = _numbers(item.get("Boundary") or "0 0 0 0")
    if len(box) != 4:
        return
    height = min(*_numbers(item.get("Size") or "")[:1], box[3] or _USUAL, _TALLEST) or _USUAL
    for code in item.iter(f"{_NS}TextCode"):
        text = code.text or ""
        if not text.strip():
            continue
        # Inside a transformed object places are in units of its own.
        x, y = (0.0, 0.0) if item.get("CTM") else (_first(code.get("X")), _first(code.get("Y")))
        left, top = box[0] + x, box[1] + (y if box[3] > 2 * height else 0.0)
        yield top, left, min(left + _width(code, text, height), box[0] + box[2]) or left, height, text


def _width(code: Any, text: str, height: float) -> float:
    """How far a text reaches: by the steps between its signs where they are given, else by their usual widths."""
    steps = re.sub(r"g\s+(\d{1,4})\s+(\S+)", _repeated, code.get("DeltaX") or "")
    if found := _numbers(steps):
        return sum(found) + height
    return sum(height if east_asian_width(sign) in "WFA" else height / 2 for sign in text)


def _repeated(match: re.Match[str]) -> str:
    return f"{match[2]} " * int(match[1])


def _numbers(text: str) -> list[float]:
    try:
        return [float(value) for value in text.split()]
    except ValueError:
        return []


def _first(text: str | None) -> float:
    return next(iter(_numbers(text or "")), 0.0)


def _line(row: list[_Piece]) -> Line:
    row = sorted(row, key=lambda piece: piece[1])
    text = "".join(piece[4] for piece in row)
    return Line(text, row[0][1], max(piece[2] for piece in row), row[0][0], row[0][3])
