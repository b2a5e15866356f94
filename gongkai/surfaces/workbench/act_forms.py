"""Which form each action asks for, as a table: the view that carries actions out knows none of them by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from gongkai.engine.records import actions as records
from gongkai.engine.records.actions.drafting import DRAFTED_LINKS
from gongkai.engine.records.actions.lineage import NOT_BY
from gongkai.engine.records.models import LinkKind, Record
from gongkai.engine.reviews.actions import REVIEW_ACTIONS, return_for_correction, return_to_organ, urge
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.reasons import reasons
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import reach
from gongkai.ground.gate.door import visible
from gongkai.ground.organs.models import Person
from gongkai.ground.refusal import Refused, wording

NO_TAKER = wording(
    "workbench.no_taker", what="不能确定接手人“{name}”：{why}。", todo="请写接手人的用户名。", status=422
)
Choices = list[tuple[str, str]]
AT_ONCE = dt.timedelta(seconds=1)


class MomentField(forms.DateTimeField):
    """A moment as people type it: Shanghai time, to the minute."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"], **options)

    def clean(self, value: Any) -> dt.datetime | None:
        found: dt.datetime | None = super().clean(value)
        if found is not None and found.year == dt.MINYEAR:
            raise forms.ValidationError("请核对年份。")
        return found.astimezone(dt.UTC) if found is not None else None


class NoFields(forms.Form):
    """A confirmation only."""


def reason_choices(list_name: str) -> Callable[[], Choices]:
    """The coded reasons of a list in force today, for a form."""

    def choices() -> Choices:
        known = reasons(list_name).values()
        return [("", "请选择")] + [
            (term.code, f"{term.name}{'（须写明情况）' if term.needs_note else ''}") for term in known
        ]

    return choices


def _opinion_text(placeholder: str) -> forms.CharField:
    return forms.CharField(
        label="意见",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": placeholder}),
    )


class OpinionForm(forms.Form):
    """An agreeing opinion in writing."""

    text = forms.CharField(
        label="意见",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="留空则记录为本环节的规范表述。意见与您看到的这一版内容绑定。",
    )


class SignOffForm(OpinionForm):
    """The sign-off may set the moment of publication at once."""

    publish_at = MomentField(
        label="公开时间",
        required=False,
        help_text="北京时间，例如 2026-03-02 09:00。留空则审签后由网站编辑公开。",
    )
    at_once = forms.BooleanField(label="审签同意后立即公开", required=False)


class BothForm(forms.Form):
    """Two opinions on one form (乡镇版); they are two opinions and two events all the same."""

    attribute_text = _opinion_text("公开属性认定正确，依据适用。")
    secrecy_text = _opinion_text("不涉及国家秘密、工作秘密，不含应予保护的商业秘密和个人隐私。")
    field_order = ("attribute_text", "secrecy_text")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code in ("attribute", "secrecy"):
            field = self.fields[f"{code}_text"]
            field.label, field.help_text = f"{STEP_KINDS[code].name}意见", STEP_KINDS[code].citation


class ReturnForm(forms.Form):
    """Sending back inside the organ (退回修改)."""

    reason = forms.ChoiceField(label="退回原因", choices=reason_choices("return_for_correction"))
    text = forms.CharField(
        label="意见",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明哪里需要改、怎么改，例如：请补充公开依据。",
    )


class ReturnToOrganForm(ReturnForm):
    """Sending back to the submitting organ (退文)."""

    reason = forms.ChoiceField(label="退文原因", choices=reason_choices("return_to_organ"))


class UrgeForm(forms.Form):
    """Why somebody is urged, or urged again."""

    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=200,
        help_text="可不填；同一工作日内再次催办的必须填写。不要写个人信息。",
    )


class TakerForm(forms.Form):
    """Who is to draft from now on."""

    taker = forms.CharField(label="接手人", max_length=60, help_text="写用户名；姓名不重复的也可写姓名。")


