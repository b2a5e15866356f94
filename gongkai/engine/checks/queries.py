"""What the checks found in an edition.

Signature engine/reviews/actions/opinions.py relies on: keep it.
"""

from __future__ import annotations

from typing import Any


def undecided(subject_type: str, subject_id: str, edition_sha256: str) -> list[Any]:
    """The findings on exactly this edition that block sign-off until a person decided them."""
    return []
