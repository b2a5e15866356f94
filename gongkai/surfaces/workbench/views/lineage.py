"""Clean-up of a batch by one decision, and the ledger of rules and normative documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.domains.documents import ledger as books
from gongkai.engine.records.actions import declare
from gongkai.engine.records.clean_ups import planned
from gongkai.engine.records.models import CleanUp, Record
from gongkai.ground.gate.door import visible
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.clean_up_forms import CleanUpForm
from gongkai.surfaces.workbench.exports import exported
from gongkai.surfaces.workbench.ledger_filters import chosen_records, ledger_facets
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key, require
from gongkai.surfaces.workbench.paging import page_by_moment

PAGE_SIZE = 30
SHEET_ROWS = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def clean_up(request: DeskRequest) -> HttpResponse:
    """List what a decision is about, look at what would become of each, then declare it: all or none."""
    require(request, "record.repeal", "文件清理")
    form = CleanUpForm(request.POST if request.method == "POST" else None, actor=request.actor)
    refusal, plan = None, []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        plan = planned(given["lines"], request.actor, given["decision"])
        if request.POST.get("step") == "declare":
            try:
                _declared(request, form)
            except Refused as found:
                refusal = found
            else:
                messages.success(request, f"已按清理决定标注 {len(given['lines'])} 份文件。")
                return HttpResponseRedirect(reverse("workbench:clean_ups"))
    return _page(request, form, plan, refusal)


def _declared(request: DeskRequest, form: CleanUpForm) -> None:
    given = form.cleaned_data
    asked = {"do": "clean_up", "typed": {name: form.data.get(name, "") for name in form.fields}}
    do_once(request, asked, lambda: declare(actor=request.actor, **given))


def _page(request: DeskRequest, form: CleanUpForm, plan: list[Any], refusal: Refused | None) -> HttpResponse:
    told = refusal.explain() if refusal else None
    context = {
        "form": form,
        "plan": plan,
        "bad_count": sum(bool(line.problem) for line in plan),
        "refusal": told,
        "once_key": new_once_key(),
        "at": "clean_ups",
    }
    status = told.status if told else 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/clean_up.html", context, status=status)


@require_safe
@desk_page
def clean_ups(request: DeskRequest) -> HttpResponse:
    """The clean-ups this person may know of, the newest first."""
    require(request, "record.read", "文件清理")
    rows = visible(CleanUp, request.actor).select_related("organ", "decision").annotate(count=Count("items"))
    page = page_by_moment(rows, request.GET, "declared_at", PAGE_SIZE)
    return render(request, "workbench/clean_ups.html", {"page": page, "at": "clean_ups"})


@require_safe
@desk_page
def clean_up_done(request: DeskRequest, pk: int) -> HttpResponse:
    """One clean-up: the decision and what it made of each document."""
    found = known(CleanUp, request, pk, "organ", "decision", "declared_by")
    items = found.items.select_related("record__organ").order_by("outcome", "pk")
    page = page_by_moment(items, request.GET, "took_effect_on", PAGE_SIZE, is_newest_first=False)
    return render(request, "workbench/clean_up_done.html", {"clean_up": found, "page": page, "at": "clean_ups"})


@require_safe
@desk_page
def ledger(request: DeskRequest) -> HttpResponse:
    """The ledger with its papers."""
    require(request, "record.read", "规章和规范性文件台账")
    rows: QuerySet[Record] = books.ledgered(visible(Record, request.actor)).select_related("organ")
    narrowed = chosen_records(rows, request.GET)
    page = page_by_moment(narrowed, request.GET, "published_at", PAGE_SIZE)
    facets = ledger_facets(rows, request.GET)
    context = {
        "page": page,
        "entries": books.entries(page.rows, with_papers=True),
        "count": narrowed.order_by().count(),
        "facets": facets,
        "chosen_facets": [facet for facet in facets if facet.chosen],
        "may_file": request.actor.holds("record.submit"),
        "query": request.GET.urlencode(),
        "most": SHEET_ROWS,
        "at": "ledger",
    }
    return render(request, "workbench/ledger.html", context)


@require_POST
@desk_page
def export_ledger(request: DeskRequest) -> HttpResponse:
    """The very list on the screen, as a workbook or CSV: it names papers that are kept inside."""
    require(request, "record.read", "导出台账")
    rows: QuerySet[Record] = books.ledgered(visible(Record, request.actor)).select_related("organ")
    chosen = chosen_records(rows, request.GET).order_by("-published_at", "-pk")[:SHEET_ROWS]
    lines = books.entries(list(chosen), with_papers=True)
    columns = (*books.COLUMNS, *books.PAPER_COLUMNS)
    return exported(request, "ledger", columns, ([*line.cells(), *line.paper_cells()] for line in lines))