def taker_of(cleaned: dict[str, Any], actor: Actor) -> Person:
    """The person meant, in an organ where the actor may reassign; refused when it is nobody, or several."""
    named = cleaned["taker"].strip()
    near = Person.objects.filter(organ__in=reach(actor, "record.reassign"), is_active=True)
    found = list(near.filter(username=named)) or list(near.filter(name=named)[:2])
    if len(found) != 1:
        raise Refused(NO_TAKER, name=named, why="有多人同名" if found else "没有这个人，或者账号已停用", where="接手人")
    return found[0]


class ScheduleForm(forms.Form):
    """The moment of publication."""

    at = MomentField(label="公开时间", help_text="北京时间，例如 2026-03-02 09:00；到时系统再核对一遍审核意见。")


class WithdrawForm(forms.Form):
    """Withdrawing for a reason of the closed list."""

    reason = forms.ChoiceField(label="撤回原因", choices=reason_choices("withdrawal"))
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="内部说明；不要写入个人信息。",
    )


class WithholdEditionForm(WithdrawForm):
    """Which earlier edition is no longer offered, for a reason of the closed list."""

    number = forms.IntegerField(
        label="版本号", min_value=1, max_value=99999, help_text="见公开页面“更新记录”，例如 1。"
    )
    field_order = ("number", "reason", "note")


