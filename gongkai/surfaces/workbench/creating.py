"""From an uploaded document to a filled-in form: what was read, on which evidence, and what needs a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gongkai.domains.documents.reader import ReadDocument, read_document
from gongkai.engine.records.actions import draft, file_paper, receive
from gongkai.engine.records.content import Content
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from gongkai.engine.records.signatures import typed_signatures
from gongkai.ground.access.actors import Actor
from gongkai.ground.files.guard import Guarded
from gongkai.ground.files.text import TextWarning
from gongkai.ground.organs.models import Organ

TAKEN_OVER = (
    "document_number",
    "issuing_organ",
    "written_on",
    "subject_class",
    "genre",
    "effective_until",
)


@dataclass(frozen=True)
class Found:
    """A value that was read, where it stood, and the words as printed."""

    label: str
    value: str
    place: str
    quote: str


@dataclass(frozen=True)
class Reading:
    """What the reader made of a file."""

    initial: dict[str, Any]
    index_number: str = ""
    kind: str = ""
    evidence: list[Found] = field(default_factory=list)
    warnings: list[TextWarning] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_source(guarded: Guarded) -> Reading:
    """Read an examined upload as an official document; a file without text gives an empty form to fill in."""
    if guarded.text is None:
        note = TextWarning("unreadable", guarded.filename, "", "", "没有可读取的文字，请手工填写。")
        return Reading({"title": guarded.filename.rsplit(".", 1)[0]}, warnings=[note])
    document = read_document(guarded.text, guarded.filename)
    return Reading(
        initial=_initial(document),
        index_number=document.index_number.normalised if document.index_number else "",
        kind=document.kind if document.kind in KINDS else "",
        evidence=_evidence(document),
        warnings=list(document.warnings),
        left_out=list(document.left_out),
    )


def _initial(document: ReadDocument) -> dict[str, Any]:
    known = {name: getattr(document, name) for name in TAKEN_OVER}
    number = document.document_number
    filled = known | {"document_number": number.normalised if number else "", "title": document.working_title}
    return {name: value for name, value in filled.items() if value is not None} | {
        "body": [block.as_json() for block in document.body]
    }


def _evidence(document: ReadDocument) -> list[Found]:
    titles = {name: info.title or name for name, info in Content.model_fields.items()}
    names = titles | {"index_number": "索引号", "published_on": "发布日期", "validity": "有效性"}
    found = []
    for name, evidence in document.evidence.items():
        found.append(Found(names.get(name, name), _words(evidence.value), evidence.place, evidence.quote))
        if evidence.label is not None:
            beside = evidence.label
            found.append(
                Found(f"{names.get(name, name)}（目录所印）", _words(beside.value), beside.place, beside.quote)
            )
    return found


def _words(value: object) -> str:
    return "" if value is None else str(value)


def start(
    way: str,
    *,
    actor: Actor,
    organ: Organ,
    kind: str,
    content: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    co_issuers: Sequence[Organ],
    preset: str,
    index_number: str,
    sheet: str = "",
    signatures: str = "",
) -> Record:
    """Draft, or take in a signed document and put it before the reviewers, with its review sheet where there is one."""
    act = receive if way == "receive" else draft
    made: Record = act(
        actor=actor,
        organ=organ,
        kind=kind,
        content=content,
        files=files,
        co_issuers=co_issuers,
        preset=preset,
        index_number=index_number,
    )
    if sheet:
        file_paper(made, actor=actor, file=sheet, signatures=typed_signatures(signatures))
    return made
