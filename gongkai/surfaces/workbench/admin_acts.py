"""Which form an administrator's action asks for, what is said when it is done, and where one goes then: a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from gongkai.domains.reposts.actions import following
from gongkai.engine.channels import actions as columns
from gongkai.engine.notices.actions import set_quiet_hours
from gongkai.engine.reviews.actions import choose_preset
from gongkai.ground.access import actions as access
from gongkai.ground.calendars.actions import enter_year
from gongkai.ground.calendars.plans import Source
from gongkai.ground.organs import actions as organs
from gongkai.ground.organs.models import Organ
from gongkai.ground.rulebook import actions as rulebook
from gongkai.surfaces.workbench import admin_forms as forms
from gongkai.surfaces.workbench import column_forms

Cleaned = dict[str, Any]


def _as_given(cleaned: Cleaned) -> Cleaned:
    return cleaned


def _with_organ(cleaned: Cleaned) -> Cleaned:
    """The deputy's organ is the principal's."""
    return {**cleaned, "organ": cleaned["principal"].organ}


def _year(cleaned: Cleaned) -> Cleaned:
    dated = cleaned["source_dated"].isoformat() if cleaned["source_dated"] else ""
    source = [Source(cleaned["source_title"], cleaned["source_number"], dated)]
    kept = {name: cleaned[name] for name in ("region", "year", "off", "work", "status", "reason")}
    return {**kept, "source": source}


def _organ_page(subject: Any) -> str:
    organ = subject if isinstance(subject, Organ) else subject.organ
    return reverse("workbench:organ", args=[organ.pk])


def _organ_flows(subject: Any) -> str:
    """The presets of the organ that was decided about."""
    code = f"?{urlencode({'organ': subject.organ.code})}" if subject is not None else ""
    return f"{reverse('workbench:rules')}{code}#presets-title"


def _person_page(subject: Any) -> str:
    return reverse("workbench:person", args=[subject.pk])


def _page(name: str) -> Callable[[Any], str]:
    return lambda _: reverse(name)


def _plaintext(result: Any) -> str:
    return str(getattr(result, "plaintext", result))


@dataclass(frozen=True)
class AdminAct:
    """One action: its form, its words, and the page that shows what it did. ``secret`` reads what is shown once."""

    act: Callable[..., Any]
    back: Callable[[Any], str]
    form: type[forms.AskForm] = forms.ConfirmForm
    done: str = "已办理。"
    caution: str = ""
    arguments: Callable[[Cleaned], Cleaned] = _as_given
    secret: Callable[[Any], str] | None = None
    secret_words: str = ""


_COLUMNS = _page("workbench:columns")
_REPOSTS = _page("workbench:reposts")
_GRANTS = _page("workbench:grants")

ADMIN_ACTS: dict[str, AdminAct] = {
    "organ.establish": AdminAct(organs.establish, _organ_page, forms.EstablishForm, "已设立机构。"),
    "organ.update": AdminAct(organs.update, _organ_page, forms.OrganFactsForm, "机构信息已更新。"),
    "organ.rename": AdminAct(organs.rename, _organ_page, forms.RenameForm, "已更名，原名称作为曾用名保留。"),
    "organ.move": AdminAct(organs.move, _organ_page, forms.MoveForm, "已调整隶属关系。"),
    "organ.abolish": AdminAct(
        organs.abolish,
        _organ_page,
        forms.AbolishForm,
        "已撤销机构。",
        "撤销后不能再起草、公开；已公开的信息和网址保留。职能有承接机构的，请办理“职能承接”。",
    ),
    "organ.succeed": AdminAct(organs.succeed, _organ_page, forms.SucceedForm, "已记录职能承接。"),
    "notice.set_quiet_hours": AdminAct(
        set_quiet_hours, _page("workbench:operations"), forms.QuietHoursForm, "已设定免打扰时段。"
    ),
    "column.open": AdminAct(columns.open_column, _COLUMNS, column_forms.OpenColumnForm, "已设立栏目。"),
    "column.arrange": AdminAct(columns.arrange, _COLUMNS, column_forms.ColumnForm, "栏目已调整。"),
    "feed.follow": AdminAct(following.follow, _REPOSTS, column_forms.FollowForm, "已订阅，几分钟内读取。"),
    "feed.unfollow": AdminAct(following.unfollow, _REPOSTS, done="已停止订阅；此前的线索保留。"),
    "column.close": AdminAct(
        columns.close, _COLUMNS, done="已停用栏目。", caution="停用后栏目页不再打开；其中的信息在别处仍然公开。"
    ),
    "post.add": AdminAct(organs.add_post, _organ_page, forms.PostForm, "已设置职务。"),
    "post.end": AdminAct(organs.end_post, _organ_page, forms.EndPostForm, "已免去职务。"),
    "person.enrol": AdminAct(
        organs.enrol, _person_page, forms.EnrolForm, "已登记。请重置密码并当面交给本人；角色由安全管理员授予。"
    ),
    "person.update": AdminAct(organs.update_person, _person_page, forms.PersonFactsForm, "人员信息已更新。"),
    "person.transfer": AdminAct(organs.transfer, _person_page, forms.TransferForm, "已调动。"),
    "person.disable": AdminAct(
        organs.disable, _person_page, done="已停用。", caution="停用后不能登录；手上有未办结事项的须先交接。"
    ),
    "person.enable": AdminAct(organs.enable, _person_page, done="已启用，下次登录须修改密码。"),
    "person.reset_password": AdminAct(
        organs.reset_password,
        _person_page,
        done="密码已重置。",
        caution="原密码立即失效。新密码只显示一次，请当面交给本人，首次登录须修改。",
        secret=_plaintext,
        secret_words="新的初始密码",  # noqa: S106 - a heading
    ),
    "person.use_directory": AdminAct(
        organs.use_directory,
        _person_page,
        done="已改用目录账号登录。",
        caution="本平台的密码立即失效，已登录的会话结束；今后用统一目录（LDAP）的用户名和密码登录。",
    ),
    "person.leave_directory": AdminAct(
        organs.leave_directory, _person_page, done="已改用本平台密码登录，请重置密码并当面交给本人。"
    ),
    "access.grant": AdminAct(access.grant, _GRANTS, forms.GrantForm, "已授权。"),
    "access.end_grant": AdminAct(access.end_grant, _GRANTS, forms.DayForm, "已终止授权。"),
    "access.hand_over": AdminAct(access.hand_over, _GRANTS, forms.TakerForm, "已移交授权。"),
    "access.appoint": AdminAct(
        access.appoint, _GRANTS, forms.AppointForm, "已指定代理；代理期间的办理记为“乙代甲”。", arguments=_with_organ
    ),
    "access.end_appointment": AdminAct(access.end_appointment, _GRANTS, forms.DayForm, "已终止代理。"),
    "access.issue_token": AdminAct(
        access.issue_token,
        _GRANTS,
        forms.TokenForm,
        "已发放令牌。",
        secret=_plaintext,
        secret_words="接口令牌",  # noqa: S106 - a heading
    ),
    "access.revoke_token": AdminAct(
        access.revoke_token, _GRANTS, done="已吊销令牌。", caution="吊销后使用它的系统立即不能再接入。"
    ),
    "calendar.enter_year": AdminAct(
        enter_year,
        _page("workbench:calendars"),
        forms.YearForm,
        "已录入；受影响的时限将重新计算并通知承办人。",
        arguments=_year,
    ),
    "rule.override_preset": AdminAct(
        rulebook.override_preset, _page("workbench:rules"), forms.OverrideForm, "已调整规则预设。"
    ),
    "review.choose_preset": AdminAct(
        choose_preset, _organ_flows, forms.PresetForm, "已设定审签流程，对以后送审的信息生效。"
    ),
    "rule.end_override": AdminAct(
        rulebook.end_override, _page("workbench:rules"), forms.EndOverrideForm, "已设定终止日期。"
    ),
}
