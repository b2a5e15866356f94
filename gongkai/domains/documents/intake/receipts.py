"""What the other system is told: that a delivery arrived, and later that it was published (回执)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from gongkai.config import env
from gongkai.domains.documents.models import Delivery
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import RETURNED, STATE_NAMES
from gongkai.engine.reviews.models import Opinion, Verdict
from gongkai.engine.reviews.reasons import LISTS


def receipt_of(delivery: Delivery, *, is_duplicate: bool = False) -> dict[str, Any]:
    """The receipt of a delivery: numbers, hashes and warnings as they were, the state as it is."""
    kept = delivery.received
    return progress_of(delivery) | {
        "is_duplicate": is_duplicate,
        "received_sha256": kept["received_sha256"],
        "files": kept["files"],
        "warnings": kept["warnings"],
        "returned": returned_of(delivery.record),
    }


def progress_of(delivery: Delivery) -> dict[str, Any]:
    """Number, state and publication of a delivery: nothing of its text."""
    record = delivery.record
    return {
        "id": str(delivery.pk),
        "number": delivery.number,
        "received_at": delivery.received_at.isoformat(),
        "organ_code": delivery.organ.code,
        "record": record.pk,
        "state": record.state,
        "state_name": STATE_NAMES[record.state],
        "publication": publication_of(record),
    }


def publication_of(record: Record) -> dict[str, Any] | None:
    """The publication receipt: address, hash of the edition, since when, where the proof is; None while not public."""
    edition = record.current
    if not record.is_visible or edition is None or record.published_at is None or not record.index_number:
        return None
    number = quote(record.index_number)
    return {
        "index_number": record.index_number,
        "url": f"{env.PUBLIC_URL}/r/{number}",
        "edition": edition.number,
        "edition_sha256": edition.sha256,
        "published_at": record.published_at.isoformat(),
        "edition_url": f"{env.PUBLIC_URL}/r/{number}.edition.json",
        "proof_url": f"{env.PUBLIC_URL}/register/proof/{number}",
    }


def returned_of(record: Record) -> dict[str, Any] | None:
    """Why a reviewer returned the document; None while it is not returned."""
    if record.state != RETURNED:
        return None
    opinions = Opinion.objects.filter(step__review__record=record, verdict=Verdict.RETURN)
    latest = opinions.order_by("-pk").first()
    if latest is None:
        return None
    names = {term.code: term.name for listed in LISTS.values() for term in listed()}
    return {
        "reason": latest.reason_code,
        "reason_name": names.get(latest.reason_code, latest.reason_code),
        "text": latest.text,
        "at": latest.at.isoformat(),
    }
