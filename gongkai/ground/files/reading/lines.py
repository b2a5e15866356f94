"""Printed lines joined to paragraphs by their indents and ends, for formats that only know places on a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.ground.files.reading.headings import ARTICLE, numbering
from gongkai.ground.files.reading.plain import tidy

_PAGE_NUMBER = re.compile(
    r"[-–—－―\s]*\d{1,4}[-–—－―\s]*|第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?|\d+\s*/\s*\d+"
)
_STOPS = tuple("。；;：:！？!?")
# A title that fills its line, before the address of the letter.
_TITLE = re.compile(r"[^。；，,;]{6,90}(?:通知|通告|公告|决定|意见|通报|批复|函)")
_FEW, _NEAR = 5, 40.0
_LATIN = re.compile(r"[A-Za-z0-9,.;:)]")


@dataclass(frozen=True)
class Line:
    """A line on a page: text, left and right end, distance of its top from the top of the page, height of signs."""

    text: str
    left: float
    right: float
    top: float
    height: float


def join(
    pages: Sequence[Sequence[Line]], frames: Sequence[Sequence[Line]] | None = None
) -> list[tuple[str, tuple[int, float]]]:
    """The paragraphs of all pages, each with (page index, top of its first line). Page numbers are left out.
    ``frames`` are all lines of the pages where ``pages`` lacks those in tables; margins are measured on them.

    A line begins a paragraph when it is indented, numbered, or follows a line that ends before the right margin.
    """
    joined: list[tuple[str, tuple[int, float]]] = []
    is_open = False
    for number, (page, (left, right)) in enumerate(zip(pages, margins(frames or pages), strict=True)):
        previous: Line | None = None
        for line in _without_page_number(page):
            text = tidy(line.text)
            if not text:
                continue
            before = joined[-1][0] if joined else ""
            if not is_open or _begins(line, text, left, before) or _is_apart(previous, line):
                joined.append((text, (number, line.top)))
            else:
                joined[-1] = (_glued(joined[-1][0], text), joined[-1][1])
            is_open = _is_full(line, left, right)
            previous = line
    return joined


def margins(pages: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """The left and right end of the text on each page; a page with few lines takes those of its neighbours."""
    own = [(min(line.left for line in page), max(line.right for line in page)) if page else None for page in pages]
    usual = [ends for ends, page in zip(own, pages, strict=True) if ends and len(page) >= _FEW] or [e for e in own if e]
    if not usual:
        return [(0.0, 0.0) for _ in pages]
    left = sorted(ends[0] for ends in usual)[len(usual) // 2]
    right = sorted(ends[1] for ends in usual)[len(usual) // 2]
    return [_page_margins(ends, len(page), left, right) for ends, page in zip(own, pages, strict=True)]


def _page_margins(own: tuple[float, float] | None, count: int, left: float, right: float) -> tuple[float, float]:
    if own is None or count < _FEW:
        return left, max(right, own[1] if own else 0.0)
    # A page whose lines all happen to be indented still has the left margin of the others.
    return (left if 0 < own[0] - left < _NEAR else own[0]), own[1]


def _is_full(line: Line, left: float, right: float) -> bool:
    """Whether the paragraph goes on below: text breaks only at the right margin, two signs of tolerance, five where
    the line ends inside a sentence. A short piece at the right is a note of its own."""
    is_wide = line.right - line.left > 0.6 * (right - left)
    slack = 2 if line.text.rstrip().endswith(_STOPS) else 5
    return is_wide and line.right >= right - slack * line.height


def _without_page_number(page: Sequence[Line]) -> list[Line]:
    lines = list(page)
    for index in (-1, 0):
        if lines and _PAGE_NUMBER.fullmatch(lines[index].text.strip()):
            lines.pop(index)
    return lines


def _begins(line: Line, text: str, left: float, before: str) -> bool:
    number = numbering(text)
    # "（一）" and "3." also stand inside sentences that were broken there; chapters and articles do not.
    is_title = number is not None and (number[0] in {"part", "chapter", "section"} or before.endswith(_STOPS))
    if is_title or ARTICLE.match(text) or (text.endswith(("：", ":")) and _TITLE.fullmatch(before)):
        return True
    return line.left > left + 1.2 * line.height


def _is_apart(previous: Line | None, line: Line) -> bool:
    """Whether the gap to the line before, or the size of the signs, is that of another paragraph."""
    if previous is None:
        return False
    is_other_size = abs(previous.height - line.height) > 0.25 * max(previous.height, line.height)
    return is_other_size or line.top - previous.top > 3.2 * max(previous.height, line.height)


def _glued(before: str, after: str) -> str:
    """Two lines of one paragraph: a space only between Latin words."""
    needs_space = _LATIN.fullmatch(before[-1]) and re.match(r"[A-Za-z]", after)
    return f"{before} {after}" if needs_space and re.search(r"[A-Za-z]", before[-3:]) else before + after
