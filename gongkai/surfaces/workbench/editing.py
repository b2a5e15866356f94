"""Saving from the editor: never over somebody else's newer edition, never losing what was typed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from gongkai.engine.records.actions import edit, keep_buffer, revise
from gongkai.engine.records.attachments import entry_of
from gongkai.engine.records.models import EditBuffer, Record
from gongkai.engine.records.subject import EDITABLE
from gongkai.ground.access.actors import Actor
from gongkai.ground.files.actions import upload
from gongkai.ground.files.guard import Guarded
from gongkai.ground.files.models import StoredFile
from gongkai.ground.gate.door import Verdict, can, visible
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

STALE = wording(
    "workbench.stale",
    what="您打开编辑页之后，已有人保存了第 {newest} 版。",
    todo="您填写的内容仍在下面，没有保存；请先核对第 {newest} 版与您的修改，再次保存即以您的内容生成新版本。",
)


CHANGED = wording(
    "workbench.changed",
    what="您打开页面之后，内容已改为第 {newest} 版，您的意见没有记录。",
    todo="请先看与上一版的差异，再对第 {newest} 版发表意见。",
)


def refuse_unseen(record: Record, seen: str) -> None:
    """Refuse to act on an edition the person has not seen; call it in the transaction of the act.

    ``seen`` is the hash of the edition on the page; "" asks nothing.
    """
    if not seen:
        return
    working = _locked(record).working
    if working is not None and working.sha256 != seen:
        raise Refused(CHANGED, where="版本", newest=working.number)


def _locked(record: Record) -> Record:
    """The row as it is now, and as it stays until the transaction ends."""
    return Record.objects.select_for_update(of=("self",)).select_related("working").get(pk=record.pk)


def may_edit(record: Record, actor: Actor) -> Verdict:
    """May this person edit now: as a draft, or as a revision under review?"""
    return can("record.edit" if record.state in EDITABLE else "record.revise", record, actor)


def save(
    record: Record,
    *,
    actor: Actor,
    content: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    seen: int,
) -> None:
    """Save a new edition, unless a newer one than the edition ``seen`` has been saved since."""
    with transaction.atomic():
        working = _locked(record).working
        if working is not None and working.number > seen:
            raise Refused(STALE, where="正文", newest=working.number)
        act = edit if record.state in EDITABLE else revise
        act(record, actor=actor, content=content, files=files)


def keep(record: Record, *, actor: Actor, typed: Mapping[str, str]) -> dt.datetime:
    """Autosave: what stands in the form, as typed, whether or not it is valid yet. Returns when it was kept."""
    return keep_buffer(record, actor=actor, content=dict(typed)).saved_at


def kept(record: Record, actor: Actor) -> EditBuffer | None:
    """What the autosave of this person holds for a record."""
    return record.buffers.filter(person_id=actor.person_id).first()


def attached(record: Record | None, actor: Actor, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The entries of the attachments to keep: those of the working edition, and uploads this person may know of."""
    wanted = list(dict.fromkeys(ids))
    standing = {entry["id"]: entry for entry in record.working.files} if record and record.working else {}
    fresh = [key for key in wanted if key not in standing]
    uploaded = {
        str(file.pk): entry_of(file)
        for file in visible(StoredFile, actor).filter(pk__in=_uuids(fresh), destroyed_at__isnull=True, paper=None)
    }
    return [standing.get(key) or uploaded[key] for key in wanted if key in standing or key in uploaded]


def _uuids(keys: Iterable[str]) -> list[str]:
    found = []
    for key in keys:
        try:
            found.append(str(uuid.UUID(key)))
        except ValueError:
            continue
    return found


def take_uploads(
    sources: Iterable[UploadedFile], *, organ: Organ, actor: Actor
) -> tuple[list[tuple[dict[str, Any], Guarded]], Refused | None]:
    """Upload one after the other, sealed until release; stops at the first that is refused and hands back the rest."""
    done: list[tuple[dict[str, Any], Guarded]] = []
    for source in sources:
        try:
            file, guarded = upload(source, source.name or "", organ=organ, actor=actor)
        except Refused as refusal:
            return done, refusal
        done.append((entry_of(file), guarded))
    return done, None


def start_of(record: Record) -> dict[str, Any]:
    """The content an edit starts from: the newest one; a new correction does not inherit the note of the last."""
    content = dict(record.working.content) if record.working else {}
    if record.is_visible and record.working_id == record.current_id:
        content["change_note"] = ""
    return content
