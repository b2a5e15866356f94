"""Notices, news, topic pages, rectification notices."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from gongkai.domains.documents.kinds.facets import document_facets, facets_with
from gongkai.engine.records.content import Content, Line
from gongkai.engine.records.kinds import Kind, register_kind


class NoticeContent(Content):
    """A notice or announcement (通知公告)."""


class NewsContent(Content):
    """News of the organ's work (政务动态)."""

    happened_on: dt.date | None = Field(default=None, title="活动日期")
    place: Line = Field(default="", title="地点")
    author: Line = Field(default="", title="供稿", description="供稿单位或者作者的署名。")


class TopicEntry(BaseModel):
    """A line of a topic page: under which heading, what, and where it stands."""

    model_config = ConfigDict(extra="forbid")
    heading: Line = Field(default="", title="栏目")
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)] = Field(title="标题")
    address: Line = Field(default="", title="索引号或网址")

    @field_validator("address")
    @classmethod
    def _is_public_address(cls, value: str) -> str:
        """An index number, or a web address; nothing a browser would run."""
        if ":" in value and not value.startswith(("http://", "https://")):
            raise ValueError("网址应以 http:// 或 https:// 开头")
        return value


class TopicContent(Content):
    """A topic page (专题): an introduction and what belongs together, under headings."""

    lead: str = Field(default="", max_length=1000, title="导语")
    ends_on: dt.date | None = Field(
        default=None, title="截止日期", description="有时限的专题填写；过后页面保留，并注明专题已结束。"
    )
    entries: list[TopicEntry] = Field(
        default=[],
        title="专题内容",
        description="一行一条：栏目 | 标题 | 索引号或网址。同一栏目的写在一起；可以从 Excel 复制粘贴。",
    )


class Rectification(BaseModel):
    """What is wrong where, what is asked, until when, and what came of it."""

    model_config = ConfigDict(extra="forbid")
    organ: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = Field(title="单位")
    problem: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)] = Field(
        title="问题"
    )
    requirement: Line = Field(default="", title="整改要求")
    due_on: dt.date | None = Field(default=None, title="整改期限")
    outcome: Line = Field(default="", title="整改结果")


class RectificationContent(Content):
    """A rectification notice (整改通报) after an inspection of sites, accounts or the disclosure section."""

    period: Line = Field(default="", title="检查时段", description="例如 2026年第三季度。")
    scope: Line = Field(default="", title="检查范围", description="例如 全市政府网站和政务新媒体，抽查 24 个。")
    problems: list[Rectification] = Field(
        default=[],
        title="问题清单",
        description="一行一条：单位 | 问题 | 整改要求 | 整改期限 | 整改结果；可以从 Excel 复制粘贴。",
    )


NOTICE = register_kind(
    Kind(
        code="notice",
        name="通知公告",
        plural="通知公告",
        schema=NoticeContent,
        schema_version=1,
        facets=document_facets,
        is_document=False,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="公告",
        statutory_category="20.15",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="notice",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=4,
        annual_report_row="",
    )
)

NEWS = register_kind(
    Kind(
        code="news",
        name="政务动态",
        plural="政务动态",
        schema=NewsContent,
        schema_version=1,
        facets=document_facets,
        is_document=False,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="其他",
        statutory_category="20.15",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="news",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=2,
        annual_report_row="",
    )
)

TOPIC = register_kind(
    Kind(
        code="topic",
        name="专题",
        plural="专题",
        schema=TopicContent,
        schema_version=1,
        facets=document_facets,
        is_document=False,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="其他",
        statutory_category="20.15",
        clocks=(),
        letters=(),
        desk="documents",
        template="topic",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=3,
        annual_report_row="",
    )
)

RECTIFICATION = register_kind(
    Kind(
        code="rectification",
        name="整改通报",
        plural="整改通报",
        schema=RectificationContent,
        schema_version=1,
        facets=facets_with(period="period"),
        is_document=True,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="通报",
        statutory_category="20.15",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="rectification",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=3,
        annual_report_row="",
    )
)
