"""Conditions of a record beyond its state, each with its refusal; asked before an action and for a button."""

from __future__ import annotations

import datetime as dt

from gongkai.engine.records.content import Content
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Disclosure, ExpungeOrder, Record
from gongkai.engine.records.queries import earlier_publications
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.queries import current_review, unsatisfied_steps
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.refusal import Refused, wording

REVIEW_LAW = "《政府信息公开条例》第十七条；《保守国家秘密法》第三十五条"

NOT_SHOWN = wording("records.not_shown", what="这条信息目前没有对外公开。", todo="请刷新页面查看最新状态。")
SHOWN = wording("records.shown", what="这条信息的已公开版本仍在对外展示。", todo="可以放弃更正，或者办理撤回。")
UNREVIEWED = wording(
    "records.unreviewed",
    what="当前版本还缺少审核意见：{steps}。",
    todo="每一项意见都必须针对将要公开的这一版；请相关人员审核或重新确认后再公开。",
)
NOT_PROACTIVE = wording(
    "records.not_proactive",
    what="公开属性为“{disclosure}”，不能主动公开。",
    todo="如情况变化可以公开，请先修改公开属性并重新审核。",
)
PROACTIVE = wording(
    "records.proactive",
    what="公开属性为“主动公开”，应当公开而不是办结。",
    todo="请公开，或者先修改公开属性并重新审核。",
)
SAME_PERSON = wording(
    "records.same_person", what="须由另一人办理：您已办理前一步。", todo="请由另一位有权限的人员办理。", status=403
)
PAST = wording(
    "records.past_moment", what="定时发布的时间已经过去。", todo="请选择将来的时间，或者立即公开。", status=422
)
TOO_FAR = wording(
    "records.moment_too_far", what="定时发布的时间太远。", todo="请核对年份，或者到时再设定。", status=422
)
LAST_YEAR = 2200
NO_EARLIER = wording(
    "records.no_earlier_edition",
    what="这条信息没有仍可查阅的旧版本。",
    todo="当前公开的版本请办理更正、撤回或紧急下线。",
)
NO_SOURCE = wording(
    "records.no_source", what="这条信息不是转载，或者没有原文网址。", todo="只有转载可以按来源更新。", status=409
)
FIXED_WORDS = wording(
    "records.fixed_words",
    what="转载的标题、正文和来源不能在本站改动。",
    todo="原文有变化的，请“按来源更新”；不宜再转载的，请撤回。其他项目可以修改。",
    status=422,
)
NO_ORDER = wording("records.no_order", what="还没有人提出清除。", todo="清除须两人办理：先由一人提出，再由另一人确认。")


def is_shown(record: Record, actor: Actor) -> None:
    """The record is before the public now."""
    if not record.is_visible:
        raise Refused(NOT_SHOWN)


def is_hidden(record: Record, actor: Actor) -> None:
    """The record is not before the public."""
    if record.is_visible:
        raise Refused(SHOWN)


def has_earlier_edition(record: Record, actor: Actor) -> None:
    """An earlier edition can still be read by the public."""
    if not earlier_publications(record).exists():
        raise Refused(NO_EARLIER)


def has_undisclosed_attribute(record: Record, actor: Actor) -> None:
    """The working edition's attribute is not proactive disclosure."""
    if _disclosure(record) == Disclosure.PROACTIVE:
        raise Refused(PROACTIVE, "《政府信息公开条例》第十九条")


def is_publishable(record: Record, actor: Actor) -> None:
    """Proactive, and every required opinion is on exactly the working edition's hash (bound opinions)."""
    disclosure = _disclosure(record)
    if disclosure != Disclosure.PROACTIVE:
        label = Disclosure(disclosure).label if disclosure else "未认定"
        raise Refused(NOT_PROACTIVE, "《政府信息公开条例》第十四条至第十六条", disclosure=label)
    if current_review(record) is None:
        raise Refused(UNREVIEWED, REVIEW_LAW, steps="全部环节")
    missing = unsatisfied_steps(record)
    if missing:
        names = "、".join(dict.fromkeys(STEP_KINDS[step.code].name for step in missing))
        raise Refused(UNREVIEWED, REVIEW_LAW, steps=names)


def _disclosure(record: Record) -> str:
    return str(record.working.content.get("disclosure", "")) if record.working else ""


def pending_order(record: Record) -> ExpungeOrder | None:
    """The order to expunge that waits for its second person."""
    return record.expunge_orders.filter(confirmed_at__isnull=True).order_by("-pk").first()


def is_second_person(record: Record, actor: Actor) -> None:
    """Somebody else asked for the expunging that this actor confirms."""
    order = pending_order(record)
    if order is None:
        raise Refused(NO_ORDER)
    if order.asked_by_id == actor.person_id:
        raise Refused(SAME_PERSON)


def refuse_past(at: dt.datetime) -> None:
    """Refuse a moment of publication that has passed, or that no page could show in another time zone."""
    if at <= clock.now():
        raise Refused(PAST, where="定时发布时间")
    if at.year > LAST_YEAR:
        raise Refused(TOO_FAR, where="定时发布时间")


def has_fixed_words(record: Record, actor: Actor) -> None:
    """The record's words are another organ's, with an address from which they can be read again."""
    if not KINDS[record.kind].fixed_fields or record.working is None or not record.working.content.get("source_url"):
        raise Refused(NO_SOURCE)


def refuse_changed_words(record: Record, content: Content) -> None:
    """Refuse to change words that are another organ's (转载不得改动原文)."""
    if record.working is None:
        return
    was, now = record.working.content, content.model_dump(mode="json")
    for name in KINDS[record.kind].fixed_fields:
        if was.get(name) != now.get(name):
            label = type(content).model_fields[name].title or name
            raise Refused(FIXED_WORDS, where=label)
