"""The four kinds of documents: normative document, other policy document, notice, guide."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from gongkai.engine.records.content import Content, Line
from gongkai.engine.records.kinds import FacetValue, Kind, register_kind

NumberText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]


class PolicyContent(Content):
    """A policy document: what it rests on and where it was filed."""

    based_on: list[Line] = []
    register_number: NumberText = ""


class NoticeContent(Content):
    """A notice or announcement (通知公告)."""


class GuideContent(Content):
    """The OGI guide (政府信息公开指南), with the contents Article 12 asks for."""

    classification: str = ""
    arrangement: str = ""
    ways_to_obtain: str = ""
    work_body: Line = ""
    work_body_address: Line = ""
    work_body_hours: Line = ""
    work_body_phone: Line = ""
    work_body_fax: Line = ""
    work_body_internet: Line = ""


def document_facets(content: Content) -> list[FacetValue]:
    """What lists of documents filter on: year, theme (top and full), genre, each keyword."""
    facets = [FacetValue("genre", text=content.genre)] if content.genre else []
    if content.written_on:
        facets.append(FacetValue("year", number=content.written_on.year, date=content.written_on))
    if content.subject_class:
        facets.append(FacetValue("subject", text=content.subject_class))
        facets.append(FacetValue("subject_top", text=content.subject_class.split("/")[0]))
    facets.extend(FacetValue("keyword", text=word) for word in content.keywords if word)
    return facets


NORMATIVE_DOCUMENT = register_kind(
    Kind(
        code="normative_document",
        name="规范性文件",
        plural="行政规范性文件",
        schema=PolicyContent,
        schema_version=1,
        facets=document_facets,
        is_document=True,
        is_policy=True,
        has_validity=True,
        default_genre="通知",
        statutory_category="20.01",
        clocks=("disclosure.publish",),
        letters=(),
        desk="documents",
        template="policy",
        presets={"township": "township", "usual": "full", "full": "full"},
        search_weight=10,
        annual_report_row="20.1.normative",
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
