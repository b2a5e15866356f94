"""The values of a document's card, each decided from signature, title, head and labels, with its evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gongkai.domains.documents.numbers import (
    DocumentNumber,
    IndexNumber,
    find_document_numbers,
    parse_document_number,
    parse_index_number,
)
from gongkai.domains.documents.reader.dates import day_at_start
from gongkai.domains.documents.reader.document import Evidence
from gongkai.domains.documents.reader.labels import Label
from gongkai.domains.documents.reader.lines import Line, bare, place_of
from gongkai.domains.documents.reader.organs import (
    is_masked,
    looks_like_organ,
    organ_of_source,
    organs_in,
    organs_of_title,
    without_note,
)
from gongkai.domains.documents.reader.signature import Signature, first_day
from gongkai.domains.documents.reader.titles import Title
from gongkai.ground.files.text import TextWarning

_EMPTY = frozenset({"", "无", "暂无", "空", "-", "--", "—", "/", "null", "none"})


@dataclass
class Card:
    """What is known of a document while it is read."""

    labels: list[Label]
    evidence: dict[str, Evidence] = field(default_factory=dict)
    warnings: list[TextWarning] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    def label(self, name: str) -> Label | None:
        """The first label of a field that has a value."""
        return next((item for item in self.labels if item.field == name and _filled(item.value)), None)

    def printed(self, name: str, value: object = None) -> Evidence | None:
        """A label as evidence."""
        label = self.label(name)
        if label is None:
            return None
        return Evidence(label.value if value is None else value, label_place(label), label.value)

    def warn(self, code: str, place: str, found: str = "", expected: str = "", message: str = "") -> None:
        """Tell something that was not silently repaired."""
        self.warnings.append(TextWarning(code, place, found, expected, message))


def _filled(value: str) -> bool:
    return bare(value).lower() not in _EMPTY


def label_place(label: Label) -> str:
    """Where a label stands, in words."""
    return f"目录信息“{label.printed}”（第{label.line}行）" if label.line else f"网页元数据“{label.printed}”"


def index_number(card: Card, head: Sequence[Line]) -> IndexNumber | None:
    """The index number from its label, else from a line of the head that is one with a right check digit."""
    label = card.label("index_number")
    if label is not None:
        found = parse_index_number(label.value)
        if found is None:
            card.warn("number-malformed", label_place(label), label.value, "", "索引号不符合任何已知格式。")
        card.evidence["index_number"] = Evidence(found.normalised if found else None, label_place(label), label.value)
        return found
    for line in head:
        found = parse_index_number(line.text) if line.table is None else None
        if found is not None and found.is_front_valid:
            card.evidence["index_number"] = Evidence(found.normalised, place_of(line, "文首"), line.text)
            return found
    return None


def document_number(card: Card, head: Sequence[Line]) -> DocumentNumber | None:
    """The document's own number: its label, else a line of the head that is a number. Cited numbers never count."""
    label = card.label("document_number")
    printed = parse_document_number(label.value) if label else None
    line, own = number_line(head)
    if label is not None and printed is None:
        card.warn("number-malformed", label_place(label), label.value, "", "发文字号栏的内容不是发文字号。")
    if label is not None and printed is not None and own is not None and printed.normalised != own.normalised:
        card.warn(
            "number-malformed", label_place(label), printed.original, own.original, "目录与正文的发文字号不一致。"
        )
    if own is not None and line is not None:
        beside = card.printed("document_number", printed.normalised if printed else None)
        card.evidence["document_number"] = Evidence(own.normalised, place_of(line, "文首"), line.text, beside)
    elif label is not None:
        value = printed.normalised if printed else None
        card.evidence["document_number"] = Evidence(value, label_place(label), label.value)
    found = own or printed
    if found is not None and found.is_malformed:
        code = "bracket-lost" if "bracket-lost" in found.damage else "number-malformed"
        card.warn(code, card.evidence["document_number"].place, found.original, found.normalised, "发文字号不完整。")
    return found


def number_line(head: Sequence[Line]) -> tuple[Line | None, DocumentNumber | None]:
    """The first line of the head that is a document number, and that number."""
    return next(((line, found) for line, found, _ in number_lines(head)), (None, None))


def number_lines(head: Sequence[Line]) -> Iterator[tuple[Line, DocumentNumber, int]]:
    """Lines of the head that are a document number, alone or in brackets, and how many lines it takes.

    令 and 第N号 may be two lines.
    """
    for index, line in enumerate(head):
        if line.table is not None:
            continue
        found = parse_document_number(line.text) or parse_document_number(line.text.strip("（）()"))
        size = 1
        if found is None and line.bare.endswith("令") and index + 1 < len(head):
            found = parse_document_number(line.bare + head[index + 1].bare)
            size = 2
        if found is not None:
            yield line, found, size


def written_on(card: Card, signature: Signature | None) -> dt.date | None:
    """The day at the signature, else the label's; a difference is a warning."""
    label = card.label("written_on")
    printed = _labelled_day(card, label)
    beside = Evidence(printed, label_place(label), label.value) if label else None
    if signature is None:
        if beside is not None:
            card.evidence["written_on"] = beside
        return printed
    signed = first_day(signature)
    place = place_of(signature.day_line, "落款")
    if signature.day is not None and signature.day.is_bare:
        place = place.replace("落款", "落款，年月日三字缺失")
    quote = signature.day.printed if signature.day else signature.day_line.text
    card.evidence["written_on"] = Evidence(signed or printed, place, quote, beside)
    if signature.day is not None and signed is None:
        card.warn("date-impossible", place, quote, "", "落款日期不存在。")
    if signed is not None and printed is not None and signed != printed:
        card.warn(
            "written-on-differs",
            place,
            printed.isoformat(),
            signed.isoformat(),
            "目录中的成文日期与落款日期不一致，取落款日期。",
        )
    return signed or printed


