"""How an edition's body is set on the page: anchors, contents, and the parts of an official text (GB/T 9704)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

_ARTICLE = re.compile(r"^(第[一二三四五六七八九十百千零〇0-9]{1,9}条(?:之[一二三四五六七八九十]+)?)[\s\u3000]*")
_CHAPTER = re.compile(r"^第[一二三四五六七八九十百零〇0-9]{1,6}[编章节][\s\u3000]*")
_DATE = re.compile(
    r"^[0-9〇○零一二三四五六七八九十]{4}\s*年\s*[0-9一二三四五六七八九十]{1,3}\s*月\s*[0-9一二三四五六七八九十]{1,3}\s*日$"
)
_ANNEX = re.compile(r"^附件\s*[0-9一二三四五六七八九十]{0,3}$")
# A first sentence that ends in a colon speaks of what follows; an addressee only names organs.
_OPENING = re.compile(r"如下|现将|现就|根据|按照|通知|公告|公示")
_ADDRESSEE = re.compile(r"^[^。；]{2,120}[：:]$")
#: Cells longer than this are sentences.
LONG_CELL = 20
_DIGITS = {"零": 0, "〇": 0, **{digit: value for value, digit in enumerate("一二三四五六七八九", start=1)}}
_UNITS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True)
class Part:
    """One block as set: its role, its anchor, an article's number apart from its text, or a table."""

    role: str
    text: str = ""
    anchor: str = ""
    lead: str = ""
    level: int = 0
    caption: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def is_wordy(self) -> bool:
        """A table of sentences under column names: on a phone each row reads as a block. Figures scroll instead."""
        return len(self.columns) > 2 and any(len(cell) > LONG_CELL for row in self.rows for cell in row)

    @property
    def labelled_rows(self) -> list[list[tuple[str, str]]]:
        """The rows, each cell with the name of its column."""
        return [list(zip_longest(self.columns, row, fillvalue=""))[: max(len(row), 1)] for row in self.rows]


@dataclass(frozen=True)
class ContentsLine:
    """A line of the contents list."""

    text: str
    anchor: str
    is_deep: bool = False


@dataclass
class SetBody:
    """A body ready for the page."""

    parts: list[Part] = field(default_factory=list)
    contents: list[ContentsLine] = field(default_factory=list)

    @property
    def has_contents(self) -> bool:
        """Whether a contents list helps: three lines or more."""
        return len(self.contents) >= 3


def chinese_number(text: str) -> int:
    """The value of a Chinese or Arabic numeral below ten thousand (二十三 → 23, 一百零五 → 105)."""
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS.get(character, 0)
    return total + digit


def set_body(blocks: Iterable[Mapping[str, Any]], title: str = "") -> SetBody:
    """Set blocks (Block.as_json) on the page. A first heading that repeats the title is left to the title itself."""
    body = SetBody()
    anchors: dict[str, int] = {}
    listed = list(blocks)
    articles: list[ContentsLine] = []
    for place, block in enumerate(listed):
        kind = block.get("type")
        if kind == "table":
            body.parts.append(_table(block))
        elif kind == "heading":
            if place == 0 and _same_words(str(block.get("text", "")), title):
                continue
            part = _heading(block, anchors)
            body.parts.append(part)
            if part.level <= 2:
                body.contents.append(ContentsLine(part.text, part.anchor, is_deep=part.level == 2))
        else:
            part = _paragraph(listed, place, anchors)
            body.parts.append(part)
            if part.role == "article":
                articles.append(ContentsLine(part.lead, part.anchor))
    if not body.contents:
        body.contents = articles
    return body


def _same_words(one: str, other: str) -> bool:
    return bool(other) and re.sub(r"\s", "", one) == re.sub(r"\s", "", other)


def _anchor(wanted: str, taken: dict[str, int]) -> str:
    """The anchor, numbered from the second time on, so that annexes may count their articles anew."""
    taken[wanted] = taken.get(wanted, 0) + 1
    return wanted if taken[wanted] == 1 else f"{wanted}-{taken[wanted]}"


def _heading(block: Mapping[str, Any], anchors: dict[str, int]) -> Part:
    text = str(block.get("text", "")).strip()
    level = min(max(int(block.get("level") or 1), 1), 4)
    order = anchors.get("#", 0) + 1
    anchors["#"] = order
    role = "chapter" if _CHAPTER.match(text) else "heading"
    return Part(role, text, _anchor(f"section-{order}", anchors), level=level)


def _table(block: Mapping[str, Any]) -> Part:
    rows = tuple(tuple(str(cell) for cell in row) for row in block.get("rows", ()))
    columns = tuple(str(cell) for cell in block.get("columns", ()))
    return Part("table", caption=str(block.get("caption", "")), columns=columns, rows=rows)


def _paragraph(blocks: list[Mapping[str, Any]], place: int, anchors: dict[str, int]) -> Part:
    text = str(blocks[place].get("text", "")).strip()
    found = _ARTICLE.match(text)
    if found:
        number = found.group(1)
        digits = chinese_number(re.sub(r"[第条]|之.*", "", number))
        return Part("article", text[found.end() :], _anchor(f"article-{digits}", anchors), lead=number)
    if place <= 1 and _ADDRESSEE.match(text) and not _OPENING.search(text):
        return Part("addressee", text)
    if _ANNEX.match(text):
        return Part("flush", text)
    if _DATE.match(text):
        return Part("signed-on", text)
    if _is_signature(blocks, place, text):
        return Part("signature", text)
    return Part("paragraph", text)


def _is_signature(blocks: list[Mapping[str, Any]], place: int, text: str) -> bool:
    """A short line without a stop that stands right before the date, or before another such line (co-issuers)."""
    if not text or len(text) > 30 or text[-1] in "。；：，！？":
        return False
    for later in blocks[place + 1 : place + 6]:
        words = str(later.get("text", "")).strip()
        if _DATE.match(words):
            return True
        if later.get("type") != "paragraph" or len(words) > 30 or words[-1:] in set("。；：，！？"):
            return False
    return False
