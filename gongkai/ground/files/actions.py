"""Every change of a stored file: upload, release to the public, destruction. All through the gate."""

from __future__ import annotations

import secrets
import uuid
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering, explain
from gongkai.ground.files import refusals, storage
from gongkai.ground.files.crypto import commitment
from gongkai.ground.files.guard import Guarded, inspect_upload
from gongkai.ground.files.models import StorageClass, StoredFile
from gongkai.ground.gate.door import NO_RIGHT, Outcome, action
from gongkai.ground.gate.table import State, subject
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused
from gongkai.ground.register.log import NewEvent, append

RIGHT = "file.upload"

subject(
    StoredFile,
    "file",
    states=(State("sealed", "加密保存"), State("public", "公开"), State("destroyed", "已清除", is_final=True)),
    read_right="file.read",
)


def upload(
    source: bytes | BinaryIO,
    filename: str,
    *,
    organ: Organ,
    actor: Actor,
    declared_type: str = "",
    is_public: bool = False,
) -> tuple[StoredFile, Guarded]:
    """Examine and keep an upload (上传); sealed unless ``is_public``. Returns the row and what the guard read.

    Raises Refused, and then no byte and no row is left. A classification mark leaves the event ``file.refused`` with
    its reason and nothing of the file; call this outside a transaction, or that event goes with the refusal.
    """
    authorise(organ, actor)
    guarded = examine(source, filename, organ=organ, actor=actor, declared_type=declared_type)
    return keep(guarded, organ=organ, actor=actor, is_public=is_public), guarded


def read_for(file: StoredFile, *, actor: Actor) -> bytes:
    """The bytes of a file for somebody who may know of it; that sealed ones were opened is an event (``file.read``)."""
    data = storage.file_bytes(file)
    if file.storage_class == StorageClass.SEALED:
        append([NewEvent("file", str(file.pk), "file.read", actor.ref, organ_id=file.organ_id)])
    return data


def authorise(organ: Organ, actor: Actor) -> None:
    """Refuse somebody who may not upload before looking at the bytes."""
    if not actor.is_system and covering(actor, RIGHT, organ.pk) is None:
        raise Refused(NO_RIGHT, title="上传文件", roles=explain(RIGHT))


def examine(
    source: bytes | BinaryIO,
    filename: str,
    *,
    organ: Organ,
    actor: Actor,
    declared_type: str = "",
    is_kept: bool = True,
) -> Guarded:
    """The guard, with the event that a classification mark leaves (保守国家秘密法 Articles 31, 57)."""
    try:
        return inspect_upload(source, filename, declared_type, is_kept=is_kept)
    except Refused as refusal:
        if refusal.code == refusals.CLASSIFICATION_MARK:
            record_refused_mark(organ=organ, actor=actor)
        raise


def record_refused_mark(*, organ: Organ, actor: Actor) -> None:
    """Append ``file.refused`` in a transaction of its own. It says that, who and when, and nothing of the file."""
    with transaction.atomic():
        append(
            [
                NewEvent(
                    subject_type="file",
                    subject_id=str(uuid.uuid4()),
                    name="file.refused",
                    actor=actor.ref,
                    organ_id=organ.pk,
                    data={"reason": "classification-mark"},
                )
            ]
        )


def keep(guarded: Guarded, *, organ: Organ, actor: Actor, is_public: bool = False) -> StoredFile:
    """Write the bytes of an examined upload, then its row. Inside a transaction an undone row leaves an orphan that
    ``storage.sweep_orphans`` removes."""
    authorise(organ, actor)
    file = StoredFile(
        organ=organ, size=guarded.size, media_type=guarded.media_type, is_virus_scanned=guarded.is_virus_scanned
    )
    file.salt = secrets.token_hex(32)
    file.commitment = commitment(file.salt, guarded.data)
    if is_public:
        file.storage_class, file.name = StorageClass.PUBLIC, guarded.filename
        file.sha256 = storage.put_public(guarded.data)
    else:
        file.storage_class, file.sealed_name = StorageClass.SEALED, guarded.filename
        file.wrapped_key, file.key_id = storage.put_sealed(file.pk, guarded.data)
    stored: StoredFile = store(organ=organ, actor=actor, file=file)
    return stored


@action(
    "file.store",
    on=StoredFile,
    title="上传文件",
    right=RIGHT,
    event="file.stored",
    to=("sealed", "public"),
    creates=True,
    by_system=True,
)
def store(*, organ: Organ, actor: Actor, file: StoredFile) -> Outcome:
    """The row of bytes that ``keep`` wrote. The digest of a sealed file is never recorded, only its commitment."""
    del actor
    file.organ, file.created_at = organ, clock.now()
    file.save(force_insert=True)
    return Outcome(file, data=_facts(file))


@action(
    "file.release",
    on=StoredFile,
    title="转为公开文件",
    right="record.publish",
    event="file.released",
    states=("sealed",),
    to=("public",),
    by_system=True,
)
def release(file: StoredFile, *, actor: Actor) -> Outcome:
    """Its record is published: the bytes become a public file under their digest, the sealed copy is destroyed."""
    del actor
    data = storage.file_bytes(file)
    file.sha256 = storage.put_public(data)
    file.storage_class, file.name, file.sealed_name = StorageClass.PUBLIC, file.original_name, ""
    file.wrapped_key = file.key_id = ""
    file.released_at = clock.now()
    _erase_on_commit(storage.sealed_path(file.pk))
    return Outcome(file, data=_facts(file))


@action(
    "file.destroy",
    on=StoredFile,
    title="清除文件",
    right="record.expunge",
    event="file.destroyed",
    states=("sealed", "public"),
    to=("destroyed",),
    by_system=True,
)
def destroy(file: StoredFile, *, actor: Actor, reason: str) -> Outcome:
    """Expunge (清除): key, name and bytes go, salt and commitment stay, so that proofs remain valid."""
    del actor
    if file.storage_class == StorageClass.SEALED:
        _erase_on_commit(storage.sealed_path(file.pk))
    elif not _others(file).exists():
        _erase_on_commit(storage.public_path(file.sha256))
    file.wrapped_key = file.key_id = file.name = file.sealed_name = ""
    file.destroyed_at = clock.now()
    return Outcome(file, data={"reason": reason, "commitment": file.commitment})


def _others(file: StoredFile) -> Any:
    """Other living files with the same public bytes: those bytes must stay."""
    same = StoredFile.objects.filter(sha256=file.sha256, storage_class=StorageClass.PUBLIC, destroyed_at__isnull=True)
    return same.exclude(pk=file.pk)


def _erase_on_commit(path: Path) -> None:
    """Bytes go when the row has gone for good; the sweep finds what a dead process left."""
    transaction.on_commit(lambda: storage.erase(path))


def _facts(file: StoredFile) -> dict[str, Any]:
    """What the event keeps of a file: nothing by which a sealed content could be guessed."""
    facts = {"class": file.storage_class, "size": file.size, "media_type": file.media_type}
    facts["commitment"] = file.commitment
    if file.storage_class == StorageClass.PUBLIC:
        facts["sha256"] = file.sha256
    return facts
