"""What changed between two editions: fields side by side, the text paragraph by paragraph, letters inside one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from gongkai.engine.records.details import shown_value
from gongkai.engine.records.models import Edition

Mark = Literal["same", "del", "ins"]
# Longer pairs of paragraphs are shown whole: a comparison letter by letter costs the square of their length.
LONGEST_PAIR = 4000
CONTEXT = 1


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, went or came."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Line:
    """A line of the text: its pieces, or ``skipped`` unchanged lines in a row."""

    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


@dataclass(frozen=True)
class FieldChange:
    """A field whose value differs."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """Everything that differs between two editions."""

    before: Edition
    after: Edition
    fields: list[FieldChange]
    lines: list[Line]
    files: list[FieldChange]

    @property
    def is_empty(self) -> bool:
        return not (self.fields or self.files or any(self._changed()))

    def _changed(self) -> Iterator[bool]:
        return (piece.mark != "same" for line in self.lines for piece in line.pieces)


def difference(before: Edition, after: Edition, labels: dict[str, str]) -> Difference:
    """Compare two editions of one record; ``labels`` names the fields for people."""
    one, other = before.content, after.content
    names = [name for name in {**one, **other} if name != "body" and one.get(name) != other.get(name)]
    fields = [
        FieldChange(labels.get(name, name), shown_value(one.get(name)), shown_value(other.get(name)))
        for name in names
        if shown_value(one.get(name)) != shown_value(other.get(name))
    ]
    lines = line_difference(printed_lines(one.get("body", [])), printed_lines(other.get("body", [])))
    return Difference(before, after, fields, lines, _file_changes(before, after))


def printed_lines(body: list[dict[str, Any]]) -> list[str]:
    """A body line by line as people read it: a heading names its level, so that a changed level shows."""
    lines = []
    for block in body:
        if block["type"] == "table":
            lines.append(f"〔表格〕{block.get('caption', '')}")
            rows = [row for row in (block.get("columns", []), *block.get("rows", [])) if row]
            lines.extend("　｜　".join(row) for row in rows)
        elif block["type"] == "heading":
            lines.append(f"〔{'一二三四'[int(block['level']) - 1]}级标题〕{block['text']}")
        else:
            lines.append(str(block["text"]))
    return lines


def _file_changes(before: Edition, after: Edition) -> list[FieldChange]:
    one = {entry["id"]: entry["name"] for entry in before.files}
    other = {entry["id"]: entry["name"] for entry in after.files}
    gone = [FieldChange("附件", name, "") for key, name in one.items() if key not in other]
    return gone + [FieldChange("附件", "", name) for key, name in other.items() if key not in one]


def line_difference(one: list[str], other: list[str]) -> list[Line]:
    """Two texts compared line by line; long unchanged stretches are counted instead of shown."""
    lines: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            lines.extend(_unchanged(one[i:j], is_first=i == 0, is_last=j == len(one)))
        else:
            lines.extend(_replaced(one[i:j], other[k:m]))
    return lines


def _unchanged(lines: list[str], *, is_first: bool, is_last: bool) -> Iterator[Line]:
    head = 0 if is_first else CONTEXT
    tail = 0 if is_last else CONTEXT
    hidden = len(lines) - head - tail
    if hidden < 2:
        yield from (Line((Piece("same", line),)) for line in lines)
        return
    yield from (Line((Piece("same", line),)) for line in lines[:head])
    yield Line(skipped=hidden)
    yield from (Line((Piece("same", line),)) for line in lines[len(lines) - tail :] if tail)


def _replaced(one: list[str], other: list[str]) -> Iterator[Line]:
    for before, after in zip(one, other, strict=False):
        yield Line(tuple(_pieces(before, after)))
    for gone in one[len(other) :]:
        yield Line((Piece("del", gone),))
    for new in other[len(one) :]:
        yield Line((Piece("ins", new),))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if len(before) + len(after) > LONGEST_PAIR or matcher.quick_ratio() < 0.3:
        yield from (Piece(mark, text) for mark, text in (("del", before), ("ins", after)) if text)  # type: ignore[arg-type]
        return
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", before[i:j])
            continue
        if j > i:
            yield Piece("del", before[i:j])
        if m > k:
            yield Piece("ins", after[k:m])
