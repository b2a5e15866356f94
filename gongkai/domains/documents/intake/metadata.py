"""The metadata (元数据) an OA system sends with a document, and what becomes of it beside what the document prints."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from gongkai.domains.documents.intake.material import LENGTHS, content_of, free_index_number, kind_of
from gongkai.domains.documents.numbers import parse_document_number
from gongkai.domains.documents.reader import ReadDocument
from gongkai.domains.documents.reader.document import warning_json
from gongkai.domains.documents.reader.lines import bare, words
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.signatures import Signature
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

LARGEST = 256 * 1024
UNFIT = wording(
    "intake.unfit_metadata",
    what="元数据不合要求：{problem}。",
    todo="请对照交换接口说明改正后重新发送；没有保存任何内容。",
    status=422,
)
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]


class Metadata(BaseModel):
    """What an OA system says of a document. Whatever is left out is read from the document itself."""

    model_config = ConfigDict(extra="forbid")
    organ_code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
    kind: Code = ""
    title: Text = ""
    document_number: Code = ""
    index_number: Code = ""
    issuing_organ: Text = ""
    co_issuer_codes: list[Code] = []
    written_on: dt.date | None = None
    issued_on: dt.date | None = None
    effective_from: dt.date | None = None
    effective_until: dt.date | None = None
    subject_class: Code = ""
    genre: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    audience: Text = ""
    keywords: list[Text] = []
    description: Annotated[str, StringConstraints(max_length=500)] = ""
    disclosure: Code = ""
    disclosure_basis: Text = ""
    disclosure_reason: Annotated[str, StringConstraints(max_length=2000)] = ""
    preset: Annotated[str, StringConstraints(max_length=16)] = ""
    own: dict[str, Any] = {}
    review: list[Signature] = []
    digests: dict[Text, Digest] = {}
    attach_document: bool = True


# Fields of the content that the metadata may give; the reader is asked for the rest.
_GIVEN = words(
    "title document_number issuing_organ written_on issued_on effective_from effective_until subject_class genre "
    "audience keywords description disclosure disclosure_basis disclosure_reason"
)
# What the document itself prints, and so may differ.
_PRINTED = {
    "title": "标题",
    "document_number": "发文字号",
    "issuing_organ": "发文机关",
    "written_on": "成文日期",
    "effective_until": "失效日期",
    "subject_class": "主题分类",
    "index_number": "索引号",
}


def parse_metadata(raw: bytes | str) -> Metadata:
    """The metadata of a delivery; Refused with the place of the first thing that is wrong."""
    if len(raw) > LARGEST:
        raise Refused(UNFIT, problem="超过 256 KB", where="metadata")
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(UNFIT, problem="不是 UTF-8 的 JSON", where="metadata") from None
    if not isinstance(found, dict) or "\0" in text or "\\u0000" in text:
        raise Refused(UNFIT, problem="不是 JSON 对象，或者含有空字符", where="metadata")
    try:
        return Metadata.model_validate_json(json.dumps(found))
    except (ValidationError, ValueError) as error:
        raise Refused(UNFIT, problem=_problem(error), where=_place(error)) from None


def _problem(error: ValueError) -> str:
    return str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else "含有不能保存的字符"


def _place(error: ValueError) -> str:
    parts = error.errors()[0]["loc"] if isinstance(error, ValidationError) else ()
    return ".".join(["metadata", *(str(part) for part in parts)])


_PROACTIVE = re.compile(r"[（(]?(?:信息)?(?:公开方式|公开属性|公开选项|信息公开选项|此件)[:：]?(?:为)?主动公开[）)。]?")


@dataclass(frozen=True)
class Merged:
    """Kind, content and index number of the record to be made, and the warnings for the receipt."""

    kind: str
    content: dict[str, Any]
    index_number: str
    warnings: list[dict[str, Any]] = field(default_factory=list)


def merged(metadata: Metadata, document: ReadDocument | None, organ: Organ, filename: str) -> Merged:
    """The metadata with what the document adds; where both speak and differ, the metadata wins with a warning."""
    given = {name: value for name in _GIVEN if (value := getattr(metadata, name))}
    if "document_number" in given and (number := parse_document_number(given["document_number"])) is not None:
        given["document_number"] = number.normalised
    given = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in given.items()}
    read: Mapping[str, Any] = {}
    warnings: list[dict[str, Any]] = []
    printed_number = ""
    if document is not None:
        read = content_of(document, organ, "")
        warnings = [warning_json(warning) for warning in document.warnings]
        printed_number = document.index_number.normalised if document.index_number else ""
        asked = given | {"index_number": metadata.index_number}
        warnings += _differences(asked, {**read, "index_number": printed_number}, document)
    base = {"title": filename.rsplit(".", 1)[0][: LENGTHS["title"]], "body": [], "issuing_organ": organ.name}
    content = base | {name: value for name, value in read.items() if value} | given | metadata.own
    content["source"] = "交换接收"
    kind = metadata.kind or (kind_of(document) if document is not None else "other_document")
    if document is not None and not metadata.disclosure and _prints_proactive(document):
        category = KINDS[kind].statutory_category if kind in KINDS else ""
        content |= {"disclosure": "proactive", "disclosure_basis": metadata.disclosure_basis or category}
    free = free_index_number(document) if document is not None else ""
    return Merged(kind, content, metadata.index_number or free, warnings)


def _prints_proactive(document: ReadDocument) -> bool:
    """Whether the document itself says 公开方式：主动公开 at its head or end (属性源头认定)."""
    texts = [*(block.text for block in document.body), *document.left_out]
    return any(_PROACTIVE.fullmatch(bare(text)) for text in texts if len(text) <= 40)


def _differences(given: Mapping[str, Any], read: Mapping[str, Any], document: ReadDocument) -> list[dict[str, Any]]:
    found = []
    for name, label in _PRINTED.items():
        ours, theirs = given.get(name) or "", read.get(name) or ""
        if not ours or not theirs or bare(str(ours)) == bare(str(theirs)) or (name == "title" and not document.title):
            continue
        evidence = document.evidence.get(name)
        found.append(
            {
                "code": "metadata-differs",
                "place": evidence.place if evidence else label,
                "found": str(theirs),
                "expected": str(ours),
                "message": f"元数据的{label}与文件所印不一致，以元数据为准。",
            }
        )
    return found
