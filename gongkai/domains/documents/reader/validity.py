"""Validity (有效性) and expiry (失效日期), only where the document states them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gongkai.domains.documents.numbers import chinese_number
from gongkai.domains.documents.reader.dates import day_at_start, years_after
from gongkai.domains.documents.reader.lines import Line, bare

_DAY = r"(?:\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)"
_SELF = r"本(?:办法|规定|细则|通知|意见|方案|规则|文件|条例|决定|通告|公告|措施|制度|规范|标准|政策)"
_TERM = re.compile(r"(?:有效|试行)期(?:限)?(?:为|是)?\s*[:：]?\s*(?P<years>\d{1,2}|[一二三四五六七八九十]{1,2})\s*年")
_UNTIL = re.compile(
    rf"有效期(?:限)?(?:截止?)?(?:至|到)\s*(?P<day>{_DAY})|(?:施行|执行|实施|有效)(?:期)?(?:至|到)\s*(?P<day2>{_DAY})"
)
_FROM = re.compile(rf"自\s*(?P<day>{_DAY})\s*(?:起|开始)\s*(?:施行|实施|执行|生效|试行)")
_FROM_ISSUE = re.compile(r"自(?P<event>印发|发布|公布|下发)之日起\s*(?:施行|实施|执行|生效|试行)")
_STATES = (
    ("in_force", re.compile(r"^(?:现行)?有效$|^现行$|^生效$|^是$|^有效中$")),
    ("amended", re.compile(r"已?(?:被)?修[改订正]")),
    ("repealed", re.compile(r"废止")),
    ("lapsed", re.compile(r"失效|^无效$|^否$|过期")),
)


@dataclass(frozen=True)
class Term:
    """What a document says of its own force: the day it begins, its years, the day it ends, and where it says so.

    ``begins_with`` is the event (印发, 发布, 公布) where the beginning is not a day.
    """

    begins_on: dt.date | None = None
    begins_with: str = ""
    years: int | None = None
    until: dt.date | None = None
    quote: str = ""
    line: Line | None = None

    def ends_on(self, issued_on: dt.date | None, published_on: dt.date | None) -> dt.date | None:
        """The expiry: the day stated, else the anniversary of a known beginning; None where that is unknown."""
        if self.until is not None:
            return self.until
        event_day = {"印发": issued_on, "下发": issued_on, "发布": published_on, "公布": published_on}
        begin = self.begins_on or event_day.get(self.begins_with)
        return years_after(begin, self.years) if begin is not None and self.years else None


def validity_of(printed: str) -> str | None:
    """The validity a label prints, as in_force, amended, lapsed or repealed; None for anything else."""
    plain = bare(printed)
    return next((state for state, pattern in _STATES if pattern.search(plain)), None)


def stated_term(lines: Iterable[Line]) -> Term | None:
    """What the last sentence about the document's own force says, or None."""
    found = None
    for line in lines:
        if line.table is not None or (
            "有效期" not in line.text and "施行" not in line.text and "执行至" not in line.text
        ):
            continue
        for sentence in re.split(r"(?<=。)", line.text):
            if re.search(_SELF, sentence) and (_TERM.search(sentence) or _UNTIL.search(sentence)):
                found = _term(sentence.strip(), line)
    return found


def terms_in(text: str) -> Iterator[Term]:
    """Every sentence of a text about its document's own force, the day of its beginning alone included."""
    for sentence in re.split(r"(?<=。)", text):
        about = (_TERM, _UNTIL, _FROM, _FROM_ISSUE)
        if re.search(_SELF, sentence) and any(pattern.search(sentence) for pattern in about):
            yield _term(sentence.strip(), None)


def years_in(printed: str) -> int | None:
    """The years of a label such as 有效期：5年."""
    match = re.fullmatch(r"(\d{1,2}|[一二三四五六七八九十]{1,2})\s*年", printed.strip())
    return chinese_number(match[1]) if match else None


def _term(sentence: str, line: Line | None) -> Term:
    term, until = _TERM.search(sentence), _UNTIL.search(sentence)
    begin, event = _FROM.search(sentence), _FROM_ISSUE.search(sentence)
    return Term(
        begins_on=_day(begin["day"]) if begin else None,
        begins_with=event["event"] if event else "",
        years=chinese_number(term["years"]) if term else None,
        until=_day(until["day"] or until["day2"]) if until else None,
        quote=sentence,
        line=line,
    )


def _day(text: str) -> dt.date | None:
    found = day_at_start(text)
    return found.day if found else None
