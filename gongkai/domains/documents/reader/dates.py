"""Days as documents print them: 2018年6月25日, 2018-06-25, 2018/6/25, 二〇一八年六月二十五日, 20180625."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from gongkai.domains.documents.numbers import chinese_number

_ZEROS = str.maketrans({"○": "〇", "Ｏ": "〇", "O": "〇", "０": "0", "◯": "〇", "零": "〇"})
_DIGIT_DAY = re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日?")
_MARKED_DAY = re.compile(r"(?P<y>(?:19|20)\d\d)\s*[-/.．－—]\s*(?P<m>\d{1,2})\s*[-/.．－—]\s*(?P<d>\d{1,2})(?!\d)")
_HAN_DAY = re.compile(
    r"(?P<y>[一二三四五六七八九〇]{4})\s*年\s*(?P<m>[一二三四五六七八九十]{1,2})\s*月\s*(?P<d>[一二三四五六七八九十]{1,3})\s*日"
)
_BARE_DAY = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)")
_PATTERNS = (_DIGIT_DAY, _MARKED_DAY, _HAN_DAY, _BARE_DAY)
_TIME = r"(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_STRUCK_DAY = re.compile(r"[\d*＊×XxＸ某〇○一二三四五六七八九十\s年月]*日")
_EMPTY_DAY = re.compile(r"\d{0,4}\s*年\s*\d{0,2}\s*月\s*\d{0,2}\s*日")
_STRUCK = re.compile(r"[*＊×XxＸ某]")


@dataclass(frozen=True)
class PrintedDay:
    """A day as printed. ``day`` is None where the figures are no day of the calendar."""

    day: dt.date | None
    printed: str
    is_bare: bool = False


def day_at_start(text: str) -> PrintedDay | None:
    """The day a value begins with (a time may follow), or None."""
    plain = _plain(text)
    for pattern in _PATTERNS:
        match = pattern.match(plain)
        if match:
            return _printed(match, text.strip())
    return None


def day_line(text: str) -> PrintedDay | None:
    """The day that is the whole of a line, or None."""
    plain = _plain(text)
    for pattern in _PATTERNS:
        match = re.fullmatch(pattern.pattern, plain)
        if match:
            return _printed(match, text.strip())
    return None


def day_at_end(text: str) -> tuple[str, PrintedDay] | None:
    """A line that ends with a day: the text before it and the day."""
    plain = _plain(text)
    for pattern in (_DIGIT_DAY, _HAN_DAY):
        match = re.fullmatch(rf"(?P<before>.+?)\s*(?P<day>{pattern.pattern})", plain)
        if match:
            return match["before"].strip(), _printed(match, match["day"])
    return None


def is_masked_day(text: str) -> bool:
    """Whether a line is a day whose figures were struck out or never filled in."""
    plain = text.strip()
    if len(plain) > 24 or day_line(plain) is not None:
        return False
    return bool(_STRUCK_DAY.fullmatch(plain) and _STRUCK.search(plain)) or _EMPTY_DAY.fullmatch(plain) is not None


def days_in(text: str) -> list[PrintedDay]:
    """Every day written with 年, 月 and 日 in running text."""
    plain = _plain(text)
    return [_printed(match, match[0]) for pattern in (_DIGIT_DAY, _HAN_DAY) for match in pattern.finditer(plain)]


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_ZEROS)).strip()


def _printed(match: re.Match[str], printed: str) -> PrintedDay:
    year, month, day = (chinese_number(match[part]) or 0 for part in "ymd")
    try:
        found: dt.date | None = dt.date(year, month, day)
    except ValueError:
        found = None
    return PrintedDay(found, printed, match.re.pattern == _BARE_DAY.pattern)
