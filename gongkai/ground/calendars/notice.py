"""Reads the yearly notice on days off (国务院办公厅关于某年部分节假日安排的通知) into lists of days.

The notice names days as "1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。". The weekday
in brackets and the count of days are checked against the days read, so that a slip of the
pen does not become a wrong deadline.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from gongkai.ground.calendars.plans import Source
from gongkai.ground.refusal import Refused, wording

UNREADABLE = wording(
    "calendar.notice_unreadable",
    what="放假通知没有读懂：{fault}。",
    todo="请粘贴通知全文，或者直接填写放假日期和调休上班日期。",
    status=422,
)

_DAY = r"(?:(?P<y{0}>\d{{4}})年)?(?:(?P<m{0}>\d{{1,2}})月)?(?P<d{0}>\d{{1,2}})日(?P<b{0}>（[^）]*）)?"
_SPAN = re.compile(_DAY.format(1) + r"(?:[至到\-—－～~]+" + _DAY.format(2) + ")?")
_SECTION = re.compile(r"(?:^|\n)\s*[一二三四五六七八九十]+、")
_WEEKDAYS = "一二三四五六日"
_NUMBER = re.compile(r"国办发明电〔\d{4}〕\d+号")
_TITLE_YEAR = re.compile(r"关于(?:调整)?(\d{4})年")
_DATED = re.compile(r"国务院办公厅\s*(\d{4})年(\d{1,2})月(\d{1,2})日")


@dataclass(frozen=True)
class ParsedNotice:
    """What a notice says. The days may fall into the year before; ``in_year`` sorts them."""

    year: int
    source: Source
    off: tuple[dt.date, ...]
    work: tuple[dt.date, ...]

    def in_year(self, year: int) -> tuple[list[dt.date], list[dt.date]]:
        """The days off and the make-up days that fall in a year."""
        return [day for day in self.off if day.year == year], [day for day in self.work if day.year == year]


def parse_notice(text: str, year: int | None = None) -> ParsedNotice:
    """Read a notice. ``year`` is needed where the text does not carry its title. Refused when it does not add up."""
    text = text.replace("(", "（").replace(")", "）").replace(":", "：").replace(" ", "").replace("\u3000", "")
    of_year = year or _year_of(text)
    if "延长" in text:
        raise Refused(UNREADABLE, fault="这是延长假期的通知，请在原安排上修改日期")
    off: set[dt.date] = set()
    work: set[dt.date] = set()
    for section in _SECTION.split(text)[1:]:
        _read_section(section, of_year, off, work)
    if not off:
        raise Refused(UNREADABLE, fault="没有找到“一、元旦：1月1日放假”这样的条目")
    return ParsedNotice(of_year, _source(text, of_year), tuple(sorted(off)), tuple(sorted(work)))


def _year_of(text: str) -> int:
    found = _TITLE_YEAR.search(text)
    if found is None:
        raise Refused(UNREADABLE, fault="没有找到年份")
    return int(found[1])


def _source(text: str, year: int) -> Source:
    number = _NUMBER.search(text)
    dated = _DATED.search(text)
    day = dt.date(int(dated[1]), int(dated[2]), int(dated[3])).isoformat() if dated else ""
    return Source(f"国务院办公厅关于{year}年部分节假日安排的通知", number[0] if number else "", day)


def _read_section(section: str, year: int, off: set[dt.date], work: set[dt.date]) -> None:
    for sentence in re.split(r"[。；;]", section):
        if "上班" in sentence:
            work |= _days_in(sentence, year)
        elif "放假" in sentence or "补休" in sentence or "调休" in sentence:
            off |= _days_off(sentence, year)


def _days_off(sentence: str, year: int) -> set[dt.date]:
    days = _days_in(sentence, year)
    counted = re.search(r"共(\d+)天", sentence)
    if counted and len(days) != int(counted[1]):
        raise Refused(UNREADABLE, fault=f"“{sentence.strip()}”写明共{counted[1]}天，读出{len(days)}天")
    return _with_weekend(days) if "周末连休" in sentence else days


def _days_in(sentence: str, year: int) -> set[dt.date]:
    days: set[dt.date] = set()
    month: int | None = None
    for found in _SPAN.finditer(sentence):
        first = _day(found["y1"] or year, found["m1"] or month, found["d1"], found["b1"])
        last = first
        if found["d2"]:
            last = _day(found["y2"] or first.year, found["m2"] or first.month, found["d2"], found["b2"])
        if not 0 <= (last - first).days <= 15:
            raise Refused(UNREADABLE, fault=f"“{found[0]}”的起止日期不合理")
        days |= {first + dt.timedelta(step) for step in range((last - first).days + 1)}
        month = last.month
    return days


def _day(year: str | int, month: str | int | None, day: str, bracket: str | None) -> dt.date:
    try:
        read = dt.date(int(year), int(month or 0), int(day))
    except ValueError:
        raise Refused(UNREADABLE, fault=f"“{month or ''}月{day}日”不是日期") from None
    named = re.search(rf"(?:周|星期)([{_WEEKDAYS}])", bracket or "")
    if named and _WEEKDAYS[read.weekday()] != named[1]:
        raise Refused(UNREADABLE, fault=f"{read}是周{_WEEKDAYS[read.weekday()]}，通知写作周{named[1]}")
    return read


def _with_weekend(days: set[dt.date]) -> set[dt.date]:
    """The days and the weekend days that join them without a gap (与周末连休)."""
    joined = set(days)
    for step in (-1, 1):
        day = (min(days) if step < 0 else max(days)) + dt.timedelta(step)
        while day.weekday() > 4:
            joined.add(day)
            day += dt.timedelta(step)
    return joined
