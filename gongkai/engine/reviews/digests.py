"""The digest of an opinion, which its event commits to; register verify recomputes it."""

from __future__ import annotations

from gongkai.engine.reviews.models import Opinion
from gongkai.ground.register.canonical import canonical_json, sha256_hex


def opinion_digest(opinion: Opinion) -> str:
    """SHA-256 over everything an opinion says and is bound to."""
    return sha256_hex(
        canonical_json(
            {
                "id": opinion.pk,
                "step": opinion.step_id,
                "edition": opinion.edition_id,
                "edition_sha256": opinion.edition_sha256,
                "reviewer": opinion.reviewer_id,
                "on_behalf_of": opinion.on_behalf_of_id,
                "verdict": str(opinion.verdict),
                "reason_code": opinion.reason_code,
                "text": opinion.text,
                "at": opinion.at.isoformat(),
                "reaffirms": opinion.reaffirms_id,
            }
        )
    )
