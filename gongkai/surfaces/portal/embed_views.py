"""Our lists on other sites: a fragment, a page for a frame, JSON. No script, no cookie; only the operator's origins."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from gongkai.config import env
from gongkai.ground import clock
from gongkai.surfaces.look.site import absolute
from gongkai.surfaces.portal.feed_views import listing_named
from gongkai.surfaces.portal.freshness import public
from gongkai.surfaces.portal.listings import Listing, chosen_filters, narrowed, record_url

ROWS = 10
MOST_ROWS = 50


def embed_origins() -> list[str]:
    """The origins that may embed, as scheme and host; whatever else stands in the setting is left out."""
    found = []
    for text in env.EMBED_ORIGINS.split(","):
        parts = urlsplit(text.strip())
        if parts.scheme in {"https", "http"} and parts.netloc and not parts.path.strip("/"):
            found.append(f"{parts.scheme}://{parts.netloc}")
    return found


@require_safe
def embed(request: HttpRequest, listing: str, form: str) -> HttpResponse:
    """A list as a fragment (html), as a whole page for a frame (frame.html) or as JSON.

    Who may frame or fetch it is said outside ``public``: an answer kept for one visitor goes to another origin, too.
    """
    return _opened(request, _embedded(request, listing, form))


@public
def _embedded(request: HttpRequest, listing: str, form: str) -> HttpResponse:
    found = listing_named(listing, request)
    rows = _rows(found, request)
    if form == "json":
        return JsonResponse(
            {"title": found.title, "url": absolute(found.url), "records": rows},
            json_dumps_params={"ensure_ascii": False},
        )
    name = "portal/embed_frame.html" if form == "frame.html" else "portal/embed.html"
    return render(request, name, {"listing": found, "more_url": absolute(found.url), "rows": rows})


def _rows(listing: Listing, request: HttpRequest) -> list[dict[str, Any]]:
    asked = request.GET.get("rows", "")
    size = min(int(asked), MOST_ROWS) if asked.isdecimal() and len(asked) < 4 else ROWS
    return [
        {
            "index_number": record.index_number,
            "title": record.title,
            "url": absolute(record_url(record)),
            "document_number": record.document_number,
            "organ": record.organ.name,
            "published_on": clock.day_of(record.published_at).isoformat() if record.published_at else "",
        }
        for record in narrowed(listing, chosen_filters(listing, request.GET))[:size]
    ]


def _opened(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the configured origins, and nobody else, frame or fetch it."""
    origins = embed_origins()
    if origins:
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
        response._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]
    origin = request.headers.get("Origin", "")
    if origin in origins:
        response["Access-Control-Allow-Origin"] = origin
    patch_vary_headers(response, ["Origin"])
    return response
