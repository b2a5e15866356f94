"""Rules, normative documents, other policy documents, and the system of openness itself."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from gongkai.domains.documents.kinds.facets import document_facets, facets_with
from gongkai.engine.records.content import Content, Line
from gongkai.engine.records.kinds import Kind, register_kind

NumberText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]


class PolicyContent(Content):
    """A policy document: what it rests on and where it was registered."""

    based_on: list[Line] = Field(
        default=[], title="制定依据", description="一行一件，例如 《中华人民共和国政府信息公开条例》。"
    )
    register_number: NumberText = Field(default="", title="规范性文件登记号")


class RuleContent(PolicyContent):
    """A government rule (规章): how it was passed and promulgated. Its document number is that of the order (令)."""

    register_number: NumberText = Field(default="", title="规章备案登记号")
    adopted_by: Line = Field(default="", title="审议通过", description="例如 云洲市人民政府第12次常务会议。")
    adopted_on: dt.date | None = Field(default=None, title="通过日期")
    signed_by: Line = Field(default="", title="签署", description="签署命令的负责人职务和姓名，例如 市长 林建国。")


REGISTERED = facets_with(register="register_number")


class SystemContent(Content):
    """A rule of the open-government work itself (政府信息公开制度)."""

    level: Literal["", "国家", "省", "本级政府", "本机关"] = Field(default="", title="制定层级")
    based_on: list[Line] = Field(default=[], title="制定依据", description="一行一件。")


GOVERNMENT_RULE = register_kind(
    Kind(
        code="government_rule",
        name="规章",
        plural="政府规章",
        schema=RuleContent,
        schema_version=1,
        facets=REGISTERED,
        is_document=True,
        is_policy=True,
        has_validity=True,
        is_ledgered=True,
        section="",
        default_genre="规章",
        statutory_category="20.01",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="policy",
        # Townships make no rules; whoever enters one takes the whole chain.
        presets={"township": "full", "usual": "full", "full": "full"},
        search_weight=12,
        annual_report_row="20.1.rules",
        legality_law="《规章制定程序条例》（2017年）",
    )
)

NORMATIVE_DOCUMENT = register_kind(
    Kind(
        code="normative_document",
        name="规范性文件",
        plural="行政规范性文件",
        schema=PolicyContent,
        schema_version=1,
        facets=REGISTERED,
        is_document=True,
        is_policy=True,
        has_validity=True,
        is_ledgered=True,
        section="",
        default_genre="通知",
        statutory_category="20.01",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="policy",
        presets={"township": "township", "usual": "full", "full": "full"},
        search_weight=10,
        annual_report_row="20.1.normative",
        legality_law="国办发〔2018〕115号",
    )
)

OTHER_DOCUMENT = register_kind(
    Kind(
        code="other_document",
        name="其他政策文件",
        plural="其他政策文件",
        schema=PolicyContent,
        schema_version=1,
        facets=document_facets,
        is_document=True,
        is_policy=True,
        has_validity=True,
        is_ledgered=False,
        section="",
        default_genre="通知",
        statutory_category="20.15",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="policy",
        presets={"township": "township", "usual": "usual", "full": "full"},
        search_weight=8,
        annual_report_row="",
    )
)

SYSTEM_DOCUMENT = register_kind(
    Kind(
        code="system_document",
        name="政府信息公开制度",
        plural="政府信息公开制度",
        schema=SystemContent,
        schema_version=1,
        facets=facets_with(level="level"),
        is_document=True,
        is_policy=False,
        has_validity=True,
        is_ledgered=False,
        section="system",
        default_genre="其他",
        statutory_category="20.15",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="system",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=6,
        annual_report_row="",
    )
)
