"""Bytes on disk. Written to a draft, synced, then renamed: a file is there whole or not at all.

Public files lie under their SHA-256, sealed ones under the random id of their row. Bytes come first, the row in a
transaction after; bytes whose row never came are removed by ``sweep_orphans``.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.files import keyring
from gongkai.ground.files.crypto import is_committed, key_id_of, open_bytes, open_text, seal_text
from gongkai.ground.files.models import StorageClass, StoredFile
from gongkai.ground.files.refusals import DAMAGED, DESTROYED, MISSING
from gongkai.ground.files.suites import SEALERS, sealer_of
from gongkai.ground.refusal import Refused

#: An orphan is younger than this while its transaction may still be running.
ORPHAN_SECONDS = 3600
_DRAFT = ".draft-"
_BLOCK = 1024 * 1024


def public_path(sha256: str) -> Path:
    """Where the bytes of a public file lie."""
    return env.FILES_DIR / "public" / sha256[:2] / sha256[2:4] / sha256


def sealed_path(file_id: uuid.UUID) -> Path:
    """Where the ciphertext of a sealed file lies."""
    return env.FILES_DIR / "sealed" / file_id.hex[:2] / file_id.hex


def put_public(data: bytes) -> str:
    """Keep bytes under their SHA-256; returns it. The same bytes twice are one file."""
    digest = hashlib.sha256(data).hexdigest()
    path = public_path(digest)
    if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
        # The sweep must see that somebody counts on these bytes now.
        os.utime(path)
    else:
        _write(path, data)
    return digest


def put_sealed(file_id: uuid.UUID, data: bytes) -> tuple[str, str]:
    """Encrypt bytes under a key of their own, bound to the file's id; returns that key wrapped, and the wrapping key's
    id."""
    sealer = SEALERS[keyring.current_key(keyring.FILES).cipher]
    data_key = secrets.token_bytes(sealer.key_size)
    _write(sealed_path(file_id), sealer.seal(data_key, data, _bound(file_id)[0].encode()))
    wrapped = seal_text(keyring.FILES, data_key, _bound(file_id)[1])
    return wrapped, key_id_of(wrapped)


def file_bytes(file: StoredFile) -> bytes:
    """The bytes of a file, checked against what was recorded. Raises Refused: missing, damaged, destroyed, no key."""
    if file.destroyed_at is not None:
        raise Refused(DESTROYED, where=str(file.pk))
    is_public = file.storage_class == StorageClass.PUBLIC
    path = public_path(file.sha256) if is_public else sealed_path(file.pk)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise Refused(MISSING, where=str(file.pk)) from error
    if not is_public:
        data = _opened(file, data)
    elif hashlib.sha256(data).hexdigest() != file.sha256:
        raise Refused(DAMAGED, where=str(file.pk))
    if not is_committed(file.commitment, file.salt, data):
        raise Refused(DAMAGED, where=str(file.pk))
    return data


def _opened(file: StoredFile, sealed: bytes) -> bytes:
    content_name, key_name = _bound(file.pk)
    data_key = open_text(keyring.FILES, file.wrapped_key, key_name)
    # The wrapping key may be for another cipher by now; the file's own key has the size that only its cipher takes.
    return open_bytes(sealer_of(data_key), data_key, sealed, content_name)


def rewrapped(file: StoredFile) -> tuple[str, str]:
    """The key of a sealed file wrapped anew by the newest key, and that key's id; the bytes stay as they lie."""
    name = _bound(file.pk)[1]
    wrapped = seal_text(keyring.FILES, open_text(keyring.FILES, file.wrapped_key, name), name)
    return wrapped, key_id_of(wrapped)


def _bound(file_id: uuid.UUID) -> tuple[str, str]:
    """The names that content and wrapped key are bound to."""
    return f"file:{file_id}", f"file-key:{file_id}"


def erase(path: Path) -> None:
    """Overwrite and remove bytes. On copy-on-write disks old blocks may stay: sealed files lose their key as well."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return
    with path.open("r+b") as file:
        for start in range(0, size, _BLOCK):
            file.write(secrets.token_bytes(min(_BLOCK, size - start)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _sync(path.parent)


def sweep_orphans() -> int:
    """Remove bytes that belong to no row and are older than an hour, and drafts; how many. For the tick."""
    horizon = clock.now().timestamp() - ORPHAN_SECONDS
    removed = 0
    for path in stored_paths():
        if path.stat().st_mtime < horizon and not is_wanted(path):
            erase(path)
            removed += 1
    return removed


def stored_paths() -> Iterator[Path]:
    """Every file below FILES_DIR/public and FILES_DIR/sealed, drafts included."""
    for name in ("public", "sealed"):
        for folder, below, names in os.walk(env.FILES_DIR / name):
            below.sort()
            yield from (Path(folder) / found for found in sorted(names))


def is_wanted(path: Path) -> bool:
    """Whether a living row counts on these bytes."""
    living = StoredFile.objects.filter(destroyed_at__isnull=True)
    if path.name.startswith(_DRAFT):
        return False
    if path.is_relative_to(env.FILES_DIR / "public"):
        return living.filter(storage_class=StorageClass.PUBLIC, sha256=path.name).exists()
    try:
        return living.filter(storage_class=StorageClass.SEALED, pk=uuid.UUID(hex=path.name)).exists()
    except ValueError:
        return False


def free_bytes() -> int:
    """Room left on the disk of the files, for the operations page."""
    env.FILES_DIR.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(env.FILES_DIR).free


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{_DRAFT}{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    for folder in (path.parent, path.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    """Make names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
