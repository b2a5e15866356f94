"""Papers kept with a record and never published: filing one, looking at one."""

from __future__ import annotations

import uuid
from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.engine.records.actions import file_paper
from gongkai.engine.records.models import Purpose, Record, SealedPaper
from gongkai.engine.records.signatures import typed_signatures
from gongkai.ground.files.actions import upload
from gongkai.ground.files.storage import file_bytes
from gongkai.ground.gate.door import UNKNOWN, can
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.dossier import is_guest
from gongkai.surfaces.workbench.new_forms import FilingForm
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def file(request: DeskRequest, pk: int) -> HttpResponse:
    """Keep a review sheet with a record: sealed, with the names of who signed."""
    record = known(Record, request, pk, "organ")
    verdict = can("record.file_paper", record, request.actor)
    form = FilingForm(request.POST or None, request.FILES or None, initial={"purpose": _asked(request)})
    refusal = verdict.refusal
    if refusal is None and request.method == "POST" and form.is_valid():
        try:
            _filed(request, record, form)
        except Refused as found:
            refusal = found
        else:
            messages.success(request, "材料已加密归入，不会公开。")
            return HttpResponseRedirect(reverse("workbench:record", args=[pk]))
    told = refusal.explain() if refusal else None
    context = {
        "record": record,
        "form": form,
        "refusal": told,
        "is_blocked": not verdict.ok,
        "once_key": new_once_key(),
        "at": "records",
    }
    status = told.status if told else 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/file_paper.html", context, status=status)


def _filed(request: DeskRequest, record: Record, form: FilingForm) -> None:
    source = form.cleaned_data["sheet"]
    stored, guarded = upload(source, source.name or "", organ=record.organ, actor=request.actor)
    signed = typed_signatures(form.cleaned_data["signatures"])
    given = {name: form.cleaned_data[name] for name in ("purpose", "number", "dated_on")}
    asked = {"do": "paper", "record": record.pk, "sha256": guarded.sha256, "purpose": given["purpose"]}
    do_once(request, asked, lambda: file_paper(record, actor=request.actor, file=stored, signatures=signed, **given))


def _asked(request: DeskRequest) -> str:
    """The kind of paper a link asked for."""
    asked = request.GET.get("purpose", "")
    return asked if asked in Purpose.values else str(Purpose.REVIEW_SHEET)


@require_safe
@desk_page
def paper(request: DeskRequest, pk: int, paper_id: uuid.UUID) -> HttpResponse:
    """The bytes of a paper, decrypted for this answer only, for somebody who may know of its record."""
    record = known(Record, request, pk)
    found = SealedPaper.objects.filter(record=record, pk=paper_id).select_related("file").first()
    if found is None or found.file.destroyed_at is not None or is_guest(record, request.actor):
        raise Refused(UNKNOWN, where="随附材料")
    kept = found.file
    answer = FileResponse(
        BytesIO(file_bytes(kept)), as_attachment=True, filename=kept.original_name, content_type=kept.media_type
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
