"""Running the checks on an edition, and a person's decision on each finding.

Signatures other packages rely on (engine/records/actions/writing.py, migrating.py): keep them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gongkai.ground.files.text import Block


def check_edition(
    *,
    subject_type: str,
    subject_id: str,
    organ_id: int,
    edition_number: int,
    edition_sha256: str,
    blocks: tuple[Block, ...],
    metadata: Mapping[str, Any],
) -> None:
    """Run every check on an edition in the caller's transaction and write what was found, without personal text."""
    check_editions(
        [
            {
                "subject_type": subject_type,
                "subject_id": subject_id,
                "organ_id": organ_id,
                "edition_number": edition_number,
                "edition_sha256": edition_sha256,
                "blocks": blocks,
                "metadata": metadata,
            }
        ]
    )


def check_editions(editions: Sequence[Mapping[str, Any]]) -> None:
    """The same for many editions with a constant number of statements (imports)."""
