"""What is wrong with a document itself: marks, dates that disagree, lists that miscount, damaged document numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from gongkai.engine.checks.kinds import BLOCK, WARN, Checked, Hit, Span, check
from gongkai.ground.files.marks import CITATION, scan_lines

_HAN_DIGITS = {
    sign: value
    for value, signs in enumerate(("〇○零Ｏ", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for sign in signs
}
_DAY = re.compile(r"(?P<y>(?:19|20)\d\d)年(?P<m>\d{1,2})月(?P<d>\d{1,2})日")
_HAN_DAY = re.compile(
    r"(?P<y>[一二][〇○零Ｏ一二三四五六七八九]{3})年(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十]{1,3})日"
)
_SIGNED = re.compile(r"(?P<day>\S{4}年\S{1,2}月\S{1,3}日)[)）]?(?:印发|发布)?")
_ORGAN_END = re.compile(r"(?:政府|办公室|办公厅|局|委员会|委|厅|部|处|中心|公司|会|院|所)\s*$")


@check("classification-mark", severity=BLOCK, basis=CITATION)
def classification_marks(subject: Checked) -> Iterator[Hit]:
    """Classification marks (密级标志). The guard refuses them at the door; this looks again at every edition."""
    lines = [(span, line) for span in subject.body_spans for line in span.text.split("\n")]
    for hit in scan_lines((line for _, line in lines), "{}"):
        span = lines[int(hit.place) - 1][0]
        told = "立即停止处理并按保密规定线下办理；确认误判的由保密审查人员说明理由。"
        yield Hit("classification-mark", "（不显示）", span.at(0, len(span.text)), told, hit.mark)


@check("written-on", severity=WARN, basis="《党政机关公文处理工作条例》第九条（成文日期）")
def written_on(subject: Checked) -> Iterator[Hit]:
    """The date of writing (成文日期) in the metadata against the dates that stand alone at a signature."""
    label = subject.metadata.get("written_on")
    if not isinstance(label, str | dt.date) or not label:
        return
    day = dt.date.fromisoformat(label) if isinstance(label, str) else label
    signed = [(span, start, end, found) for span in subject.body_spans for start, end, found in _signature_days(span)]
    if signed and all(found != day for *_, found in signed):
        span, start, end, found = signed[0]
        told = f"著录为 {day.isoformat()}，落款为 {found.isoformat()}，请核对。"
        yield Hit("date", span.text[start:end], span.at(start, end), told)


def _signature_days(span: Span) -> Iterator[tuple[int, int, dt.date]]:
    """A day that is a line of its own, or follows an organ's name in a short line."""
    if "block" not in span.place or "row" in span.place or len(span.text) > 60:
        return
    for pattern in (_DAY, _HAN_DAY):
        for found in pattern.finditer(span.text):
            before, after = span.text[: found.start()], span.text[found.end() :].strip()
            day = day_of(found)
            if day is not None and not after and (not before.strip() or _ORGAN_END.search(before)):
                yield found.start(), found.end(), day


def day_of(found: re.Match[str]) -> dt.date | None:
    """The day a match names in Arabic or Chinese numerals; None where there is no such day."""
    try:
        return dt.date(*(_value(found[name]) for name in ("y", "m", "d")))
    except ValueError:
        return None


def _value(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_HAN_DIGITS[tens] if tens else 1) * 10 + (_HAN_DIGITS[ones] if ones else 0)
    return int("".join(str(_HAN_DIGITS[sign]) for sign in text))


@check("impossible-date", severity=WARN, basis="GB/T 15835《出版物上数字用法》")
def impossible_dates(subject: Checked) -> Iterator[Hit]:
    """Days that no calendar has, like 2月30日."""
    for span, _ in subject.figures:
        if "日" in span.text:
            for found in _DAY.finditer(span.text):
                if day_of(found) is None:
                    yield Hit("date", found.group(), span.at(*found.span()), "没有这一天，请核对。")


