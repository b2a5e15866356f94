"""The upload guard: what comes from outside is examined in memory, before one byte of it is written anywhere."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO

from selectolax.lexbor import LexborHTMLParser

from gongkai.config import env
from gongkai.ground.files import media, refusals
from gongkai.ground.files.antivirus import check_virus
from gongkai.ground.files.archives import check_archive, check_office, check_ole, embedded
from gongkai.ground.files.marks import CITATION, scan, scan_lines, scan_name
from gongkai.ground.files.portable import attachments, check_pdf
from gongkai.ground.files.reading import READERS, read
from gongkai.ground.files.reading.plain import decode
from gongkai.ground.files.strings import strings
from gongkai.ground.files.text import StructuredText
from gongkai.ground.refusal import Refused

_MIB = 1024 * 1024
_LONGEST_NAME = 180
_OFFICE = frozenset({media.DOCX, media.XLSX, media.PPTX})
_ZIPPED = _OFFICE | {media.OFD, media.ZIP}
_ALIKE = frozenset({media.TEXT, media.CSV})
_KNOWN_ENDINGS = frozenset().union(*media.EXTENSIONS.values())
_MACRO_ENDINGS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppsm"})


@dataclass(frozen=True)
class Guarded:
    """An upload that passed: type by content, digest, size, its text where it has one, whether ClamAV saw it."""

    data: bytes
    filename: str
    media_type: str
    sha256: str
    size: int
    text: StructuredText | None
    is_virus_scanned: bool


def inspect_upload(
    source: bytes | BinaryIO, filename: str, declared_type: str = "", *, is_kept: bool = True
) -> Guarded:
    """Examine an upload. Returns it with its text, or raises Refused; nothing is written either way.

    ``declared_type`` is what the sender says; it is not trusted, because browsers derive it from the name. With
    ``is_kept=False`` (import that only reads the text) scripts in a web page are no reason to refuse it.
    """
    del declared_type
    _check_name(filename)
    data = _within_limit(source)
    if not data:
        raise Refused(refusals.EMPTY, where=filename)
    kind = _checked(data, filename, depth=0, is_kept=is_kept)
    is_virus_scanned = check_virus(data)
    text = read(data, filename) if kind in READERS else None
    if text is not None:
        _refuse_marks(any(True for _ in scan(text)))
    return Guarded(
        data, filename, kind, hashlib.sha256(data).hexdigest(), len(data), text, is_virus_scanned=is_virus_scanned
    )


def _within_limit(source: bytes | BinaryIO) -> bytes:
    """The bytes, read only as far as the limit plus one: a file of 100 MB is refused without reading it all."""
    limit = env.UPLOAD_LIMIT_MB * _MIB
    if isinstance(source, bytes):
        data = source
    else:
        # Files of a request know their true size, even where the reception did not keep all of them.
        claimed = getattr(source, "size", None)
        size = claimed if isinstance(claimed, int) else 0
        if size > limit:
            raise Refused(refusals.TOO_LARGE, limit=env.UPLOAD_LIMIT_MB)
        parts: list[bytes] = []
        left = limit + 1
        while left > 0 and (part := source.read(min(left, _MIB))):
            parts.append(part)
            left -= len(part)
        data = b"".join(parts)
        if len(data) < size:
            raise Refused(refusals.INCOMPLETE, limit=env.UPLOAD_LIMIT_MB)
    if len(data) > limit:
        raise Refused(refusals.TOO_LARGE, limit=env.UPLOAD_LIMIT_MB)
    return data


def _check_name(filename: str) -> None:
    if not filename.strip() or len(filename) > _LONGEST_NAME:
        raise Refused(refusals.BAD_NAME, problem=f"为空或超过 {_LONGEST_NAME} 个字")
    # Cf includes the signs that turn the reading direction and so hide an ending.
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in filename):
        raise Refused(refusals.BAD_NAME, problem="含有控制字符")
    if re.search(r"[/\\]", filename) or filename.strip(". ") == "" or re.match(r"[A-Za-z]:", filename):
        raise Refused(refusals.BAD_NAME, problem="含有路径")


def _checked(data: bytes, filename: str, *, depth: int, is_kept: bool) -> str:
    """Structure first, so that nothing below can be blown up by the file; then marks, in it and in what it holds."""
    kind = media.sniff(data, filename)
    _check_type(kind, filename, data)
    if kind in _ZIPPED:
        check_archive(data)
    if kind in _OFFICE:
        check_office(data)
    elif kind in {media.DOC, media.XLS, media.OLE}:
        check_ole(data)
    elif kind == media.PDF:
        check_pdf(data)
    elif kind == media.HTML and is_kept:
        _check_page(data)
    _refuse_marks(_has_mark(data, kind, filename))
    _check_inside(data, kind, filename, depth=depth, is_kept=is_kept)
    return kind


def _check_type(kind: str, filename: str, data: bytes) -> None:
    ending = media.extension(filename)
    if kind == media.OLE:
        # An encrypted docx is such a container, and saying so helps more than the type.
        check_ole(data)
    if ending in _MACRO_ENDINGS:
        raise Refused(refusals.MACROS, where=filename)
    if ending not in _KNOWN_ENDINGS:
        raise Refused(refusals.TYPE_NOT_ALLOWED, where=filename, found=f".{ending}" if ending else "没有扩展名")
    fitting = media.EXTENSIONS.get(kind, frozenset())
    if kind in _ALIKE:
        fitting = frozenset().union(*(media.EXTENSIONS[other] for other in _ALIKE))
    if ending not in fitting:
        raise Refused(refusals.WRONG_TYPE, where=filename, ending=ending, found=kind)


def _check_page(data: bytes) -> None:
    """A kept web page is shown to others one day: no scripts, frames or handlers."""
    tree = LexborHTMLParser(decode(data)[0])
    if tree.css_first("script, iframe, object, embed, applet, base, meta[http-equiv=refresh i]") is not None:
        raise Refused(refusals.ACTIVE_CONTENT, problem="脚本或嵌入框架")
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.lower().startswith("on") or (value or "").strip().lower().startswith(("javascript:", "vbscript:")):
                raise Refused(refusals.ACTIVE_CONTENT, problem="脚本")


def _has_mark(data: bytes, kind: str, filename: str) -> bool:
    if any(True for _ in scan_name(filename)):
        return True
    return any(True for place, lines in strings(data, kind) for _ in scan_lines(lines, place + "{}"))


def _refuse_marks(is_marked: bool) -> None:
    if is_marked:
        # No fact from the file, not even its name: what is refused leaves no trace but the refusal.
        raise Refused(refusals.CLASSIFICATION_MARK, CITATION)


def _check_inside(data: bytes, kind: str, filename: str, *, depth: int, is_kept: bool) -> None:
    """The files inside a zip, an Office package or a PDF pass the same examination."""
    if kind not in _OFFICE and kind not in {media.ZIP, media.PDF}:
        return
    for name, inner in attachments(data) if kind == media.PDF else embedded(data, kind):
        base = name.replace("\\", "/").rpartition("/")[2]
        inner_kind = media.sniff(inner, base)
        if inner_kind == media.ZIP or depth > 1:
            raise Refused(refusals.NESTED, where=filename)
        if kind in _OFFICE and inner_kind in {media.OLE, media.UNKNOWN}:
            # Word wraps pictures and formulas as .bin; only their raw strings and macros can be looked at.
            _refuse_marks(_has_mark(inner, inner_kind, ""))
            check_ole(inner)
        elif inner:
            _checked(inner, base, depth=depth + 1, is_kept=is_kept)
