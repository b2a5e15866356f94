"""The checks panel (校核): what was found, where, what may be done about it; masking in place."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from gongkai.engine.checks.masking import mask, shown
from gongkai.engine.checks.models import Decision, Finding
from gongkai.engine.checks.queries import findings
from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import can
from gongkai.surfaces.workbench.edit_forms import field_words

TYPE_WORDS = {
    "identity-number": "身份证号码",
    "mobile": "手机号码",
    "landline": "固定电话",
    "bank-card": "银行卡号",
    "plate": "车牌号",
    "passport": "护照号码",
    "email": "电子邮箱",
    "address": "住址",
    "name": "姓名",
    "birth-date": "出生日期",
    "classification-mark": "疑似密级标志",
    "hidden-content": "隐藏内容",
    "metadata": "文件属性",
    "wrong-word": "错别字",
    "document-number": "发文字号",
    "date": "日期",
    "count": "数量",
    "sum": "合计",
    "link": "链接",
    "markup": "残留标记",
    "unreadable": "无法读取",
    "validity": "有效性",
}
MASKABLE = frozenset(
    {"identity-number", "mobile", "landline", "bank-card", "plate", "passport", "email", "address", "birth-date"}
)
# "Fixed" and "masked" come true by a new edition in which the text is gone; a decision is for what stays.
DECISIONS = (
    (Decision.FALSE_POSITIVE, "误报：不是这类信息"),
    (Decision.ACCEPTED, "属实，依法应当公开，予以保留"),
)


class DecisionForm(forms.Form):
    """A reasoned decision on one finding."""

    decision = forms.ChoiceField(label="处理决定", choices=[("", "请选择"), *DECISIONS])
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：该电话为政务服务热线，依法应当公开。",
    )


@dataclass(frozen=True)
class FindingLine:
    """A finding in words, with what this person may do about it."""

    finding: Finding
    type: str
    place: str
    css: str
    is_maskable: bool
    may_decide: bool
    why_not: str
    decided: str


def lines_of(record: Record, actor: Actor) -> list[FindingLine]:
    """What the checks found in the working edition, open and blocking ones first."""
    if record.working is None:
        return []
    rows = list(findings("record", str(record.pk), record.working.sha256))
    verdict = (
        can("finding.decide", next((row for row in rows if not row.is_decided), Finding()), actor) if rows else None
    )
    lines = [_line(row, may_decide=bool(verdict), why_not=verdict.reason if verdict else "") for row in rows]
    return sorted(lines, key=lambda line: (line.finding.is_decided, line.finding.severity != "block"))


def _line(row: Finding, *, may_decide: bool, why_not: str) -> FindingLine:
    made = row.decided_by
    decided = ""
    if made is not None:
        who = made.by.name if made.by else "系统"
        decided = f"{Decision(made.decision).label}：{made.reason}（{who}）"
    return FindingLine(
        finding=row,
        type=TYPE_WORDS.get(row.type, row.type),
        place=place_words(row.place),
        css="settled" if row.is_decided else row.severity,
        is_maskable=row.type in MASKABLE and not row.is_decided and _is_in_text(row),
        may_decide=may_decide and not row.is_decided,
        why_not=why_not,
        decided=decided,
    )


def _is_in_text(row: Finding) -> bool:
    """Does the finding stand in the text itself, where it can be masked? A file must be replaced."""
    return "start" in row.place and "file" not in row.place


def cautions_of(record: Record, actor: Actor) -> list[FindingLine]:
    """What is doubtful about the document's validity and relations and nobody has decided: told before it is public."""
    return [line for line in lines_of(record, actor) if line.finding.type == "validity" and not line.finding.is_decided]


def proposal_of(record: Record, key: str) -> dict[str, Any]:
    """What a finding on the working edition proposes to fill in: fields with their values; empty where nothing."""
    if record.working is None or not key.isdecimal():
        return {}
    row = findings("record", str(record.pk), record.working.sha256).filter(pk=key[:18], is_decided=False).first()
    return dict(row.place.get("sets", {})) if row is not None else {}


def place_words(place: Mapping[str, Any]) -> str:
    """A place as people say it."""
    if "file" in place:
        inside = place_words({key: value for key, value in place.items() if key != "file"})
        return f"附件 {int(place['file']) + 1}{'，' if inside else ''}{inside}"
    if "field" in place:
        return field_words(str(place["field"]))
    if "link" in place:
        return "关联"
    if "block" not in place:
        return str(place.get("part", ""))
    words = f"正文第 {int(place['block']) + 1} 段"
    if "row" in place:
        row = int(place["row"])
        words += f"，表格{'表头' if row < 0 else f'第 {row + 1} 行'}第 {int(place['column']) + 1} 列"
    elif place.get("part") == "caption":
        words += "，表格标题"
    return f"{words}，第 {int(place['start']) + 1} 字" if "start" in place else words


def maskable(record: Record, keys: Iterable[str]) -> list[Finding]:
    """The open findings of the working edition that can be masked; those of the given keys, or all without keys."""
    if record.working is None:
        return []
    wanted = {key for key in keys if key}
    rows = findings("record", str(record.pk), record.working.sha256).filter(type__in=MASKABLE, is_decided=False)
    return [row for row in rows if _is_in_text(row) and (not wanted or str(row.pk) in wanted)]


def masked_content(content: Mapping[str, Any], rows: Iterable[Finding]) -> tuple[dict[str, Any], int]:
    """The content with each finding masked where it still stands as it was found, and how many were."""
    made = copy.deepcopy(dict(content))
    count = sum(_mask_one(made, row) for row in rows)
    return made, count


def _mask_one(content: dict[str, Any], row: Finding) -> bool:
    """Mask one finding in place. Masks keep the length of a text, so the places of the others still hold."""
    for holder, key in _spots(content, row.place):
        text, start, end = holder[key], int(row.place["start"]), int(row.place["end"])
        if isinstance(text, str) and shown(text, start, end, row.type)[:200] == row.shown:
            holder[key] = mask(text, start, end, row.type)
            return True
    return False


def _spots(content: dict[str, Any], place: Mapping[str, Any]) -> Iterable[tuple[Any, Any]]:
    """Where a place may be in a content: a container and the key in it."""
    if "field" in place:
        value = content.get(str(place["field"]))
        if isinstance(value, list):
            cells = [(row, key) for row in value if isinstance(row, dict) for key in row]
            return cells or [(value, index) for index in range(len(value))]
        return [(content, str(place["field"]))] if isinstance(value, str) else []
    body = content.get("body", [])
    if not 0 <= int(place.get("block", -1)) < len(body):
        return []
    block = body[int(place["block"])]
    if place.get("part") == "caption":
        return [(block, "caption")] if "caption" in block else []
    if "row" not in place:
        return [(block, "text")] if "text" in block else []
    rows = [block.get("columns", []), *block.get("rows", [])]
    row, column = int(place["row"]) + 1, int(place["column"])
    return [(rows[row], column)] if row < len(rows) and column < len(rows[row]) else []
