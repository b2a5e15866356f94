"""Headings by the structure of Chinese official documents: 第X章, 一、, （一）, 1., （1）."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gongkai.ground.files.text import Block

_NUMERAL = "一二三四五六七八九十百零〇○两"
_KINDS: tuple[tuple[str, int, re.Pattern[str]], ...] = (
    ("part", 1, re.compile(rf"第[{_NUMERAL}\d]{{1,5}}编[\s\u3000]")),
    ("chapter", 1, re.compile(rf"第[{_NUMERAL}\d]{{1,5}}章(?:[\s\u3000]|$)")),
    ("section", 2, re.compile(rf"第[{_NUMERAL}\d]{{1,5}}节(?:[\s\u3000]|$)")),
    ("han", 1, re.compile(rf"[{_NUMERAL}]{{1,4}}、")),
    ("han-bracket", 2, re.compile(rf"[（(]\s*[{_NUMERAL}]{{1,4}}\s*[）)]")),
    ("digit", 3, re.compile(r"\d{1,2}\s*(?:[、．]|\.(?!\d))")),
    ("digit-bracket", 4, re.compile(r"[（(]\s*\d{1,2}\s*[）)]")),
)
ARTICLE = re.compile(rf"第[{_NUMERAL}\d]{{1,6}}条(?:之[{_NUMERAL}]{{1,3}})?(?=[\s\u3000]|$)")
# A heading is short and is no sentence: it ends without a stop.
_LONGEST = 60
_STOPS = tuple("。；;：:，,、！？!?…")


def numbering(text: str) -> tuple[str, int] | None:
    """The kind and heading level of the number a line starts with, or None."""
    for kind, level, pattern in _KINDS:
        if pattern.match(text):
            return kind, level
    return None


def _candidate(text: str) -> tuple[str, int] | None:
    found = numbering(text)
    if found is None or len(text) > _LONGEST or text.endswith(_STOPS) or "\n" in text:
        return None
    return found


def with_headings(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Turn numbered title lines into headings. Items that follow each other without text between are a list or a
    table of contents and stay paragraphs; 第X条 stays a paragraph (rendering gives it an anchor)."""
    listed = list(blocks)
    kinds = [_candidate(block.text) if block.type == "paragraph" else None for block in listed]
    starts = [numbering(block.text) if block.type == "paragraph" else None for block in listed]
    return tuple(_promoted(block, index, kinds, starts) for index, block in enumerate(listed))


def _promoted(
    block: Block, index: int, kinds: list[tuple[str, int] | None], starts: list[tuple[str, int] | None]
) -> Block:
    found = kinds[index]
    if found is None:
        return block
    before = starts[index - 1] if index else None
    after = starts[index + 1] if index + 1 < len(starts) else None
    if any(other is not None and other[0] == found[0] for other in (before, after)):
        return block
    return Block("heading", text=block.text, level=found[1])
