"""The signature of a letter (落款): the organs and the day under it, and the line that says when it was printed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.domains.documents.reader.dates import PrintedDay, day_at_end, day_line, is_masked_day
from gongkai.domains.documents.reader.labels import is_label_line
from gongkai.domains.documents.reader.lines import Line
from gongkai.domains.documents.reader.organs import is_masked, organs_in

_ADDRESSEE = re.compile(
    r"(?:各|全|省|市|区|县|州|国务院|中国|中央|有关|你|.{1,30}(?:人民政府|委员会|办公室|局|厅|委|部门|单位|机构))[^。；;！!？?]{0,300}[:：]"
)
_NUMBERED = re.compile(r"第[一二三四五六七八九十]|[一二三四五六七八九十]+、|[（(]|\d")
_CLOSING = re.compile(
    r"附件|附[:：]|附表|公开方式|（?此件|\(此件|抄送|主送|主题词|.*印发$|信息公开|政府信息公开选项|（联系|\(联系|联系人"
)
_ISSUED = re.compile(r"(?P<organ>.{2,40}?)\s*(?P<day>\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*印发")
_MOST_ORGANS = 20
_HEAD_OF_ORGAN = re.compile(
    r"(?:代)?(?:总理|省长|市长|县长|区长|州长|盟长|旗长|乡长|镇长|主席|部长|局长|厅长|主任|署长|行长)[\s:：]*[一-鿿·]{1,4}(?:\s*[一-鿿]{1,3})?"
)


@dataclass(frozen=True)
class Signature:
    """A signature as printed. ``day`` is None where the day is masked or no day of the calendar."""

    organs: tuple[str, ...]
    organ_lines: tuple[Line, ...]
    day: PrintedDay | None
    day_line: Line
    is_masked: bool = False


def find_addressee(lines: Sequence[Line], first: int = 0, span: int = 40) -> int | None:
    """The index of the line a letter is addressed with (主送机关), or None."""
    for index in range(first, min(first + span, len(lines))):
        if lines[index].table is None and _is_addressee(lines[index].text):
            return index
    return None


def _is_addressee(text: str) -> bool:
    if len(text) > 300 or not text.endswith((":", "：")) or is_label_line(text) or _NUMBERED.match(text):
        return False
    return _ADDRESSEE.fullmatch(text) is not None


def find_signature(lines: Sequence[Line], first: int) -> Signature | None:
    """The first signature at or after an index: organs above a day, else a day that stands where one must stand."""
    addressee = find_addressee(lines, first)
    start = first if addressee is None else addressee + 1
    bare_days = []
    for index in range(start, len(lines)):
        found = _signed_at(lines, index, start)
        if found is None:
            continue
        if found.organs or found.organ_lines or _is_below_a_head(lines, index):
            return found
        if _is_place_of_signature(lines, index, addressee is not None):
            bare_days.append(found)
    return bare_days[0] if bare_days else None


def find_issue_day(lines: Sequence[Line]) -> tuple[Line, PrintedDay] | None:
    """The line "某某办公室 2018年6月26日印发" and its day."""
    for line in reversed(lines):
        match = _ISSUED.fullmatch(line.text) if line.table is None else None
        if match:
            day = day_line(match["day"])
            if day is not None and day.day is not None:
                return line, day
    return None


def _signed_at(lines: Sequence[Line], index: int, start: int) -> Signature | None:
    line = lines[index]
    if line.table is not None or len(line.text) > 60:
        return None
    day = day_line(line.text)
    if day is not None or is_masked_day(line.text):
        organs, organ_lines, masked = _organs_above(lines, index, start)
        return Signature(organs, organ_lines, day, line, masked or day is None)
    ended = day_at_end(line.text)
    if ended is not None and (organs_there := organs_in(ended[0])):
        return Signature(tuple(organs_there), (line,), ended[1], line)
    return None


def _organs_above(lines: Sequence[Line], index: int, start: int) -> tuple[tuple[str, ...], tuple[Line, ...], bool]:
    organs: list[str] = []
    taken: list[Line] = []
    masked = False
    for above in range(index - 1, max(start, index - _MOST_ORGANS) - 1, -1):
        line = lines[above]
        named = organs_in(line.text) if line.table is None else []
        if not named and line.table is None and len(line.text) <= 40 and is_masked(line.text) and not organs:
            masked = True
            taken.append(line)
            break
        if not named:
            break
        organs[:0] = named
        taken.append(line)
    return tuple(organs), tuple(reversed(taken)), masked


def _is_below_a_head(lines: Sequence[Line], index: int) -> bool:
    """Whether the line above is the head of the organ, as orders (令) are signed: 市长 某某."""
    return index > 0 and _HEAD_OF_ORGAN.fullmatch(lines[index - 1].bare) is not None


def _is_place_of_signature(lines: Sequence[Line], index: int, is_letter: bool) -> bool:
    """A day without organs signs only a letter, and only before an annex, a printed text's title or the end."""
    if not is_letter:
        return False
    rest = [line for line in lines[index + 1 :] if line.table is None]
    if not rest or _CLOSING.match(rest[0].text):
        return True
    return len(rest[0].text) <= 60 and not rest[0].text.endswith(("。", "；", "，", "：", ":", ",", ";"))


def first_day(signature: Signature | None) -> dt.date | None:
    """The day of a signature where it has one."""
    return signature.day.day if signature is not None and signature.day is not None else None
