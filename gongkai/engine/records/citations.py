"""Which public records a text cites by their numbers (发文字号), wherever the number stands in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gongkai.engine.records.models import Record

_NUMBER = re.compile(
    r"(?P<word>[一-鿿〇A-Za-z]{1,20})[〔\[［(（﹝【](?P<year>(?:19|20)\d\d)[〕\]］)）﹞】](?P<serial>\d{1,5})号"
)
_LONGEST_WORD = 12


@dataclass(frozen=True)
class Citation:
    """A number met in a text: where it stands, and the record it is the number of."""

    text: int
    start: int
    end: int
    record: Record


def citations(texts: Iterable[str]) -> list[Citation]:
    """The public records that these texts name by number, in order; one query for all of them.

    Running text gives no sign where an organ's word begins (根据云政发〔2026〕1号): every ending of it is looked up,
    and the longest that is a record's number is meant.
    """
    met = [(place, match) for place, text in enumerate(texts) for match in _NUMBER.finditer(text)]
    if not met:
        return []
    wanted = {number for _, match in met for number in _endings(match)}
    known = {
        record.document_number: record
        for record in Record.objects.filter(document_number__in=wanted, published_at__isnull=False).order_by("pk")
    }
    found = []
    for place, match in met:
        number = next((number for number in _endings(match) if number in known), None)
        if number is not None:
            start = match.start("word") + len(match["word"]) - number.index("〔")
            found.append(Citation(place, start, match.end(), known[number]))
    return found


def _endings(match: re.Match[str]) -> Iterator[str]:
    """The number with every ending of the word before its bracket, the longest first."""
    word = match["word"][-_LONGEST_WORD:]
    tail = f"〔{match['year']}〕{int(match['serial'])}号"
    return (f"{word[start:]}{tail}" for start in range(len(word)))
