"""A delivery of an OA system (交换接收): examined whole before anything is written, made a record through the gate.

The order: metadata, organ and right, then every file past the guard (marks, type, damage), digests, the document read,
the content checked; only then one transaction writes files, record, review sheet and the ledger's row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.db import IntegrityError

from gongkai.config import env
from gongkai.domains.documents.intake.ledger import Arrival, newest_of, write_delivery
from gongkai.domains.documents.intake.material import KEPT, co_issuers_of, twin_of
from gongkai.domains.documents.intake.metadata import Merged, Metadata, merged, parse_metadata
from gongkai.domains.documents.models import Delivery
from gongkai.domains.documents.reader import ReadDocument, read_document, structured
from gongkai.engine.records.actions import file_paper, receive
from gongkai.engine.records.actions.writing import parse_unmarked, refuse_any_mark
from gongkai.engine.records.attachments import entry_of
from gongkai.engine.records.attribute import refuse_unfit_content
from gongkai.engine.records.content import body_blocks
from gongkai.engine.records.editions import kind_of as kind_named
from gongkai.engine.records.index_numbers import refuse_unfit_index_number
from gongkai.engine.records.models import Purpose, Record
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering, explain
from gongkai.ground.files import media, storage
from gongkai.ground.files.actions import authorise, examine, keep
from gongkai.ground.files.crypto import blind_index
from gongkai.ground.files.guard import Guarded
from gongkai.ground.files.models import StoredFile
from gongkai.ground.gate.door import NO_RIGHT
from gongkai.ground.gate.idempotency import once
from gongkai.ground.organs.models import Organ
from gongkai.ground.organs.queries import in_force
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.canonical import canonical_json, sha256_hex

ACCURATE = "《政府信息公开条例》第六条"
UNKNOWN_ORGAN = wording(
    "intake.unknown_organ",
    what="没有代码为“{code}”的机关，无法确定由谁公开。",
    todo="政府信息由制作它的行政机关公开；机构代码见 /api/v1/organs，请核对后重新发送。",
    status=422,
)
DIGEST_DIFFERS = wording(
    "intake.digest_differs",
    what="文件“{name}”的 SHA-256 与元数据所列不一致，可能在传输中损坏或被改动。",
    todo="请由办公系统重新导出、计算摘要并发送；没有保存任何内容。",
    status=422,
)
DIGEST_UNUSED = wording(
    "intake.digest_unused",
    what="元数据列有“{name}”的摘要，却没有收到这个文件。",
    todo="请随元数据发送全部文件，文件名应与摘要表一致。",
    status=422,
)
NOT_A_DOCUMENT = wording(
    "intake.not_a_document",
    what="这种文件（{found}）不能作为公文正文接收。",
    todo="正文请发送 OFD、DOCX 或 PDF；其他文件作为附件发送。",
    status=422,
)
NO_TITLE = wording(
    "intake.no_title",
    what="文件中没有可读的文字，元数据也没有标题。",
    todo="扫描件请在元数据中写明 title；能提供双层 OFD、PDF 或 DOCX 的，请优先提供。",
    status=422,
)
DOCUMENTS = frozenset({media.OFD, media.DOCX, media.DOC, media.PDF, media.HTML, media.TEXT})


@dataclass(frozen=True)
class Part:
    """A file of a delivery as it came."""

    name: str
    source: bytes | BinaryIO


@dataclass(frozen=True)
class Parcel:
    """A delivery as it came: the document, its metadata (JSON), the review sheet, attachments."""

    document: Part
    metadata: bytes | str
    sheet: Part | None = None
    attachments: Sequence[Part] = field(default_factory=tuple)


@dataclass(frozen=True)
class Taken:
    """The delivery in the ledger, and whether this request made it; the same request again is answered the same."""

    delivery: Delivery
    is_new: bool


@dataclass(frozen=True)
class _Examined:
    organ: Organ
    metadata: Metadata
    document: Guarded
    sheet: Guarded | None
    attachments: tuple[Guarded, ...]
    read: ReadDocument | None
    merged: Merged
    co_issuers: list[Organ]

    @property
    def files(self) -> tuple[Guarded, ...]:
        """Every file, the document first."""
        return (self.document, *([self.sheet] if self.sheet else []), *self.attachments)


def take_delivery(parcel: Parcel, *, actor: Actor, way: str, key: str = "") -> Taken:
    """Examine a delivery and make its record, or find the record made before. Raises Refused; then nothing is kept.

    ``key`` is the idempotency key of the sender; "" lets the document's own bytes be the key.
    """
    examined = _examine(parcel, actor)
    asked = {"name": "delivery", "organ": examined.organ.code, "received": received_digest(examined.files, parcel)}

    def do() -> dict[str, Any]:
        return _made(examined, actor, way, received_digest(examined.files, parcel))

    chosen = key or f"delivery-{blind_index('delivery.key', sha256_hex(canonical_json(asked)))[:48]}"
    try:
        answer, _ = once(chosen, asked, actor, do)
    except IntegrityError:
        # The same document came at the same moment under another key; it is there now.
        answer, _ = once(chosen, asked, actor, do)
    delivery = Delivery.objects.select_related("record", "organ").get(pk=answer["id"])
    return Taken(delivery, bool(answer["made"]))


def received_digest(files: Sequence[Guarded], parcel: Parcel) -> str:
    """A digest of everything that was received: the files with their names, and the metadata."""
    raw = parcel.metadata if isinstance(parcel.metadata, bytes) else parcel.metadata.encode()
    named = [[file.filename, file.sha256] for file in files]
    return sha256_hex(canonical_json({"files": named, "metadata": hashlib.sha256(raw).hexdigest()}))


def _examine(parcel: Parcel, actor: Actor) -> _Examined:
    metadata = parse_metadata(parcel.metadata)
    refuse_any_mark({"metadata": metadata.model_dump(mode="json")})
    organ = _organ(metadata.organ_code, "metadata.organ_code")
    _refuse_stranger(organ, actor)
    document = _guarded(parcel.document, organ, actor)
    sheet = _guarded(parcel.sheet, organ, actor) if parcel.sheet else None
    attachments = tuple(_guarded(part, organ, actor) for part in parcel.attachments)
    _refuse_wrong_digests(metadata, (document, *([sheet] if sheet else []), *attachments))
    if document.media_type not in DOCUMENTS:
        raise Refused(NOT_A_DOCUMENT, ACCURATE, found=document.media_type, where="document")
    read = _read(document)
    if read is None and not metadata.title:
        raise Refused(NO_TITLE, ACCURATE, where="metadata.title")
    found = merged(metadata, read, organ, document.filename)
    _refuse_unfit(metadata, found)
    named = [_organ(code, "metadata.co_issuer_codes") for code in metadata.co_issuer_codes]
    co_issuers = named or (co_issuers_of(read, organ) if read else [])
    return _Examined(organ, metadata, document, sheet, attachments, read, found, co_issuers)


def _organ(code: str, where: str) -> Organ:
    found = Organ.objects.filter(in_force(), code=code).first()
    if found is None:
        raise Refused(UNKNOWN_ORGAN, "《政府信息公开条例》第十条", code=code, where=where)
    return found


def _refuse_stranger(organ: Organ, actor: Actor) -> None:
    """Before a byte is looked at: the account must be this organ's."""
    if covering(actor, "record.submit", organ.pk) is None:
        raise Refused(
            NO_RIGHT,
            "《政府信息公开条例》第十条",
            title="接收已签发文件",
            roles=explain("record.submit"),
            where="organ_code",
        )
    authorise(organ, actor)


