"""What the checks found in an edition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from gongkai.engine.checks.kinds import BLOCK
from gongkai.engine.checks.models import Finding


def undecided(subject_type: str, subject_id: str, edition_sha256: str) -> list[Any]:
    """The findings on exactly this edition that block sign-off until a person decided them."""
    return list(findings(subject_type, subject_id, edition_sha256).filter(is_decided=False, severity=BLOCK))


def blocking(subject_type: str, subject_ids: Sequence[str]) -> list[str]:
    """Which of these subjects have an undecided finding that blocks; each once, in the order found."""
    rows = Finding.objects.filter(
        subject_type=subject_type, subject_id__in=subject_ids, is_decided=False, severity=BLOCK
    ).order_by("pk")
    return list(dict.fromkeys(rows.values_list("subject_id", flat=True)))


def findings(subject_type: str, subject_id: str, edition_sha256: str) -> QuerySet[Finding]:
    """Everything found in exactly this edition, with the decisions, in the order of the checks."""
    rows = Finding.objects.filter(subject_type=subject_type, subject_id=subject_id, edition_sha256=edition_sha256)
    return rows.select_related("decided_by", "decided_by__by").order_by("pk")
