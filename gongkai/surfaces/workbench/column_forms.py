"""Forms of columns and of the channels of a record."""

from __future__ import annotations

from typing import Any

from django import forms

from gongkai.engine.channels.models import Column
from gongkai.engine.channels.queries import CADENCES, choices_for, open_columns
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from gongkai.ground import clock
from gongkai.ground.access.rules import reach
from gongkai.ground.rulebook.queries import entry_of, law_in_force, limit_in_words
from gongkai.surfaces.workbench.admin_forms import NO_ORGAN, AskForm
from gongkai.surfaces.workbench.pickers import OrganField, organs_with


def cadence_words(key: str) -> str:
    """A cadence in words."""
    return f"{entry_of(key).name}：{limit_in_words(law_in_force(key, clock.today()).provision)}"


class ColumnField(forms.ModelChoiceField):
    """A column, called with its organ."""

    def label_from_instance(self, obj: Column) -> str:  # type: ignore[override]
        return f"{obj.name}（{obj.organ.name}）"


class ColumnForm(AskForm):
    """What a column is called, where it stands, what it holds."""

    name = forms.CharField(label="名称", max_length=60)
    slug = forms.SlugField(
        label="地址名", max_length=60, help_text="小写字母、数字和连字符，例如 news；网址为 /c/news/。"
    )
    parent = ColumnField(Column.objects.none(), label="上级栏目", required=False, empty_label="无")
    order = forms.IntegerField(label="次序", min_value=0, max_value=9999, initial=0, help_text="小的在前。")
    lead = forms.CharField(label="说明", max_length=200, required=False)
    is_picked = forms.BooleanField(label="逐件选入（由网站编辑为每条信息选择）", required=False)
    kinds = forms.MultipleChoiceField(
        label="类别", required=False, widget=forms.CheckboxSelectMultiple, help_text="不逐件选入的，自动列出这些类别。"
    )
    with_below = forms.BooleanField(label="包含下级机关的信息", required=False)
    cadence = forms.ChoiceField(label="更新要求", required=False)

    def prepare(self) -> None:
        """Kinds, cadences and columns of today; the facts as they are."""
        self.fields["kinds"].choices = [(kind.code, kind.plural) for kind in KINDS.values()]  # type: ignore[attr-defined]
        cadences = [("", "无"), *((key, cadence_words(key)) for key in CADENCES)]
        self.fields["cadence"].choices = cadences  # type: ignore[attr-defined]
        self.fields["parent"].queryset = open_columns().filter(  # type: ignore[attr-defined]
            organ__in=reach(self.actor, "column.maintain")
        )
        if isinstance(self.subject, Column):
            self.initial = {name: getattr(self.subject, name) for name in self.fields}


class OpenColumnForm(ColumnForm):
    """A new column of one of the organs maintained here."""

    def prepare(self) -> None:
        """The organ comes first."""
        super().prepare()
        self.put_first(organ=OrganField(organs_with(self.actor, "column.maintain"), label="机构", unknown=NO_ORGAN))


class FollowForm(AskForm):
    """A feed of a superior organ to be followed."""

    name = forms.CharField(label="来源名称", max_length=120, help_text="转载时作为来源显示，例如 某某省人民政府。")
    url = forms.URLField(
        label="订阅地址", max_length=500, assume_scheme="https", help_text="RSS 或 Atom 的 https 地址。"
    )

    def prepare(self) -> None:
        """For which organ."""
        self.put_first(organ=OrganField(organs_with(self.actor, "column.maintain"), label="机构", unknown=NO_ORGAN))


class ChannelsForm(forms.Form):
    """The channels of one record beside the portal."""

    channels = forms.MultipleChoiceField(label="发布渠道", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, record: Record, **options: Any) -> None:
        super().__init__(*args, **options)
        found = choices_for(record.kind, record.organ_id)
        self.given = [choice for choice in found if choice.is_given]
        offered = [(choice.channel, choice.name) for choice in found if not choice.is_given]
        self.fields["channels"].choices = offered  # type: ignore[attr-defined]
        self.initial["channels"] = [one.channel for one in record.placements.all()]
        self.is_empty = not offered
