"""The keys of a machine as the operator handles them: list, rotate, back up, restore, destroy (密钥管理).

Keys live in KEYS_DIR, apart from the data, and are backed up apart: `gongkai backup` never holds one. What was expunged
(清除) is listed beside the keys, because a backup of the data from before must not bring it back.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.db import transaction

from gongkai.config import env
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.files import keyring
from gongkai.ground.files.crypto import SEALED_START, open_text, seal_text, sealed_start
from gongkai.ground.files.rewrapping import Rewrapped, rewrap_columns, rewrap_files, sealed_with
from gongkai.ground.refusal import Refused
from gongkai.ground.register.rotation import rotate_signing_key
from gongkai.surfaces.workbench.accounts.adapters import BOUND

ROTATING = (keyring.FILES, keyring.COLUMNS)
LIST = "keys.json"
_SKIPPED = (".draft-",)
#: Files that a rotation or a first start writes anew; all others never change once they are there.
_CHANGING = re.compile(r"secret-key|register-.*\.(key|vkey)")


class KeysError(Exception):
    """What was asked of the keys cannot be done; the text says why."""


@dataclass(frozen=True)
class Held:
    """A key with what it is for and how much it seals."""

    purpose: str
    id: str
    cipher: str
    is_current: bool
    sealed: int
    fingerprint: str


def held_keys() -> list[Held]:
    """Every key of files, columns and blind indexes."""
    found = []
    for purpose in keyring.PURPOSES:
        for key in (kept := keyring.keys(purpose)):
            count = 0 if purpose == keyring.INDEXES else sealed_by(purpose, key.id)
            mark = keyring.fingerprint(key.secret)
            found.append(Held(purpose, key.id, key.cipher, key == kept[-1], count, mark))
    return found


def sealed_by(purpose: str, key_id: str) -> int:
    """How many things a key seals, the secrets of one-time codes among them."""
    start = sealed_start(keyring.key(purpose, key_id))
    codes = sum(text.startswith(start) for _, _, text in _sealed_codes()) if purpose == keyring.COLUMNS else 0
    return sealed_with(purpose, key_id) + codes


def rotate(purpose: str) -> tuple[str, bool]:
    """Add a key, unless an earlier rotation has not been finished: then that one goes on. Its id, and if it is new."""
    known = keyring.keys(purpose)
    if any(sealed_by(purpose, key.id) for key in known[:-1]):
        return known[-1].id, False
    return keyring.new_key(purpose).id, True


def rotate_register() -> str:
    """A new signing key for the register; the line to publish."""
    return rotate_signing_key(actor=SYSTEM.ref).vkey


def rewrap() -> Iterator[Rewrapped]:
    """Seal everything with the newest keys; stopping and starting again does no harm."""
    yield from rewrap_files()
    yield from rewrap_columns()
    yield from _rewrap_codes()


def _sealed_codes() -> Iterator[tuple[Authenticator, str, str]]:
    """The secrets of one-time codes: (row, name, sealed text)."""
    for row in Authenticator.objects.order_by("pk"):
        for name, text in row.data.items():
            if isinstance(text, str) and text.startswith(SEALED_START):
                yield row, name, text


def _rewrap_codes() -> Iterator[Rewrapped]:
    start = sealed_start(keyring.current_key(keyring.COLUMNS))
    for row, name, text in _sealed_codes():
        if text.startswith(start):
            continue
        try:
            plain = open_text(keyring.COLUMNS, text, BOUND)
        except Refused:
            yield Rewrapped(f"mfa.authenticator {row.pk}", is_done=False)
            continue
        with transaction.atomic():
            fresh = Authenticator.objects.select_for_update().get(pk=row.pk)
            fresh.data[name] = seal_text(keyring.COLUMNS, plain, BOUND)
            fresh.save(update_fields=["data"])
        yield Rewrapped(f"mfa.authenticator {row.pk}", is_done=True)


def destroy(purpose: str, key_id: str) -> None:
    """Destroy a key that seals nothing any more: backups of the data from its time can then not be opened any more."""
    known = keyring.keys(purpose)
    if purpose not in ROTATING or key_id not in {key.id for key in known}:
        raise KeysError(f"没有密钥 {purpose}/{key_id}")
    if key_id == known[-1].id:
        raise KeysError(f"{purpose}/{key_id} 是当前密钥，请先运行 gongkai keys rotate {purpose}")
    if count := sealed_by(purpose, key_id):
        raise KeysError(f"{purpose}/{key_id} 仍封存 {count} 项内容，请先运行 gongkai keys rewrap")
    keyring.destroy_key(purpose, key_id)


def key_files() -> list[Path]:
    """Every file of KEYS_DIR, by its place in it."""
    root = env.KEYS_DIR
    if not root.is_dir():
        return []
    files = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(path for path in files if not path.name.startswith(_SKIPPED))


def fingerprints(folder: Path, names: list[Path]) -> dict[str, str]:
    """Each file with a mark that tells it from others and tells nothing of it."""
    return {name.as_posix(): keyring.fingerprint((folder / name).read_bytes()) for name in names}


def back_up(folder: Path) -> list[str]:
    """Copy every key to a folder that holds no data; what lies there already must be the same. The names copied."""
    if (folder / "manifest.json").exists() or (folder / "unfinished.json").exists():
        raise KeysError(f"{folder} 是数据备份；密钥须与数据分开存放，请另选目录")
    if folder.resolve().is_relative_to(env.VAR_DIR.resolve()):
        raise KeysError(f"{folder} 在 VAR_DIR 之内；密钥须与数据分开存放，请另选目录")
    names = key_files()
    if not names:
        raise KeysError("还没有任何密钥")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    copied = _copy(env.KEYS_DIR, folder, names, replaced=_CHANGING)
    _write(folder / LIST, json.dumps({"keys": fingerprints(env.KEYS_DIR, names)}, indent=1) + "\n")
    return copied


def restore(folder: Path) -> list[str]:
    """Copy the keys of a backup to KEYS_DIR; a key that is there already must be the same. The names copied."""
    try:
        listed: dict[str, str] = json.loads((folder / LIST).read_text("utf-8"))["keys"]
    except (OSError, ValueError, KeyError):
        raise KeysError(f"{folder} 不是密钥备份（缺少 {LIST}）") from None
    names = [Path(name) for name in listed]
    lost = [name for name in listed if not (folder / name).is_file()]
    if lost or fingerprints(folder, names) != listed:
        raise KeysError(f"密钥备份不完整或已损坏：{'、'.join(lost) or LIST}")
    env.KEYS_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    own_secret = env.KEYS_DIR / "secret-key"
    if len(key_files()) == 1 and own_secret.exists():
        own_secret.unlink()  # made by this very command on a machine that has nothing else yet
    return _copy(folder, env.KEYS_DIR, names)


def _copy(source: Path, target: Path, names: list[Path], replaced: re.Pattern[str] | None = None) -> list[str]:
    """Copy whole files; one that differs from what is there stops everything before anything is written."""
    fresh = [name for name in names if not (target / name).exists()]
    for name in set(names) - set(fresh):
        if (target / name).read_bytes() == (source / name).read_bytes():
            continue
        if replaced is None or not replaced.fullmatch(name.name):
            raise KeysError(f"{target / name} 已存在且内容不同，没有覆盖")
        fresh.append(name)
    for name in fresh:
        (target / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = target / name.with_name(f".draft-{name.name}")
        shutil.copyfile(source / name, draft)
        draft.chmod(0o600)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(target / name)
    return [name.as_posix() for name in fresh]


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".draft-{path.name}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
