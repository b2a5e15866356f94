"""The way in for OA systems: a signed document with metadata and review sheet; receipts by asking again."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Status, UploadedFile

from gongkai.domains.documents.intake.delivering import Parcel, Part, take_delivery
from gongkai.domains.documents.intake.receipts import receipt_of
from gongkai.domains.documents.models import Delivery, Way
from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import UNKNOWN, visible
from gongkai.ground.refusal import Refused
from gongkai.surfaces.api.schemas import DeliveryReceipt
from gongkai.surfaces.api.tokens import ServiceToken
from gongkai.surfaces.api.writing import REFUSALS, Key

router = Router(tags=["公文交换"], auth=ServiceToken())


@router.post("/deliveries", response={200: DeliveryReceipt, 201: DeliveryReceipt, **REFUSALS}, summary="送交已签发文件")
def deliver(
    request: HttpRequest,
    document: File[UploadedFile],
    metadata: Form[str],
    review_sheet: File[UploadedFile | None] = None,
    attachments: File[list[UploadedFile] | None] = None,
    key: str = Key,
) -> Status[dict[str, Any]]:
    """Deliver a document signed in the OA system (OFD, DOCX or PDF) with its metadata and review sheet.

    201: a record was made and lies before the reviewers. 200: this document had been delivered before.
    """
    actor: Actor = request.auth  # type: ignore[attr-defined]
    parcel = Parcel(
        document=_part(document),
        metadata=metadata,
        sheet=_part(review_sheet) if review_sheet is not None else None,
        attachments=[_part(file) for file in attachments or ()],
    )
    taken = take_delivery(parcel, actor=actor, way=Way.API, key=key)
    return Status(201 if taken.is_new else 200, receipt_of(taken.delivery, is_duplicate=not taken.is_new))


def _part(file: UploadedFile) -> Part:
    return Part(file.name or "", file)


@router.get("/deliveries/{uuid:pk}", response={200: DeliveryReceipt, **REFUSALS}, summary="查询回执")
def delivery(request: HttpRequest, pk: uuid.UUID) -> dict[str, Any]:
    """The receipt as it is now: state, why it was returned, and the publication receipt once it is public."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    found = Delivery.objects.filter(pk=pk, record__in=visible(Record, actor)).select_related("organ").first()
    if found is None:
        raise Refused(UNKNOWN)
    found.record = Record.objects.select_related("current").get(pk=found.record_id)
    return receipt_of(found)
