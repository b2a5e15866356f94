"""The repost of a superior organ's document (转载): its words are the source's, and nobody here edits them."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, field_validator

from gongkai.engine.records.content import Content, Line
from gongkai.engine.records.kinds import FacetValue, Kind, register_kind


class RepostContent(Content):
    """A reposted document: who published it, where, and when."""

    source_name: Line = Field(default="", title="来源", description="发布原文的机关或网站。")
    source_url: Line = Field(default="", title="原文网址", description="以 https:// 开头的原文网页地址。")
    original_on: dt.date | None = Field(default=None, title="原文发布日期")

    @field_validator("source_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        """A link that a browser follows to a page, never one that runs something."""
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("应以 https:// 或 http:// 开头")
        return value


def repost_facets(content: Content) -> list[FacetValue]:
    """Year and theme, as documents have them."""
    found = [FacetValue("year", number=content.written_on.year, date=content.written_on)] if content.written_on else []
    if content.subject_class:
        found.append(FacetValue("subject", text=content.subject_class))
        found.append(FacetValue("subject_top", text=content.subject_class.split("/")[0]))
    return found


REPOST = register_kind(
    Kind(
        code="repost",
        name="转载",
        plural="上级文件转载",
        schema=RepostContent,
        schema_version=1,
        facets=repost_facets,
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
        template="repost",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=3,
        annual_report_row="",
        fixed_fields=(
            "title",
            "body",
            "document_number",
            "issuing_organ",
            "written_on",
            "source_name",
            "source_url",
            "original_on",
        ),
    )
)
