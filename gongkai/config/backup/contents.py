"""What lies in a backup: the manifest and the hash of every file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST, UNFINISHED, LISTING, CONFIGURATION = (
    "manifest.json",
    "unfinished.json",
    "contents.jsonl",
    "configuration.json",
)
_BLOCK = 1024 * 1024


class BackupError(Exception):
    """A backup cannot be made or restored; the text says why, for the person at the machine."""


@dataclass(frozen=True)
class Entry:
    """One file of a backup."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a finished backup says of itself. ``hashes`` covers every other file, the listing included."""

    made_at: str
    engine: str
    database: str
    migrations: list[str]
    register: list[dict[str, Any]]
    keys: dict[str, str]
    register_keys: list[str]
    files: int
    missing: list[str]
    hashes: dict[str, str]
    format: int = field(default=FORMAT)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a finished backup. Raises BackupError when it is none."""
        try:
            told = json.loads((folder / MANIFEST).read_text("utf-8"))
            if told.get("format") != FORMAT:
                raise BackupError(f"备份格式 {told.get('format')} 不是本版本所能恢复的")
            return cls(**told)
        except FileNotFoundError:
            problem = "上次备份没有完成" if (folder / UNFINISHED).exists() else f"没有 {MANIFEST}"
            raise BackupError(f"{folder} 不是完整的备份：{problem}") from None
        except (ValueError, TypeError, AttributeError) as error:
            raise BackupError(f"{folder / MANIFEST} 无法读取：{error}") from None

    @property
    def id(self) -> str:
        """A short name of this backup, for the event that says it was restored."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def write(self, folder: Path) -> None:
        """The last thing written: with it the backup is finished."""
        write_whole(folder / MANIFEST, json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n")
        (folder / UNFINISHED).unlink(missing_ok=True)


def entries(folder: Path) -> Iterator[Entry]:
    """The listing, line by line."""
    with (folder / LISTING).open(encoding="utf-8") as lines:
        for line in lines:
            entry = Entry(**json.loads(line))
            # A listing that names a place outside the backup was not written by this platform.
            if ".." in Path(entry.path).parts or Path(entry.path).is_absolute():
                raise BackupError(f"备份清单中的路径“{entry.path}”不在备份之内。请换用完好的备份。")
            yield entry


def digest_of(path: Path) -> str:
    """SHA-256 of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def copied(source: Path, target: Path) -> Entry:
    """Copy a file whole, unless the same bytes lie there; its size and hash. Raises FileNotFoundError."""
    size = source.stat().st_size
    digest = digest_of(source)
    if not (target.is_file() and target.stat().st_size == size and digest_of(target) == digest):
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".draft-{target.name}")
        with source.open("rb") as read, draft.open("wb") as write:
            while block := read.read(_BLOCK):
                write.write(block)
            write.flush()
            os.fsync(write.fileno())
        draft.replace(target)
    return Entry("", size, digest)


def write_whole(path: Path, text: str) -> None:
    """A text file whole or not at all."""
    draft = path.with_name(f".draft-{path.name}")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def damaged(folder: Path, manifest: Manifest) -> Iterator[str]:
    """The files of a backup that are missing or differ from their hash."""
    for name, digest in manifest.hashes.items():
        if not (folder / name).is_file() or digest_of(folder / name) != digest:
            yield name
    if not (folder / LISTING).is_file():
        return
    for entry in entries(folder):
        path = folder / entry.path
        if not path.is_file() or path.stat().st_size != entry.size or digest_of(path) != entry.sha256:
            yield entry.path
