"""The administrators' forms: what each asks for. Which action a form belongs to stands in ``admin_acts``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from gongkai.engine.records.kinds import KINDS
from gongkai.engine.reviews.presets import PRESETS
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.roles import ROLE_NAMES
from gongkai.ground.access.rules import scope
from gongkai.ground.calendars.plans import STATUSES
from gongkai.ground.calendars.queries import regions
from gongkai.ground.gate.door import visible
from gongkai.ground.organs.models import Organ, OrganLevel, OrganType, Person
from gongkai.ground.rulebook.queries import rule_table
from gongkai.ground.rulebook.schema import UNIT_NAMES, Unit
from gongkai.surfaces.workbench.pickers import OrganField, PersonField, organs_with

NO_ORGAN = "没有这个机构，或者不在您的管理范围内。"
DAY = {"type": "date"}


def day_field(label: str, **options: Any) -> forms.DateField:
    """A day as browsers give it."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **options)


class AskForm(forms.Form):
    """A form that knows who asks and about what; ``prepare`` adds the fields that depend on it."""

    def __init__(self, *args: Any, actor: Actor, subject: Any = None, **options: Any) -> None:
        self.actor, self.subject = actor, subject
        super().__init__(*args, **options)
        self.prepare()

    def prepare(self) -> None:
        """Add fields, or start from the subject."""

    def put_first(self, **fields: forms.Field) -> None:
        """Put fields before the declared ones."""
        self.fields = {**fields, **self.fields}


class ConfirmForm(AskForm):
    """A confirmation only."""


class OrganFactsForm(AskForm):
    """Codes, contact facts and settings of an organ."""

    short_name = forms.CharField(label="简称", max_length=60, required=False)
    type = forms.ChoiceField(label="类型", choices=OrganType.choices)
    level = forms.ChoiceField(label="层级", choices=OrganLevel.choices)
    organisation_code = forms.CharField(label="组织机构代码", max_length=10, required=False)
    credit_code = forms.CharField(label="统一社会信用代码", max_length=18, required=False)
    division_code = forms.CharField(label="行政区划代码", max_length=12, required=False)
    document_prefixes = forms.CharField(
        label="机关代字",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="一行一个，例如 云教办。",
    )
    calendar = forms.ChoiceField(label="工作日历")
    review_preset = forms.ChoiceField(label="审签流程")
    work_body = forms.CharField(label="政府信息公开工作机构", max_length=120, required=False)
    address = forms.CharField(label="办公地址", max_length=200, required=False)
    office_hours = forms.CharField(label="办公时间", max_length=120, required=False)
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    fax = forms.CharField(label="传真", max_length=40, required=False)
    email = forms.CharField(label="电子邮箱", max_length=120, required=False)
    website = forms.CharField(label="网址", max_length=200, required=False)

    def prepare(self) -> None:
        """The lists of today, and the facts as they are."""
        self.fields["calendar"].choices = [(key, one.name) for key, one in regions().items()]  # type: ignore[attr-defined]
        self.fields["review_preset"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{one.name}（至少 {one.persons} 人）") for one in PRESETS.values()
        ]
        if isinstance(self.subject, Organ):
            self.initial = {name: getattr(self.subject, name) for name in self.fields}
            self.initial["document_prefixes"] = "\n".join(self.subject.document_prefixes)

    def clean_document_prefixes(self) -> list[str]:
        """One prefix a line."""
        return [line.strip() for line in self.cleaned_data["document_prefixes"].splitlines() if line.strip()]


class EstablishForm(OrganFactsForm):
    """A new organ below one of those maintained here."""

    def prepare(self) -> None:
        """Parent, code and name come first."""
        super().prepare()
        parents = organs_with(self.actor, "organ.maintain")
        self.fields["review_preset"].initial = "usual"
        self.put_first(
            organ=OrganField(parents, label="上级机构", unknown=NO_ORGAN),
            code=forms.CharField(label="机构代码", max_length=32, help_text="不再更改，例如 11330000003。"),
            name=forms.CharField(label="名称", max_length=120),
            valid_from=day_field("设立日期", required=False),
        )


class RenameForm(AskForm):
    """A new name; the old one is kept as a former name."""

    name = forms.CharField(label="新名称", max_length=120)
    short_name = forms.CharField(label="新简称", max_length=60, required=False)
    on = day_field("更名日期", required=False)
    basis = forms.CharField(label="依据", max_length=200, required=False)


