"""Printed lines joined to paragraphs by their indents and ends, for formats that only know places on a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.ground.files.reading.headings import ARTICLE, numbering
from gongkai.ground.files.reading.plain import tidy

_PAGE_NUMBER = re.compile(r"[-–—－―\s]*\d{1,4}[-–—－―\s]*|第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?|\d+\s*/\s*\d+")
_LATIN = re.compile(r"[A-Za-z0-9,.;:)]")


@dataclass(frozen=True)
class Line:
    """A line on a page: text, left and right end, distance of its top from the top of the page, height of signs."""

    text: str
    left: float
    right: float
    top: float
    height: float


def join(pages: Sequence[Sequence[Line]]) -> list[tuple[str, tuple[int, float]]]:
    """The paragraphs of all pages, each with (page index, top of its first line). Page numbers are left out.

    A line begins a paragraph when it is indented, numbered, or follows a line that ends before the right margin.
    """
    joined: list[tuple[str, tuple[int, float]]] = []
    is_open = False
    for number, page in enumerate(pages):
        lines = _without_page_number(page)
        if not lines:
            continue
        left, right = _margins(lines)
        previous: Line | None = None
        for line in lines:
            text = tidy(line.text)
            if not text:
                continue
            begins = not is_open or _begins(line, text, left) or _is_apart(previous, line)
            if begins:
                joined.append((text, (number, line.top)))
            else:
                joined[-1] = (_glued(joined[-1][0], text), joined[-1][1])
            # Official text breaks only at the right margin, two signs of tolerance for closing marks.
            is_open = line.right >= right - 2 * line.height
            previous = line
    return joined


def _without_page_number(page: Sequence[Line]) -> list[Line]:
    lines = list(page)
    for index in (-1, 0):
        if lines and _PAGE_NUMBER.fullmatch(lines[index].text.strip()):
            lines.pop(index)
    return lines


def _margins(lines: Sequence[Line]) -> tuple[float, float]:
    """The left and right margin of the running text: the outermost ends that are no lonely runaway."""
    return min(line.left for line in lines), max(line.right for line in lines)


def _begins(line: Line, text: str, left: float) -> bool:
    # "（一）" and "3." also stand inside sentences that were broken there; chapters and articles do not.
    number = numbering(text)
    if ARTICLE.match(text) or (number is not None and number[0] in {"part", "chapter", "section"}):
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
