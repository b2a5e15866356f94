"""The disclosure section (政府信息公开专栏): its fixed entries, norm 国办公开办函〔2019〕61号."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.urls import reverse

from gongkai.engine.records.models import Record
from gongkai.engine.records.queries import public_records
from gongkai.surfaces.portal import queries
from gongkai.surfaces.portal.listings import Listing


@dataclass(frozen=True)
class Section:
    """A section of the column: its name in addresses, its title, what it says, what it lists."""

    name: str
    title: str
    lead: str
    records: Callable[[], QuerySet[Record]]
    empty_text: str


@dataclass(frozen=True)
class NavEntry:
    """An entry of the left navigation, with the categories below it."""

    label: str
    url: str
    is_current: bool = False
    count: int = 0
    children: list[NavEntry] = field(default_factory=list)


GUIDE = Section(
    "guide",
    "政府信息公开指南",
    "各机关公开信息的分类、编排体系、获取方式，以及政府信息公开工作机构的名称、地址和联系方式（条例第十二条）。",
    queries.guide_records,
    "各机关编制的公开指南公布后列在这里。",
)
SYSTEM = Section(
    "system",
    "政府信息公开制度",
    "关于政府信息公开的法规、规章和本级政府的规定。",
    queries.system_records,
    "主题分类为“综合政务/政务公开”的文件公布后列在这里。",
)
CONTENT = Section(
    "content",
    "法定主动公开内容",
    "《中华人民共和国政府信息公开条例》第二十条、第二十一条规定应当主动公开的信息。",
    public_records,
    "应当主动公开的信息，自形成或者变更之日起二十个工作日内公开（条例第二十六条）。",
)
REPORT = Section(
    "report",
    "政府信息公开年报",
    "各机关每年1月31日前公布上一年度工作报告（条例第四十九条）。",
    queries.report_records,
    "年度报告公布后列在这里。",
)
SECTIONS = {section.name: section for section in (GUIDE, SYSTEM, CONTENT, REPORT)}


def section_listing(section: Section) -> Listing:
    """The list of a section."""
    url = reverse("portal:section", kwargs={"name": section.name})
    filters = ("organ", "theme", "year", "validity")
    return Listing(f"xxgk/{section.name}", section.title, url, section.records, filters, empty_text=section.empty_text)


def category_listing(code: str, name: str) -> Listing:
    """The list of one category of Article 20 or 21."""
    return Listing(
        f"xxgk/content/{code}",
        name,
        reverse("portal:category", kwargs={"code": code}),
        lambda: public_records().filter(disclosure_basis=code),
        ("organ", "theme", "year", "validity"),
        empty_text=CONTENT.empty_text,
    )


def navigation(current: str, category: str = "") -> list[NavEntry]:
    """The left navigation: the four sections in their order and the entrance to applications. One query at most."""
    entries = []
    for section in SECTIONS.values():
        children = _categories(category) if section is CONTENT and current == section.name else []
        url = reverse("portal:section", kwargs={"name": section.name})
        entries.append(NavEntry(section.title, url, current == section.name and not category, children=children))
    return [*entries, NavEntry("依申请公开", reverse("portal:foi"), current == "foi")]


def _categories(chosen: str) -> list[NavEntry]:
    counts = queries.category_counts()
    return [
        NavEntry(name, reverse("portal:category", kwargs={"code": code}), code == chosen, counts.get(code, 0))
        for code, name in queries.category_names().items()
        if code.startswith("20.") or counts.get(code)
    ]