_UNIT = r"(?:个(?!工作日|月|小时|年|百分点|多|以)|项|大类|类(?!似)|方面|领域|部门|环节|种|家(?!庭))"
_STATED = re.compile(
    rf"(?P<and>等)?(?<!第)(?P<count>\d{{1,2}}|[三四五六七八九]|十[一二三四五六七八九]?)(?P<unit>{_UNIT})"
)
_CLAUSE = re.compile(r"[，,。；;：:！？!?\n（(“‘]")
_OPENING = re.compile(r".*(?:包括|包含|涵盖|分为|分别为|分别是|梳理|做好|抓好|推进)")
_FEWEST, _FARTHEST = 4, 2
_LONGEST_LIST = 600


@check("count", severity=WARN, basis="公文校核：数字与所列项目一致")
def counts(subject: Checked) -> Iterator[Hit]:
    """A list that names another number of things than the number beside it says (8个试点领域 after nine names)."""
    for span in subject.body_spans:
        if "、" not in span.text:
            continue
        for stated in _STATED.finditer(span.text):
            yield from _miscount(span, stated)


def _miscount(span: Span, stated: re.Match[str]) -> Iterator[Hit]:
    # A window, not the whole text before it: a page of lists would cost its square.
    window = max(0, stated.start() - _LONGEST_LIST)
    before = span.text[window : stated.start()]
    cuts = [found.end() for found in _CLAUSE.finditer(before)]
    if not cuts and window:
        return
    start = cuts[-1] if cuts else 0
    items = [item.strip() for item in before[start:].split("、")]
    start += window
    items[0] = _OPENING.sub("", items[0])
    if len(items) < _FEWEST or any(not item or len(item) > 24 or re.search(r"\d|^第", item) for item in items):
        return
    fewest = len(items)
    most = sum(len(re.split(r"和|与|及|以及", item)) for item in items)
    number = _value(stated["count"])
    if fewest <= number <= most or (stated["and"] and most < number):
        return
    named = fewest if fewest > number else most
    if abs(named - number) <= _FARTHEST:
        text = f"{items[0]}、…、{items[-1]}{stated.group()}"
        told = f"写明“{stated.group()}”，前面列出 {named} 项，请核对。"
        yield Hit("count", text, span.at(start, stated.end()), told)


# The organ's word (机关代字) ends in one of these; without brackets only such a word makes it a document number.
_WORD_END = "发办函字规电通综政党厅委局教财建卫民水农交文环安审统商法规划"
_NUMBER = re.compile(
    rf"(?P<organ>[\u4e00-\u9fff]{{0,9}}[{_WORD_END}])(?P<open>[〔﹝\[［(（【〈]?)(?P<year>(?:19|20)\d\d)"
    r"(?P<close>[〕﹞\]］)）】〉]?)(?P<nth>第?)(?P<serial>\d{1,5})(?P<suffix>号?)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEAD = re.compile(r"^.*(?:根据|按照|依据|落实|执行|印发|转发|以及|及|和|与|的|在|为|由|经)(?=[\u4e00-\u9fff]{2})")


@check("document-number", severity=WARN, basis="GB/T 9704—2012《党政机关公文格式》7.2.5")
def document_numbers(subject: Checked) -> Iterator[Hit]:
    """Document numbers (发文字号) that lost a bracket, mix brackets, or carry 第 or leading zeros."""
    for span, _ in subject.figures:
        if _YEAR.search(span.text):
            for found in _NUMBER.finditer(span.text):
                problem = _number_problem(found)
                if problem:
                    place = span.at(found.end("organ") - len(_LEAD.sub("", found["organ"])), found.end())
                    told = f"{problem}，应为“〔{found['year']}〕{int(found['serial'])}号”。"
                    yield Hit("document-number", span.text[place["start"] : place["end"]], place, told)


def _number_problem(found: re.Match[str]) -> str:
    opened, closed = found["open"], found["close"]
    if not found["suffix"] and not (opened and closed):
        return ""
    if not opened and not closed:
        # "2017138号" after an organ's word; other figures before 号 (phone lines, houses) have no such word.
        return "缺少六角括号" if re.search(r"(?:政发|政办|办发|政函|办函|办字|政字|府发|府办)$", found["organ"]) else ""
    if not opened or not closed:
        return "六角括号不完整"
    if (opened, closed) != ("〔", "〕"):
        return "年份应当用六角括号" if found["suffix"] else ""
    if found["nth"]:
        return "序号前不加“第”"
    if found["serial"].startswith("0"):
        return "序号不编虚位"
    return "" if found["suffix"] else "缺少“号”"
