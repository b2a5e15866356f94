"""Signatures on checkpoints, as C2SP signed-note writes them. Ed25519 now; another algorithm is one more entry.

A public key is published as one line, the vkey: ``<name>+<key id>+<base64 of (algorithm byte || public key)>``.
The key id is the first four bytes of ``SHA-256(name || 0x0A || algorithm byte || public key)``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gongkai.config import env
from gongkai.ground.refusal import Refused, wording

KEY_LOST = wording(
    "register.key-lost",
    what="登记簿签名私钥缺失或与已公布的公钥不符（{origin}）。",
    todo="请从密钥备份中恢复 {file}；确已遗失的，以新名称续接登记簿，并重新公布公钥。",
    status=503,
)


@dataclass(frozen=True)
class Algorithm:
    """A way to sign: how keys are made and written, how bytes are signed and verified."""

    name: str
    #: Signature type byte of C2SP signed-note.
    type_byte: int
    generate: Callable[[], bytes]
    public: Callable[[bytes], bytes]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], bool]


def _ed25519_verify(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


ED25519 = Algorithm(
    name="ed25519",
    type_byte=1,
    generate=lambda: Ed25519PrivateKey.generate().private_bytes_raw(),
    public=lambda private: Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw(),
    sign=lambda private, message: Ed25519PrivateKey.from_private_bytes(private).sign(message),
    verify=_ed25519_verify,
)
#: By signature type byte. SM2 with SM3 would be entered here.
ALGORITHMS: dict[int, Algorithm] = {ED25519.type_byte: ED25519}


@dataclass(frozen=True)
class PublicKey:
    """A named public key."""

    name: str
    algorithm: Algorithm
    key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that lead from a signature line to the key."""
        text = self.name.encode() + b"\n" + bytes([self.algorithm.type_byte]) + self.key
        return hashlib.sha256(text).digest()[:4]

    @property
    def vkey(self) -> str:
        """The line to publish."""
        encoded = base64.b64encode(bytes([self.algorithm.type_byte]) + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature over the message was made with this key."""
        return self.algorithm.verify(self.key, signature, message)


def parse_vkey(text: str) -> PublicKey:
    """Read a vkey line; ValueError when it is not one or its key id is wrong."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        key = PublicKey(name, ALGORITHMS[raw[0]], raw[1:])
    except (ValueError, binascii.Error, IndexError, KeyError):
        raise ValueError("not a vkey of a known algorithm") from None
    if not name or key.key_id.hex() != key_id:
        raise ValueError("the key id of the vkey is wrong")
    return key


@dataclass(frozen=True)
class Signer:
    """A private key under a name."""

    public: PublicKey
    private: bytes

    def sign(self, message: bytes) -> bytes:
        """The signature over the message."""
        return self.public.algorithm.sign(self.private, message)


def slug(origin: str) -> str:
    """A file name for an origin: letters, digits, dot, hyphen; everything else becomes an underscore."""
    return re.sub(r"[^A-Za-z0-9.-]", "_", origin).lstrip(".") or "_"


def _files(origin: str) -> tuple[Path, Path]:
    folder = Path(env.KEYS_DIR)
    return folder / f"register-{slug(origin)}.key", folder / f"register-{slug(origin)}.vkey"


def has_key(origin: str) -> bool:
    """Whether a key of this log was ever made here."""
    return any(file.exists() for file in _files(origin))


def published_key(origin: str) -> PublicKey:
    """The public key of a log as published in KEYS_DIR; Refused(register.key-lost) when it is not there or no key."""
    _, public_file = _files(origin)
    try:
        key = parse_vkey(public_file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        raise Refused(KEY_LOST, origin=origin, file=public_file.name) from None
    if key.name != origin:
        raise Refused(KEY_LOST, origin=origin, file=public_file.name)
    return key


def signer(origin: str, algorithm: Algorithm = ED25519) -> Signer:
    """The key that signs for a log; a new log gets a new key.

    Refuses when a public key is published and the private one is missing or another: a new key in silence would make
    every printed copy of the public key wrong.
    """
    private_file, public_file = _files(origin)
    if not private_file.exists() and not public_file.exists():
        private_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_once(private_file, f"{algorithm.name} {algorithm.generate().hex()}\n", 0o600)
    if not private_file.exists():
        raise Refused(KEY_LOST, origin=origin, file=private_file.name)
    name, _, private_hex = private_file.read_text(encoding="utf-8").strip().partition(" ")
    algorithm = next(known for known in ALGORITHMS.values() if known.name == name)
    private = bytes.fromhex(private_hex)
    public = PublicKey(origin, algorithm, algorithm.public(private))
    if not public_file.exists():
        _write_once(public_file, public.vkey + "\n", 0o644)
    if public_file.read_text(encoding="utf-8").strip() != public.vkey:
        raise Refused(KEY_LOST, origin=origin, file=private_file.name)
    return Signer(public, private)


def _write_once(path: Path, text: str, mode: int) -> None:
    """Create a file whole; where another process was quicker, its file stands."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
