"""Public answers are asked for again each time and hashed: what is taken down is gone at once, in every process.

Nothing is kept on the server. ``Cache-Control: no-cache`` lets browsers and front servers keep a copy they must ask
about; the ETag is the hash of the whole answer, so that a change anywhere on the page counts, in a related record too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from gongkai.ground.refusal import Refused

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """A public view: safe methods only, refusals in words, revalidated on each visit."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if any("\0" in text for text in (request.path, *chain(*(values for _, values in request.GET.lists())))):
            # PostgreSQL cannot even ask for such a text; nothing here is called so.
            raise Http404
        try:
            response = view(request, *args, **kwargs)
        except Refused as refusal:
            told = refusal.explain()
            response = render(request, "portal/refused.html", {"refusal": told}, status=told.status)
        return revalidated(request, response)

    return require_safe(answer)


def revalidated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with its hash as ETag, or 304 when the visitor has exactly this answer."""
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Cookie"])
    if response.streaming or response.status_code != 200:
        return response
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    found = get_conditional_response(request, etag=etag, response=response)
    return response if found is None else found
