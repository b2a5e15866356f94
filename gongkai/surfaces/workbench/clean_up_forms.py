"""What a clean-up asks for: the decision, and the list of documents with their outcomes, typed or pasted."""

from __future__ import annotations

from typing import Any

from django import forms

from gongkai.engine.records.bodytext import rows_of_text
from gongkai.engine.records.clean_ups import Named
from gongkai.engine.records.models import CleanUpOutcome, Record
from gongkai.ground.access.actors import Actor
from gongkai.surfaces.workbench.pickers import OrganField, organs_with

WORDS = {str(outcome.label): str(outcome) for outcome in CleanUpOutcome} | {
    "失效": str(CleanUpOutcome.LAPSED),
    "有效": str(CleanUpOutcome.KEPT),
    "保留": str(CleanUpOutcome.KEPT),
    "修改": str(CleanUpOutcome.TO_AMEND),
}


class CleanUpForm(forms.Form):
    """One decision, many documents."""

    decision = forms.CharField(
        label="清理决定的索引号",
        required=False,
        max_length=60,
        help_text="已在本平台公开的清理决定，填索引号，名称和文号不用再填。",
    )
    title = forms.CharField(
        label="清理决定的名称",
        required=False,
        max_length=500,
        help_text="没有在本平台公开的，填名称、文号和日期，例如 关于公布规范性文件清理结果的决定。",
    )
    number = forms.CharField(label="清理决定的文号", required=False, max_length=80)
    decided_on = forms.DateField(label="决定日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    takes_effect_on = forms.DateField(
        label="生效日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不填的，自决定日期起生效。",
    )
    lines = forms.CharField(
        label="清理清单",
        widget=forms.Textarea(attrs={"rows": 10, "class": "rows", "spellcheck": "false"}),
        help_text=(
            "一行一件：文号或索引号 | 处理结果 | 说明。处理结果写废止、宣布失效、继续有效或拟修改；"
            "可以从 Excel 复制粘贴。"
        ),
    )
    note = forms.CharField(label="说明", required=False, max_length=300)
    field_order = ("organ", "decision", "title", "number", "decided_on", "takes_effect_on", "lines", "note")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        mine = organs_with(actor, "record.repeal")
        own = mine.filter(pk=actor.organ_id).values_list("code", flat=True).first()
        self.fields["organ"] = OrganField(mine, label="作出决定的机关", unknown="没有这个机关。", initial=own)
        self.order_fields(self.field_order)

    def clean_decision(self) -> Record | None:
        """The public record meant, None where nothing was typed."""
        typed = self.cleaned_data["decision"].strip()
        if not typed:
            return None
        found = Record.objects.filter(index_number=typed, is_visible=True).first()
        if found is None:
            raise forms.ValidationError("没有已公开的这份清理决定。")
        return found

    def clean_lines(self) -> list[Named]:
        """The list as it was meant; an outcome in no known word is left as typed, and the preview says so."""
        rows = [[*row, "", ""][:3] for row in rows_of_text(self.cleaned_data["lines"])]
        return [Named(number, WORDS.get(outcome, outcome), note[:200]) for number, outcome, note in rows]
