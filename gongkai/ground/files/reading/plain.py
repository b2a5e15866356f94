"""Plain text: which encoding it has, and its lines as paragraphs."""

from __future__ import annotations

import re

from gongkai.ground.files import media
from gongkai.ground.files.reading.headings import with_headings
from gongkai.ground.files.text import Block, StructuredText, TextWarning

_BREAK = re.compile(r"\r\n|[\r\n\v\f\u2028\u2029]")
_NBSP = str.maketrans({"\u00a0": " ", "\u202f": " "})
_EDGE = " \t\u3000\ufeff"


def read_text(data: bytes) -> StructuredText:
    """A text file: every line that is not empty is a paragraph."""
    text, encoding, warnings = decode(data)
    blocks = [Block("paragraph", text=line) for line in paragraphs(text)]
    return StructuredText(
        blocks=with_headings(blocks), warnings=tuple(warnings), encoding=encoding, media_type=media.TEXT
    )


def paragraphs(text: str) -> list[str]:
    """The lines of a text without those that are empty; see ``tidy``."""
    return [line for line in (tidy(part) for part in _BREAK.split(text)) if line]


def tidy(text: str) -> str:
    """White space at both ends removed (with U+3000), no-break spaces as plain ones; nothing else changes."""
    return text.translate(_NBSP).strip(_EDGE)


def decode(data: bytes) -> tuple[str, str, list[TextWarning]]:
    """The text, its encoding and warnings. Anything but UTF-8 is told as ``encoding-guessed``."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            text = _strict(data, encoding)
            if text is not None:
                return text, encoding, [] if encoding == "utf-8-sig" else [_guessed(encoding)]
    if (cut := _cut_utf8(data)) is not None:
        return cut, "utf-8", [TextWarning("truncated", "文末", message="文件在一个字的中间断开，可能没有传完。")]
    for encoding in _candidates(data):
        text = _strict(data, encoding)
        if text is not None:
            return text, encoding, [] if encoding == "utf-8" else [_guessed(encoding)]
    return _damaged(data)


def _cut_utf8(data: bytes) -> str | None:
    """UTF-8 whose very last sign is incomplete. Asked first, because GB18030 would make nonsense of all of it."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        whole = data[: error.start]
        if error.reason == "unexpected end of data" and not whole.isascii():
            return whole.decode("utf-8")
    return None


def _candidates(data: bytes) -> tuple[str, ...]:
    head = data[:4096]
    if b"\x00" not in head:
        return ("utf-8", "gb18030")
    # ASCII signs in UTF-16 have their zero byte second (little end first) or first (big end first).
    return ("utf-16-le",) if head[1::2].count(0) > head[0::2].count(0) else ("utf-16-be",)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _guessed(encoding: str) -> TextWarning:
    return TextWarning(
        "encoding-guessed", "全文", found=encoding, expected="utf-8", message=f"文件不是 UTF-8，按 {encoding} 读取。"
    )


def _damaged(data: bytes) -> tuple[str, str, list[TextWarning]]:
    """No encoding fits strictly: the one that loses least, and the loss is told."""
    texts = {name: data.decode(name, "replace") for name in ("utf-8", "gb18030")}
    encoding = min(texts, key=lambda name: texts[name].count("\ufffd"))
    lost = texts[encoding].count("\ufffd")
    unreadable = TextWarning(
        "unreadable", "全文", found=str(lost), message=f"有 {lost} 处无法识别的字，以“\ufffd”代替。"
    )
    return texts[encoding], encoding, [_guessed(encoding), unreadable]
