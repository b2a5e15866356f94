"""What a leaf of the register commits to. The leaf is made with the event and can be made again from it at any time.

Leaf bytes are canonical JSON ``{"v":1,"closed":C(salt, closed),"public":C(public_salt, public)}`` with
``C(s, x) = SHA-256(s || canonical_json(x))`` in hexadecimal. The salts keep a commitment from being guessed; whoever is
shown ``public`` and its salt can check that half and learns nothing about the other.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from gongkai.ground.register import merkle
from gongkai.ground.register.canonical import canonical_json, sha256_hex

LEAF_VERSION = 1


class Committed(Protocol):
    """The fields of an event that the closed half commits to."""

    @property
    def subject_type(self) -> str: ...
    @property
    def subject_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def on_behalf_of(self) -> str: ...
    @property
    def organ_id(self) -> int | None: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def public(self) -> dict[str, Any]: ...


def commitment(salt: str, value: object) -> str:
    """The salted commitment to a JSON value; the salt is 32 bytes in hexadecimal."""
    return sha256_hex(bytes.fromhex(salt) + canonical_json(value))


def moment_text(moment: dt.datetime) -> str:
    """An aware moment as the leaf holds it: ISO 8601, UTC, microseconds."""
    if moment.tzinfo is None:
        raise ValueError("a moment in the register is aware")
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def closed_part(event: Committed) -> dict[str, Any]:
    """The closed half of an event as JSON."""
    return {
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "name": event.name,
        "actor": event.actor,
        "on_behalf_of": event.on_behalf_of,
        "organ_id": event.organ_id,
        "at": moment_text(event.at),
        "data": event.data,
    }


def leaf_bytes(event: Committed, salt: str, public_salt: str) -> bytes:
    """The bytes of the event's leaf."""
    closed = commitment(salt, closed_part(event))
    return canonical_json({"v": LEAF_VERSION, "closed": closed, "public": commitment(public_salt, event.public)})


def leaf_hash(event: Committed, salt: str, public_salt: str) -> str:
    """The RFC 9162 leaf hash in hexadecimal."""
    return merkle.leaf_hash(leaf_bytes(event, salt, public_salt)).hex()
