"""Sealing: authenticated encryption bound to a name, per-file keys wrapped by the keyring, salted commitments.

A sealed text is ``v1.<cipher>.<key id>.<base64url of nonce and ciphertext>``. Ciphers are named, so that AES-256-GCM
and SM4-GCM can stand side by side; a site chooses by adding a key for the other (``new_key(purpose, "sm4-gcm", 16)``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as LowCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gongkai.ground.files import keyring
from gongkai.ground.files.refusals import DAMAGED
from gongkai.ground.refusal import Refused

_NONCE, _TAG = 12, 16
_VERSION = "v1"


class Sealer(Protocol):
    """An authenticated cipher. ``bound`` is not hidden but must be the same when opening."""

    key_size: int

    def seal(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        """Nonce and ciphertext."""

    def open(self, key: bytes, sealed: bytes, bound: bytes) -> bytes:
        """The plain bytes; raises InvalidTag when anything differs."""


class AesGcm:
    """AES-256-GCM."""

    key_size = 32

    def seal(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        """Nonce and ciphertext."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(key).encrypt(nonce, plain, bound)

    def open(self, key: bytes, sealed: bytes, bound: bytes) -> bytes:
        """The plain bytes; raises InvalidTag when anything differs."""
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)


class Sm4Gcm:
    """SM4-GCM (GB/T 32907), for sites that must use commercial cryptography of the national standards."""

    key_size = 16

    def seal(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        """Nonce and ciphertext."""
        nonce = secrets.token_bytes(_NONCE)
        work = LowCipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(bound)
        return nonce + work.update(plain) + work.finalize() + work.tag

    def open(self, key: bytes, sealed: bytes, bound: bytes) -> bytes:
        """The plain bytes; raises InvalidTag when anything differs."""
        if len(sealed) < _NONCE + _TAG:
            raise InvalidTag
        work = LowCipher(algorithms.SM4(key), modes.GCM(sealed[:_NONCE], sealed[-_TAG:])).decryptor()
        work.authenticate_additional_data(bound)
        return work.update(sealed[_NONCE:-_TAG]) + work.finalize()


SEALERS: Mapping[str, Sealer] = {"aes-256-gcm": AesGcm(), "sm4-gcm": Sm4Gcm()}


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


def commitment(salt: str, data: bytes) -> str:
    """SHA-256 over salt (hex) and bytes: fixes the content without telling it, not even by guessing."""
    return hashlib.sha256(bytes.fromhex(salt) + data).hexdigest()


def blind_index(name: str, value: str) -> str:
    """A keyed digest to search an encrypted column by the whole value; ``name`` is ``model.field``.

    White space at both ends, width and case of letters make no difference. Parts of a value cannot be searched.
    """
    folded = unicodedata.normalize("NFKC", value).strip().casefold()
    # Index keys do not rotate: a new one would need every index computed again.
    has_key = keyring.has_keys(keyring.INDEXES)
    key = keyring.key(keyring.INDEXES, "k0001") if has_key else keyring.new_key(keyring.INDEXES)
    return hmac.new(key.secret, f"{name}\0{folded}".encode(), hashlib.sha256).hexdigest()
