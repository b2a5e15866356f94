"""Automatic numbers of Word paragraphs, which stand nowhere in the text: 一、, （一）, 第X条 as Word shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

_HAN = "〇一二三四五六七八九"
_HAN_FORMATS = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"}
)
_CIRCLED = frozenset({"decimalEnclosedCircle", "decimalEnclosedCircleChinese"})


@dataclass
class Numbering:
    """The numbering definitions of a document and the counters while it is read from front to back."""

    levels: dict[tuple[str, int], tuple[str, str, int]] = field(default_factory=dict)
    abstract_of: dict[str, str] = field(default_factory=dict)
    style_of: dict[str, tuple[str, int]] = field(default_factory=dict)
    counters: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Any) -> Numbering:
        """Read ``numbering.xml`` and the numbers that styles carry; empty where the document has none."""
        found = cls()
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return found
        for abstract in root.iterchildren(qn("w:abstractNum")):
            for level in abstract.iterchildren(qn("w:lvl")):
                key = (abstract.get(qn("w:abstractNumId")) or "", _number(level.get(qn("w:ilvl")), 0))
                shape = (_value(level, "w:numFmt") or "decimal", _value(level, "w:lvlText"))
                found.levels[key] = (*shape, _number(_value(level, "w:start"), 1))
        for number in root.iterchildren(qn("w:num")):
            found.abstract_of[number.get(qn("w:numId")) or ""] = _value(number, "w:abstractNumId")
        for style in document.styles.element.iterchildren(qn("w:style")):
            properties = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if properties is not None:
                place = (_value(properties, "w:numId"), _number(_value(properties, "w:ilvl"), 0))
                found.style_of[style.get(qn("w:styleId")) or ""] = place
        return found

    def label(self, paragraph: Any) -> str:
        """The number that Word shows before this paragraph, "" where there is none. Counts on."""
        number, level = self._place(paragraph)
        abstract = self.abstract_of.get(number, "")
        if (abstract, level) not in self.levels:
            return ""
        counts = self.counters.setdefault(abstract, [])
        while len(counts) <= level:
            counts.append(self.levels.get((abstract, len(counts)), ("", "", 1))[2] - 1)
        counts[level] += 1
        del counts[level + 1 :]
        return self._written(abstract, level, counts)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        properties = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if properties is not None:
            return _value(properties, "w:numId"), _number(_value(properties, "w:ilvl"), 0)
        return self.style_of.get(paragraph.style or "", ("", 0))

    def _written(self, abstract: str, level: int, counts: list[int]) -> str:
        form, pattern, _ = self.levels[(abstract, level)]
        if form in {"bullet", "none"}:
            return ""

        def one(found: re.Match[str]) -> str:
            index = int(found.group(1)) - 1
            if index >= len(counts):
                return ""
            return written(counts[index], self.levels.get((abstract, index), ("decimal", "", 1))[0])

        return re.sub(r"%(\d)", one, pattern)


def written(value: int, form: str) -> str:
    """A number in one of Word's number formats; unknown formats read as decimal."""
    if form in _HAN_FORMATS:
        return han(value)
    if form in {"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"}:
        return "".join(_HAN[int(digit)] for digit in str(value))
    if form in _CIRCLED and 1 <= value <= 20:
        return chr(0x245F + value)
    if form in {"lowerLetter", "upperLetter"} and 1 <= value <= 26:
        return chr((96 if form == "lowerLetter" else 64) + value)
    return str(value)


def han(value: int) -> str:
    """A whole number from 0 to 9999 in Chinese numerals as headings are counted: 十, 十一, 二十, 一百零五."""
    if not 0 < value < 10_000:
        return str(value)
    text = ""
    has_gap = False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            text += ("零" if has_gap and text else "") + _HAN[digit] + unit
            has_gap = False
        else:
            has_gap = True
    return text[1:] if text.startswith("一十") else text


def _value(element: Any, name: str) -> str:
    child = element.find(qn(name))
    return (child.get(qn("w:val")) or "") if child is not None else ""


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default
