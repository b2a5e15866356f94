"""One more kind of record, as a domain would declare it: a notice of planned works on mains (停水停气公告)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gongkai.engine.records.content import Content, Line
from gongkai.engine.records.kinds import FacetValue, Kind, register_kind


class Stretch(BaseModel):
    """Where, from when to when."""

    model_config = ConfigDict(extra="forbid")
    place: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(title="路段")
    hours: Line = Field(default="", title="时间")


class OutageContent(Content):
    """What is cut off, where and when."""

    supply: Line = Field(default="", title="停供种类")
    stretches: list[Stretch] = Field(default=[], title="影响范围", description="一行一处：路段 | 时间。")


def facets(content: Content) -> list[FacetValue]:
    return [FacetValue("supply", text=getattr(content, "supply", ""))]


OUTAGE = register_kind(
    Kind(
        code="outage",
        name="停供公告",
        plural="停供公告",
        schema=OutageContent,
        schema_version=1,
        facets=facets,
        is_document=False,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="公告",
        statutory_category="20.15",
        clocks=("outage.publish",),
        letters=(),
        desk="documents",
        template="outage",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=3,
        annual_report_row="",
    )
)
