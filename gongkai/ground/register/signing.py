"""Signatures on checkpoints, as C2SP signed-note writes them: Ed25519, or SM2 with SM3 (extra ``sm``).

A public key is published as one line, the vkey: ``<name>+<key id>+<base64 of (mark || public key)>``, where the mark is
the algorithm's byte. The key id is the first four bytes of ``SHA-256(name || 0x0A || mark || public key)``.
A log has one key that signs; keys it had before stay published, each for the checkpoints up to a size.
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
from typing import Any

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
NO_SM2 = wording(
    "register.no-sm2",
    what="没有安装 SM2 签名所需的软件包 gmalg。",
    todo="请安装附加组件 sm（pip install gmalg）；没有它，SM2 签名既不能生成也不能核验。",
    status=503,
)


@dataclass(frozen=True)
class Algorithm:
    """A way to sign: how keys are made and written, how bytes are signed and verified."""

    name: str
    #: Signature type of C2SP signed-note: one byte, or 0xff and a name of our own where none is assigned.
    mark: bytes
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


def _sm2() -> Any:
    try:
        import gmalg
    except ImportError:
        raise Refused(NO_SM2) from None
    return gmalg.SM2


#: The user id that GM/T 0009 gives where none is agreed on.
_SM2_ID = b"1234567812345678"


def _sm2_generate() -> bytes:
    secret: bytes = _sm2()().generate_keypair()[0]
    return secret.rjust(32, b"\0")


def _sm2_public(private: bytes) -> bytes:
    public: bytes = _sm2()().generate_pk(private)
    return public


def _sm2_sign(private: bytes, message: bytes) -> bytes:
    pair = _sm2()(sk=private, uid=_SM2_ID, pk=_sm2_public(private)).sign(message)
    return b"".join(number.rjust(32, b"\0") for number in pair)


def _sm2_verify(public: bytes, signature: bytes, message: bytes) -> bool:
    if len(signature) != 64:
        return False
    try:
        return bool(_sm2()(uid=_SM2_ID, pk=public).verify(message, signature[:32], signature[32:]))
    except (ValueError, ArithmeticError):
        return False


ED25519 = Algorithm(
    name="ed25519",
    mark=b"\x01",
    generate=lambda: Ed25519PrivateKey.generate().private_bytes_raw(),
    public=lambda private: Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw(),
    sign=lambda private, message: Ed25519PrivateKey.from_private_bytes(private).sign(message),
    verify=_ed25519_verify,
)
SM2 = Algorithm(
    name="sm2",
    mark=b"\xffsm2-sm3:",
    generate=_sm2_generate,
    public=_sm2_public,
    sign=_sm2_sign,
    verify=_sm2_verify,
)
#: By name, as ``REGISTER_SIGNATURE`` and the key files write it.
ALGORITHMS: dict[str, Algorithm] = {one.name: one for one in (ED25519, SM2)}


@dataclass(frozen=True)
class PublicKey:
    """A named public key."""

    name: str
    algorithm: Algorithm
    key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that lead from a signature line to the key."""
        text = self.name.encode() + b"\n" + self.algorithm.mark + self.key
        return hashlib.sha256(text).digest()[:4]

    @property
    def vkey(self) -> str:
        """The line to publish."""
        encoded = base64.b64encode(self.algorithm.mark + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature over the message was made with this key."""
        return self.algorithm.verify(self.key, signature, message)


def parse_vkey(text: str) -> PublicKey:
    """Read a vkey line; ValueError when it is not one or its key id is wrong."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        algorithm = next(one for one in ALGORITHMS.values() if raw.startswith(one.mark))
        key = PublicKey(name, algorithm, raw[len(algorithm.mark) :])
    except (ValueError, binascii.Error, StopIteration):
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


def accepted_keys(origin: str) -> list[tuple[PublicKey, int | None]]:
    """Every key of a log, the signing one first, each with the size up to which it signed (None: it signs now)."""
    return [(published_key(origin), None), *_retired(origin)]


def _retired(origin: str) -> list[tuple[PublicKey, int]]:
    found = []
    for file in sorted(Path(env.KEYS_DIR).glob(f"register-{slug(origin)}.until-*.vkey")):
        size = file.name.removesuffix(".vkey").rpartition("-")[2]
        key = parse_vkey(file.read_text(encoding="utf-8"))
        if size.isdecimal() and key.name == origin:
            found.append((key, int(size)))
    return sorted(found, key=lambda pair: -pair[1])


def signer(origin: str) -> Signer:
    """The key that signs for a log; a new log gets a new key, by the algorithm of ``REGISTER_SIGNATURE``.

    Refuses when a public key is published and the private one is missing or another: a new key in silence would make
    every printed copy of the public key wrong.
    """
    private_file, public_file = _files(origin)
    if not private_file.exists() and not public_file.exists():
        private_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_once(private_file, _generated(), 0o600)
    if not private_file.exists():
        raise Refused(KEY_LOST, origin=origin, file=private_file.name)
    found = _read_signer(origin, private_file)
    if not public_file.exists():
        _write_once(public_file, found.public.vkey + "\n", 0o644)
    if public_file.read_text(encoding="utf-8").strip() != found.public.vkey:
        raise Refused(KEY_LOST, origin=origin, file=private_file.name)
    return found


def new_signer(origin: str) -> Signer:
    """A key that is to follow the one that signs now; it does not sign before ``take_over``."""
    file = _next_file(origin)
    _write_once(file, _generated(), 0o600)
    return _read_signer(origin, file)


def next_signer(origin: str) -> Signer | None:
    """The key of a rotation that has begun and not ended."""
    file = _next_file(origin)
    return _read_signer(origin, file) if file.exists() else None


def take_over(origin: str, after: Signer, *, until: int) -> None:
    """Let the next key sign; the old one stays published for checkpoints up to a size, its private half is gone."""
    private_file, public_file = _files(origin)
    before = published_key(origin)
    if before != after.public:
        _write_once(public_file.with_name(f"register-{slug(origin)}.until-{until}.vkey"), before.vkey + "\n", 0o644)
    # Between these two steps nobody can sign; whoever tries is refused and tries again.
    _replace(private_file, _next_file(origin).read_text(encoding="utf-8"), 0o600)
    _replace(public_file, after.public.vkey + "\n", 0o644)
    _next_file(origin).unlink()


def _next_file(origin: str) -> Path:
    return Path(env.KEYS_DIR) / f"register-{slug(origin)}.next.key"


def _generated() -> str:
    algorithm = ALGORITHMS[env.REGISTER_SIGNATURE]
    return f"{algorithm.name} {algorithm.generate().hex()}\n"


def _read_signer(origin: str, file: Path) -> Signer:
    name, _, private_hex = file.read_text(encoding="utf-8").strip().partition(" ")
    algorithm, private = ALGORITHMS[name], bytes.fromhex(private_hex)
    return Signer(PublicKey(origin, algorithm, algorithm.public(private)), private)


def _replace(path: Path, text: str, mode: int) -> None:
    """Another content under the same name, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


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
