"""``gongkai backup DIR``: database, files, checkpoints and facts about the settings; never a key."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

from gongkai.config import env, keys
from gongkai.config.backup import databases
from gongkai.config.backup.contents import (
    CONFIGURATION,
    LISTING,
    MANIFEST,
    UNFINISHED,
    BackupError,
    Entry,
    Manifest,
    copied,
    digest_of,
    write_whole,
)
from gongkai.config.backup.databases import Rows
from gongkai.ground import clock
from gongkai.ground.files import keyring, storage
from gongkai.ground.files.models import StorageClass
from gongkai.ground.register import checkpoint
from gongkai.ground.register.signing import slug

#: A file may be released or destroyed between the moment of the database and its copy: then a newer moment is taken.
ATTEMPTS = 5
Progress = Callable[[int], None]


def make(folder: Path, progress: Progress = lambda _done: None) -> Manifest:
    """Make a backup in a folder that is empty or holds an unfinished one, which then goes on; returns its manifest.

    ``missing`` of the manifest names files that the database counts on and the storage has lost.
    """
    _begin(folder)
    needed = _needed_keys()
    for attempt in range(1, ATTEMPTS + 1):
        with databases.snapshot(folder / databases.file_name()) as rows:
            register, migrations, wanted = _register(rows), _migrations(rows), list(_wanted_files(rows))
        entries, missing = _copy_files(folder, wanted, progress)
        if not missing or attempt == ATTEMPTS:
            break
    entries += _copy_checkpoints(folder, register)
    _prune(folder, entries)
    write_whole(folder / LISTING, "".join(f"{json.dumps(asdict(one))}\n" for one in entries))
    write_whole(folder / CONFIGURATION, json.dumps(_configuration(), ensure_ascii=False, indent=1) + "\n")
    named = (databases.file_name(), LISTING, CONFIGURATION)
    manifest = Manifest(
        made_at=clock.now().isoformat(timespec="seconds"),
        engine="sqlite" if databases.file_name().endswith("sqlite3") else "postgresql",
        database=databases.file_name(),
        migrations=migrations,
        register=register,
        keys=needed | _needed_keys(),
        register_keys=[f"register-{slug(one['origin'])}.vkey" for one in register],
        files=len(wanted),
        missing=missing,
        hashes={name: digest_of(folder / name) for name in named},
    )
    manifest.write(folder)
    return manifest


def _begin(folder: Path) -> None:
    if (folder / MANIFEST).exists():
        raise BackupError(f"{folder} 已有一份完整的备份，请另选目录")
    if (folder / keys.LIST).exists():
        raise BackupError(f"{folder} 是密钥备份；数据须与密钥分开存放，请另选目录")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / UNFINISHED).exists():
        raise BackupError(f"{folder} 不是空目录，请另选目录")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / UNFINISHED, json.dumps({"begun_at": clock.now().isoformat()}) + "\n")


def _needed_keys() -> dict[str, str]:
    """Fingerprints of the keys without which something in the database stays closed."""
    found = {}
    for purpose in keyring.PURPOSES:
        for key in keyring.keys(purpose):
            if purpose == keyring.INDEXES or keys.sealed_by(purpose, key.id):
                found[f"{purpose}/{key.id}"] = keyring.fingerprint(key.secret)
    return found


def _register(rows: Rows) -> list[dict[str, object]]:
    """The logs at this moment, each with the size and root of its newest checkpoint."""
    sql = (
        "SELECT origin, size, root FROM register_log JOIN register_checkpoint ON log_id = register_log.id "
        "WHERE size = (SELECT max(size) FROM register_checkpoint AS other WHERE other.log_id = register_log.id) "
        "ORDER BY register_log.id"
    )
    return [{"origin": origin, "size": size, "root": root} for origin, size, root in rows(sql)]


def _migrations(rows: Rows) -> list[str]:
    return [f"{app}.{name}" for app, name in rows("SELECT app, name FROM django_migrations ORDER BY app, name")]


def _wanted_files(rows: Rows) -> Iterator[Path]:
    """The bytes that the database counts on at this moment."""
    sql = "SELECT id, storage_class, sha256 FROM files_storedfile WHERE destroyed_at IS NULL ORDER BY id"
    seen = set()
    for key, storage_class, sha256 in rows(sql):
        is_public = storage_class == StorageClass.PUBLIC
        path = storage.public_path(sha256) if is_public else storage.sealed_path(uuid.UUID(str(key)))
        if path not in seen:
            seen.add(path)
            yield path


def _copy_files(folder: Path, wanted: list[Path], progress: Progress) -> tuple[list[Entry], list[str]]:
    entries, missing = [], []
    for done, path in enumerate(wanted, 1):
        name = Path("files") / path.relative_to(env.FILES_DIR)
        try:
            entries.append(replace(copied(path, folder / name), path=name.as_posix()))
        except FileNotFoundError:
            missing.append(name.as_posix())
        progress(done)
    return entries, missing


def _copy_checkpoints(folder: Path, register: list[dict[str, object]]) -> list[Entry]:
    """The checkpoint files of what this moment knows; later ones belong to the next backup."""
    entries = []
    for log in register:
        for path in sorted(checkpoint.files(str(log["origin"]))):
            if path.stem.isdecimal() and int(path.stem) <= int(str(log["size"])):
                name = Path("checkpoints") / path.parent.name / path.name
                entries.append(replace(copied(path, folder / name), path=name.as_posix()))
    return entries


def _prune(folder: Path, entries: list[Entry]) -> None:
    """What an earlier attempt copied and this moment does not count on, destroyed files among it."""
    wanted = {folder / entry.path for entry in entries}
    for place in ("files", "checkpoints"):
        for path in [path for path in (folder / place).rglob("*") if path.is_file() and path not in wanted]:
            storage.erase(path)


def _configuration() -> dict[str, str]:
    """The settings as they were, for the person who sets up another machine: no secret, no place of this machine."""
    return {
        one.name: ("（已设置，不在备份中）" if getattr(env, one.name, "") else "")
        if one.is_secret
        else str(getattr(env, one.name, one.default))
        for one in env.SETTINGS.values()
        if not one.is_path
    }
