"""Starting a record: which kind, which way in, in which organ, with whom."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Purpose
from gongkai.engine.records.signatures import parse_signatures, typed_signatures
from gongkai.engine.reviews.presets import PRESETS
from gongkai.ground.access.actors import Actor
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.pickers import OrganField, named, organs_with

WAYS = {"draft": "record.draft", "receive": "record.submit"}
WAY_NAMES = (
    ("receive", "接收已签发文件：文件已在办公系统签发，这里办理公开"),
    ("draft", "起草：在这里起草，走完整个流程"),
)
NO_ORGAN = "没有这个机构，或者您在其中没有起草、送审的权限。"


class StartForm(forms.Form):
    """Kind, way in and organ; the organs are those where this person holds the right."""

    way = forms.ChoiceField(label="方式", choices=WAY_NAMES, widget=forms.RadioSelect, initial="receive")
    kind = forms.ChoiceField(label="类别")
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
        self.fields["kind"].choices = [(kind.code, kind.name) for kind in KINDS.values()]  # type: ignore[attr-defined]
        self.fields["preset"].choices = [  # type: ignore[attr-defined]
            ("", "按规定"),
            *[(preset.code, f"{preset.name}（至少 {preset.persons} 人）") for preset in PRESETS.values()],
        ]
        mine = organs_with(actor, *WAYS.values())
        own = mine.filter(pk=actor.organ_id).values_list("code", flat=True).first()
        self.fields["organ"] = OrganField(mine, label="机构", unknown=NO_ORGAN, initial=own)

    def clean_co_issuers(self) -> list[Organ]:
        """Every named organ, or an error for the first that is unknown."""
        found = []
        for name in re.split(r"[\n、，,；;]+", self.cleaned_data["co_issuers"]):
            if not name.strip():
                continue
            organ = Organ.objects.filter(named(name.strip())).first()
            if organ is None:
                raise forms.ValidationError(f"没有名为“{name.strip()}”的机构；请写全称或代码。")
            found.append(organ)
        return found


class PaperForm(forms.Form):
    """The sheet on which a document was signed in the OA system, and who signed."""

    sheet = forms.FileField(
        label="审签单",
        help_text="办公系统的审签单或发文稿纸。加密保存，只供有权的人员查看，任何时候都不公开。",
    )
    signatures = forms.CharField(
        label="签批人",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一人，依次写环节、姓名、意见、日期，用空格隔开，例如：签发 王某某 同意 2026-03-02。加密保存。",
    )

    def clean_signatures(self) -> str:
        """As typed; a line without step and name is an error."""
        typed: str = self.cleaned_data["signatures"]
        try:
            parse_signatures(typed_signatures(typed))
        except Refused as refusal:
            raise forms.ValidationError(refusal.explain().what) from None
        return typed


class FilingForm(PaperForm):
    """A paper that is kept with a record: the review sheet, or what a rule or normative document is filed with."""

    field_order = ("purpose", "sheet", "number", "dated_on", "signatures")
    purpose = forms.ChoiceField(label="材料", choices=Purpose.choices, initial=Purpose.REVIEW_SHEET)
    number = forms.CharField(
        label="编号", required=False, max_length=80, help_text="例如备案号 云府备〔2026〕3号；没有的留空。"
    )
    dated_on = forms.DateField(
        label="日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sheet"].label = "文件"


class SourceForm(PaperForm):
    """The signed document itself, and the sheet on which it was signed."""

    field_order = ("source", "keeps_source", "sheet", "signatures")
    source = forms.FileField(
        label="已签发文件",
        required=False,
        help_text="DOCX、PDF、OFD、HTML 或 TXT。系统读出标题、文号、日期和正文，请您核对后再提交。",
    )
    keeps_source = forms.BooleanField(
        label="把原件作为附件保存",
        required=False,
        help_text="附件随正文一并公开；一键遮盖只改正文，原件中有个人信息的，请换成遮盖后的文件。",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sheet"].required = False
