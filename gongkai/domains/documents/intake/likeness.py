"""When two documents are one: the same words, whatever format, layout and width of signs. Needs no database."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from gongkai.domains.documents.reader import ReadDocument
from gongkai.ground.files.text import Block


def content_key(document: ReadDocument) -> str:
    """What two formats of one document have in common: title, number and the words of the body."""
    number = document.document_number.normalised if document.document_number else ""
    return f"{words_of(document.title or '')}\n{number}\n{body_key(document.body)}"


def body_key(body: Iterable[Block]) -> str:
    """A digest of a body's words, whatever its layout, width of signs and white space."""
    words = "".join(words_of(line) for block in body for line in block.lines())
    return hashlib.sha256(words.encode()).hexdigest()


def words_of(text: str) -> str:
    """The letters, signs and figures of a text in half width, without anything between them."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))
