"""``gongkai restore DIR``: an empty machine becomes the one that was backed up, and the register says so.

Every hash is looked at before anything is written. The register goes on as a new log that names the end of the old one,
never as a fork of it. Interrupted, it goes on where it stopped; a mark in VAR_DIR keeps the platform from serving
meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gongkai.config import env
from gongkai.config.backup import databases
from gongkai.config.backup.contents import BackupError, Manifest, copied, damaged, entries, write_whole
from gongkai.config.setup import migrate
from gongkai.engine.records.actions.shredding import erase_expunged
from gongkai.engine.records.expunged import apply_list
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.files import keyring, storage
from gongkai.ground.refusal import Refused
from gongkai.ground.register import checkpoint
from gongkai.ground.register.log import continue_log, seal
from gongkai.ground.register.models import Event, Log
from gongkai.ground.register.verify import Report, verify_all

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Restored:
    """What a restore did and found."""

    backup: Manifest
    log: str
    expunged: int
    report: Report


def mark() -> Path:
    """The file that says that a restore is under way."""
    return env.VAR_DIR / "restoring.json"


def restore(
    folder: Path, *, reason: str = "", predecessor: str = "", progress: Progress = lambda _done: None
) -> Restored:
    """Restore a backup into an empty database and empty folders; ``predecessor`` is a checkpoint found elsewhere.

    Raises BackupError: no backup, damaged, another kind of database, not empty, keys missing.
    """
    backup = Manifest.read(folder)
    refuse_unfit(folder, backup)
    env.VAR_DIR.mkdir(parents=True, exist_ok=True)
    if not mark().exists():
        write_whole(mark(), json.dumps({"backup": backup.id, "done": []}) + "\n")
    _once("files", lambda: _put_files_back(folder, progress))
    _once("database", lambda: databases.put_back(folder / backup.database))
    migrate()
    origin = _continued(backup, reason or f"由备份恢复（{backup.made_at[:10]}，{backup.id}）", predecessor)
    again = apply_list()
    erase_expunged()
    while seal():
        pass
    checkpoint_report = verify_all()
    mark().unlink()
    return Restored(backup, origin, again, checkpoint_report)


def refuse_unfit(folder: Path, backup: Manifest) -> None:
    """Everything that speaks against this restore, before anything is written."""
    if backup.database != databases.file_name():
        kind = "SQLite" if backup.engine == "sqlite" else "PostgreSQL"
        raise BackupError(f"备份来自 {kind}，请把 DATABASE_URL 设为同类数据库")
    if broken := list(damaged(folder, backup)):
        raise BackupError(f"备份已损坏，没有恢复任何内容：{'、'.join(broken[:5])}{' 等' if len(broken) > 5 else ''}")
    if not mark().exists():
        if not databases.is_empty():
            raise BackupError("数据库中已有内容，只能恢复到空数据库")
        if next(storage.stored_paths(), None) is not None:
            raise BackupError(f"{env.FILES_DIR} 中已有文件，只能恢复到空目录")
    elif json.loads(mark().read_text("utf-8"))["backup"] != backup.id:
        raise BackupError(f"另一份备份的恢复尚未完成（{mark()}），请先完成，或清空后重来")
    if lost := missing_keys(backup):
        raise BackupError(
            f"缺少密钥：{'、'.join(lost)}。密钥不在数据备份中，请先运行 gongkai keys restore，从另行保管的密钥备份恢复"
        )


def missing_keys(backup: Manifest) -> list[str]:
    """The keys that this backup needs and that are not here, or are others under the same name."""
    lost = [name for name in backup.register_keys if not (env.KEYS_DIR / name).is_file()]
    for name, fingerprint in backup.keys.items():
        purpose, _, key_id = name.partition("/")
        try:
            if keyring.fingerprint(keyring.key(purpose, key_id).secret) != fingerprint:
                lost.append(name)
        except Refused:
            lost.append(name)
    return sorted(lost)


def _once(step: str, work: Callable[[], None]) -> None:
    """A step that is not repeated when the restore goes on after an interruption."""
    state = json.loads(mark().read_text("utf-8"))
    if step not in state["done"]:
        work()
        write_whole(mark(), json.dumps(state | {"done": [*state["done"], step]}) + "\n")


def _put_files_back(folder: Path, progress: Progress) -> None:
    """Files as they lay; checkpoints as they were published."""
    for done, entry in enumerate(entries(folder), 1):
        place, _, name = entry.path.partition("/")
        if place == "files":
            copied(folder / entry.path, env.FILES_DIR / name)
        else:
            checkpoint.write_outside((folder / entry.path).read_text("utf-8"))
        progress(done)


def _continued(backup: Manifest, reason: str, predecessor: str) -> str:
    """The new log, unless this very restore has opened it before it was interrupted."""
    last = Log.objects.order_by("-pk").first()
    if last is None:
        return ""
    opened = Event.objects.filter(name="register.continued", leaf__log=last, leaf__index=0).first()
    if opened is not None and opened.data.get("backup") == backup.id:
        return last.origin
    return continue_log(actor=SYSTEM.ref, reason=reason, predecessor=predecessor, backup=backup.id).origin
