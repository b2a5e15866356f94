"""Work records: one line entered on the list itself, a workbook brought in, one looked at, put right or voided."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.domains.workrecords import actions
from gongkai.domains.workrecords.entries import COLUMNS, category_names, columns_in, planned
from gongkai.domains.workrecords.models import WorkRecord
from gongkai.engine.records.bodytext import rows_of_text, text_of_rows
from gongkai.ground.files.actions import upload
from gongkai.ground.files.guard import inspect_upload
from gongkai.ground.files.storage import file_bytes
from gongkai.ground.gate.door import UNKNOWN, can, visible
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.exports import exported
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key, require
from gongkai.surfaces.workbench.paging import page_by_moment
from gongkai.surfaces.workbench.work_forms import EntryForm, ImportForm, NewEntryForm

PAGE_SIZE = 30
SHEET_ROWS = 5_000


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def work(request: DeskRequest) -> HttpResponse:
    """The list, the newest first, with one line to enter above it."""
    require(request, "record.read", "工作记录")
    own = Organ.objects.filter(pk=request.actor.organ_id).first()
    person = Person.objects.filter(pk=request.actor.person_id).first()
    form, refusal = None, None
    if own is not None and request.actor.holds("work.enter"):
        form = NewEntryForm(*_sent(request), organ=own, handler=person)
        if request.method == "POST" and form.is_valid():
            refusal = _entered(request, form, own)
            if refusal is None:
                messages.success(request, "已登记。")
                return HttpResponseRedirect(reverse("workbench:work"))
    elif request.method == "POST":
        require(request, "work.enter", "登记工作记录")
    rows = _chosen(visible(WorkRecord, request.actor), request).select_related("organ", "handler", "attachment")
    told = refusal.explain() if refusal else None
    context = {
        "form": form,
        "refusal": told,
        "page": page_by_moment(rows, request.GET, "done_on", PAGE_SIZE),
        "categories": category_names(),
        "counts": _counts(visible(WorkRecord, request.actor)),
        "chosen": request.GET.get("category", ""),
        "query": request.GET.urlencode(),
        "once_key": new_once_key(),
        "at": "work",
    }
    status = told.status if told else 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "workbench/work.html", context, status=status)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _chosen(rows: QuerySet[WorkRecord], request: DeskRequest) -> QuerySet[WorkRecord]:
    category = request.GET.get("category", "")
    return rows.filter(category=category) if category else rows


def _counts(rows: QuerySet[WorkRecord]) -> list[dict[str, Any]]:
    names = category_names()
    entered = rows.filter(state=actions.ENTERED).order_by().values("category").annotate(count=Count("pk"))
    return [
        {"code": row["category"], "name": names.get(row["category"], row["category"]), "count": row["count"]}
        for row in entered.order_by("-count")
    ]


def _entered(request: DeskRequest, form: NewEntryForm, organ: Organ) -> Refused | None:
    source = form.cleaned_data["attachment"]
    asked = {"do": "work", "typed": {name: form.data.get(name, "") for name in form.fields}}

    def do() -> None:
        file = upload(source, source.name or "", organ=organ, actor=request.actor)[0] if source else None
        actions.enter(actor=request.actor, organ=organ, item=form.entry(), attachment=file)

    try:
        do_once(request, asked, do)
    except Refused as refusal:
        return refusal
    return None


@require_POST
@desk_page
def export_work(request: DeskRequest) -> HttpResponse:
    """The lines of the list on the screen that stand, with their handlers' names."""
    require(request, "record.read", "导出工作记录")
    rows = _chosen(visible(WorkRecord, request.actor), request).select_related("organ", "handler")
    names = category_names()
    lines = [
        [
            row.done_on.isoformat(),
            names.get(row.category, row.category),
            row.matter,
            row.handler.name,
            row.result,
            row.organ.name,
        ]
        for row in rows.filter(state=actions.ENTERED).order_by("-done_on", "-pk")[:SHEET_ROWS]
    ]
    return exported(request, "work", (*COLUMNS.values(), "机构"), lines)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def bring_in(request: DeskRequest) -> HttpResponse:
    """Many lines from a workbook: read, shown with what is wrong, then entered; known lines are passed over."""
    require(request, "work.enter", "导入工作记录")
    form = ImportForm(*_sent(request), actor=request.actor)
    plan, refusal, typed = [], None, ""
    if request.method == "POST" and form.is_valid():
        try:
            rows = _rows(form)
            typed = text_of_rows([[row.get(name, "") for name in COLUMNS] for row in rows])
            plan = planned(rows, organ=form.cleaned_data["organ"], actor_person=_person(request))
            if request.POST.get("step") == "enter" and not any(line.problem for line in plan):
                return _brought_in(request, form, plan)
        except Refused as found:
            refusal = found
    told = refusal.explain() if refusal else None
    context = {
        "form": form,
        "plan": plan,
        "typed": typed,
        "bad_count": sum(bool(line.problem) for line in plan),
        "new_count": sum(line.entry is not None and not line.is_known for line in plan),
        "refusal": told,
        "once_key": new_once_key(),
        "at": "work",
    }
    status = told.status if told else 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/work_import.html", context, status=status)


