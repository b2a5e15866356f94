"""The page on which two public texts stand side by side; what is no longer handed out is not shown here either."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from gongkai.engine.records.models import Record
from gongkai.surfaces.look.site import absolute
from gongkai.surfaces.portal.comparing import NoLongerThere, NotThere, compared
from gongkai.surfaces.portal.freshness import public
from gongkai.surfaces.portal.listings import record_url
from gongkai.surfaces.portal.queries import public_events
from gongkai.surfaces.portal.record_page import Absence, absence
from gongkai.surfaces.portal.record_views import crumbs_to, found_record, gone_page


@public
def compare(request: HttpRequest, index_number: str) -> HttpResponse:
    """Two editions of a record, or a rule beside the one that amends or replaces it (对照)."""
    found = found_record(index_number)
    if not found.is_visible or found.current is None:
        return gone_page(request, found, absence(found))
    try:
        comparison = compared(found, request.GET)
    except NotThere as missing:
        raise Http404 from missing
    except NoLongerThere as withheld:
        return gone_page(request, found, _withheld(found, withheld.number))
    url = record_url(found)
    context = {
        "record": found,
        "url": url,
        "absolute_url": absolute(url),
        "comparison": comparison,
        "difference": comparison.difference,
        "organ": found.organ,
        "section": "xxgk",
        "crumbs": crumbs_to(found, ("正文", url), ("对照", "")),
    }
    return render(request, "portal/compare.html", context)


def _withheld(record: Record, number: int) -> Absence:
    """What to say of an edition that was withheld: that and since when, never why."""
    events = [event for event in public_events(record) if event.public.get("withheld_edition") == number]
    at = events[-1].at if events else None
    return Absence("withheld", "seal", f"第 {number} 版已停止提供", "该版本不再提供查阅，也不能对照。", at)
