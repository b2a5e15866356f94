"""The checkpoint files outside the database, compared with the database: the one witness that does not live in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.ground.register import checkpoint
from gongkai.ground.register.audit import BATCH, Keys, Sized, is_signed_at
from gongkai.ground.register.models import Checkpoint, Log
from gongkai.ground.register.signing import accepted_keys, slug
from gongkai.ground.register.verify import Difference, Findings

#: The newest checkpoint may be this young without its file: the file is written after the commit.
GRACE = dt.timedelta(seconds=60)


@dataclass(frozen=True)
class _Seen:
    """A checkpoint file: its name for people, the size in its name, its text."""

    what: str
    size: int
    text: str


def unknown_folders() -> Iterator[Difference]:
    """Folders of logs that the database neither has nor names as a predecessor: the database is not the one it was."""
    root = Path(env.CHECKPOINTS_DIR)
    names = Log.objects.values_list("origin", "predecessor_origin")
    known = {slug(origin) for pair in names for origin in pair if origin}
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if folder.is_dir() and folder.name not in known:
            yield Difference(f"checkpoints {folder.name}", "log-unknown", "有已公布的检查点，数据库中却没有这一日志")


def audit_files(sized: Sized) -> Findings:
    """Every file is a checkpoint of the database, and every checkpoint has its file; returns how many files."""
    count = 0
    keys = _keys(sized.log.origin)
    paths = checkpoint.files(sized.log.origin)
    while batch := [_read(path) for path in islice(paths, BATCH)]:
        notes = _notes(sized.log, [seen.size for seen in batch])
        for seen in batch:
            count += 1
            yield from _file_findings(sized, seen, notes.get(seen.size), keys)
    yield from _latest_findings(sized, keys)
    yield from _missing_files(sized)
    return count


def _keys(origin: str) -> Keys:
    """The keys; that they are missing is named by the walk of the tree."""
    try:
        return accepted_keys(origin)
    except Refused:
        return []


def _read(path: Path) -> _Seen:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        text = ""
    return _Seen(f"file {path.parent.name}/{path.name}", int(path.stem) if path.stem.isdecimal() else -1, text)


def _notes(log: Log, sizes: list[int]) -> dict[int, str]:
    return dict(Checkpoint.objects.filter(log=log, size__in=sizes).values_list("size", "note"))


def _file_findings(sized: Sized, seen: _Seen, note: str | None, keys: Keys) -> Iterator[Difference]:
    if note is not None and note == seen.text:
        return
    if not _is_genuine(sized.log, seen, keys):
        yield Difference(seen.what, "checkpoint-file-changed", "检查点文件被改动，或不是本登记簿所签")
    elif note is not None:
        yield Difference(seen.what, "checkpoint-file-differs", "已公布的检查点与数据库中同条数的检查点不同：历史被改写")
    elif sized.successor is not None and seen.size > sized.checkpoint_end:
        yield from _lost_part(sized, seen)
    elif seen.size > sized.checkpoint_end:
        message = f"已公布 {seen.size} 条，数据库中只有 {sized.checkpoint_end} 条：数据库被回退"
        yield Difference(seen.what, "database-behind", message)
    else:
        yield Difference(
            f"checkpoint {sized.log.origin}@{seen.size}", "checkpoint-missing", "数据库中缺少已公布的检查点"
        )


def _is_genuine(log: Log, seen: _Seen, keys: Keys) -> bool:
    try:
        said = checkpoint.parse(seen.text)
    except ValueError:
        return False
    is_named = (said.origin, said.size) == (log.origin, seen.size)
    return is_named and (not keys or is_signed_at(seen.text, seen.size, keys))


def _lost_part(sized: Sized, seen: _Seen) -> Iterator[Difference]:
    """What was published after the backup that was restored: the next log accounts for it, as far as it says."""
    following = sized.successor
    if following is None or following.predecessor_origin != sized.log.origin:
        return
    root = checkpoint.parse(seen.text).root.hex()
    is_end = seen.size == following.predecessor_size
    if seen.size > following.predecessor_size or (is_end and root != following.predecessor_root):
        yield Difference(seen.what, "link-differs", "续接的日志没有交代这一已公布的检查点")


def _latest_findings(sized: Sized, keys: Keys) -> Iterator[Difference]:
    text = checkpoint.latest_outside(sized.log.origin)
    if not text:
        return
    what = f"file {slug(sized.log.origin)}/{checkpoint.LATEST}"
    try:
        seen = _Seen(what, checkpoint.parse(text).size, text)
    except ValueError:
        seen = _Seen(what, -1, text)
    yield from _file_findings(sized, seen, _notes(sized.log, [seen.size]).get(seen.size), keys)


def _missing_files(sized: Sized) -> Iterator[Difference]:
    last = 0
    rows = Checkpoint.objects.filter(log=sized.log).order_by("size")
    while batch := list(rows.filter(size__gt=last, size__lte=sized.checkpoint_end)[:BATCH]):
        for row in batch:
            is_young = row.size == sized.checkpoint_end and clock.now() - row.at < GRACE
            if not is_young and not checkpoint.file_of(sized.log.origin, row.size).exists():
                what = f"file {slug(sized.log.origin)}/{row.size:012d}.txt"
                yield Difference(what, "checkpoint-file-missing", "检查点没有写到数据库之外，或其文件被删除")
        last = batch[-1].size
