"""Lists that state how many things they name: 城乡规划、…、公共法律服务8个试点领域. The count is compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from gongkai.domains.documents.numbers import chinese_number
from gongkai.domains.documents.reader.lines import Line, place_of
from gongkai.ground.files.text import TextWarning

_UNITS = r"(?:个(?!工作日|月|小时|年|百分点|多|以)|项|大类|类(?!似)|方面|领域|部门|部分|环节|家(?!庭)|部(?!门|分)|种)"
_STATED = re.compile(rf"(?P<and>等)?(?<!第)(?P<count>\d{{1,3}}|[三四五六七八九十]{{1,3}})(?P<unit>{_UNITS})")
_CLAUSE_ENDS = "，,。；;：:！？!?\n（(“‘"
_CLOSERS = {"）": "（", ")": "("}
# Three things before a figure often belong to something else; so does a figure that is far off.
_FEWEST = 4
_FARTHEST = 2
_LONGEST_LIST = 600
_MOST_IN_LINE = 60
_OPENS_LIST = re.compile(r".*(?:分为|划分为|包括|包含|涵盖|分别为|分别是)")
_CONJUNCTION = re.compile(r"和|与|及|以及")


def count_warnings(lines: Iterable[Line]) -> Iterator[TextWarning]:
    """A warning for every list that names another number of things than it states."""
    for line in lines:
        if line.table is not None:
            continue
        for match in islice(_STATED.finditer(line.text), _MOST_IN_LINE):
            warning = _compared(line, match)
            if warning is not None:
                yield warning


def _compared(line: Line, match: re.Match[str]) -> TextWarning | None:
    stated = chinese_number(match["count"])
    items = listed_before(line.text, match.start())
    if stated is None or len(items) < _FEWEST:
        return None
    fewest, most = len(items), sum(len(_CONJUNCTION.split(item)) for item in items)
    # "等" leaves room for things not named; a conjunction may join two things or stand inside one name.
    if fewest <= stated <= most or (match["and"] and most < stated):
        return None
    found = fewest if fewest > stated else most
    if abs(found - stated) > _FARTHEST:
        return None
    return TextWarning(
        "count-mismatch",
        place_of(line, "正文"),
        found=str(found),
        expected=str(stated),
        message=f"写明“{match['count']}{match['unit']}”，列出 {found} 项：{items[0][-12:]}……{items[-1][-12:]}。",
    )


def listed_before(text: str, end: int) -> list[str]:
    """The things listed with 、 right before an offset, in order; brackets belong to the thing before them."""
    items: list[str] = []
    item: list[str] = []
    depth = 0
    for index in range(end - 1, max(end - _LONGEST_LIST, 0) - 1, -1):
        char = text[index]
        if char in _CLOSERS:
            depth += 1
        elif char in _CLOSERS.values() and depth:
            depth -= 1
        elif depth == 0 and char in _CLAUSE_ENDS:
            break
        elif depth == 0 and char == "、":
            items.append("".join(reversed(item)))
            item = []
            continue
        item.append(char)
    items.append("".join(reversed(item)))
    listed = _OPENS_LIST.sub("", "、".join(reversed(items)))
    named = [part.strip() for part in listed.split("、")]
    # Things with figures of their own (教育3项、卫生2项) state their own count, not that of the list.
    if any(not part or re.search(r"\d|^第", part) for part in named) or max(map(len, named)) > 40:
        return []
    return named
