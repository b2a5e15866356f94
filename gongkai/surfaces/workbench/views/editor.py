"""The editor: save, save and propose, autosave, and the way back from each without losing a word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gongkai.engine.records.actions import submit
from gongkai.engine.records.actions.buffers import drop_buffer
from gongkai.engine.records.bodytext import body_of_text
from gongkai.engine.records.editions import kind_of
from gongkai.engine.records.models import Record
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench import editing
from gongkai.surfaces.workbench.dossier import head_of
from gongkai.surfaces.workbench.edit_forms import EditForm, edit_form, initial_of
from gongkai.surfaces.workbench.findings import lines_of, maskable, masked_content, proposal_of
from gongkai.surfaces.workbench.handling import ticks
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key, require

NOT_TYPED = frozenset({"csrfmiddlewaretoken", "once_key", "seen", "intent", "files", "uploads"})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the editor with what was kept, or save what was typed."""
    record = known(Record, request, pk, "organ", "working")
    if request.method == "POST":
        return _save(request, record)
    verdict = editing.may_edit(record, request.actor)
    if verdict.refusal is not None:
        raise verdict.refusal
    return render(request, "workbench/edit.html", fresh(request, record))


def fresh(request: DeskRequest, record: Record) -> dict[str, Any]:
    """What the editor starts from: the newest edition, or what the autosave kept for this person."""
    buffer = editing.kept(record, request.actor)
    initial = initial_of(editing.start_of(record)) | (buffer.content if buffer else {})
    files = record.working.files if record.working else []
    return _context(request, record, edit_form(kind_of(record.kind), initial=initial), files) | {"buffer": buffer}


def _save(request: DeskRequest, record: Record) -> HttpResponse:
    form = edit_form(kind_of(record.kind), data=request.POST)
    uploads, refusal = editing.take_uploads(request.FILES.getlist("uploads"), organ=record.organ, actor=request.actor)
    kept = request.POST.getlist("files")
    files = editing.attached(record, request.actor, kept) + [entry for entry, _ in uploads]
    intent = request.POST.get("intent", "")
    if refusal is None and form.is_valid() and intent.startswith("mask-"):
        return _masked(request, record, form, files, intent.removeprefix("mask-"))
    if refusal is None and form.is_valid() and intent.startswith("take-"):
        return _taken(request, record, form, files, intent.removeprefix("take-"))
    if refusal is None and form.is_valid():
        refusal = _written(request, record, form, files)
        if refusal is None:
            return HttpResponseRedirect(reverse("workbench:record", args=[record.pk]))
        form.take_refusal(refusal)
    return _page(request, record, form, files, refusal)


def _masked(
    request: DeskRequest, record: Record, form: EditForm, files: list[dict[str, Any]], key: str
) -> HttpResponse:
    """Mask one finding in what stands in the form, which is saved by its own buttons afterwards."""
    content, count = masked_content(form.content(), maskable(record, [key]))
    if count:
        messages.success(request, "已在正文中遮盖，请保存。")
    else:
        messages.warning(request, "这处文字的位置已经变动，请先保存，再按新的校核结果遮盖。")
    return _page(request, record, edit_form(form.kind, initial=initial_of(content)), files, None)


def _taken(request: DeskRequest, record: Record, form: EditForm, files: list[dict[str, Any]], key: str) -> HttpResponse:
    """Fill in what a finding proposes; the person looks at it and saves it by its own button."""
    proposed = proposal_of(record, key)
    if proposed:
        labels = "、".join(str(form.fields[name].label) for name in proposed if name in form.fields)
        messages.success(request, f"已按正文填写{labels}，请核对后保存。")
    else:
        messages.warning(request, "这条提示已经变动，请先保存，再看新的校核结果。")
    return _page(request, record, edit_form(form.kind, initial=initial_of(form.content() | proposed)), files, None)


def _written(request: DeskRequest, record: Record, form: EditForm, files: list[dict[str, Any]]) -> Refused | None:
    """Save, and propose when that was the button; the refusal when one of both is refused, and then neither is done."""
    content, is_proposal = form.content(), request.POST.get("intent") == "submit"
    asked = request.POST.get("seen", "")
    seen = int(asked) if asked.isdecimal() and len(asked) < 100 else 0

    def write() -> None:
        with transaction.atomic():
            editing.save(record, actor=request.actor, content=content, files=files, seen=seen)
            if is_proposal:
                submit(record, actor=request.actor)

    asked = {"do": "edit", "record": record.pk, "content": content, "files": files, "submit": is_proposal}
    try:
        do_once(request, asked, write)
    except Refused as refusal:
        return refusal
    messages.success(request, "已保存并送审。" if is_proposal else "已保存为新版本。")
    return None


def _page(
    request: DeskRequest,
    record: Record,
    form: EditForm,
    files: list[dict[str, Any]],
    refusal: Refused | None,
) -> HttpResponse:
    told = refusal.explain() if refusal else None
    context = _context(request, record, form, files) | {"refusal": told}
    status = told.status if told else 422 if form.errors else 200
    return render(request, "workbench/edit.html", context, status=status)


def _context(request: DeskRequest, record: Record, form: EditForm, files: list[dict[str, Any]]) -> dict[str, Any]:
    # After a refusal for a newer edition the person has been told of it: the next save goes on top of that one.
    newest = Record.objects.values_list("working__number", flat=True).get(pk=record.pk)
    return {
        "record": record,
        "head": head_of(record),
        "form": form,
        "files": files,
        "seen": newest or 0,
        "once_key": new_once_key(),
        "ticks": ticks(record),
        "findings": lines_of(record, request.actor),
        "at": "records",
    }


@require_POST
@desk_page
def keep(request: DeskRequest, pk: int) -> HttpResponse:
    """Autosave: keep what stands in the form; answers JSON to the script, the editor to a plain submit."""
    record = known(Record, request, pk, "organ", "working")
    typed = {name: request.POST[name][:500_000].replace("\0", "") for name in request.POST if name not in NOT_TYPED}
    saved_at = editing.keep(record, actor=request.actor, typed=typed)
    return JsonResponse({"saved_at": f"{saved_at.astimezone(clock.SHANGHAI):%H:%M:%S}"})


@require_POST
@desk_page
def drop(request: DeskRequest, pk: int) -> HttpResponse:
    """Throw away what the autosave kept for this person."""
    record = known(Record, request, pk)
    drop_buffer(record, actor=request.actor)
    messages.success(request, "已放弃自动保存的内容。")
    return HttpResponseRedirect(reverse("workbench:edit", args=[pk]))


@require_POST
@desk_page
def preview(request: DeskRequest) -> HttpResponse:
    """A typed text as it will stand on the page. Nothing is kept."""
    require(request, "record.read", "预览")
    blocks = body_of_text(request.POST.get("body", "")[:500_000])
    return render(request, "workbench/preview.html", {"blocks": blocks, "title": request.POST.get("title", "")[:500]})
