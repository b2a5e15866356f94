"""Plans and statistics."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from gongkai.domains.documents.kinds.facets import facets_with
from gongkai.engine.records.content import Content, Line
from gongkai.engine.records.kinds import Kind, register_kind

Cell = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
NeededCell = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Year = Annotated[int, Field(ge=1949, le=2199)]


class PlanIndicator(BaseModel):
    """A target of a plan: from where to where, binding or expected."""

    model_config = ConfigDict(extra="forbid")
    name: NeededCell = Field(title="指标")
    unit: Cell = Field(default="", title="单位")
    baseline: Cell = Field(default="", title="基期值")
    target: Cell = Field(default="", title="目标值")
    nature: Cell = Field(default="", title="属性")


class PlanContent(Content):
    """A plan (规划计划): overall, special, regional or of a year."""

    plan_type: Literal["", "总体规划", "专项规划", "区域规划", "年度计划", "工作计划"] = Field(
        default="", title="规划类型"
    )
    from_year: Year | None = Field(default=None, title="起始年份")
    to_year: Year | None = Field(default=None, title="截止年份")
    approved_by: Line = Field(default="", title="批准机关")
    approval_number: Cell = Field(default="", title="批准文号")
    approved_on: dt.date | None = Field(default=None, title="批准日期")
    indicators: list[PlanIndicator] = Field(
        default=[],
        title="主要指标",
        description="一行一项：指标 | 单位 | 基期值 | 目标值 | 属性（约束性、预期性）；可以从 Excel 复制粘贴。",
    )

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:  # noqa: N804 - an "after" validator is an instance method
        if self.from_year and self.to_year and self.to_year < self.from_year:
            raise ValueError("规划的截止年份早于起始年份")
        return self


class Indicator(BaseModel):
    """One figure, with its unit and change; a figure without a unit is no figure."""

    model_config = ConfigDict(extra="forbid")
    name: NeededCell = Field(title="指标")
    unit: Cell = Field(default="", title="单位")
    value: NeededCell = Field(title="数值")
    change: Cell = Field(default="", title="同比")


class StatisticsContent(Content):
    """Statistics (统计信息): the period, the figures, where they come from and how they are counted."""

    period: Line = Field(default="", title="统计时段", description="例如 2026年1—9月。")
    figures_source: Line = Field(default="", title="数据来源")
    indicators: list[Indicator] = Field(
        default=[],
        title="主要数据",
        description="一行一项：指标 | 单位 | 数值 | 同比；可以从 Excel 复制粘贴。",
    )
    method_note: str = Field(default="", max_length=2000, title="指标解释")
    next_release_on: dt.date | None = Field(default=None, title="下次发布日期")


PLAN = register_kind(
    Kind(
        code="plan",
        name="规划计划",
        plural="规划计划",
        schema=PlanContent,
        schema_version=1,
        facets=facets_with(plan_type="plan_type", plan_from="from_year", plan_until="to_year"),
        is_document=True,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="规划",
        statutory_category="20.03",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="plan",
        presets={"township": "township", "usual": "usual", "full": "full"},
        search_weight=6,
        annual_report_row="",
    )
)

STATISTICS = register_kind(
    Kind(
        code="statistics",
        name="统计信息",
        plural="统计信息",
        schema=StatisticsContent,
        schema_version=1,
        facets=facets_with(period="period"),
        is_document=False,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="统计",
        statutory_category="20.04",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="statistics",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=4,
        annual_report_row="",
    )
)
