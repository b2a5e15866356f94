"""How a record is referred to where neither title nor name may stand: notices, and what else leaves the house."""

from __future__ import annotations

from gongkai.engine.deadlines.ticks import REFERENCES
from gongkai.engine.records.models import Record


def reference(record: Record) -> str:
    """The public index number, else 草稿 and the number of the record.

    Not the document number: a person types it, and what is expunged must not live on in a notice.
    """
    if record.published_at is not None and record.index_number:
        return f"索引号 {record.index_number}"
    return f"草稿 {record.pk}"


def _of_key(key: str) -> str:
    record = Record.objects.filter(pk=key).first()
    return reference(record) if record is not None else key


REFERENCES["record"] = _of_key
