"""What `gongkai register verify` looks at in the files: bytes, rows and the events that tell of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gongkai.ground import clock
from gongkai.ground.files import refusals, storage
from gongkai.ground.files.models import StorageClass, StoredFile
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import Difference, Findings, verifier

_PROBLEMS = {
    refusals.MISSING: ("file-missing", "文件不在存储中"),
    refusals.DAMAGED: ("file-changed", "文件的内容或登记与其校验值不符"),
    refusals.KEY_MISSING: ("file-key-missing", "缺少打开加密文件的密钥"),
}
_BATCH = 200
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOLD = ("file.stored", "file.released", "file.destroyed")


@verifier("files")
def files() -> Findings:
    """Every public file hashes to its name, every sealed one opens and matches its commitment, none lacks its row."""
    count, rows = 0, StoredFile.objects.order_by("pk")
    batch = list(rows[:_BATCH])
    while batch:
        count += len(batch)
        events = _last_events([str(file.pk) for file in batch])
        for file in batch:
            yield from _row_findings(file)
            yield from _event_findings(file, events.get(str(file.pk)))
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:_BATCH])
    yield from _lost_rows()
    yield from _unknown_bytes()
    return count


def _row_findings(file: StoredFile) -> Iterator[Difference]:
    """The bytes against the row."""
    what = f"file {file.pk}"
    if file.destroyed_at is not None:
        if storage.sealed_path(file.pk).exists():
            yield Difference(what, "file-not-destroyed", "文件已登记清除，但存储中仍有内容")
        return
    try:
        data = storage.file_bytes(file)
        _ = file.original_name
    except (Refused, ValueError) as problem:
        code = problem.code if isinstance(problem, Refused) else ""
        yield Difference(what, *_PROBLEMS.get(code, _PROBLEMS[refusals.DAMAGED]))
        return
    if len(data) != file.size:
        yield Difference(what, "file-changed", "文件的大小与登记不符")


def _last_events(subject_ids: Sequence[str]) -> dict[str, Event]:
    """The newest event about each of these files."""
    last: dict[str, Event] = {}
    for event in Event.objects.filter(subject_type="file", name__in=_TOLD, subject_id__in=subject_ids).order_by("pk"):
        last[event.subject_id] = event
    return last


def _event_findings(file: StoredFile, event: Event | None) -> Iterator[Difference]:
    """The row against the last event about it."""
    what = f"file {file.pk}"
    if event is None:
        yield Difference(what, "file-unrecorded", "文件没有存入的存证")
        return
    said = {"commitment": file.commitment, "organ": file.organ_id}
    if file.destroyed_at is None:
        said |= {"class": file.storage_class, "size": file.size, "media_type": file.media_type}
    if file.destroyed_at is None and file.storage_class == StorageClass.PUBLIC:
        said["sha256"] = file.sha256
    told = event.data | {"organ": event.organ_id}
    is_destroyed = (event.name == "file.destroyed") == (file.destroyed_at is not None)
    if not is_destroyed or any(told.get(name) != value for name, value in said.items()):
        yield Difference(what, "file-changed", "文件的登记与存证不符")


def _lost_rows() -> Iterator[Difference]:
    """Events of files whose row has vanished."""
    told = Event.objects.filter(subject_type="file", name__in=_TOLD)
    names = told.order_by("subject_id").values_list("subject_id", flat=True).distinct()
    batch = list(names[:_BATCH])
    while batch:
        keys = [subject_id for subject_id in batch if _UUID.fullmatch(subject_id)]
        known = {str(pk) for pk in StoredFile.objects.filter(pk__in=keys).values_list("pk", flat=True)}
        for subject_id in batch:
            if subject_id not in known:
                yield Difference(f"file {subject_id}", "file-row-missing", "存证中有此文件，但登记已不存在")
        batch = list(names.filter(subject_id__gt=batch[-1])[:_BATCH])


def _unknown_bytes() -> Iterator[Difference]:
    """Bytes that no row counts on and that the sweep should have removed."""
    horizon = clock.now().timestamp() - 2 * storage.ORPHAN_SECONDS
    for path in storage.stored_paths():
        if path.stat().st_mtime < horizon and not storage.is_wanted(path):
            yield Difference(f"bytes {path.name}", "file-unknown", "存储中有不属于任何登记的内容")
