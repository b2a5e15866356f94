"""The content every record has: body, disclosure attribute and the 14 core metadata (requirements 6.3)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gongkai.ground.files.text import Block

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Paragraph(BaseModel):
    """A paragraph of a body."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["paragraph"]
    text: str


class Heading(BaseModel):
    """A heading of level 1 to 4."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["heading"]
    level: int = Field(ge=1, le=4)
    text: str


class Table(BaseModel):
    """A table with rows of equal length."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["table"]
    caption: str = ""
    columns: list[str] = []
    rows: list[list[str]] = []


BodyBlock = Annotated[Paragraph | Heading | Table, Field(discriminator="type")]


class FileEntry(BaseModel):
    """An attachment as an edition names it; ``digest`` is the SHA-256 over salt and bytes."""

    model_config = ConfigDict(extra="forbid")
    id: str
    name: Line
    media_type: str
    size: int
    digest: str
    salt: str


class Content(BaseModel):
    """What every kind has. Kinds add their own fields in a subclass; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)] = Field(title="标题")
    body: list[BodyBlock] = Field(
        default=[],
        title="正文",
        description=(
            "一行一段。# 开头是标题（## 是下一级）；表格每行写成 | 列一 | 列二 |，表头下加一行 | --- | --- |。"
        ),
    )
    disclosure: Literal["", "proactive", "on_application", "withheld"] = Field(default="", title="公开属性")
    disclosure_basis: Line = Field(
        default="", title="公开依据或不公开理由", description="主动公开的选法定公开内容；其余的选法定理由。"
    )
    disclosure_reason: str = Field(
        default="",
        max_length=2000,
        title="具体理由",
        description="依申请公开或不予公开的，写明适用该条款的具体理由；不要写入应当保密的内容。",
    )
    document_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = Field(
        default="", title="发文字号", description="例如 云教办〔2026〕12号；没有的留空。"
    )
    issuing_organ: Line = Field(default="", title="发布机构")
    written_on: dt.date | None = Field(default=None, title="成文日期", description="以落款日期为准，例如 2026-03-02。")
    issued_on: dt.date | None = Field(default=None, title="印发日期")
    subject_class: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = Field(
        default="", title="主题分类"
    )
    genre: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = Field(default="", title="体裁")
    audience: Line = Field(default="", title="公开对象")
    keywords: list[Line] = Field(default=[], title="主题词", description="一行一个。")
    description: str = Field(default="", max_length=500, title="摘要")
    effective_from: dt.date | None = Field(default=None, title="施行日期")
    effective_until: dt.date | None = Field(default=None, title="失效日期")
    change_note: str = Field(
        default="",
        max_length=500,
        title="更正说明",
        description="更正公开时对社会公布的一句话，例如：更正报送时间。不要写入个人信息。",
    )
    source: Line = Field(default="", title="来源")

    def blocks(self) -> tuple[Block, ...]:
        """The body as structured text, for checks and rendering."""
        return body_blocks([block.model_dump() for block in self.body])


def body_blocks(body: list[dict[str, object]]) -> tuple[Block, ...]:
    """Blocks from a stored body."""
    return tuple(_block(item) for item in body)


def _block(item: dict[str, object]) -> Block:
    if item["type"] == "table":
        rows: list[list[str]] = item.get("rows", [])  # type: ignore[assignment]
        columns: list[str] = item.get("columns", [])  # type: ignore[assignment]
        return Block(
            "table",
            caption=str(item.get("caption", "")),
            columns=tuple(columns),
            rows=tuple(tuple(row) for row in rows),
        )
    if item["type"] == "heading":
        return Block("heading", str(item["text"]), level=int(str(item.get("level", 1))))
    return Block("paragraph", str(item["text"]))
