"""The title of a document, its genre and the kind it suggests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.domains.documents.numbers import parse_document_number
from gongkai.domains.documents.reader.dates import day_line, is_masked_day
from gongkai.domains.documents.reader.labels import is_label_line
from gongkai.domains.documents.reader.lines import Line, bare, joined_han, words
from gongkai.domains.documents.reader.organs import looks_like_organ
from gongkai.domains.documents.reader.signature import find_addressee
from gongkai.domains.documents.reader.tables import heads_in

# 党政机关公文处理工作条例 (2012) names fifteen genres; platforms add the second row (requirements 6.5).
_OFFICIAL = words("决议 决定 命令 令 公报 公告 通告 意见 通知 通报 报告 请示 批复 议案 函 纪要")
_PLATFORM = words(
    "办法 规定 细则 条例 规则 准则 规范 规划 方案 纲要 要点 计划 "
    "预案 指南 指引 目录 清单 决算 预算 公示 解读 章程 制度 措施"
)
_GENRE = re.compile(rf"(?P<genre>{'|'.join(sorted([*_OFFICIAL, *_PLATFORM], key=len, reverse=True))})$")
_TAIL = re.compile(
    r"(?:[（(《〈][^（()）]{0,20}(?:试行|暂行|修订|修正|草案|稿|版|年|月)[^（()）]{0,12}[）)]|》|〉|”)+$"
)
_REPRINT = re.compile(r"^[（(【\[]\s*转载\s*[）)】\]]\s*")
_NOT_TITLE = re.compile(
    r"(?:引言|前言|目录$|概述|正文|附件|附表|摘要|序言|背景|【[^】]*(?:解读|读懂)|关注|点击|来源|时间|作者|答[:：]|问[:：]|第[一二三四五六七八九十百零\d]+[章条节编]"
    r"|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、]\D|步骤\d|https?:)"
)
_SITE_TAIL = re.compile(r"\s*[-_|–—]+\s*[^-_|–—]{2,40}$")
_HAN = re.compile(r"[一-鿿]")
_LONG = 80


@dataclass(frozen=True)
class Title:
    """A title as printed, and the lines it stands on (all its repetitions among them)."""

    text: str
    lines: tuple[Line, ...]


def head_end(lines: Sequence[Line]) -> int:
    """The index where the head ends: the address of the letter, its first long paragraph or its first section."""
    addressee = find_addressee(lines)
    limit = addressee if addressee is not None else len(lines)
    for index, line in enumerate(lines[:limit]):
        if is_label_line(line.text):
            continue
        if line.table is not None or len(line.text) >= _LONG or line.text.endswith("。"):
            return index
        if re.match(r"第[一二三四五六七八九十百零\d]+[章条节]|[一二三四五六七八九十]{1,3}、", line.text):
            return index
    return limit


def find_title(head: Sequence[Line], page_title: str, *, is_named: bool = False) -> Title | None:
    """The title among the lines of the head, or None where none of them reads as one.

    ``page_title`` is what the page calls itself; a line that agrees with it is preferred. ``is_named``: it is known
    to be the document's, so that a line without any sign of a title is none.
    """
    named = bare(_REPRINT.sub("", _SITE_TAIL.sub("", page_title)))
    best: tuple[float, int, str, tuple[Line, ...]] | None = None
    for index in range(min(len(head), 40)):
        for size in (1, 2, 3, 4):
            part = tuple(head[index : index + size])
            text = "".join(line.text if len(part) == 1 else joined_han(line.text) for line in part)
            is_whole = len(part) == size and part[-1].number - part[0].number == size - 1
            score = _score(text, part, head, named) if is_whole else None
            if score is not None and (best is None or score > best[0]):
                best = (score, index, text, part)
    if best is None or (best[0] < 1 and (is_named or best[1] > 0 or best[0] < 0)):
        return None
    title = _REPRINT.sub("", best[2])
    return Title(re.sub(r"^[\s|｜]+|[\s|｜]+$", "", title), title_lines(head, title))


def title_lines(head: Sequence[Line], title: str) -> tuple[Line, ...]:
    """Every run of up to five lines that spells the title, an organ's line before it included."""
    wanted = bare(title)
    about = wanted[wanted.find("关于") :] if "关于" in wanted else wanted
    found: dict[int, Line] = {}
    for index in range(len(head)):
        for size in range(1, 6):
            part = head[index : index + size]
            spelled = _REPRINT.sub("", "".join(line.bare for line in part))
            organ_first = size > 1 and spelled.endswith(about) and looks_like_organ(spelled[: -len(about)])
            if spelled == wanted or organ_first:
                found.update((line.number, line) for line in part)
    return tuple(found[number] for number in sorted(found))


