"""What a file really is: its media type by content, never by name or by what the sender claims."""

from __future__ import annotations

import io
import zipfile

TEXT = "text/plain"
CSV = "text/csv"
HTML = "text/html"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
OFD = "application/ofd"
ZIP = "application/zip"
PNG = "image/png"
JPEG = "image/jpeg"
SVG = "image/svg+xml"
OLE = "application/x-ole-storage"
UNKNOWN = "application/octet-stream"

# The endings under which each type may be uploaded (without the dot, lower case).
EXTENSIONS: dict[str, frozenset[str]] = {
    TEXT: frozenset({"txt", "md"}),
    CSV: frozenset({"csv"}),
    HTML: frozenset({"html", "htm"}),
    PDF: frozenset({"pdf"}),
    DOCX: frozenset({"docx"}),
    XLSX: frozenset({"xlsx"}),
    PPTX: frozenset({"pptx"}),
    DOC: frozenset({"doc", "wps"}),
    XLS: frozenset({"xls", "et"}),
    OFD: frozenset({"ofd"}),
    ZIP: frozenset({"zip"}),
    PNG: frozenset({"png"}),
    JPEG: frozenset({"jpg", "jpeg"}),
}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
)
# Control signs that no text has more than by accident (tab, line ends and escape are fine).
_CONTROLS = bytes(code for code in range(1, 32) if code not in {9, 10, 11, 12, 13, 27})
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")


def extension(filename: str) -> str:
    """The ending of a file name, lower case, without the dot; "" where there is none."""
    stem, dot, ending = filename.rpartition(".")
    return ending.lower() if dot and stem else ""


def sniff(data: bytes, filename: str = "") -> str:
    """The media type by content. The name only tells apart texts (txt, csv, html), which have no signature."""
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return _inside(data, found)
    # A PDF may have a few bytes before its header (ISO 32000-1, Annex H).
    if b"%PDF-" in data[:1024]:
        return PDF
    return _text_type(data, filename)


def _inside(data: bytes, found: str) -> str:
    if found == OLE:
        return _ole_type(data)
    if found == ZIP:
        return _zip_type(data)
    return found


def _ole_type(data: bytes) -> str:
    if "WordDocument".encode("utf-16-le") in data:
        return DOC
    if "Workbook".encode("utf-16-le") in data:
        return XLS
    return OLE


def _zip_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ZIP
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
            if any(name.startswith(folder) for name in names):
                return kind
    return OFD if "OFD.xml" in names else ZIP


def _text_type(data: bytes, filename: str) -> str:
    head = data[:4096]
    if b"\x00" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff") and not _looks_utf16(head):
        return UNKNOWN
    if b"\x00" not in head and len(head.translate(None, _CONTROLS)) < 0.99 * len(head):
        return UNKNOWN
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<?xml", b"<svg", b"<!--", b"<!doctype svg")) and b"<svg" in start:
        return SVG
    if start.startswith(_HTML_STARTS) or b"<html" in start or b"<!doctype html" in start:
        return HTML
    ending = extension(filename)
    if ending in EXTENSIONS[HTML] and b"<" in head:
        return HTML
    return CSV if ending == "csv" else TEXT


def _looks_utf16(head: bytes) -> bool:
    """Text in UTF-16 without a mark: zero bytes nearly all at even or all at odd places, and hardly a control sign."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if 3 * min(even, odd) > max(even, odd):
        return False
    text = head[: len(head) // 2 * 2].decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    odd_signs = sum((sign < " " and sign not in "\t\n\v\f\r") or sign == "\ufffd" for sign in text)
    return odd_signs < 0.01 * len(text) + 1
