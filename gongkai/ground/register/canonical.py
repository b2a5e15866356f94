"""Canonical JSON (规范化 JSON): one value, one sequence of bytes, on every machine and database.

UTF-8, keys sorted by code point, no white space, nothing escaped that need not be. Allowed are dict with str keys,
list, str, int, bool and None. Floats are refused because two languages print them differently; lone surrogates
because they have no UTF-8; U+0000 because PostgreSQL cannot store it, so that both databases refuse the same values.
"""

from __future__ import annotations

import hashlib
import json

#: Version of the rules above; stored beside every hash made with them.
C14N_VERSION = 1
#: Deeper values are refused: they are attacks on parsers, not content.
MAX_DEPTH = 64

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class NotCanonicalError(ValueError):
    """The value has no canonical form; the message names the place and the reason."""


def canonical_json(value: object) -> bytes:
    """The canonical bytes of a JSON value.

    Raises NotCanonicalError for floats, keys that are not str, other types, U+0000, lone surrogates, too much depth.
    """
    _inspect(value, "$", 0)
    try:
        return _encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonicalError(f"lone surrogate U+{ord(error.object[error.start]):04X} in a text") from None


def sha256_hex(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _inspect(value: object, place: str, depth: int) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise NotCanonicalError(f"{place}: U+0000 in a text")
    elif isinstance(value, dict):
        _descend(depth, place)
        for key, inner in value.items():
            if not isinstance(key, str):
                raise NotCanonicalError(f"{place}: key of type {type(key).__name__}")
            _inspect(key, place, depth)
            _inspect(inner, f"{place}.{key}", depth + 1)
    elif isinstance(value, list):
        _descend(depth, place)
        for number, inner in enumerate(value):
            _inspect(inner, f"{place}[{number}]", depth + 1)
    elif value is not None and not isinstance(value, int):
        raise NotCanonicalError(f"{place}: {type(value).__name__} has no canonical form")


def _descend(depth: int, place: str) -> None:
    if depth >= MAX_DEPTH:
        raise NotCanonicalError(f"{place}: nested deeper than {MAX_DEPTH}")
