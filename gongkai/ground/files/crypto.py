"""Sealing: authenticated encryption bound to a name, per-file keys wrapped by the keyring, salted commitments.

A sealed text is ``v1.<cipher>.<key id>.<base64url of nonce and ciphertext>``. Ciphers are named, so that AES-256-GCM
and SM4-GCM can stand side by side; which one a new key is for says ``suites.chosen_suite``.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata

from cryptography.exceptions import InvalidTag

from gongkai.ground.files import keyring
from gongkai.ground.files.refusals import DAMAGED
from gongkai.ground.files.suites import DIGESTS, MACS, SEALERS, Sealer, chosen_suite
from gongkai.ground.refusal import Refused

_VERSION = "v1"
#: How every sealed text begins.
SEALED_START = f"{_VERSION}."


def seal_text(purpose: str, plain: bytes, bound: str) -> str:
    """Seal bytes with the newest key of a purpose, bound to a name, as a text for a column."""
    key = keyring.current_key(purpose)
    sealed = SEALERS[key.cipher].seal(key.secret, plain, bound.encode())
    return f"{_VERSION}.{key.cipher}.{key.id}.{base64.urlsafe_b64encode(sealed).decode()}"


def open_text(purpose: str, token: str, bound: str) -> bytes:
    """Open what ``seal_text`` made. Raises Refused: the key is gone, or the text was changed or moved elsewhere."""
    try:
        version, cipher, key_id, encoded = token.split(".")
        sealed = base64.urlsafe_b64decode(encoded)
        sealer = SEALERS[cipher]
    except (ValueError, KeyError) as error:
        raise Refused(DAMAGED, where=bound) from error
    if version != _VERSION:
        raise Refused(DAMAGED, where=bound)
    return open_bytes(sealer, keyring.key(purpose, key_id).secret, sealed, bound)


def open_bytes(sealer: Sealer, key: bytes, sealed: bytes, bound: str) -> bytes:
    """Open bytes. Raises Refused ``files.damaged`` when bytes, key or name are not those of the sealing."""
    try:
        return sealer.open(key, sealed, bound.encode())
    except (InvalidTag, ValueError) as error:
        raise Refused(DAMAGED, where=bound) from error


def key_id_of(token: str) -> str:
    """The id of the key that sealed a text."""
    return token.split(".")[2]


def sealed_start(key: keyring.Key) -> str:
    """How every text begins that this key sealed."""
    return f"{_VERSION}.{key.cipher}.{key.id}."


def commitment(salt: str, data: bytes, digest: str = "") -> str:
    """A digest over salt (hex) and bytes: fixes the content without telling it, not even by guessing.

    By the algorithm of the chosen suite unless one is named. SHA-256 stands bare, any other with its name before it.
    """
    name = digest or chosen_suite().digest
    told = DIGESTS[name](bytes.fromhex(salt) + data).hex()
    return told if name == "sha256" else f"{name}:{told}"


def is_committed(text: str, salt: str, data: bytes) -> bool:
    """Whether a commitment is one to these bytes, whatever the algorithm of its day."""
    name = text.partition(":")[0] if ":" in text else "sha256"
    return name in DIGESTS and hmac.compare_digest(text, commitment(salt, data, name))


def blind_index(name: str, value: str) -> str:
    """A keyed digest to search an encrypted column by the whole value; ``name`` is ``model.field``.

    White space at both ends, width and case of letters make no difference. Parts of a value cannot be searched.
    """
    folded = unicodedata.normalize("NFKC", value).strip().casefold()
    # Index keys do not rotate: a new one would need every index computed again.
    has_key = keyring.has_keys(keyring.INDEXES)
    key = keyring.key(keyring.INDEXES, "k0001") if has_key else keyring.new_key(keyring.INDEXES)
    # The first index keys were noted with the name of a cipher: they are keys of HMAC-SHA-256.
    mac = MACS.get(key.cipher, MACS["hmac-sha256"])
    return mac(key.secret, f"{name}\0{folded}".encode()).hex()
