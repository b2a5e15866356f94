"""Scan for classification marks (密级标志): state secrets and work secrets may not enter this platform.

Grounds: 保守国家秘密法 Articles 31, 57, 64; 互联网政务应用安全管理规定 2024. A mark stands on a line of its own (head,
page header, cover, file name) or carries the star; running text that talks about secrets is no mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gongkai.ground.files.text import StructuredText
from gongkai.ground.refusal import Refused, wording

CITATION = "《中华人民共和国保守国家秘密法》第三十一条、第五十七条"

_LEVEL = "(?:绝密|机密|秘密|絕密|機密)"
_WORK = "(?:工作秘密|内部)"
_STAR = "[★☆✭✩⭐✮✦*]"
_TERM = (
    r"(?:\d{1,3}年|\d{1,2}个?月|[一二三四五六七八九十]{1,3}年|长期|启用前|启封前|解密(?:时间|日期|条件)?[::].{0,20})"
)
_URGENT = "(?:特急|加急|特提|平急|急件)"
_COPY = r"(?:(?:份号|编号|No\.?|№)?[::]?\d{0,6}(?:份)?)"
_OPEN, _CLOSE = r"[(\[【<〔{「『]", r"[)\]】>〕}」』]"

# Anywhere: nobody writes the star in running text except as the mark itself.
_STARRED = re.compile(rf"(?<!商业)(?:{_LEVEL}|{_WORK})(?:[★☆✭✩⭐✮✦]|\*(?=\d))")
# Whole lines, white space taken out.
_OWN_LINE = re.compile(
    rf"{_COPY}{_URGENT}?{_OPEN}?(?P<mark>{_LEVEL}级?|工作秘密)"
    rf"(?:{_STAR}|[·•.,,、:;-])?{_OPEN}?{_TERM}?{_CLOSE}?{_URGENT}?{_COPY}"
)
_BEFORE_USE = re.compile(
    rf"{_OPEN}?{_LEVEL}级?{_STAR}?[·•-]?(?:使用|启用|启封|开启|考试)(?:完毕)?前(?:保密|绝密)?{_CLOSE}?"
)
_LABELLED = re.compile(rf"(?:密级|涉密等级|秘密等级|保密等级|文件密级|密别)[::]?{_OPEN}?(?P<mark>{_LEVEL}|工作秘密)")
_ENUMERATED = re.compile(rf"^级?{_CLOSE}?[、/,,或和及与□☐○◯]")
_COPY_NUMBER = re.compile(r"份号[::]?(?:第)?\d{3,8}(?:号|份)?")
_INTERNAL = re.compile(
    rf"{_OPEN}?(?:(?P<mark>内部(?:资料|文件|材料|刊物|使用|参考|传阅|发行|情况|掌握))[!!,,。.;;、:·★*-]*"
    r"(?:请?注意(?:保存|保密)|(?:不得|严禁|切勿|请勿|禁止|不准|不要)(?:外传|外泄|扩散|公开|复印|翻印|转载|外借|带出|上网)|妥善保管|"
    rf"请?妥善保存|严格保密|用后收回|阅后即?(?:收回|退回|销毁)|供内部使用)+[!!。.]?{_CLOSE}?)"
)
_INTERNAL_ALONE = re.compile(
    rf"{_OPEN}?(?:内部资料|内部文件|内部材料|注意保存|涉密文件|涉密资料|涉密材料|内部刊物){_CLOSE}?[!!]?"
)
_IN_NAME = re.compile(
    rf"(?:^|[^\u4e00-\u9fff])(?P<mark>{_LEVEL}级?|工作秘密|内部资料|内部文件|涉密)(?:{_STAR}|\d+年)?(?=$|[^\u4e00-\u9fff])"
)
# How many lines count as the head and the end of a document for marks that are plain words elsewhere.
_HEAD, _LONGEST_LINE = 12, 60
# Every mark holds one of these signs, and none of them has a compatibility form.
_HINT = re.compile("[密份内注涉]")
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_SPACE = re.compile(r"\s+")


MARKED = wording(
    "records.classification_mark",
    what="录入的内容疑似带有密级标志（{place}），系统没有保存其中任何文字。",
    todo="本系统为非涉密系统。请立即停止录入，按保密规定在线下办理；确属误判的，请去掉引起误判的字样后重新录入。",
    status=422,
    is_traced=True,
)


@dataclass(frozen=True)
class MarkHit:
    """A suspected mark: which rule, where (never which text around it)."""

    rule: str
    place: str
    mark: str


def scan(text: str | StructuredText, filename: str = "") -> list[MarkHit]:
    """The suspected marks in a text and its file name; empty when there are none."""
    lines = text.splitlines() if isinstance(text, str) else list(_printed(text))
    hits = list(scan_name(filename))
    hits.extend(scan_lines(lines, "第{}行"))
    return hits


def refuse_marked(text: str) -> None:
    """Refuse a typed text that bears a suspected mark, before anything is written (a traced refusal)."""
    hits = scan(text)
    if hits:
        raise Refused(MARKED, CITATION, place=hits[0].place, where=hits[0].place)


def scan_name(filename: str) -> Iterator[MarkHit]:
    """Marks in a file name: as words of their own, not inside a title about secrets."""
    name = _folded(filename.rpartition(".")[0] or filename)
    found = _STARRED.search(name.replace(" ", "")) or _IN_NAME.search(name)
    if found:
        yield MarkHit("file-name", "文件名", found.group(0).strip())


def scan_lines(lines: Iterable[str], place: str) -> Iterator[MarkHit]:
    """Marks in the lines of one part of a file; ``place`` holds {} for the line number."""
    count = 0
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        count += 1
        if not _HINT.search(line):
            continue
        compact = _SPACE.sub("", _folded(line))
        found = _in_line(compact, count <= _HEAD)
        if found:
            yield MarkHit(found[0], place.format(number), found[1])


def _in_line(compact: str, is_head: bool) -> tuple[str, str] | None:
    starred = _STARRED.search(compact)
    if starred:
        return "star", starred.group(0)
    labelled = _LABELLED.search(compact)
    if labelled and not _ENUMERATED.match(compact[labelled.end() :]):
        return "label", labelled.group("mark")
    if len(compact) > _LONGEST_LINE:
        return None
    for rule, pattern in (("own-line", _OWN_LINE), ("before-use", _BEFORE_USE), ("internal", _INTERNAL)):
        found = pattern.fullmatch(compact)
        if found:
            return rule, found.groupdict().get("mark") or compact
    if is_head and (_COPY_NUMBER.fullmatch(compact) or _INTERNAL_ALONE.fullmatch(compact)):
        return "head", compact
    return None


def _folded(text: str) -> str:
    """Compatibility signs as their common form, invisible signs out: neither hides a mark."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def _printed(text: StructuredText) -> Iterator[str]:
    """Lines and table cells, each as a line."""
    for block in text.blocks:
        if block.type != "table":
            yield from block.text.split("\n")
            continue
        yield block.caption
        for row in (block.columns, *block.rows):
            for cell in dict.fromkeys(row):
                yield from cell.split("\n")
