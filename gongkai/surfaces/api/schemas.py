"""What the interface for machines takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Schema


class Problem(Schema):
    """problem+json (RFC 9457) with the place, the provision and what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    where: str = ""
    provision: str = ""
    todo: str = ""


class OrganOut(Schema):
    """An organ that discloses."""

    code: str
    name: str
    type: str
    level: str
    parent_code: str | None


class RecordOut(Schema):
    """A public record in a list."""

    index_number: str
    title: str
    kind: str
    organ_code: str
    organ_name: str
    document_number: str
    written_on: dt.date | None
    published_at: dt.datetime
    subject_class: str
    genre: str
    validity: str
    effective_from: dt.date | None
    effective_until: dt.date | None
    url: str


class RecordPage(Schema):
    """A page of a list; ``next`` is the cursor of the following page, null at the end."""

    items: list[RecordOut]
    next: str | None


class FileOut(Schema):
    """An attachment."""

    id: str
    name: str
    media_type: str
    size: int


class RecordDetail(RecordOut):
    """A public record whole: the content as published, and where its proof is."""

    edition: int
    edition_sha256: str
    content: dict[str, Any]
    files: list[FileOut]
    edition_url: str
    proof_url: str


class ProposalIn(Schema):
    """A record to be drafted or received. ``content`` is by the kind's schema (see /kinds)."""

    organ_code: str = Field(max_length=32)
    kind: str = Field(max_length=40)
    content: dict[str, Any]
    index_number: str = Field("", max_length=60)
    preset: str = Field("", max_length=16)
    co_issuer_codes: list[str] = Field([], max_length=50)
    file_ids: list[str] = Field([], max_length=100)


class EditIn(Schema):
    """A new edition of a record."""

    content: dict[str, Any]
    file_ids: list[str] | None = Field(None, max_length=100)


class ActionIn(Schema):
    """The arguments of an action by name; which it takes is told by GET /work/{id}."""

    text: str = Field("", max_length=2000)
    reason: str = Field("", max_length=40)
    note: str = Field("", max_length=300)
    at: dt.datetime | None = None


class Receipt(Schema):
    """What a write answers: number and state, nothing of the text."""

    id: int
    kind: str
    state: str
    edition: int
    edition_sha256: str
    index_number: str | None
    url: str | None


class PublicationReceipt(Schema):
    """That a delivered document is public: where, which edition, since when, and where its proof is."""

    index_number: str
    url: str
    edition: int
    edition_sha256: str
    published_at: dt.datetime
    edition_url: str
    proof_url: str


class ReturnedOut(Schema):
    """Why a reviewer returned a delivered document."""

    reason: str
    reason_name: str
    text: str
    at: dt.datetime


class ReceivedFile(Schema):
    """A file as it was received."""

    name: str
    sha256: str
    size: int


class WarningOut(Schema):
    """Something a person should look at: what was found where, and what was expected."""

    code: str
    place: str
    found: str
    expected: str
    message: str


class DeliveryReceipt(Schema):
    """The receipt (回执) of a delivered document."""

    id: str
    number: str
    received_at: dt.datetime
    organ_code: str
    record: int
    state: str
    state_name: str
    is_duplicate: bool
    received_sha256: str
    files: list[ReceivedFile]
    warnings: list[WarningOut]
    returned: ReturnedOut | None
    publication: PublicationReceipt | None


class PermittedAction(Schema):
    """An action, whether it is possible now, and why not."""

    name: str
    title: str
    is_possible: bool
    reason: str
    arguments: list[str]


class WorkOut(Receipt):
    """A record as its own organ's systems see it."""

    title: str
    actions: list[PermittedAction]


class KindOut(Schema):
    """A kind with the JSON schema of its content."""

    code: str
    name: str
    schema_name: str
    content_schema: dict[str, Any]


class UploadOut(Schema):
    """A stored attachment: its id goes into ``file_ids``."""

    id: str
    name: str
    media_type: str
    size: int
