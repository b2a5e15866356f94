"""Tags of the workbench: its navigation, and the pieces of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse

from gongkai.config import env
from gongkai.ground.access.actors import Actor
from gongkai.surfaces.workbench.township import is_township

register = template.Library()


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation."""

    key: str
    label: str
    icon: str
    url: str


@dataclass(frozen=True)
class Group:
    """Entries under a heading."""

    label: str
    entries: list[Entry]


# Heading, then (key, label, icon, address, rights any of which opens it); an empty set opens to everybody.
NAVIGATION: tuple[tuple[str, tuple[tuple[str, str, str, str, frozenset[str]], ...]], ...] = (
    (
        "",
        (
            ("desk", "待办", "inbox", "workbench:desk", frozenset()),
            ("records", "文件列表", "list", "workbench:records", frozenset({"record.read"})),
            ("secrecy", "保密审查表", "shield", "workbench:secrecy", frozenset({"review.secrecy"})),
            ("ledger", "规范性文件台账", "table", "workbench:ledger", frozenset({"record.read"})),
            ("clean_ups", "文件清理", "stamp", "workbench:clean_ups", frozenset({"record.repeal"})),
            ("prints", "登记和移送", "print", "workbench:prints", frozenset({"record.read"})),
            ("work", "工作记录", "check", "workbench:work", frozenset({"work.enter"})),
            ("notices", "我的提醒", "bell", "workbench:notices", frozenset()),
            ("new", "新建", "plus", "workbench:new", frozenset({"record.draft", "record.submit"})),
        ),
    ),
    (
        "管理",
        (
            ("organs", "机构和人员", "organ", "workbench:organs", frozenset({"organ.maintain", "person.maintain"})),
            ("people", "查找人员", "person", "workbench:people", frozenset({"person.maintain", "grant.maintain"})),
            ("operations", "运行状况", "bell", "workbench:operations", frozenset({"operations.read"})),
            ("calendars", "工作日历", "calendar", "workbench:calendars", frozenset({"calendar.maintain"})),
            ("grants", "授权和代理", "lock", "workbench:grants", frozenset({"grant.maintain"})),
            ("security", "安全状况", "shield", "workbench:security", frozenset({"security.read"})),
            ("reposts", "上级文件转载", "feed", "workbench:reposts", frozenset({"column.maintain", "record.draft"})),
            ("columns", "栏目", "list", "workbench:columns", frozenset({"column.maintain"})),
            ("rules", "规则和流程", "file", "workbench:rules", frozenset({"rule.preset", "organ.maintain"})),
            ("register", "存证状态", "shield", "workbench:register", frozenset({"register.verify"})),
            ("events", "事件记录", "history", "workbench:events", frozenset({"audit.read"})),
        ),
    ),
)


# The small office (乡镇版): six entries and no more.
SIX = (
    ("desk", "待办", "inbox", "workbench:desk", ""),
    ("new", "新建", "plus", "workbench:new", ""),
    ("review", "审核审签", "stamp", "workbench:queue", "review"),
    ("publish", "待发布", "upload", "workbench:queue", "publish"),
    ("records", "文件列表", "list", "workbench:records", ""),
    ("public", "公开页面", "organ", "portal:organ", "{organ}"),
)


def _six(organ_code: str) -> list[Group]:
    entries = []
    for key, words, icon, name, argument in SIX:
        arguments = [argument.replace("{organ}", organ_code)] if argument else []
        entries.append(Entry(key, words, icon, reverse(name, args=arguments)))
    return [Group("", entries)]


@register.simple_tag(takes_context=True)
def desk_navigation(context: Context) -> list[Group]:
    """The pages this person may open."""
    request = context["request"]
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return []
    if is_township(request.user) and actor.holds("record.read"):
        return _six(request.user.organ.code)
    groups = []
    for label, entries in NAVIGATION:
        shown = [
            Entry(key, words, icon, url)
            for key, words, icon, name, rights in entries
            if (not rights or any(actor.holds(right) for right in rights)) and (url := _address(name))
        ]
        if shown:
            groups.append(Group(label, shown))
    return groups


@register.simple_tag(takes_context=True)
def holds(context: Context, right: str) -> bool:
    """Does this person hold a right anywhere?"""
    actor: Actor | None = getattr(context["request"], "actor", None)
    return actor is not None and bool(actor.holds(right))


@register.simple_tag
def idle_minutes() -> int:
    """After how many minutes without a request a session ends."""
    return env.IDLE_MINUTES


@register.simple_tag
def address(name: str) -> str:
    """The address of a named page, "" while no app brings it."""
    return _address(name)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def next_query(context: Context, after: str) -> str:
    """The query string of the page after a row, everything else kept."""
    query = context["request"].GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}"


@register.filter
def short_hash(digest: str) -> str:
    """The first twelve characters of a hash; the whole one stands in the title."""
    return digest[:12]


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    """A value by a key that is only known in the template."""
    return mapping.get(key, "")
