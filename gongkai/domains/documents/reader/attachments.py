"""Attachments (附件) that a document announces, and whether they are there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.domains.documents.reader.dates import day_line, is_masked_day
from gongkai.domains.documents.reader.lines import Line, bare, place_of
from gongkai.domains.documents.reader.organs import organs_in
from gongkai.ground.files.text import TextWarning

_ANNOUNCED = re.compile(r"附\s*件\s*(?P<number>\d{0,2})\s*[:：]\s*(?P<name>\S.*)")
_NEXT = re.compile(r"(?:附件\s*)?(?P<number>\d{1,2})\s*[.．、:：\s]\s*(?P<name>\S.*)")
_OPENED = re.compile(r"附\s*件\s*(?P<number>\d{0,2}|[一二三四五六七八九十]?)\s*[:：]?")
_SHEET = re.compile(
    r"(?:[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、)\s*(?P<name>附表|附件)(?:[（(].{0,20}[）)])?\s*[:：]?"
)
_ENDING = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|zip|rar|ofd|jpg|png)$", re.IGNORECASE)


@dataclass(frozen=True)
class Attachment:
    """An attachment: its name, its address where the page links one, whether its text stands in the document."""

    name: str
    url: str | None
    is_in_text: bool
    line: Line | None = None

    def as_json(self) -> dict[str, object]:
        """The attachment as ``gongkai import`` prints it."""
        return {"name": self.name, "url": self.url, "in_text": self.is_in_text}


def find_attachments(lines: Sequence[Line], links: Sequence[tuple[str, str]]) -> list[Attachment]:
    """The announced attachments in order, then linked files that no announcement names."""
    found: list[Attachment] = []
    opened = [index for index, line in enumerate(lines) if line.table is None and _OPENED.fullmatch(line.text)]
    addresses = {_key(name): url for name, url in links}
    for line, name in _announced(lines):
        plain = _key(name)
        url = addresses.pop(plain, None)
        found.append(Attachment(name, url, bool(opened) or _stands_below(lines, line, plain), line))
    found.extend(Attachment(name, url, False) for name, url in links if name and addresses.pop(_key(name), ""))
    return found


def _key(name: str) -> str:
    """A name without number, brackets, ending and blanks, as announcements and links agree on it."""
    return bare(_ENDING.sub("", _name(re.sub(r"^附\s*件\s*[:：]\s*", "", name.strip()))))


def missing_warnings(lines: Sequence[Line], attachments: Sequence[Attachment]) -> list[TextWarning]:
    """A warning for each attachment that is announced but neither linked nor in the text."""
    warnings = [
        TextWarning(
            "attachment-missing",
            place_of(item.line, "附件说明"),
            "",
            item.name,
            f"附件“{item.name}”只有名称，没有内容。",
        )
        for item in attachments
        if item.line is not None and not item.url and not item.is_in_text
    ]
    for index, line in enumerate(lines):
        match = _SHEET.fullmatch(line.text) if line.table is None else None
        if match and _ends_after(lines, index):
            warnings.append(
                TextWarning(
                    "attachment-missing", place_of(line, "正文"), "", match["name"], f"“{line.text}”之下没有内容。"
                )
            )
    return warnings


def _announced(lines: Sequence[Line]) -> list[tuple[Line, str]]:
    found: list[tuple[Line, str]] = []
    index = 0
    while index < len(lines):
        match = _ANNOUNCED.fullmatch(lines[index].text) if lines[index].table is None else None
        index += 1
        if match is None or len(lines[index - 1].text) > 120:
            continue
        found.append((lines[index - 1], _name(match["name"])))
        count = 2
        while index < len(lines) and lines[index].table is None:
            following = _NEXT.fullmatch(lines[index].text)
            if following is None or int(following["number"]) != count or len(lines[index].text) > 120:
                break
            found.append((lines[index], _name(following["name"])))
            count += 1
            index += 1
    return found


def _name(printed: str) -> str:
    return re.sub(r"^(?:附件\s*)?\d{1,2}\s*[.．、:：\s]\s*", "", printed.strip()).strip("《》 ")


def _stands_below(lines: Sequence[Line], announced: Line, name: str) -> bool:
    return any(line.number > announced.number and line.bare == name for line in lines)


def _ends_after(lines: Sequence[Line], index: int) -> bool:
    """Whether nothing but a signature follows."""
    rest = lines[index + 1 :]
    return all(
        line.table is None and (organs_in(line.text) or day_line(line.text) or is_masked_day(line.text))
        for line in rest
    )
