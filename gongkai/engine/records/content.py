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

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    body: list[BodyBlock] = []
    disclosure: Literal["", "proactive", "on_application", "withheld"] = ""
    disclosure_basis: Line = ""
    disclosure_reason: str = Field(default="", max_length=2000)
    document_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    issuing_organ: Line = ""
    written_on: dt.date | None = None
    issued_on: dt.date | None = None
    subject_class: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    genre: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    audience: Line = ""
    keywords: list[Line] = []
    description: str = Field(default="", max_length=500)
    effective_from: dt.date | None = None
    effective_until: dt.date | None = None
    change_note: str = Field(default="", max_length=500)
    source: Line = ""

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
