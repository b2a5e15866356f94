"""Many records at once: first what would happen to each, then what did. And lists kept under a name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from gongkai.engine.records.models import Record
from gongkai.ground.gate.door import UNKNOWN
from gongkai.ground.gate.many import Result, do_all, do_each
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench import bulk
from gongkai.surfaces.workbench.act_forms import moment_words
from gongkai.surfaces.workbench.actions import drop_filter, save_filter
from gongkai.surfaces.workbench.bulk import BulkAct, Chosen
from gongkai.surfaces.workbench.exports import exported
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, new_once_key, require
from gongkai.surfaces.workbench.words import state_words


@require_POST
@desk_page
def many(request: DeskRequest) -> HttpResponse:
    """A dry run of an action on the chosen records, or the run itself."""
    require(request, "record.read", "批量办理")
    given = request.POST
    act = bulk.BULK.get(given.get("act", ""))
    if act is None or act not in bulk.offered(request.actor):
        raise Refused(UNKNOWN, where="批量办理")
    is_run = given.get("step") == "run"
    found = bulk.chosen(request.actor, given.getlist("pk"), given.get("query", ""), is_all=given.get("all") == "1")
    form = act.form(given if is_run else None)
    if is_run and form.is_valid():
        if act.act is None:
            return exported(request, "records", bulk.COLUMNS, bulk.sheet(found.records))
        return _done(request, act, found, form.cleaned_data)
    results = bulk.plan(act, found, request.actor)
    context = _context(act, found, results) | {
        "form": form,
        "query": given.get("query", ""),
        "once_key": new_once_key(),
        "can_count": sum(result.is_done for result in results),
        "cannot_count": sum(not result.is_done for result in results) + len(found.unknown),
    }
    return render(request, "workbench/bulk_plan.html", context, status=422 if form.errors else 200)


def _done(request: DeskRequest, act: BulkAct, found: Chosen, cleaned: dict[str, Any]) -> HttpResponse:
    words = {key: moment_words(value) for key, value in cleaned.items()}

    def do(record: Record) -> None:
        asked = {"do": f"bulk.{act.code}", "on": record.pk, "with": words}
        do_once(request, asked, lambda: bulk.do_one(act, record, request.actor, cleaned), part=f".{record.pk}")

    is_whole = request.POST.get("mode") == "whole"
    if is_whole:
        results = do_all(found.records, do, actor=request.actor, what=act.action)
    else:
        results = do_each(found.records, do)
    context = _context(act, found, results) | {
        "done_count": sum(result.is_done for result in results),
        "is_whole": is_whole,
        "back": _back(request),
    }
    return render(request, "workbench/bulk_done.html", context)


def _context(act: BulkAct, found: Chosen, results: list[Result[Record]]) -> dict[str, Any]:
    lines = [
        {
            "record": result.subject,
            "state": state_words(result.subject.state),
            "told": result.refusal.explain() if result.refusal else None,
        }
        for result in results
    ]
    unknown = [{"key": key, "told": refusal.explain()} for key, refusal in bulk.unknown_results(found)]
    return {
        "act": act,
        "lines": sorted(lines, key=lambda line: line["told"] is not None),
        "unknown": unknown,
        "found": found,
        "limit": bulk.LIMIT,
        "at": "records",
    }


def _back(request: DeskRequest) -> str:
    query = request.POST.get("query", "")
    return f"{reverse('workbench:records')}{'?' if query else ''}{query}"


@require_POST
@desk_page
def keep_filter(request: DeskRequest) -> HttpResponse:
    """Keep the list on the screen under a name."""
    require(request, "record.read", "常用筛选")
    made = save_filter(request.actor, name=request.POST.get("name", ""), query=request.POST.get("query", ""))
    messages.success(request, f"已存为常用筛选“{made.name}”。")
    return HttpResponseRedirect(f"{reverse('workbench:records')}?{made.query}")


@require_POST
@desk_page
def forget_filter(request: DeskRequest, pk: int) -> HttpResponse:
    """Drop a list that was kept."""
    drop_filter(request.actor, pk)
    messages.success(request, "已删除。")
    return HttpResponseRedirect(reverse("workbench:records"))
