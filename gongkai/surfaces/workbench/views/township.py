"""One screen for a whole item (乡镇版): begun, handled, reviewed, signed off and published at one address."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from gongkai.engine.records.editions import kind_of
from gongkai.engine.records.models import Disclosure, Record
from gongkai.engine.records.subject import EDITABLE
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench import dossier as parts
from gongkai.surfaces.workbench import editing, township
from gongkai.surfaces.workbench.creating import Reading, read_source
from gongkai.surfaces.workbench.edit_forms import EditForm, edit_form, initial_of
from gongkai.surfaces.workbench.editing import may_edit
from gongkai.surfaces.workbench.findings import lines_of
from gongkai.surfaces.workbench.pages import DeskRequest, do_once, new_once_key
from gongkai.surfaces.workbench.views import editor

Files = list[dict[str, Any]]


def new_item(request: DeskRequest) -> HttpResponse:
    """The screen before there is a record: file, text, attribute and ground, and off to the reviewers."""
    if request.method != "POST":
        kinds = township.simple_kinds()
        start = township.ItemForm(initial={"kind": request.GET.get("kind") or kinds[0][0]})
        kind = request.GET.get("kind", "") if request.GET.get("kind") in dict(kinds) else kinds[0][0]
        return _new_page(request, start, _fresh_form(request, kind, {}), [])
    start = township.ItemForm(request.POST, request.FILES)
    if not start.is_valid():
        return _new_page(request, start, _fresh_form(request, township.simple_kinds()[0][0], {}), [])
    kind, step = start.cleaned_data["kind"], request.POST.get("step", "")
    if step == "read" and start.cleaned_data["source"] is not None:
        return _read(request, start, kind)
    return _make(request, start, edit_form(kind_of(kind), data=request.POST), is_proposal=step == "submit")


def _fresh_form(request: DeskRequest, kind: str, initial: dict[str, Any]) -> EditForm:
    found = kind_of(kind)
    start = {
        "genre": found.default_genre,
        "issuing_organ": request.user.organ.name,
        "disclosure": str(Disclosure.PROACTIVE),
    }
    return edit_form(found, initial=initial_of(start | initial))


def _read(request: DeskRequest, start: township.ItemForm, kind: str) -> HttpResponse:
    """Fill the screen from the file that was chosen."""
    done, refusal = editing.take_uploads([start.cleaned_data["source"]], organ=request.user.organ, actor=request.actor)
    if refusal is not None:
        return _new_page(request, start, edit_form(kind_of(kind), data=request.POST), [], refusal)
    entry, guarded = done[0]
    reading = read_source(guarded)
    kind = reading.kind if reading.kind in dict(township.simple_kinds()) else kind
    files = [entry] if start.cleaned_data["keeps_source"] else []
    begun = township.ItemForm(initial={"kind": kind, "keeps_source": start.cleaned_data["keeps_source"]})
    return _new_page(request, begun, _fresh_form(request, kind, reading.initial), files, reading=reading)


def _make(request: DeskRequest, start: township.ItemForm, typed: EditForm, *, is_proposal: bool) -> HttpResponse:
    organ = request.user.organ
    uploads, refusal = editing.take_uploads(request.FILES.getlist("uploads"), organ=organ, actor=request.actor)
    kept = editing.attached(None, request.actor, request.POST.getlist("files"))
    files: Files = kept + [entry for entry, _ in uploads]
    if refusal is None and typed.is_valid():
        try:
            return _made(request, typed, files, is_proposal=is_proposal)
        except Refused as found:
            refusal = found
            typed.take_refusal(found)
    return _new_page(request, start, typed, files, refusal)


def _made(request: DeskRequest, typed: EditForm, files: Files, *, is_proposal: bool) -> HttpResponse:
    content, kind, done = typed.content(), typed.kind.code, []

    def make() -> None:
        organ = request.user.organ
        done.append(
            township.make(request.actor, organ, kind=kind, content=content, files=files, is_proposal=is_proposal)
        )

    do_once(request, {"do": "item", "kind": kind, "content": content, "files": files, "submit": is_proposal}, make)
    if not done:
        messages.info(request, "这份文件刚才已经提交，没有重复建立。")
        return HttpResponseRedirect(reverse("workbench:desk"))
    messages.success(request, "已送审。" if is_proposal else "已保存草稿。")
    return HttpResponseRedirect(reverse("workbench:record", args=[done[0].pk]))


def _new_page(
    request: DeskRequest,
    start: township.ItemForm,
    typed: EditForm,
    files: Files,
    refusal: Refused | None = None,
    *,
    reading: Reading | None = None,
) -> HttpResponse:
    told = refusal.explain() if refusal else None
    context = {
        "start": start,
        "form": typed,
        "files": files,
        "reading": reading,
        "refusal": told,
        "once_key": new_once_key(),
        "at": "new",
    }
    status = told.status if told else 422 if typed.errors or start.errors else 200
    return render(request, "workbench/item_new.html", context, status=status)


def item(request: DeskRequest, record: Record) -> HttpResponse:
    """The screen of a record: its stages, and the one thing to do now, on the same page."""
    here, elsewhere = township.inline(parts.actions_now(record, request.actor))
    is_editable = record.state in EDITABLE and bool(may_edit(record, request.actor))
    context: dict[str, Any] = {
        "record": record,
        "head": parts.head_of(record),
        "findings": lines_of(record, request.actor),
        "clocks": parts.clocks_of(record),
        "may_edit": bool(may_edit(record, request.actor)),
        "is_proactive": record.working is not None and record.working.content.get("disclosure") == Disclosure.PROACTIVE,
        "once_key": new_once_key(),
        "at": "records",
    }
    if is_editable:
        context |= editor.fresh(request, record)
    context |= {
        "stages": township.stages(record),
        "here": here,
        "elsewhere": [button for button in elsewhere if not (is_editable and button.name in EDITOR_DOES)],
        "is_editable": is_editable,
    }
    return render(request, "workbench/item.html", context)


EDITOR_DOES = ("record.edit", "record.submit")
