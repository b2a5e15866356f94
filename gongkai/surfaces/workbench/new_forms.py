"""Starting a record: which kind, which way in, in which organ, with whom."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q

from gongkai.engine.records.kinds import KINDS
from gongkai.engine.reviews.presets import PRESETS
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import reach
from gongkai.ground.organs.models import Organ

WAYS = {"draft": "record.draft", "receive": "record.submit"}
WAY_NAMES = (
    ("receive", "接收已签发文件：文件已在办公系统签发，这里办理公开"),
    ("draft", "起草：在这里起草，走完整个流程"),
)
# Beyond this a list is no longer read: the organ is typed by name or code.
LONGEST_LIST = 60


class StartForm(forms.Form):
    """Kind, way in and organ; the organs are those where this person holds the right."""

    way = forms.ChoiceField(label="方式", choices=WAY_NAMES, widget=forms.RadioSelect, initial="receive")
    kind = forms.ChoiceField(label="类别")
    organ = forms.CharField(label="机构", max_length=120)
    co_issuers = forms.CharField(
        label="联合发文机关",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="一行一个，写机构全称或代码；送审后须各机关会签。",
    )
    preset = forms.ChoiceField(label="审签流程", required=False, help_text="不选则按机构和类别的规定。")
    index_number = forms.CharField(
        label="原索引号",
        max_length=60,
        required=False,
        help_text="已有索引号的填写，例如 11330000001/2026-00012；否则留空。",
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        self.fields["kind"].choices = [(kind.code, kind.name) for kind in KINDS.values()]  # type: ignore[attr-defined]
        self.fields["preset"].choices = [  # type: ignore[attr-defined]
            ("", "按规定"),
            *[(preset.code, f"{preset.name}（至少 {preset.persons} 人）") for preset in PRESETS.values()],
        ]
        mine = list(self._organs()[: LONGEST_LIST + 1])
        if len(mine) <= LONGEST_LIST:
            choices = [(organ.code, organ.name) for organ in mine]
            self.fields["organ"] = forms.ChoiceField(label="机构", choices=choices)
        else:
            self.fields["organ"].help_text = "写机构全称或代码。"
        own = next((organ.code for organ in mine if organ.pk == self.actor.organ_id), None)
        self.fields["organ"].initial = own

    def _organs(self) -> Any:
        rule = Q(pk__in=[])
        for right in WAYS.values():
            if self.actor.holds(right):
                rule |= Q(pk__in=reach(self.actor, right))
        return Organ.objects.filter(rule, valid_until__isnull=True).order_by("code")

    def clean_organ(self) -> Organ:
        """The organ by code or name, among those where this person may start something."""
        found = self._organs().filter(_named(self.cleaned_data["organ"])).first()
        if found is None:
            raise forms.ValidationError("没有这个机构，或者您在其中没有起草、送审的权限。")
        organ: Organ = found
        return organ

    def clean_co_issuers(self) -> list[Organ]:
        """Every named organ, or an error for the first that is unknown."""
        found = []
        for name in re.split(r"[\n、，,；;]+", self.cleaned_data["co_issuers"]):
            if not name.strip():
                continue
            organ = Organ.objects.filter(_named(name.strip())).first()
            if organ is None:
                raise forms.ValidationError(f"没有名为“{name.strip()}”的机构；请写全称或代码。")
            found.append(organ)
        return found


def _named(text: str) -> Q:
    return Q(code=text) | Q(name=text) | Q(short_name=text)


class SourceForm(forms.Form):
    """The signed document itself."""

    source = forms.FileField(
        label="已签发文件",
        required=False,
        help_text="DOCX、PDF、OFD、HTML 或 TXT。系统读出标题、文号、日期和正文，请您核对后再提交；原件作为附件加密保存。",
    )
    keeps_source = forms.BooleanField(label="把原件作为附件保存", required=False, initial=True)
