"""Keys on disk, apart from the data: several per purpose, the newest seals, all open. Back the folder up apart."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from gongkai.config import env
from gongkai.ground.files.refusals import KEY_MISSING
from gongkai.ground.files.suites import chosen_suite
from gongkai.ground.refusal import Refused

#: Purposes: wrapping the data keys of sealed files, encrypted columns, blind indexes.
FILES, COLUMNS, INDEXES = "files", "columns", "indexes"
PURPOSES = (FILES, COLUMNS, INDEXES)
_NAME = re.compile(r"k(\d{4})\.key")


@dataclass(frozen=True)
class Key:
    """A key with its id and the cipher it is for."""

    id: str
    cipher: str
    secret: bytes


def current_key(purpose: str) -> Key:
    """The newest key of a purpose; made on first use."""
    numbers = _numbers(purpose)
    return key(purpose, f"k{max(numbers):04d}") if numbers else new_key(purpose)


def key(purpose: str, key_id: str) -> Key:
    """A key by its id. Raises Refused ``files.key_missing``."""
    path = _folder(purpose) / f"{key_id}.key"
    try:
        cipher, _, encoded = path.read_text("ascii").strip().partition(":")
        return Key(key_id, cipher, base64.b64decode(encoded, validate=True))
    except (OSError, ValueError) as error:
        raise Refused(KEY_MISSING, key_id=f"{purpose}/{key_id}") from error


def new_key(purpose: str, cipher: str = "", size: int = 0) -> Key:
    """Add a key; from now on it seals, older ones still open what they sealed (rotation, 密钥轮换).

    Without a cipher it is for the algorithm of the chosen suite; index keys are for its keyed digest.
    """
    if not cipher:
        suite = chosen_suite()
        cipher, size = (suite.mac, 32) if purpose == INDEXES else (suite.cipher, suite.key_size)
    folder = _folder(purpose)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secrets.token_bytes(size)
    # The whole key appears at once under its name or not at all, whoever else starts at the same moment.
    draft = folder / f".draft-{secrets.token_hex(8)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{cipher}:{base64.b64encode(secret).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
    key_id = f"k{max(_numbers(purpose), default=0) + 1:04d}"
    try:
        os.link(draft, folder / f"{key_id}.key")
    except FileExistsError:
        return key(purpose, key_id)
    finally:
        draft.unlink()
    _sync(folder)
    return Key(key_id, cipher, secret)


def keys(purpose: str) -> list[Key]:
    """Every key of a purpose, the oldest first."""
    return [key(purpose, f"k{number:04d}") for number in sorted(_numbers(purpose))]


def fingerprint(secret: bytes) -> str:
    """Sixteen hex digits that tell a key from others and tell nothing of it."""
    return hmac.digest(secret, b"gongkai key fingerprint", "sha256").hex()[:16]


def made_at(purpose: str, key_id: str) -> dt.datetime:
    """When a key was made."""
    return dt.datetime.fromtimestamp((_folder(purpose) / f"{key_id}.key").stat().st_mtime, dt.UTC)


def destroy_key(purpose: str, key_id: str) -> None:
    """Overwrite and remove a key: what only it opens is lost for ever, in every backup, too."""
    path = _folder(purpose) / f"{key_id}.key"
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _sync(path.parent)


def has_keys(purpose: str) -> bool:
    """Whether a key of this purpose exists yet."""
    return bool(_numbers(purpose))


def _numbers(purpose: str) -> list[int]:
    folder = _folder(purpose)
    if not folder.is_dir():
        return []
    return [int(found.group(1)) for path in folder.iterdir() if (found := _NAME.fullmatch(path.name))]


def _folder(purpose: str) -> Path:
    return env.KEYS_DIR / purpose


def _sync(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
