"""The dossier of a record, the difference of two editions, its files."""

from __future__ import annotations

import uuid
from io import BytesIO

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.engine.records.details import details_of, labels_of
from gongkai.engine.records.differences import difference as compare
from gongkai.engine.records.models import Edition, Record
from gongkai.ground.files.actions import read_for
from gongkai.ground.files.models import StoredFile
from gongkai.ground.gate.door import UNKNOWN, can
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench import dossier as parts
from gongkai.surfaces.workbench.editing import may_edit
from gongkai.surfaces.workbench.findings import lines_of
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, known, new_once_key
from gongkai.surfaces.workbench.township import is_one_screen
from gongkai.surfaces.workbench.views.township import item


@require_safe
@desk_page
def dossier(request: DeskRequest, pk: int) -> HttpResponse:
    """One record: head, clocks, text, review, findings, editions, timeline, and what may be done now."""
    record = known(Record, request, pk, "organ", "drafter", "working", "current")
    guest = parts.is_guest(record, request.actor)
    if is_one_screen(record, request.user) and not guest and "full" not in request.GET:
        return item(request, record)
    lines = [] if guest else lines_of(record, request.actor)
    context = {
        "record": record,
        "is_guest": guest,
        "head": parts.head_of(record),
        "actions": parts.actions_now(record, request.actor),
        "rounds": parts.rounds(record, request.actor),
        "details": details_of(record.kind, record.working.content) if record.working else [],
        "timeline": [] if guest else parts.timeline(record),
        "editions": [] if guest else parts.editions_of(record),
        "publications": parts.publications_of(record),
        "links": parts.links_of(record, request.actor),
        "papers": record.papers.select_related("file", "filed_by").order_by("filed_at", "pk"),
        "may_file_paper": bool(can("record.file_paper", record, request.actor)),
        "clocks": parts.clocks_of(record),
        "findings": lines,
        "mask_count": sum(line.is_maskable for line in lines),
        "may_edit": bool(may_edit(record, request.actor)),
        "may_unlink": bool(can("record.unlink", record, request.actor)),
        "once_key": new_once_key(),
        "at": "records",
    }
    return render(request, "workbench/record.html", context)


@require_safe
@desk_page
def difference(request: DeskRequest, pk: int) -> HttpResponse:
    """What changed from one edition to another; by default from the one before to the newest."""
    record = known(Record, request, pk, "organ", "working")
    if parts.is_guest(record, request.actor):
        raise Refused(UNKNOWN)
    editions = parts.editions_of(record)
    after = _edition(editions, request.GET.get("to", ""), editions[0] if editions else None)
    earlier = [edition for edition in editions if after is not None and edition.number < after.number]
    before = _edition(editions, request.GET.get("from", ""), earlier[0] if earlier else after)
    if before is None or after is None:
        raise Refused(UNKNOWN, where="版本")
    context = {
        "record": record,
        "editions": editions,
        "difference": compare(before, after, labels_of(record.kind)),
        "at": "records",
    }
    return render(request, "workbench/difference.html", context)


def _edition(editions: list[Edition], number: str, otherwise: Edition | None) -> Edition | None:
    if not number:
        return otherwise
    return next((edition for edition in editions if str(edition.number) == number), None)


@require_safe
@desk_page
def attachment(request: DeskRequest, pk: int, file_id: uuid.UUID) -> HttpResponse:
    """An attachment of a record that this person may know of; sealed bytes are decrypted for this answer only."""
    record = known(Record, request, pk)
    guest = parts.is_guest(record, request.actor)
    entry = parts.file_entry(record, str(file_id), is_newest_only=guest)
    if entry is None:
        raise Refused(UNKNOWN, where="附件")
    file = StoredFile.objects.filter(pk=file_id, destroyed_at__isnull=True).first()
    if file is None:
        raise Refused(UNKNOWN, where="附件")
    answer = FileResponse(
        BytesIO(read_for(file, actor=request.actor)),
        as_attachment=True,
        filename=entry["name"],
        content_type=entry["media_type"],
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
