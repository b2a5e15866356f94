"""Checkpoints (检查点): size and root of a log, signed, in the C2SP tlog-checkpoint format, and their files.

A checkpoint that stands outside the database is what makes a quiet change of the database visible. Each is one file
``CHECKPOINTS_DIR/<log>/<size, twelve digits>.txt``; ``latest`` beside them repeats the newest. Copy the folder to
another machine, or print it, and history is fixed there too.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gongkai.config import env
from gongkai.ground.register.signing import PublicKey, Signer, slug

LATEST = "latest"
_DASH = "— "


@dataclass(frozen=True)
class Statement:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The signed lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign(statement: Statement, signer: Signer) -> str:
    """The signed note."""
    signature = signer.sign(statement.text.encode())
    encoded = base64.b64encode(signer.public.key_id + signature).decode()
    return f"{statement.text}\n{_DASH}{signer.public.name} {encoded}\n"


def parse(note: str) -> Statement:
    """What a note says, its signature unchecked; ValueError when it is not a checkpoint."""
    lines = note.split("\n")
    if len(lines) < 6 or lines[3] or lines[-1] or not lines[1].isdecimal() or str(int(lines[1])) != lines[1]:
        raise ValueError("not a checkpoint")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except binascii.Error:
        raise ValueError("not a checkpoint: root") from None
    if not lines[0] or len(root) != 32:
        raise ValueError("not a checkpoint")
    return Statement(lines[0], int(lines[1]), root)


def is_signed(note: str, key: PublicKey) -> bool:
    """Whether the note carries a good signature of this key under the name of its log."""
    body, _, signatures = note.partition("\n\n")
    if not body or body.split("\n")[0] != key.name:
        return False
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix(_DASH).rpartition(" ")
        if not line.startswith(_DASH) or name != key.name:
            continue
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        if raw[:4] == key.key_id and key.verify(raw[4:], (body + "\n").encode()):
            return True
    return False


def folder(origin: str) -> Path:
    """Where the files of a log are."""
    return Path(env.CHECKPOINTS_DIR) / slug(origin)


def file_of(origin: str, size: int) -> Path:
    """The file of the checkpoint at this size."""
    return folder(origin) / f"{size:012d}.txt"


def files(origin: str) -> Iterator[Path]:
    """Every checkpoint file of a log, in no order."""
    if folder(origin).is_dir():
        with os.scandir(folder(origin)) as entries:
            for entry in entries:
                if entry.name.endswith(".txt"):
                    yield Path(entry.path)


def latest_outside(origin: str) -> str:
    """The newest note that stands outside the database; empty when there is none."""
    try:
        return (folder(origin) / LATEST).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def write_outside(note: str) -> None:
    """Write the file of a checkpoint, and ``latest`` unless a newer one stands there. Safe with several writers.

    A file that is already there is never written over: were it another checkpoint, it would be the evidence.
    """
    statement = parse(note)
    place = folder(statement.origin)
    place.mkdir(parents=True, exist_ok=True)
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file_of(statement.origin, statement.size).exists():
            _replace(file_of(statement.origin, statement.size), note)
        newest = latest_outside(statement.origin)
        if not newest or parse(newest).size < statement.size:
            _replace(place / LATEST, note)


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, and on the disk before we go on."""
    draft = path.with_name(path.name + ".draft")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
