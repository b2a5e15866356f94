"""States, events and steps in words. What is not listed here falls back to the title of its action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongkai.engine.records import subject
from gongkai.engine.records.models import CleanUpOutcome, LinkKind, Validity
from gongkai.engine.reviews.presets import MIGRATION, PRESETS, STEP_KINDS
from gongkai.engine.reviews.reasons import LISTS
from gongkai.ground.gate.table import ACTIONS
from gongkai.ground.refusal import WORDINGS

EVENT_WORDS = {
    "record.drafted": "起草",
    "record.received": "接收已签发文件",
    "record.paper_filed": "归入材料",
    "record.edited": "修改并保存",
    "record.revised": "审核中修改，此前意见须重新确认",
    "record.submitted": "送审",
    "record.discarded": "作废",
    "record.reviewed": "审核同意",
    "record.reaffirmed": "对新版本重新确认",
    "record.signed_off": "审签同意公开",
    "record.returned_for_correction": "退回修改",
    "record.returned_to_organ": "退文",
    "record.scheduled": "设定定时公开",
    "record.unscheduled": "取消定时公开",
    "record.held": "到时未能公开，暂缓",
    "record.published": "公开",
    "record.migrated": "迁移入库（此前已在别处公开）",
    "record.correction_begun": "开始更正",
    "record.correction_abandoned": "放弃更正",
    "record.corrected": "公开更正后的版本",
    "record.withdrawn": "撤回",
    "record.edition_withheld": "停止提供旧版本",
    "record.taken_down": "紧急下线",
    "record.restored": "恢复公开",
    "record.expunge_asked": "提出清除",
    "record.expunged": "清除",
    "record.expunged_again": "恢复备份后再次清除",
    "record.validity_changed": "有效性变更",
    "record.cleaned_up": "文件清理",
    "record.links_declared": "登记清理关联",
    "clean_up.declared": "公布文件清理结果",
    "record.concluded": "按不主动公开办结",
    "record.kept_withheld": "复查公开属性，维持不公开",
    "record.reopened": "重新认定公开属性",
    "record.handed_over": "移交承办人",
    "record.moved": "移交承接机构",
    "record.ended": "机构改革，终止办理",
    "record.linked": "建立关联",
    "record.unlinked": "取消关联",
    "record.placed": "选择发布渠道",
    "record.renewed": "按来源更新",
    "record.urged": "催办",
    "secrecy_sheet.drawn": "列保密审查表",
    "secrecy_sheet.answered": "按保密审查表发表意见",
    "review.preset_chosen": "设定审签流程",
    "finding.decided": "处理校核问题",
    "deadline.started": "开始计时",
    "deadline.paused": "中止计时",
    "deadline.resumed": "恢复计时",
    "deadline.extended": "延长期限",
    "deadline.restarted": "重新计时",
    "deadline.met": "时限内办结",
    "deadline.cancelled": "取消时限",
    "deadline.passed": "超过期限",
    "deadline.recomputed": "期限重新计算",
    "deadline.handed_over": "时限移交",
    "deadline.moved": "时限移交承接机构",
    "file.refused": "拒绝上传（疑似密级标志，文件未保存）",
    "person.password_changed": "修改密码",
    "file.read": "打开未公开的附件",
    "person.notices_chosen": "修改提醒设置",
    "register.continued": "续接新的存证日志",
    "register.verified": "存证核验完成",
    "export.made": "导出清单",
    "register.key_changed": "更换存证签名密钥",
    "security.purged": "清理期满的登录记录",
    "entry.refused": "拒绝录入（疑似密级标志，内容未保存）",
}
SUBJECT_WORDS = {
    "record": "文件",
    "clean_up": "文件清理",
    "deadline": "时限",
    "file": "附件",
    "finding": "校核问题",
    "organ": "机构",
    "person": "人员",
    "post": "职务",
    "grant": "授权",
    "deputy": "代理",
    "quiet_hours": "免打扰时段",
    "column": "栏目",
    "feed": "上级订阅源",
    "feed_entry": "上级文件线索",
    "service_token": "接口令牌",
    "calendar_year": "工作日历",
    "rule_override": "规则预设",
    "preset_choice": "审签流程设定",
    "secrecy_sheet": "保密审查表",
    "register": "存证日志",
    "verification": "存证核验",
    "export": "导出",
    "staff_session": "登录会话",
    "refusal": "拒绝",
}
SECURITY_WORDS = {
    "signed_in": "登录",
    "signed_out": "退出",
    "sign_in_failed": "登录失败",
    "locked_out": "连续失败，账号锁定",
    "code_failed": "动态口令错误",
    "password_changed": "修改密码",
    "totp_enrolled": "启用动态口令",
    "totp_removed": "停用动态口令",
    "key_enrolled": "添加安全密钥",
    "key_removed": "移除安全密钥",
    "session_ended": "会话结束",
}
# What the tick does for a record.
DUTY_WORDS = {"publish": "定时公开", "effect": "修改、废止生效", "expiry": "有效期届满"}

# Looks at what is sealed: personal data and what has not been released. Whoever opens more of it adds the event here.
LOOK_EVENTS = frozenset({"file.read"})
GRAVE_EVENTS = frozenset(
    {
        "record.withdrawn",
        "record.taken_down",
        "record.expunged",
        "record.expunged_again",
        "record.held",
        "record.returned_for_correction",
        "record.returned_to_organ",
        "entry.refused",
    }
)
STATE_TONES = {
    subject.DRAFTING: "off",
    subject.RETURNED: "warn",
    subject.PROPOSED: "main",
    subject.IN_REVIEW: "main",
    subject.SIGNED_OFF: "main",
    subject.SCHEDULED: "main",
    subject.PUBLIC: "ok",
    subject.CORRECTING: "warn",
    subject.WITHDRAWN: "seal",
    subject.TAKEN_DOWN: "seal",
    subject.NOT_PUBLISHED: "off",
    subject.DISCARDED: "off",
    subject.EXPUNGED: "seal",
}
# What somebody has to do next about a record in a state; the desk shows it where no open step says more.
NEXT_WORDS = {
    subject.DRAFTING: "编辑后送审",
    subject.RETURNED: "改正后重新送审",
    subject.PROPOSED: "等待审核",
    subject.IN_REVIEW: "等待审核",
    subject.SIGNED_OFF: "公开或定时公开",
    subject.SCHEDULED: "到时自动公开",
    subject.CORRECTING: "编辑后送审",
    subject.TAKEN_DOWN: "复核：恢复或者撤回",
}


def event_words(name: str) -> str:
    """What happened, in words; an event nobody listed reads as the title of an action that writes it."""
    if name in EVENT_WORDS:
        return EVENT_WORDS[name]
    return next((spec.title for spec in ACTIONS.values() if spec.event == name), name)


def state_words(code: str) -> str:
    """A state of a record in words."""
    return subject.STATE_NAMES.get(code, code)


def step_words(code: str) -> str:
    """A step of a review in words."""
    if code == MIGRATION:
        return "迁移说明"
    return STEP_KINDS[code].name if code in STEP_KINDS else code


def preset_words(code: str) -> str:
    """A preset of review steps in words."""
    return PRESETS[code].name if code in PRESETS else "迁移" if code == MIGRATION else code


def reason_words(code: str) -> str:
    """A coded reason in words, from whichever list holds it today."""
    for read in LISTS.values():
        for term in read():
            if term.code == code:
                return term.name
    return {"superseded": "被新版本替代", "taken_down": "紧急下线", "expunged": "清除"}.get(code, code)


def event_facts(data: Mapping[str, Any]) -> list[str]:
    """What an event's closed part tells a reader of the timeline."""
    facts = []
    if data.get("step"):
        facts.append(step_words(str(data["step"])))
    for one in data.get("urged", ()):
        matter = f"{step_words(str(one['step']))}，" if one.get("step") else ""
        facts.append(f"{matter}第 {one['count']} 次，通知 {one['people']} 人")
    if data.get("urged") and data.get("note"):
        facts.append(f"理由：{data['note']}")
    if data.get("edition"):
        facts.append(f"第 {data['edition']} 版")
    if data.get("reason"):
        facts.append(f"原因：{reason_words(str(data['reason']))}")
    if data.get("ground"):
        facts.append(f"依据：{reason_words(str(data['ground']))}")
    if data.get("validity") in Validity.values:
        basis = data.get("by") or ("清理决定" if data.get("clean_up") else "失效日期")
        facts.append(f"{Validity(data['validity']).label}，依据 {basis}")
    elif data.get("outcome") in CleanUpOutcome.values:
        facts.append(str(CleanUpOutcome(data["outcome"]).label))
    if data.get("kind") in LinkKind.values:
        facts.append(str(LinkKind(data["kind"]).label))
    if data.get("code") in WORDINGS:
        facts.append(WORDINGS[str(data["code"])].what.split("：")[0].rstrip("。"))
    return facts