def _person(request: DeskRequest) -> Person:
    return Person.objects.get(pk=request.actor.person_id)


def _rows(form: ImportForm) -> list[dict[str, str]]:
    """The lines of the workbook, by the names of its columns, or the pasted ones in the house's order."""
    source = form.cleaned_data["source"]
    if source is None:
        return [dict(zip(COLUMNS, row, strict=False)) for row in rows_of_text(form.cleaned_data["lines"])]
    text = inspect_upload(source, source.name or "", is_kept=False).text
    found: list[dict[str, str]] = []
    for block in text.blocks if text is not None else ():
        titles = [block.columns, *block.rows] if block.type == "table" else []
        names = columns_in(list(titles[0])) if titles else []
        found += [{name: cell for name, cell in zip(names, row, strict=False) if name} for row in titles[1:] if names]
    return found


def _brought_in(request: DeskRequest, form: ImportForm, plan: list[Any]) -> HttpResponse:
    fresh = [line.entry for line in plan if not line.is_known]
    asked = {"do": "work_import", "lines": form.cleaned_data["lines"]}
    organ = form.cleaned_data["organ"]
    do_once(request, asked, lambda: fresh and actions.enter.batch(fresh, actor=request.actor, organ=organ))
    messages.success(request, f"已登记 {len(fresh)} 条。")
    return HttpResponseRedirect(reverse("workbench:work"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def one(request: DeskRequest, pk: int) -> HttpResponse:
    """One work record: put right, or voided with a reason."""
    row = known(WorkRecord, request, pk, "organ", "handler", "attachment")
    verdict = can("work_record.correct", row, request.actor)
    initial = {"done_on": row.done_on, "category": row.category, "matter": row.matter, "result": row.result}
    is_void = request.method == "POST" and request.POST.get("step") == "void"
    data = request.POST if request.method == "POST" and not is_void else None
    form = EntryForm(data, organ=row.organ, handler=row.handler, initial=initial)
    refusal = None
    if is_void or (data is not None and form.is_valid()):
        refusal = _changed(request, row, form, is_void=is_void)
        if refusal is None:
            messages.success(request, "已作废。" if is_void else "已更正。")
            return HttpResponseRedirect(reverse("workbench:work"))
    told = refusal.explain() if refusal else None
    context = {
        "row": row,
        "form": form,
        "category": category_names().get(row.category, row.category),
        "may_change": verdict.ok,
        "refusal": told,
        "once_key": new_once_key(),
        "at": "work",
    }
    status = told.status if told else 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/work_one.html", context, status=status)


def _changed(request: DeskRequest, row: WorkRecord, form: EntryForm, *, is_void: bool) -> Refused | None:
    try:
        if is_void:
            actions.void(row, actor=request.actor, reason=request.POST.get("reason", ""))
        else:
            actions.correct(row, actor=request.actor, item=form.entry())
    except Refused as refusal:
        return refusal
    return None


@require_safe
@desk_page
def attachment(request: DeskRequest, pk: int) -> HttpResponse:
    """The attachment, decrypted for this answer only."""
    row = known(WorkRecord, request, pk, "attachment")
    kept = row.attachment
    if kept is None or kept.destroyed_at is not None:
        raise Refused(UNKNOWN, where="附件")
    answer = FileResponse(
        BytesIO(file_bytes(kept)), as_attachment=True, filename=kept.original_name, content_type=kept.media_type
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
