"""The autosave of an editor: kept beside the record until it is saved as an edition. Not an act, hence no event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from gongkai.engine.records.actions.writing import refuse_any_mark
from gongkai.engine.records.models import EditBuffer, Record
from gongkai.engine.records.subject import EDITABLE
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import UNKNOWN, can
from gongkai.ground.refusal import Refused


def keep_buffer(record: Record, *, actor: Actor, content: Mapping[str, Any]) -> EditBuffer:
    """Keep what stands in the editor now. Refused for a classification mark before anything is written."""
    refuse_any_mark(content)
    person_id = _editor(record, actor)
    with transaction.atomic():
        buffer, _ = EditBuffer.objects.update_or_create(
            record=record,
            person_id=person_id,
            defaults={
                "based_on": record.working.number if record.working else 0,
                "sealed_content": json.dumps(dict(content), ensure_ascii=False),
                "saved_at": clock.now(),
            },
        )
    return buffer


def drop_buffer(record: Record, *, actor: Actor) -> None:
    """Throw away what the editor kept for this person."""
    EditBuffer.objects.filter(record=record, person_id=_editor(record, actor)).delete()


def _editor(record: Record, actor: Actor) -> int:
    """The person who may edit this record now; anybody else is refused as the edit itself would be."""
    verdict = can("record.edit" if record.state in EDITABLE else "record.revise", record, actor)
    if verdict.refusal is not None:
        raise verdict.refusal
    if actor.person_id is None:
        raise Refused(UNKNOWN)
    return actor.person_id
