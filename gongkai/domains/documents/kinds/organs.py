"""The organ and its people before the public: guide, functions, leaders, personnel. Public facts only.

Article 20(2) asks for functions, departments, address, hours, phone and the head's name. Fields for identity numbers,
private phones or homes do not exist, and a number that looks like one is refused in every field of a profile.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from gongkai.domains.documents.kinds.facets import document_facets, facets_with
from gongkai.engine.records.content import Content, Line
from gongkai.engine.records.kinds import Kind, register_kind

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
NeededName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
# An identity number, or a mobile phone: both belong to a person, not to an office.
_PRIVATE = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


class GuideContent(Content):
    """The OGI guide (政府信息公开指南), with the contents Article 12 asks for."""

    classification: str = Field(default="", title="政府信息的分类")
    arrangement: str = Field(default="", title="编排体系")
    ways_to_obtain: str = Field(default="", title="获取方式")
    work_body: Line = Field(default="", title="政府信息公开工作机构")
    work_body_address: Line = Field(default="", title="办公地址")
    work_body_hours: Line = Field(default="", title="办公时间")
    work_body_phone: Line = Field(default="", title="联系电话")
    work_body_fax: Line = Field(default="", title="传真号码")
    work_body_internet: Line = Field(default="", title="互联网联系方式")


class ProfileContent(Content):
    """What a profile may hold: facts about an office, never a private number."""

    @model_validator(mode="after")
    def _holds_public_facts(self) -> Self:  # noqa: N804 - an "after" validator is an instance method
        own = self.model_dump(mode="json", exclude=set(Content.model_fields))
        if any(_PRIVATE.search(text) for text in _texts(own)):
            raise ValueError("概况信息只登记办公用的公开信息，不能填写身份证号、手机号等个人信息")
        return self


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value, re.sub(r"[\s-]", "", value)] if isinstance(value, str) else []


class DepartmentLine(BaseModel):
    """An internal department (内设机构) with what it does."""

    model_config = ConfigDict(extra="forbid")
    name: NeededName = Field(title="名称")
    duties: Line = Field(default="", title="职责")
    head: Name = Field(default="", title="负责人")
    phone: Name = Field(default="", title="办公电话")


class OrganProfileContent(ProfileContent):
    """An organ's functions and departments (机构职能), with the elements of Article 20(2)."""

    head_name: Name = Field(default="", title="负责人姓名")
    office_address: Line = Field(default="", title="办公地址")
    office_hours: Line = Field(default="", title="办公时间", description="例如 工作日 8:30—12:00，14:00—17:30。")
    office_phone: Name = Field(default="", title="联系电话")
    office_fax: Name = Field(default="", title="传真")
    postcode: Name = Field(default="", title="邮政编码")
    functions: list[Line] = Field(default=[], title="主要职责", description="一行一项。")
    departments: list[DepartmentLine] = Field(
        default=[],
        title="内设机构",
        description="一行一个：名称 | 职责 | 负责人 | 办公电话；可以从 Excel 复制粘贴。",
    )
    subordinates: list[Line] = Field(default=[], title="所属单位", description="一行一个。")


class LeaderProfileContent(ProfileContent):
    """A leader (领导信息): name, post, portfolio (分工), and a public résumé; the photograph is an attachment."""

    name: Name = Field(default="", title="姓名")
    post: Line = Field(default="", title="职务")
    portfolio: str = Field(default="", max_length=2000, title="分工")
    resume: list[Line] = Field(default=[], title="简历", description="一行一段，只写对外公布的任职经历。")
    office_phone: Name = Field(default="", title="办公电话")
    rank: Annotated[int, Field(ge=1, le=999)] | None = Field(
        default=None, title="排列次序", description="数字小的在前。"
    )


class Appointment(BaseModel):
    """Who takes up or leaves which post."""

    model_config = ConfigDict(extra="forbid")
    name: NeededName = Field(title="姓名")
    change: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = Field(default="", title="任免")
    post: Line = Field(default="", title="职务或岗位")


class PersonnelContent(Content):
    """Personnel information (人事信息): appointments, recruitment, publicity before an appointment."""

    subject: Literal["", "任免", "招考录用", "任前公示"] = Field(default="", title="事项")
    decided_by: Line = Field(default="", title="决定机关")
    decided_on: dt.date | None = Field(default=None, title="决定日期")
    publicity_until: dt.date | None = Field(default=None, title="公示截止", description="公示类信息填写。")
    appointments: list[Appointment] = Field(
        default=[],
        title="名单",
        description="一行一人：姓名 | 任免 | 职务或岗位，例如 陈思远 | 任 | 市教育局副局长；可以从 Excel 复制粘贴。",
    )


GUIDE = register_kind(
    Kind(
        code="guide",
        name="政府信息公开指南",
        plural="政府信息公开指南",
        schema=GuideContent,
        schema_version=1,
        facets=document_facets,
        is_document=False,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="guide",
        default_genre="其他",
        statutory_category="20.02",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="guide",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=4,
        annual_report_row="",
    )
)

ORGAN_PROFILE = register_kind(
    Kind(
        code="organ_profile",
        name="机构职能",
        plural="机构职能",
        schema=OrganProfileContent,
        schema_version=1,
        facets=document_facets,
        is_document=False,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="其他",
        statutory_category="20.02",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="organ_profile",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=5,
        annual_report_row="",
    )
)

LEADER_PROFILE = register_kind(
    Kind(
        code="leader_profile",
        name="领导信息",
        plural="领导信息",
        schema=LeaderProfileContent,
        schema_version=1,
        facets=facets_with(rank="rank"),
        is_document=False,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="其他",
        statutory_category="20.02",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="leader_profile",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=5,
        annual_report_row="",
    )
)

PERSONNEL = register_kind(
    Kind(
        code="personnel",
        name="人事信息",
        plural="人事信息",
        schema=PersonnelContent,
        schema_version=1,
        facets=facets_with(personnel="subject"),
        is_document=True,
        is_policy=False,
        has_validity=False,
        is_ledgered=False,
        section="",
        default_genre="通知",
        # Recruitment stands under 20.14, appointments do not: where nobody chose, the wider item.
        statutory_category="20.15",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="personnel",
        presets={"township": "township", "usual": "usual", "full": "usual"},
        search_weight=4,
        annual_report_row="",
    )
)