def _guarded(part: Part, organ: Organ, actor: Actor) -> Guarded:
    try:
        return examine(part.source, part.name, organ=organ, actor=actor)
    except Refused as refusal:
        # A law asks for a document that can be read and relied on; the guard itself names only secrecy.
        raise Refused(refusal.code, refusal.citation or ACCURATE, **refusal.facts) from None


def _refuse_wrong_digests(metadata: Metadata, files: Sequence[Guarded]) -> None:
    left = dict(metadata.digests)
    for file in files:
        told = left.pop(file.filename, "")
        if told and told.lower() != file.sha256:
            raise Refused(DIGEST_DIFFERS, ACCURATE, name=file.filename, where="metadata.digests")
    if left:
        raise Refused(DIGEST_UNUSED, ACCURATE, name=next(iter(left)), where="metadata.digests")


def _read(document: Guarded) -> ReadDocument | None:
    if document.text is None:
        return None
    is_text = document.media_type == media.TEXT
    found = read_document(structured(document.data, document.filename) if is_text else document.text, document.filename)
    return found if found.body or found.title else None


def _refuse_unfit(metadata: Metadata, found: Merged) -> None:
    """What the record would be refused for is refused before a file is written."""
    kind = kind_named(found.kind)
    content = parse_unmarked(found.kind, found.content)
    refuse_unfit_index_number(metadata.index_number)
    policy = env.DELIVERY_ATTRIBUTE
    if content.disclosure or policy == "all" or (policy == "policy" and kind.is_policy):
        refuse_unfit_content(content.model_dump(mode="json"))


