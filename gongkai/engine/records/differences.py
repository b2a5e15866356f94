"""What changed between two editions: fields side by side, the text paragraph by paragraph, letters inside one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from gongkai.engine.records.alignment import Budget, paired, stretches
from gongkai.engine.records.details import shown_value
from gongkai.engine.records.models import Edition

Mark = Literal["same", "del", "ins"]
# Longer pairs of paragraphs are shown whole: a comparison letter by letter costs the square of their length.
LONGEST_PAIR = 4000
# So many lines of each text are compared; what follows is only counted.
MOST_LINES = 5000
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

    @property
    def is_changed(self) -> bool:
        """Whether anything went or came."""
        return any(piece.mark != "same" for piece in self.pieces)

    @property
    def before(self) -> list[Piece]:
        """The line as it stood: without what came."""
        return [piece for piece in self.pieces if piece.mark != "ins"]

    @property
    def after(self) -> list[Piece]:
        """The line as it stands: without what went."""
        return [piece for piece in self.pieces if piece.mark != "del"]


@dataclass(frozen=True)
class FieldChange:
    """A field whose value differs."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """Everything that differs between two editions.

    ``is_coarse``: some of it is shown whole, because a comparison letter by letter would take too long. ``left_out``:
    so many lines at the end were not compared at all.
    """

    before: Edition
    after: Edition
    fields: list[FieldChange]
    lines: list[Line]
    files: list[FieldChange]
    is_coarse: bool = False
    left_out: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.fields or self.files or self.left_out or any(line.is_changed for line in self.lines))


def difference(
    before: Edition,
    after: Edition,
    labels: Mapping[str, str],
    *,
    context: int | None = CONTEXT,
    without: frozenset[str] = frozenset(),
) -> Difference:
    """Compare two editions; ``labels`` names the fields for people, ``without`` are fields left aside.

    The cost is bounded, whatever the texts are.
    """
    one, other = before.content, after.content
    aside = without | {"body"}
    names = [name for name in {**one, **other} if name not in aside and one.get(name) != other.get(name)]
    fields = [
        FieldChange(labels.get(name, name), shown_value(one.get(name)), shown_value(other.get(name)))
        for name in names
        if shown_value(one.get(name)) != shown_value(other.get(name))
    ]
    texts = [printed_lines(content.get("body", [])) for content in (one, other)]
    left_out = max(0, *(len(text) - MOST_LINES for text in texts))
    budget = Budget()
    lines = line_difference(texts[0][:MOST_LINES], texts[1][:MOST_LINES], budget, context)
    return Difference(before, after, fields, lines, _file_changes(before, after), budget.is_spent, left_out)


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


def line_difference(
    one: list[str], other: list[str], budget: Budget | None = None, context: int | None = CONTEXT
) -> list[Line]:
    """Two texts compared line by line; unchanged stretches longer than the context are counted instead of shown.

    With ``context`` None every line is shown.
    """
    lines: list[Line] = []
    paid = budget or Budget()
    for part in stretches(one, other, paid):
        if part.is_same:
            is_last = part.j == len(one) and part.m == len(other)
            lines.extend(_unchanged(one[part.i : part.j], context, is_first=part.i == part.k == 0, is_last=is_last))
        else:
            pairs = paired(one[part.i : part.j], other[part.k : part.m], paid)
            lines.extend(_line(before, after, paid) for before, after in pairs)
    return lines


def _unchanged(lines: list[str], context: int | None, *, is_first: bool, is_last: bool) -> Iterator[Line]:
    head = 0 if is_first else context or 0
    tail = 0 if is_last else context or 0
    hidden = len(lines) - head - tail
    if context is None or hidden < 2:
        yield from (Line((Piece("same", line),)) for line in lines)
        return
    yield from (Line((Piece("same", line),)) for line in lines[:head])
    yield Line(skipped=hidden)
    yield from (Line((Piece("same", line),)) for line in lines[len(lines) - tail :] if tail)


def _line(before: str | None, after: str | None, budget: Budget) -> Line:
    if before is None or after is None:
        return Line((Piece("ins", after or "") if before is None else Piece("del", before),))
    return Line(tuple(_pieces(before, after, budget)))


def _pieces(before: str, after: str, budget: Budget) -> Iterator[Piece]:
    """One paragraph beside what it became, letter by letter; whole where the two have little in common."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    is_long = len(before) + len(after) > LONGEST_PAIR
    if is_long or matcher.quick_ratio() < 0.3:
        budget.is_spent |= is_long
        yield from (Piece(mark, text) for mark, text in _gone_and_come(before, after) if text)
        return
    for part in stretches(before, after, budget, least=2):
        if part.is_same:
            yield Piece("same", before[part.i : part.j])
            continue
        yield from (
            Piece(mark, text) for mark, text in _gone_and_come(before[part.i : part.j], after[part.k : part.m]) if text
        )


def _gone_and_come(before: str, after: str) -> tuple[tuple[Mark, str], tuple[Mark, str]]:
    return ("del", before), ("ins", after)