def _score(text: str, part: Sequence[Line], head: Sequence[Line], named: str) -> float | None:
    plain = bare(text)
    if (
        not 6 <= len(plain) <= 150
        or len(_HAN.findall(plain)) < 4
        or re.search(r"[。；]|[:：，,、;]$", plain)
        or _NOT_TITLE.match(plain)
    ):
        return None
    if any(line.table is not None or _is_other(line.text) for line in part) or looks_like_organ(plain):
        return None
    if any(_NOT_TITLE.match(line.bare) for line in part):
        return None
    if len(part) > 1 and (genre_of(plain) is None or any(genre_of(line.bare) for line in part[:-1])):
        return None
    score = (
        4.0
        if named and (bare(_REPRINT.sub("", text)) == named or (len(plain) > 9 and named.startswith(plain)))
        else 0.0
    )
    score += 3 if genre_of(plain) else 0
    score += 2 if "关于" in plain else 0
    score += 1 if sum(line.bare == plain for line in head) > 1 else 0
    score -= 2 if _REPRINT.match(text) else 1 if plain.startswith("【") else 0
    if len(part) == 2 and looks_like_organ(part[0].bare) and re.match(r"\d{4}年", part[1].bare):
        return score + 0.5  # a report's title has its organ on a line of its own
    return score - (0.5 * len(part) if len(part) > 1 else 0)


def _is_other(text: str) -> bool:
    return (
        heads_in(text.split())
        or parse_document_number(text) is not None
        or day_line(text) is not None
        or is_masked_day(text)
    )


def genre_of(title: str) -> str | None:
    """The genre (体裁) a title ends with: 通知, 意见, 办法 …; None where it ends with none."""
    plain = _TAIL.sub("", bare(title))
    if re.search(r"(?:信息公开)?(?:工作)?年度报告$|年报$", plain):
        return "年报"
    match = _GENRE.search(plain)
    return match["genre"] if match else None


_NORMATIVE = re.compile(
    r"(?:办法|规定|细则|规则|规范性文件|实施规范|若干措施)(?:[（(][^）)]*[）)])?》?(?:的通知|的决定)?$"
)
_KIND_BY_GENRE = {
    "公告": "notice", "通告": "notice", "公示": "notice", "公报": "notice", "指南": "guide", "指引": "guide",
    "年报": "annual_report", "解读": "interpretation", "条例": "regulation",
    "办法": "normative_document", "规定": "normative_document",
    "细则": "normative_document", "规则": "normative_document",
}  # fmt: skip


def kind_of(title: str | None, genre: str | None, organ_word: str | None) -> str | None:
    """The kind a document seems to be, for a person to confirm; None where nothing points to one.

    A number with 规 in its organ word (政规, 府办规, 规字) marks a normative document (规范性文件).
    """
    if organ_word and re.search(r"规(?:字|发)?$|规〔", organ_word):
        return "normative_document"
    if organ_word and organ_word.endswith("令"):
        return "government_rule" if organ_word != "国令" and "国务院" not in organ_word else "regulation"
    own = genre_of(title) if title else None
    if title and _NORMATIVE.search(bare(title)):
        return "normative_document"
    for found in (own, genre):
        if found in _KIND_BY_GENRE:
            return _KIND_BY_GENRE[found]
    if own or genre or organ_word or (title and re.search(r"(?:任务)?(?:分工|分解)(?:表|方案)?$", bare(title))):
        return "other_document"
    return None
