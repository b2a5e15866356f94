"""The reader of official documents: from a file to a card with evidence, tables, warnings and a clean body."""

from __future__ import annotations

from gongkai.domains.documents.reader.document import Evidence, ReadDocument
from gongkai.domains.documents.reader.plain import structured
from gongkai.domains.documents.reader.reading import read_document

__all__ = ["Evidence", "ReadDocument", "read_document", "read_file", "structured"]


def read_file(data: bytes, filename: str) -> ReadDocument:
    """Read the bytes of a file as an official document.

    Raises Refused where the file has no text that can be read (see ``gongkai.ground.files.reading.read``).
    """
    return read_document(structured(data, filename), filename)
