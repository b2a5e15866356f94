"""Starting a record in two pages: what it is and its file; then its content, read from the file, to be confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gongkai.engine.records.editions import kind_of
from gongkai.engine.records.models import Record
from gongkai.ground.access.rules import explain
from gongkai.ground.gate.door import NO_RIGHT
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench import editing
from gongkai.surfaces.workbench.creating import Reading, read_source, start
from gongkai.surfaces.workbench.edit_forms import EditForm, edit_form, initial_of
from gongkai.surfaces.workbench.new_forms import WAYS, SourceForm, StartForm
from gongkai.surfaces.workbench.pages import ONCE_FIELD, DeskRequest, desk_page, do_once, new_once_key
from gongkai.surfaces.workbench.township import is_township
from gongkai.surfaces.workbench.views.township import new_item

CARRIED = ("way", "kind", "organ", "co_issuers", "preset", "index_number")
PAPERS = ("sheet", "signatures")
MAKE_WORDS = {"draft": "保存草稿", "receive": "确认无误，送审"}


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new(request: DeskRequest) -> HttpResponse:
    """Ask what it is; read its file; make it."""
    if not any(request.actor.holds(right) for right in WAYS.values()):
        raise Refused(NO_RIGHT, title="新建", roles=explain("record.draft"))
    if is_township(request.user) and "full" not in request.GET:
        return new_item(request)
    if request.method != "POST":
        return _start_page(request, StartForm(actor=request.actor, initial=request.GET.dict()), SourceForm())
    form, source = StartForm(request.POST, actor=request.actor), SourceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _start_page(request, form, source)
    return _make(request, form) if request.POST.get("step") == "make" else _read(request, form, source)


def _start_page(
    request: DeskRequest, form: StartForm, source: forms.Form, refusal: Refused | None = None
) -> HttpResponse:
    told = refusal.explain() if refusal else None
    context = {"form": form, "source": source, "refusal": told, "at": "new"}
    status = told.status if told else 422 if form.errors or source.errors else 200
    return render(request, "workbench/new.html", context, status=status)


def _read(request: DeskRequest, form: StartForm, source: SourceForm) -> HttpResponse:
    """The second page: an empty form, or one filled in from the uploaded document."""
    if not source.is_valid():
        return _start_page(request, form, source)
    reading, files, sheet = Reading({}), [], ""
    upload, paper = source.cleaned_data["source"], source.cleaned_data["sheet"]
    given = [item for item in (upload, paper) if item is not None]
    done, refusal = editing.take_uploads(given, organ=form.cleaned_data["organ"], actor=request.actor)
    if refusal is not None:
        return _start_page(request, form, source, refusal)
    if upload is not None:
        entry, guarded = done[0]
        reading = read_source(guarded)
        files = [entry] if source.cleaned_data["keeps_source"] else []
    if paper is not None:
        sheet = done[-1][0]["id"]
    kind = kind_of(form.cleaned_data["kind"])
    initial = {"genre": kind.default_genre, "issuing_organ": form.cleaned_data["organ"].name} | reading.initial
    made = edit_form(kind, initial=initial_of(initial))
    papers = {"sheet": sheet, "signatures": source.cleaned_data["signatures"]}
    return _content_page(request, form, made, files, None, reading=reading, papers=papers)


def _make(request: DeskRequest, form: StartForm) -> HttpResponse:
    organ, kind = form.cleaned_data["organ"], kind_of(form.cleaned_data["kind"])
    typed = edit_form(kind, data=request.POST)
    uploads, refusal = editing.take_uploads(request.FILES.getlist("uploads"), organ=organ, actor=request.actor)
    files = editing.attached(None, request.actor, request.POST.getlist("files")) + [entry for entry, _ in uploads]
    if refusal is None and typed.is_valid():
        try:
            return _made(request, form, typed, files)
        except Refused as found:
            refusal = found
            typed.take_refusal(found)
    return _content_page(request, form, typed, files, refusal)


def _made(request: DeskRequest, form: StartForm, typed: EditForm, files: list[dict[str, Any]]) -> HttpResponse:
    given, content, done = form.cleaned_data, typed.content(), []
    papers = {name: request.POST.get(name, "") for name in PAPERS}

    def make() -> None:
        done.append(
            start(
                given["way"],
                actor=request.actor,
                organ=given["organ"],
                kind=given["kind"],
                content=content,
                files=files,
                co_issuers=given["co_issuers"],
                preset=given["preset"],
                index_number=given["index_number"],
                **papers,
            )
        )

    asked = {
        "do": "new",
        "content": content,
        "files": files,
        "carried": {name: form.data.get(name, "") for name in CARRIED} | papers,
    }
    do_once(request, asked, make)
    if not done:
        messages.info(request, "这份文件刚才已经提交，没有重复建立。")
        return HttpResponseRedirect(reverse("workbench:desk"))
    messages.success(request, "已接收并送审。" if given["way"] == "receive" else "已保存草稿。")
    record: Record = done[0]
    return HttpResponseRedirect(reverse("workbench:record", args=[record.pk]))


def _content_page(
    request: DeskRequest,
    form: StartForm,
    typed: EditForm,
    files: list[dict[str, Any]],
    refusal: Refused | None,
    *,
    reading: Reading | None = None,
    papers: dict[str, str] | None = None,
) -> HttpResponse:
    told = refusal.explain() if refusal else None
    carried = [(name, form.data.get(name, "")) for name in CARRIED]
    kept = papers if papers is not None else {name: request.POST.get(name, "") for name in PAPERS}
    carried += kept.items()
    if reading is not None and reading.index_number and not form.cleaned_data["index_number"]:
        carried = [(name, reading.index_number if name == "index_number" else value) for name, value in carried]
    context = {
        "start": form.cleaned_data,
        "carried": carried,
        "kind": kind_of(form.cleaned_data["kind"]),
        "form": typed,
        "files": files,
        "reading": reading,
        "refusal": told,
        "make_words": MAKE_WORDS[form.cleaned_data["way"]],
        "once_key": request.POST.get(ONCE_FIELD) if refusal is None and reading is None else new_once_key(),
        "at": "new",
    }
    status = told.status if told else 422 if typed.errors else 200
    return render(request, "workbench/new_content.html", context, status=status)
