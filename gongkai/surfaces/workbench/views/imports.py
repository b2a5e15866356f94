"""Imports of old sites: the batches, and each with what is doubtful in it."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.domains.documents.models import ImportBatch, ImportOutcome
from gongkai.ground.access.rules import reach
from gongkai.ground.gate.door import UNKNOWN
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, require
from gongkai.surfaces.workbench.paging import page_by_moment

PAGE_SIZE = 30
SHOWN = {
    "": ("有疑点", Q(outcome=ImportOutcome.REFUSED) | Q(doubts__gt=0)),
    "refused": ("须人工处理", Q(outcome=ImportOutcome.REFUSED)),
    "all": ("全部", Q()),
}


@require_safe
@desk_page
def imports(request: DeskRequest) -> HttpResponse:
    """The import batches of the organs this person may look into."""
    require(request, "record.read", "导入批次")
    mine = ImportBatch.objects.filter(organ_id__in=reach(request.actor, "record.read")).select_related("organ")
    page = page_by_moment(mine, request.GET, "started_at", PAGE_SIZE)
    context = {"batches": page.rows, "page": page, "at": "records"}
    return render(request, "workbench/imports.html", context)


@require_safe
@desk_page
def batch(request: DeskRequest, pk: int) -> HttpResponse:
    """One batch: how many came to what, and its items with their doubts."""
    mine = ImportBatch.objects.filter(organ_id__in=reach(request.actor, "record.read")).select_related("organ")
    found = mine.filter(pk=pk).first() if request.actor.holds("record.read") else None
    if found is None:
        raise Refused(UNKNOWN)
    counts = found.items.aggregate(
        files=Count("pk"),
        refused=Count("pk", filter=SHOWN["refused"][1]),
        doubtful=Count("pk", filter=Q(doubts__gt=0) & ~SHOWN["refused"][1]),
        twins=Count("pk", filter=Q(outcome=ImportOutcome.TWIN)),
    )
    shown = request.GET.get("show", "")
    wanted = SHOWN.get(shown, SHOWN[""])[1]
    page = page_by_moment(found.items.filter(wanted), request.GET, "at", PAGE_SIZE, is_newest_first=False)
    tabs = [(code, name, code == shown) for code, (name, _) in SHOWN.items()]
    context = {"batch": found, "counts": counts, "items": page.rows, "page": page, "tabs": tabs, "at": "records"}
    return render(request, "workbench/import_batch.html", context)