def _made(examined: _Examined, actor: Actor, way: str, received: str) -> dict[str, Any]:
    """In the transaction of the key: the delivery that was there, or a new one; ``made`` says which."""
    before, turn = newest_of(examined.organ, examined.document.sha256)
    if before is not None:
        return {"id": str(before.pk), "made": False}
    arrival = Arrival(way, examined.organ, actor.person_id, examined.document.sha256, turn)
    content = examined.merged.content
    twin = twin_of(
        examined.organ, content["title"], content.get("document_number", ""), body_blocks(content.get("body", []))
    )
    if twin is not None and content.get("body"):
        delivery = write_delivery(arrival, twin, _receipt(examined, received, twin))
        return {"id": str(delivery.pk), "made": False}
    delivery = write_delivery(arrival, _record(examined, actor), _receipt(examined, received, None))
    return {"id": str(delivery.pk), "made": True}


def _record(examined: _Examined, actor: Actor) -> Record:
    kept: list[StoredFile] = []
    try:
        return _received(examined, actor, kept)
    except (Refused, IntegrityError):
        # Their rows go with the transaction; their bytes need not wait for the sweep.
        for file in kept:
            storage.erase(storage.sealed_path(file.pk))
        raise


def _received(examined: _Examined, actor: Actor, kept: list[StoredFile]) -> Record:
    organ, metadata, found = examined.organ, examined.metadata, examined.merged

    def put(guarded: Guarded) -> StoredFile:
        kept.append(keep(guarded, organ=organ, actor=actor))
        return kept[-1]

    is_attached = metadata.attach_document and examined.document.media_type in KEPT
    attached = ([examined.document] if is_attached else []) + list(examined.attachments)
    made: Record = receive(
        actor=actor,
        organ=organ,
        kind=found.kind,
        content=found.content,
        files=[entry_of(put(file)) for file in attached],
        co_issuers=examined.co_issuers,
        preset=metadata.preset,
        index_number=found.index_number,
    )
    if examined.sheet is not None:
        signed = [item.model_dump(mode="json") for item in metadata.review]
        file_paper(made, actor=actor, file=put(examined.sheet), signatures=signed)
    if not is_attached:
        file_paper(made, actor=actor, file=put(examined.document), purpose=Purpose.ORIGINAL)
    return made


def _receipt(examined: _Examined, received: str, twin: Record | None) -> str:
    """What the receipt will always say of this delivery, as it is kept."""
    warnings = list(examined.merged.warnings)
    if examined.sheet is None:
        warnings.append(_warning("sheet-missing", "review_sheet", "没有随附审签单；请补送，或由承办人在工作台归入。"))
    elif not examined.metadata.review:
        warnings.append(_warning("sheet-missing", "metadata.review", "审签单没有列明签批人。"))
    if not examined.merged.content.get("disclosure"):
        warnings.append(_warning("attribute-missing", "metadata.disclosure", "没有公开属性；审核人将退回补充。"))
    if twin is not None:
        warnings.append(
            _warning("duplicate-content", "全文", "与已有信息的标题、文号、正文相同，没有另建。", found=str(twin.pk))
        )
    digests = [{"name": file.filename, "sha256": file.sha256, "size": file.size} for file in examined.files]
    kept = {"received_sha256": received, "files": digests, "warnings": warnings}
    return json.dumps(kept, ensure_ascii=False)


def _warning(code: str, place: str, message: str, found: str = "") -> dict[str, Any]:
    return {"code": code, "place": place, "found": found, "expected": "", "message": message}
