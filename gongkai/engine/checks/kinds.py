"""Checks (校核): what a machine looks for in an edition or a file, declared one by one.

    @check("identity-number", severity=BLOCK, basis="《个人信息保护法》第二十五条")
    def identity_numbers(subject: Checked) -> Iterator[Found]: ...

A finding that blocks keeps an edition from sign-off until a person decided it; one that warns only shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gongkai.ground.files.text import Block

BLOCK, WARN = "block", "warn"
Place = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """A piece of text with its place: a paragraph, a table cell, a caption, a metadata value."""

    text: str
    place: Place

    def at(self, start: int, end: int) -> dict[str, Any]:
        """The place of a part of this text, offsets in signs."""
        return {**self.place, "start": start, "end": end}


@dataclass(frozen=True)
class Checked:
    """What is checked: the blocks of a body and the metadata beside it."""

    blocks: tuple[Block, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Every piece of text in reading order, metadata first."""
        return (*self._metadata_spans(), *self.body_spans)

    @cached_property
    def body_spans(self) -> tuple[Span, ...]:
        """The pieces of the body."""
        return tuple(span for index, block in enumerate(self.blocks) for span in _block_spans(index, block))

    @cached_property
    def figures(self) -> tuple[tuple[Span, str], ...]:
        """The pieces that hold digits, each with its text in plain digits: most paragraphs need no closer look."""
        return tuple((span, narrow(span.text)) for span in self.spans if _DIGIT.search(span.text))

    @cached_property
    def long_figures(self) -> tuple[tuple[Span, str], ...]:
        """Those of them with a number long enough to name somebody."""
        return tuple((span, text) for span, text in self.figures if _LONG_NUMBER.search(text))

    def _metadata_spans(self) -> Iterator[Span]:
        for name, value in self.metadata.items():
            yield from (Span(text, {"field": name}) for text in _texts_in(value) if text)


def _texts_in(value: Any) -> Iterator[str]:
    """Every text of a field, be it a line, a list of lines or a table of the kind's own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)


def _block_spans(index: int, block: Block) -> Iterator[Span]:
    if block.type != "table":
        yield Span(block.text, {"block": index})
        return
    if block.caption:
        yield Span(block.caption, {"block": index, "part": "caption"})
    for number, row in enumerate((block.columns, *block.rows), -1):
        for column, text in enumerate(row):
            if text:
                # Row -1 is the row of column names.
                yield Span(text, {"block": index, "row": number, "column": column})


@dataclass(frozen=True)
class Found:
    """One finding. ``text`` may be shown (masked where it is personal); ``value`` is what was found and never kept."""

    check: str
    type: str
    severity: str
    text: str
    place: Place
    suggestion: str
    basis: str
    value: str = field(default="", repr=False)

    def as_json(self) -> dict[str, Any]:
        """As `gongkai inspect` prints it."""
        names = ("check", "type", "severity", "text", "suggestion", "basis")
        return {name: getattr(self, name) for name in names} | {"place": dict(self.place)}


@dataclass(frozen=True)
class Hit:
    """What a check yields; name, severity and basis come from its declaration."""

    type: str
    text: str
    place: Place
    suggestion: str = ""
    value: str = ""
    severity: str = ""


Detector = Callable[[Checked], Iterator[Hit]]


@dataclass(frozen=True)
class Check:
    """A declared check."""

    code: str
    severity: str
    basis: str
    detector: Detector


CHECKS: dict[str, Check] = {}


def check(code: str, *, severity: str, basis: str) -> Callable[[Detector], Detector]:
    """Declare a check. ``basis`` is the provision or standard it rests on."""

    def declare(detector: Detector) -> Detector:
        if code in CHECKS:
            raise ValueError(f"check {code} is declared twice")
        if severity not in {BLOCK, WARN}:
            raise ValueError(f"check {code}: severity is block or warn")
        CHECKS[code] = Check(code, severity, basis, detector)
        return detector

    return declare


def run(blocks: tuple[Block, ...], metadata: Mapping[str, Any] | None = None) -> list[Found]:
    """Run every check, in the order declared."""
    subject = Checked(blocks, metadata or {})
    return [
        Found(
            one.code, hit.type, hit.severity or one.severity, hit.text, hit.place, hit.suggestion, one.basis, hit.value
        )
        for one in CHECKS.values()
        for hit in one.detector(subject)
    ]


_FULL_WIDTH = str.maketrans("０１２３４５６７８９ＸｘＡ－", "0123456789XxA-")


def narrow(text: str) -> str:
    """Full-width digits as plain ones; the length stays, so that offsets hold."""
    return text.translate(_FULL_WIDTH)


_DIGIT = re.compile(r"\d")
_LONG_NUMBER = re.compile(r"\d[\d ()（）*＊xX×—–－-]{5,}[\dXx]")