class ExpungeForm(forms.Form):
    """The first person's order to expunge."""

    ground = forms.ChoiceField(label="清除依据", choices=reason_choices("withdrawal"))
    note = forms.CharField(label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class LinkForm(forms.Form):
    """A relation to another record, found by its index number or document number."""

    kind = forms.ChoiceField(label="关系", choices=LinkKind.choices)
    target = forms.CharField(
        label="对方索引号或发文字号", max_length=120, help_text="例如 11330000001/2026-00001，或 云教办〔2026〕12号。"
    )
    takes_effect_on = forms.DateField(
        label="生效日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="修改、废止、替代、宣布失效自哪一天起；不填的，自本文件公开时起。到日系统自动标注。",
    )
    note = forms.CharField(label="说明", required=False, max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [(str(kind), kind.label) for kind in LinkKind if kind in DRAFTED_LINKS]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class RepealForm(forms.Form):
    """Which public document amends or repeals this one."""

    by = forms.CharField(label="作出修改或废止的文件的索引号", max_length=60)


Arguments = Callable[[dict[str, Any], Actor], dict[str, Any]]


def _as_given(cleaned: dict[str, Any], _: Actor) -> dict[str, Any]:
    return cleaned


def _signed_off(cleaned: dict[str, Any], _: Actor) -> dict[str, Any]:
    """At once means the next moment: the platform publishes as it does at any set moment, and looks at all again."""
    is_at_once = cleaned.get("at_once") and not cleaned.get("publish_at")
    moment = clock.now() + AT_ONCE if is_at_once else cleaned.get("publish_at")
    return {"text": cleaned["text"], "publish_at": moment}


def _linked(cleaned: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """The record meant by an index number or document number; 0, which the action refuses, when there is none."""
    given = {name: cleaned[name] for name in ("kind", "note", "takes_effect_on")}
    return {"target": _found(cleaned["target"], actor), **given}


def _found(number: str, actor: Actor) -> int:
    words = number.strip()
    for rows in (Record.objects.filter(is_visible=True), visible(Record, actor)):
        for name in ("index_number", "document_number"):
            row = rows.filter(**{name: words}).order_by("-pk").first()
            if row is not None:
                return int(row.pk)
    return 0


def _repealed_by(cleaned: dict[str, Any], _: Actor) -> dict[str, Any]:
    by = Record.objects.filter(index_number=cleaned["by"].strip(), published_at__isnull=False).first()
    if by is None:
        raise Refused(NOT_BY, where="作出修改或废止的文件的索引号")
    return {"by": by}


@dataclass(frozen=True)
class ActForm:
    """How an action is asked for. ``is_direct``: one click on the dossier; ``caution``: read before it is done."""

    act: Callable[..., Any]
    form: type[forms.Form] = NoFields
    submit: str = ""
    css: str = "plain"
    is_direct: bool = False
    caution: str = ""
    done: str = ""
    arguments: Arguments = _as_given


ACT_FORMS: dict[str, ActForm] = {
    **{
        f"review.{code}": ActForm(act, OpinionForm, submit="同意", css="", done="意见已记录。")
        for code, act in REVIEW_ACTIONS.items()
    },
    "review.sign_off": ActForm(
        REVIEW_ACTIONS["sign_off"],
        SignOffForm,
        submit="同意",
        css="",
        done="意见已记录；设定了公开时间的，到时自动公开。",
        arguments=_signed_off,
    ),
    "review.return_for_correction": ActForm(return_for_correction, ReturnForm, done="已退回修改，并通知起草人。"),
    "review.return_to_organ": ActForm(return_to_organ, ReturnToOrganForm, done="已退文。"),
    "record.urge": ActForm(urge, UrgeForm, done="已催办，并通知办理人；催办单可在“审核”处打印。"),
    "record.reassign": ActForm(
        records.reassign,
        TakerForm,
        done="已改派，并通知接手人。",
        arguments=lambda cleaned, actor: {"taker": taker_of(cleaned, actor)},
    ),
    "record.submit": ActForm(records.submit, css="", is_direct=True, done="已送审。"),
    "record.publish": ActForm(
        records.publish,
        css="",
        caution="公开后立即对社会可见，并写入发布存证；此后的改动都会公开留痕。",
        done="已公开。",
    ),
    "record.schedule": ActForm(records.schedule, ScheduleForm, done="已设定公开时间。"),
    "record.unschedule": ActForm(records.unschedule, is_direct=True, done="已取消定时公开。"),
    "record.discard": ActForm(records.discard, caution="作废后不能恢复；版本和意见仍保留备查。", done="已作废。"),
    "record.correct": ActForm(records.correct, is_direct=True, done="已开始更正；公开的版本在更正公开前保持不变。"),
    "record.abandon_correction": ActForm(
        records.abandon_correction, caution="放弃后，已保存的更正内容不再继续办理。", done="已放弃更正。"
    ),
    "record.conclude": ActForm(
        records.conclude, caution="按不主动公开办结，一年后复查公开属性。", done="已办结，并设定一年后的复查。"
    ),
    "record.keep_withheld": ActForm(
        records.keep_withheld,
        submit="理由仍然成立，维持不公开",
        caution="请对照具体理由逐项复查。情况已有变化的，请改为“重新认定公开属性”。",
        done="已复查，一年后再次复查。",
    ),
    "record.reopen": ActForm(records.reopen, is_direct=True, done="已重新打开，请编辑后送审。"),
    "record.link": ActForm(records.link, LinkForm, done="已建立关联。", arguments=_linked),
    "record.repeal": ActForm(records.repeal, RepealForm, done="有效性已更新。", arguments=_repealed_by),
    "record.withdraw": ActForm(
        records.withdraw,
        WithdrawForm,
        css="grave",
        caution="撤回后正文不再展示，网址保留并公开说明已撤回。",
        done="已撤回。",
    ),
    "record.withhold_edition": ActForm(
        records.withhold_edition,
        WithholdEditionForm,
        css="grave",
        caution="此后公众不能再查阅这一旧版本；更新记录会说明，存证仍然有效。当前公开的版本不变。",
        done="已停止提供该旧版本。",
    ),
    "record.take_down": ActForm(
        records.take_down, css="grave", is_direct=True, done="已紧急下线；请尽快由主管部门复核。"
    ),
    "record.restore": ActForm(records.restore, caution="恢复的是下线前公开的那一版。", done="已恢复公开。"),
    "record.withdraw_taken_down": ActForm(records.withdraw_taken_down, WithdrawForm, css="grave", done="已转为撤回。"),
    "record.ask_expunge": ActForm(
        records.ask_expunge,
        ExpungeForm,
        css="grave",
        caution="清除会永久销毁正文、附件和索引内容，须另一人确认；已被订阅取走的内容无法收回。",
        done="已提出清除，等待另一人确认。",
    ),
    "record.expunge": ActForm(
        records.expunge,
        css="grave",
        caution="确认后正文、附件和索引内容永久销毁，不能恢复；哈希和盐保留，以便证明此前的存证。",
        done="已清除。",
    ),
}


def moment_words(value: Any) -> Any:
    """A form's value as canonical JSON takes it."""
    if isinstance(value, dt.datetime):
        return value.astimezone(clock.SHANGHAI).isoformat()
    return value
