"""The digest of a publication, which its events commit to; register verify recomputes it."""

from __future__ import annotations

from gongkai.engine.records.models import Publication
from gongkai.ground.register.canonical import canonical_json, sha256_hex


def publication_digest(publication: Publication) -> str:
    """SHA-256 over everything a publication says."""
    return sha256_hex(
        canonical_json(
            {
                "id": publication.pk,
                "record": publication.record_id,
                "edition": publication.edition_id,
                "channel": publication.channel,
                "from": publication.from_at.isoformat(),
                "until": publication.until_at.isoformat() if publication.until_at else None,
                "reason": publication.reason,
                "note": publication.note,
            }
        )
    )
