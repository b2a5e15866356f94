"""The desk, its queues, and the list of records."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.surfaces.workbench import bulk, queries, queues
from gongkai.surfaces.workbench.actions import plain_query
from gongkai.surfaces.workbench.models import SavedFilter
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, new_once_key
from gongkai.surfaces.workbench.paging import page_by_moment
from gongkai.surfaces.workbench.rows import rows_of
from gongkai.surfaces.workbench.township import is_township

PAGE_SIZE = 30


@require_safe
@desk_page
def desk(request: DeskRequest) -> HttpResponse:
    """待办: what waits for this person, queue by queue."""
    found = queues.desk(request.actor)
    empty = [queue for queue in found if not queue.rows]
    context = {"queues": found, "empty_queues": empty, "quiet": len(empty) == len(found), "at": "desk"}
    return render(request, "workbench/desk.html", context)


@require_safe
@desk_page
def queue(request: DeskRequest, code: str) -> HttpResponse:
    """One queue to its end."""
    found, page = queues.queue_page(code, request.actor, request.GET)
    return render(
        request,
        "workbench/queue.html",
        {"queue": found, "page": page, "at": code if is_township(request.user) else "desk"},
    )


@require_safe
@desk_page
def stay(request: DeskRequest) -> HttpResponse:
    """Still here: the session goes on, and forms of an open page get a token that holds."""
    return JsonResponse({"token": get_token(request)})


@require_safe
@desk_page
def listing(request: DeskRequest) -> HttpResponse:
    """Records this person may know of, with filters and search."""
    rows = queries.listed_records(request.actor, request.GET)
    page = page_by_moment(rows, request.GET, "changed_at", PAGE_SIZE)
    facets = queries.narrowings(request.actor, request.GET)
    context = {
        "page": page,
        "rows": rows_of(page.rows),
        "facets": facets,
        "chosen_facets": [facet for facet in facets if facet.chosen],
        "words": request.GET.get("q", ""),
        "count": rows.order_by().count(),
        "bulk_acts": bulk.offered(request.actor, rows.order_by().values_list("state", flat=True).distinct()),
        "bulk_limit": bulk.LIMIT,
        "query": plain_query(request.GET.urlencode()),
        "saved": SavedFilter.objects.filter(person_id=request.actor.person_id).order_by("name"),
        "once_key": new_once_key(),
        "at": "records",
    }
    return render(request, "workbench/records.html", context)
