"""The items of a secrecy review sheet as the screen and the paper show them, and what is asked of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms

from gongkai.engine.reviews.models import SecrecyLine, SecrecySheet, Verdict
from gongkai.surfaces.workbench.act_forms import reason_choices
from gongkai.surfaces.workbench.words import reason_words


class LineForm(forms.Form):
    """Agree, send back with a reason, or leave the item for later."""

    verdict = forms.ChoiceField(
        label="结论",
        required=False,
        choices=[("", "暂不办理"), (Verdict.AGREE.value, "同意"), (Verdict.RETURN.value, "退回修改")],
        widget=forms.RadioSelect,
        initial="",
    )
    reason = forms.ChoiceField(label="退回原因", required=False, choices=reason_choices("return_for_correction"))
    text = forms.CharField(
        label="意见",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="同意的可留空，记录为规范表述；退回的写明哪里需要改。",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, due in (("verdict", "可暂不办理"), ("reason", "退回时必填")):
            self.fields[name].due = due  # type: ignore[attr-defined]

    def clean(self) -> dict[str, str]:
        """What is sent back has a reason."""
        found = super().clean() or {}
        if found.get("verdict") == Verdict.RETURN and not found.get("reason"):
            self.add_error("reason", "退回的请选择原因。")
        return found


@dataclass(frozen=True)
class Line:
    """An item in words; ``has_changed``: its text is no longer the one that was listed."""

    row: SecrecyLine
    title: str
    number: str
    drafter: str
    verdict: str
    tone: str
    text: str
    hand: str
    at: dt.datetime | None
    has_changed: bool

    @property
    def pk(self) -> int:
        return self.row.pk

    @property
    def is_waiting(self) -> bool:
        return self.row.opinion_id is None


def lines_of_sheet(sheet: SecrecySheet) -> list[Line]:
    """The items in their order, in one query."""
    related = ("record__drafter", "record__working", "edition", "opinion__reviewer", "opinion__on_behalf_of")
    return [_line(row) for row in sheet.lines.select_related(*related)]


def _line(row: SecrecyLine) -> Line:
    record, opinion, content = row.record, row.opinion, row.edition.content
    changed = record.working is None or record.working.sha256 != row.edition_sha256
    verdict, tone, text, hand = ("列表后有修改", "warn", "", "") if changed else ("待审查", "main", "", "")
    if opinion is not None:
        agrees = opinion.verdict == Verdict.AGREE
        verdict, tone = str(Verdict(opinion.verdict).label), "ok" if agrees else "warn"
        reason = f"{reason_words(opinion.reason_code)}。" if opinion.reason_code else ""
        text = f"{reason}{opinion.text}"
        name = opinion.reviewer.name if opinion.reviewer else "系统"
        hand = f"{name}代{opinion.on_behalf_of.name}" if opinion.on_behalf_of else name
    return Line(
        row=row,
        title=str(content.get("title") or record.title),
        number=str(content.get("document_number") or "") or f"草稿 {record.pk}",
        drafter=record.drafter.name if record.drafter else "接口接收",
        verdict=verdict,
        tone=tone,
        text=text,
        hand=hand,
        at=opinion.at if opinion else None,
        has_changed=changed,
    )