def published_on(card: Card) -> dt.date | None:
    """The day of publication that a label prints."""
    label = card.label("published_on")
    found = _labelled_day(card, label)
    if label is not None:
        card.evidence["published_on"] = Evidence(found, label_place(label), label.value)
    return found


def _labelled_day(card: Card, label: Label | None) -> dt.date | None:
    if label is None:
        return None
    found = day_at_start(label.value)
    if found is None or found.day is None:
        card.warn("date-impossible", label_place(label), label.value, "", f"“{label.printed}”不是有效日期。")
        return None
    return found.day


def check_order(card: Card, written: dt.date | None, published: dt.date | None) -> None:
    """A document cannot have been published before it was written."""
    if written is not None and published is not None and written > published:
        card.warn(
            "date-impossible",
            card.evidence["published_on"].place,
            published.isoformat(),
            f"{written.isoformat()} 或之后",
            "发布日期早于成文日期。",
        )


def issuing_organ(
    card: Card, signature: Signature | None, title: Title | None, number: DocumentNumber | None
) -> str | None:
    """The organ at the signature, in the title or in its order's number, else in a label, else as source; or None."""
    label = card.label("issuing_organ")
    labelled = organs_in(without_note(label.value)) if label and not is_masked(label.value) else []
    found = next(
        (
            item
            for item in (
                _signed(signature),
                _titled(title),
                _ordered(card, number),
                _labelled(label, labelled),
                _sourced(card),
            )
            if item is not None
        ),
        None,
    )
    beside = card.printed("issuing_organ")
    if found is None:
        if label is not None:
            card.evidence["issuing_organ"] = Evidence(None, label_place(label), label.value)
        elif signature is not None and signature.organ_lines:
            line = signature.organ_lines[0]
            card.evidence["issuing_organ"] = Evidence(None, place_of(line, "落款"), line.text)
    else:
        organs, place, quote = found
        card.evidence["issuing_organ"] = Evidence(
            organs[0], place, quote, beside if place != label_place_of(label) else None
        )
        if len(organs) > 1:
            card.facts["co_issuers"] = list(organs[1:])
    if label is not None and not labelled:
        expected = found[0][0] if found else ""
        card.warn("publisher-not-an-organ", label_place(label), label.value, expected, "发布机构栏不是机关名称。")
    return found[0][0] if found else None


def label_place_of(label: Label | None) -> str:
    """The place of a label, "" for none."""
    return label_place(label) if label else ""


_Organs = tuple[Sequence[str], str, str]


def _signed(signature: Signature | None) -> _Organs | None:
    if signature is None or not signature.organs:
        return None
    line = signature.organ_lines[0]
    return signature.organs, place_of(line, "落款"), line.text if len(line.text) <= 60 else signature.organs[0]


def _titled(title: Title | None) -> _Organs | None:
    if title is None or not title.lines:
        return None
    organs = organs_of_title(title.text)
    if organs:
        return organs, place_of(title.lines[0], "标题"), title.text.partition("关于")[0]
    # A title spread over lines has its organ on a line of its own.
    for line in title.lines:
        organs = organs_in(line.text)
        if organs:
            return organs, place_of(line, "标题"), line.text
    return None


def _ordered(card: Card, number: DocumentNumber | None) -> _Organs | None:
    """The organ whose order (令) it is."""
    organ = number.organ_word.removesuffix("令") if number is not None and number.form == "order" else ""
    if not looks_like_organ(organ):
        return None
    evidence = card.evidence["document_number"]
    return [organ], evidence.place, evidence.quote


def _labelled(label: Label | None, organs: list[str]) -> _Organs | None:
    return (organs, label_place(label), label.value) if label and organs else None


def _sourced(card: Card) -> _Organs | None:
    """The organ a page names as its source, where nothing else names one."""
    for label in card.labels:
        organ = organ_of_source(label.value) if label.field == "source" else None
        if organ is not None:
            return [organ], label_place(label), label.value
    return None


def lost_brackets(lines: Sequence[Line]) -> Iterator[TextWarning]:
    """Numbers cited in the text that lost a bracket."""
    for line in lines:
        for found in find_document_numbers(line.text) if line.table is None else ():
            if "bracket-lost" in found.number.damage:
                yield TextWarning(
                    "bracket-lost",
                    place_of(line, "正文"),
                    found.number.original,
                    found.number.normalised,
                    "引用的发文字号缺少括号。",
                )


def cited_numbers(lines: Sequence[Line], own: DocumentNumber | None) -> list[str]:
    """The numbers a text cites, in normal form, each once; its own is not among them."""
    found: dict[str, None] = {}
    for line in lines:
        for item in find_document_numbers(line.text) if line.table is None else ():
            if own is None or item.number.normalised != own.normalised:
                found.setdefault(item.number.normalised)
    return list(found)
