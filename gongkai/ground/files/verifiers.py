"""What `gongkai register verify` looks at in the files: bytes, rows and the events that tell of both."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.ground import clock
from gongkai.ground.files import refusals, storage
from gongkai.ground.files.models import StoredFile
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import Difference, Findings, verifier

_PROBLEMS = {
    refusals.MISSING: ("file-missing", "文件不在存储中"),
    refusals.DAMAGED: ("file-changed", "文件的内容或登记与其校验值不符"),
    refusals.KEY_MISSING: ("file-key-missing", "缺少打开加密文件的密钥"),
}
_BATCH = 200


@verifier("files")
def files() -> Findings:
    """Every public file hashes to its name, every sealed one opens and matches its commitment, none lacks its row."""
    count = 0
    for file in StoredFile.objects.order_by("pk").iterator(_BATCH):
        count += 1
        yield from _row_findings(file)
    yield from _lost_rows()
    yield from _unknown_bytes()
    return count


def _row_findings(file: StoredFile) -> Iterator[Difference]:
    what = f"file {file.pk}"
    if file.destroyed_at is not None:
        if storage.sealed_path(file.pk).exists():
            yield Difference(what, "file-not-destroyed", "文件已登记清除，但存储中仍有内容")
        return
    try:
        data = storage.file_bytes(file)
    except Refused as refusal:
        yield Difference(what, *_PROBLEMS[refusal.code])
        return
    if len(data) != file.size:
        yield Difference(what, "file-changed", "文件的大小与登记不符")


def _lost_rows() -> Iterator[Difference]:
    """Events of files against the rows: a row that vanished, or says another digest or class than its last event."""
    last: dict[str, tuple[str, dict[str, object]]] = {}
    told = Event.objects.filter(subject_type="file", name__in=("file.stored", "file.released", "file.destroyed"))
    for subject_id, name, data in told.order_by("pk").values_list("subject_id", "name", "data").iterator(_BATCH):
        last[subject_id] = (name, data)
    rows = {str(file.pk): file for file in StoredFile.objects.iterator(_BATCH)}
    for subject_id, (name, data) in last.items():
        file = rows.get(subject_id)
        if file is None:
            yield Difference(f"file {subject_id}", "file-row-missing", "存证中有此文件，但登记已不存在")
        elif data.get("commitment") != file.commitment:
            yield Difference(f"file {subject_id}", "file-changed", "文件的加盐摘要与存证不符")
        elif (name == "file.destroyed") != (file.destroyed_at is not None):
            yield Difference(f"file {subject_id}", "file-changed", "文件的状态与存证不符")
        elif name != "file.destroyed" and data.get("class") != file.storage_class:
            yield Difference(f"file {subject_id}", "file-changed", "文件的保存方式与存证不符")
    for subject_id in sorted(set(rows) - set(last)):
        yield Difference(f"file {subject_id}", "file-unrecorded", "文件没有存入的存证")


def _unknown_bytes() -> Iterator[Difference]:
    """Bytes that no row counts on and that the sweep should have removed."""
    horizon = clock.now().timestamp() - 2 * storage.ORPHAN_SECONDS
    for path in storage.stored_paths():
        if path.stat().st_mtime < horizon and not storage.is_wanted(path):
            yield Difference(f"bytes {path.name}", "file-unknown", "存储中有不属于任何登记的内容")
