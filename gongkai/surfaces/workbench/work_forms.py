"""Entering work records: one line, or a workbook."""

from __future__ import annotations

from typing import Any

from django import forms

from gongkai.domains.workrecords.entries import Entry, category_names
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.organs.models import Organ, Person
from gongkai.surfaces.workbench.pickers import OrganField, PersonField, organs_with


class EntryForm(forms.Form):
    """One work record. Day, organ and person are filled in already: category and matter are what is typed."""

    done_on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    category = forms.ChoiceField(label="类别")
    matter = forms.CharField(
        label="事项", max_length=200, help_text="一句话写明做了什么，例如：抽查依申请公开电话，应答准确。"
    )
    result = forms.CharField(
        label="结果", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), help_text="加密保存。"
    )

    def __init__(self, *args: Any, organ: Organ, handler: Person | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["done_on"].initial = clock.today()
        self.fields["category"].choices = list(category_names().items())  # type: ignore[attr-defined]
        people = Person.objects.filter(organ=organ)
        self.fields["handler"] = PersonField(
            people, label="经办人", initial=handler.username if handler else "", help_text=""
        )
        self.order_fields(("done_on", "category", "matter", "handler", "result"))

    def clean_done_on(self) -> Any:
        """A day that has been."""
        if self.cleaned_data["done_on"] > clock.today():
            raise forms.ValidationError("日期在今天之后。")
        return self.cleaned_data["done_on"]

    def entry(self) -> Entry:
        """What was typed."""
        return Entry(
            **{name: self.cleaned_data[name] for name in ("done_on", "category", "matter", "handler", "result")}
        )


class NewEntryForm(EntryForm):
    """With an attachment, which is sealed and stays internal."""

    attachment = forms.FileField(label="附件", required=False, help_text="照片、签到表、通话记录等；加密保存，不公开。")


class ImportForm(forms.Form):
    """A workbook, or lines pasted from one."""

    source = forms.FileField(
        label="Excel 文件",
        required=False,
        help_text="第一行是列名：日期、类别、事项、经办人、结果。经办人不填的算登记人。",
    )
    lines = forms.CharField(
        label="或者粘贴",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "rows", "spellcheck": "false"}),
        help_text="一行一条：日期 | 类别 | 事项 | 经办人 | 结果；可以从 Excel 复制粘贴。",
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        mine = organs_with(actor, "work.enter")
        own = mine.filter(pk=actor.organ_id).values_list("code", flat=True).first()
        self.fields["organ"] = OrganField(mine, label="机构", unknown="没有这个机构。", initial=own)
        self.order_fields(("organ", "source", "lines"))
