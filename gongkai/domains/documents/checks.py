"""What a document says of its own force, proposed to whoever edits it: 自…起施行, 有效期…年, 试行, 暂行.

A proposal is a finding whose place names the field and the value (``sets``); only a person fills it in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from gongkai.domains.documents.reader.validity import Term, terms_in
from gongkai.engine.checks.kinds import WARN, Checked, Hit, Span, check

BASIS = "文件正文关于施行日期和有效期的规定"
TRIAL = ("试行", "暂行")
NO_TERM = "标题为“{word}”，没有写明失效日期；请核对文件的有效期，没有规定有效期的可以不填。"


@check("validity-term", severity=WARN, basis=BASIS)
def validity_terms(subject: Checked) -> Iterator[Hit]:
    """The day a document comes into force and the day it expires, where its text says so and the fields do not."""
    if "effective_until" not in subject.metadata:
        # A file that is only inspected has no such fields.
        return
    stated = list(_stated(subject))
    if stated:
        span, term = stated[-1]
        yield from _proposals(subject, span, term)
    yield from _trial(subject, is_stated=any(term.years or term.until for _, term in stated))


def _stated(subject: Checked) -> Iterator[tuple[Span, Term]]:
    for span in subject.body_spans:
        if "row" not in span.place and any(word in span.text for word in ("施行", "试行", "有效期", "执行", "实施")):
            yield from ((span, term) for term in terms_in(span.text))


def _proposals(subject: Checked, span: Span, term: Term) -> Iterator[Hit]:
    issued = _day(subject.metadata.get("issued_on"))
    begins = term.begins_on or (issued if term.begins_with in ("印发", "下发") else None)
    ends = term.ends_on(issued, None)
    found: dict[str, tuple[str, dt.date | None]] = {
        "effective_from": ("施行日期", begins),
        "effective_until": ("失效日期", ends),
    }
    for name, (label, day) in found.items():
        if day is not None and _day(subject.metadata.get(name)) != day:
            yield _proposal(span, term, name, label, day)


def _proposal(span: Span, term: Term, name: str, label: str, day: dt.date) -> Hit:
    start = span.text.index(term.quote)
    place = span.at(start, start + len(term.quote)) | {"sets": {name: day.isoformat()}}
    return Hit(
        "validity", term.quote, place, f"按正文，{label}应为 {day.isoformat()}，请核对后填写。", value=f"{name} {day}"
    )


def _trial(subject: Checked, *, is_stated: bool) -> Iterator[Hit]:
    title = str(subject.metadata.get("title", ""))
    word = next((word for word in TRIAL if word in title), "")
    if word and not is_stated and not subject.metadata.get("effective_until"):
        yield Hit("validity", title, {"field": "effective_until"}, NO_TERM.format(word=word), value=f"trial {word}")


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) and value else value or None
