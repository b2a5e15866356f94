"""The desk and the list of records."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.surfaces.workbench import queries
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page
from gongkai.surfaces.workbench.paging import page_by_moment

PAGE_SIZE = 30


@require_safe
@desk_page
def desk(request: DeskRequest) -> HttpResponse:
    """待办: what waits for this person, queue by queue."""
    queues = queries.desk(request.actor)
    empty = [queue for queue in queues if not queue.rows]
    context = {"queues": queues, "empty_queues": empty, "quiet": len(empty) == len(queues), "at": "desk"}
    return render(request, "workbench/desk.html", context)


@require_safe
@desk_page
def listing(request: DeskRequest) -> HttpResponse:
    """Records this person may know of, with filters and search."""
    rows = queries.listed_records(request.actor, request.GET)
    page = page_by_moment(rows, request.GET, "changed_at", PAGE_SIZE)
    facets = queries.narrowings(request.actor, request.GET)
    context = {
        "page": page,
        "rows": queries.rows_of(page.rows),
        "facets": facets,
        "chosen_facets": [facet for facet in facets if facet.chosen],
        "words": request.GET.get("q", ""),
        "at": "records",
    }
    return render(request, "workbench/records.html", context)