class QuietHoursForm(AskForm):
    """The hours in which an organ's people get urgent notices only."""

    quiet_from = forms.TimeField(label="免打扰自", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_until = forms.TimeField(
        label="免打扰至",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="例如 22:00 至 07:00。两个时间相同，就是不设免打扰。紧急提醒不受限制。",
    )

    def prepare(self) -> None:
        """Of which organ."""
        self.put_first(organ=OrganField(organs_with(self.actor, "organ.maintain"), label="机构", unknown=NO_ORGAN))


class MoveForm(AskForm):
    """Another parent."""

    def prepare(self) -> None:
        """The organs maintained here."""
        parents = organs_with(self.actor, "organ.maintain")
        self.fields["parent"] = OrganField(parents, label="新的上级机构", unknown=NO_ORGAN)


class AbolishForm(AskForm):
    """The end of an organ."""

    on = day_field("撤销日期")
    basis = forms.CharField(label="依据", max_length=200, required=False)


class SucceedForm(AbolishForm):
    """Who takes over its functions (条例第十条)."""

    is_dissolved = forms.BooleanField(label="原机构同时撤销", required=False, initial=True)

    def prepare(self) -> None:
        """The organs maintained here."""
        others = organs_with(self.actor, "organ.maintain")
        self.put_first(successor=OrganField(others, label="承接职能的机构", unknown=NO_ORGAN))


class PostForm(AskForm):
    """A post and who holds it."""

    title = forms.CharField(label="职务", max_length=80)
    portfolio = forms.CharField(label="分管工作", max_length=300, required=False)
    is_leader = forms.BooleanField(label="机构负责人", required=False)
    valid_from = day_field("起", required=False)

    def prepare(self) -> None:
        """Organ and person."""
        mine = organs_with(self.actor, "organ.maintain")
        self.put_first(
            organ=OrganField(mine, label="机构", unknown=NO_ORGAN),
            person=PersonField(visible(Person, self.actor), label="担任者", required=False),
        )


class DayForm(AskForm):
    """A day; today where none is given."""

    on = day_field("最后一日", required=False, help_text="留空则立即终止。")


class EndPostForm(AskForm):
    """The last day of a post."""

    on = day_field("最后一日")


class EnrolForm(AskForm):
    """A new person; without a password nobody can log in yet."""

    username = forms.CharField(label="用户名", max_length=60, help_text="字母、数字、点、横线，例如 chen.siyuan。")
    name = forms.CharField(label="姓名", max_length=60)
    department = forms.CharField(label="内设机构", max_length=80, required=False)
    email = forms.CharField(label="电子邮箱", max_length=120, required=False)

    def prepare(self) -> None:
        """The organ comes first."""
        mine = organs_with(self.actor, "person.maintain")
        self.put_first(organ=OrganField(mine, label="机构", unknown=NO_ORGAN))


class PersonFactsForm(AskForm):
    """Name, department and address of a person."""

    name = forms.CharField(label="姓名", max_length=60)
    department = forms.CharField(label="内设机构", max_length=80, required=False)
    email = forms.CharField(label="电子邮箱", max_length=120, required=False)

    def prepare(self) -> None:
        """The facts as they are."""
        self.initial = {name: getattr(self.subject, name) for name in self.fields}


class TransferForm(AskForm):
    """Another organ."""

    def prepare(self) -> None:
        """The organs whose people are maintained here."""
        mine = organs_with(self.actor, "person.maintain")
        self.fields["to"] = OrganField(mine, label="调往机构", unknown=NO_ORGAN)


def _people(actor: Actor, right: str = "grant.maintain") -> Any:
    return Person.objects.filter(scope(actor, right))


class GrantForm(AskForm):
    """A role for a person in an organ, between two days."""

    role = forms.ChoiceField(label="角色", choices=[(str(role), name) for role, name in ROLE_NAMES.items()])
    with_subtree = forms.BooleanField(label="含下级机构", required=False)
    valid_from = day_field("起", required=False, help_text="留空则从今日起。")
    valid_until = day_field("止", required=False, help_text="留空则至终止为止；当日仍有效。")

    def prepare(self) -> None:
        """Person and organ come first."""
        mine = organs_with(self.actor, "grant.maintain")
        self.put_first(
            person=PersonField(_people(self.actor), label="人员"),
            organ=OrganField(mine, label="机构", unknown=NO_ORGAN),
        )


class TakerForm(AskForm):
    """Who takes over a grant."""

    def prepare(self) -> None:
        """Another person of the organs looked after."""
        self.put_first(person=PersonField(_people(self.actor).exclude(pk=self.subject.person_id), label="接手人"))


class AppointForm(AskForm):
    """Who acts for whom, between two days (AB 角)."""

    valid_from = day_field("起")
    valid_until = day_field("止")
    reason = forms.CharField(label="事由", max_length=200, required=False, help_text="例如：年休假。")

    def prepare(self) -> None:
        """Both people come first."""
        people = _people(self.actor)
        self.put_first(
            principal=PersonField(people, label="被代理人"),
            deputy=PersonField(people, label="代理人"),
        )


class TokenForm(AskForm):
    """A token for a service account."""

    label = forms.CharField(label="用途", max_length=120, help_text="例如：办公系统推送已签发文件。")
    valid_until = day_field("有效期至")

    def prepare(self) -> None:
        """The account comes first."""
        self.put_first(person=PersonField(_people(self.actor, "token.maintain"), label="接口账号"))


class YearForm(AskForm):
    """A year of a calendar by hand."""

    region = forms.ChoiceField(label="地区")
    year = forms.IntegerField(label="年份", min_value=1990, max_value=2100)
    off = forms.CharField(
        label="放假日期", widget=forms.Textarea(attrs={"rows": 4}), help_text="每行一天，例如 2027-01-01。"
    )
    work = forms.CharField(label="调休上班日期", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    source_title = forms.CharField(label="依据的通知", max_length=200)
    source_number = forms.CharField(label="文号", max_length=60, required=False)
    source_dated = day_field("通知日期", required=False)
    status = forms.ChoiceField(label="状态", choices=list(STATUSES.items()))
    reason = forms.CharField(label="更改理由", max_length=200, required=False, help_text="已录入过的年份必须填写。")

    def prepare(self) -> None:
        """The regions that have a calendar."""
        self.fields["region"].choices = [(key, one.name) for key, one in regions().items()]  # type: ignore[attr-defined]

    def clean_off(self) -> list[str]:
        """One day a line."""
        return self.cleaned_data["off"].split()

    def clean_work(self) -> list[str]:
        """One day a line."""
        return self.cleaned_data["work"].split()


class NoticeForm(forms.Form):
    """The text of the yearly notice."""

    text = forms.CharField(
        label="放假通知全文",
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="粘贴《国务院办公厅关于某年部分节假日安排的通知》，系统读出日期，请您核对后录入。",
    )
    year = forms.IntegerField(label="年份", required=False, help_text="通知中没有写年份时填写。")
    reason = forms.CharField(label="更改理由", max_length=200, required=False, help_text="该年已录入过的必须填写。")


class OverrideForm(AskForm):
    """Another limit in place of a rulebook's preset."""

    quantity = forms.IntegerField(label="数量", min_value=1, max_value=366)
    unit = forms.ChoiceField(label="单位", required=False)
    citation = forms.CharField(label="依据", max_length=200)
    reason = forms.CharField(label="理由", max_length=200)
    valid_from = day_field("起")
    valid_until = day_field("止", required=False)

    def prepare(self) -> None:
        """Rule and organ come first; only presets can be chosen, statutes cannot be changed."""
        rules = [(row["key"], row["name"]) for row in rule_table() if row["versions"][-1]["is_overridable"]]
        counted = (Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH, Unit.HOUR)
        self.fields["unit"].choices = [("", "与规则相同"), *[(unit.value, UNIT_NAMES[unit]) for unit in counted]]  # type: ignore[attr-defined]
        mine = organs_with(self.actor, "rule.preset")
        self.put_first(
            key=forms.ChoiceField(label="规则", choices=rules),
            organ=OrganField(mine, label="适用机构及其下级", unknown=NO_ORGAN),
        )


class OrganChoiceForm(forms.Form):
    """Which organ a page is about."""

    def __init__(self, organs: QuerySet[Organ], organ: Organ | None) -> None:
        super().__init__(initial={"organ": organ.code if organ else ""}, auto_id="about-%s")
        self.fields["organ"] = OrganField(organs, label="机构", unknown=NO_ORGAN)


class PresetForm(AskForm):
    """Which preset an organ uses for a kind."""

    reason = forms.CharField(
        label="理由",
        max_length=200,
        required=False,
        help_text="选用的流程少于规定环节时必须填写，例如：合法性审核由县司法局在制发前完成，意见书已归档。",
    )

    def prepare(self) -> None:
        """Organ, kind and preset come first; the law's demand stands at the kind."""
        kinds = [
            (kind.code, f"{kind.name}{'（须合法性审核）' if kind.legality_law else ''}") for kind in KINDS.values()
        ]
        presets = [(one.code, f"{one.name}（至少 {one.persons} 人）") for one in PRESETS.values()]
        self.put_first(
            organ=OrganField(organs_with(self.actor, "organ.maintain"), label="机构", unknown=NO_ORGAN),
            kind=forms.ChoiceField(label="信息类别", choices=kinds),
            preset=forms.ChoiceField(
                label="审签流程",
                required=False,
                choices=[("", "按机构和类别的规定（取消本机构的设定）"), *presets],
                help_text="只对以后送审的生效；已经在审的按原流程办完。",
            ),
        )


class EndOverrideForm(AskForm):
    """The last day of an override."""

    last_day = day_field("最后一日")
    reason = forms.CharField(label="理由", max_length=200)


def plain(value: Any) -> Any:
    """A form's value as canonical JSON takes it."""
    if isinstance(value, Model):
        return str(value.pk)
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
