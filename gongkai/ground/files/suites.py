"""The algorithms that seal, digest and authenticate, by name, and which of them new data gets (``CRYPTO_SUITE``).

Everything sealed names its algorithm, so a site may change its mind: what was sealed before still opens.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher as LowCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from gongkai.config import env

_NONCE, _TAG = 12, 16


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


def _sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905)."""
    work = hashes.Hash(hashes.SM3())
    work.update(data)
    return work.finalize()


def _hmac_sm3(key: bytes, data: bytes) -> bytes:
    """HMAC with SM3."""
    work = HMAC(key, hashes.SM3())
    work.update(data)
    return work.finalize()


SEALERS: Mapping[str, Sealer] = {"aes-256-gcm": AesGcm(), "sm4-gcm": Sm4Gcm()}
DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {"sha256": lambda data: hashlib.sha256(data).digest(), "sm3": _sm3}
MACS: Mapping[str, Callable[[bytes, bytes], bytes]] = {
    "hmac-sha256": lambda key, data: hmac.digest(key, data, "sha256"),
    "hmac-sm3": _hmac_sm3,
}


def sealer_of(key: bytes) -> Sealer:
    """The cipher that a key is for: each has a key size of its own."""
    return next(sealer for sealer in SEALERS.values() if sealer.key_size == len(key))


@dataclass(frozen=True)
class Suite:
    """The algorithms that new data gets: of sealed files and columns, of commitments, of blind indexes."""

    name: str
    cipher: str
    digest: str
    mac: str

    @property
    def key_size(self) -> int:
        """Bytes of a key of the cipher."""
        return SEALERS[self.cipher].key_size


SUITES = {
    "international": Suite("international", "aes-256-gcm", "sha256", "hmac-sha256"),
    "national": Suite("national", "sm4-gcm", "sm3", "hmac-sm3"),
}


def chosen_suite() -> Suite:
    """The suite of ``CRYPTO_SUITE``; ``national`` (国密) is SM4-GCM with SM3."""
    return SUITES[env.CRYPTO_SUITE]
