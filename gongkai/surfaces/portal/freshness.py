"""Public answers are asked for again each time and hashed: what is taken down is gone at once, in every process.

``Cache-Control: no-cache`` lets browsers and front servers keep a copy they must ask about; the ETag is the hash of the
whole answer, so that a change anywhere on the page counts, in a related record too. The server keeps an answer only
while nothing happens (see `kept`), and only where it is the same for all: no cookie but the two display switches.
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

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.ground.register.state import register_state
from gongkai.surfaces.look.display import SWITCHES, display_of
from gongkai.surfaces.portal.kept import LARGEST, Kept, answers, renderings

View = Callable[..., HttpResponse]
LONGEST_ADDRESS = 500


def public(view: View) -> View:
    """A public view: safe methods only, refusals in words, revalidated on each visit, kept while nothing happens."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if any("\0" in text for text in (request.path, *chain(*(values for _, values in request.GET.lists())))):
            # PostgreSQL cannot even ask for such a text; nothing here is called so.
            raise Http404
        key = _key(request)
        # Read before anything else: what is made below belongs to this state or to a later one, never to an earlier.
        state = register_state() if key else ""
        kept = answers.find(state, key) if state else None
        if kept is not None:
            return _matched(request, kept.answer(), kept.etag)
        return _made(request, _asked(view, request, *args, **kwargs), state, key)

    return require_safe(answer)


def _asked(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except Refused as refusal:
        told = refusal.explain()
        return render(request, "portal/refused.html", {"refusal": told}, status=told.status)


def _key(request: HttpRequest) -> str:
    """What an answer depends on beside the state: address, display, day; "" where it may be for one visitor only."""
    if not env.PAGE_CACHE_MB or request.COOKIES.keys() - set(SWITCHES.values()):
        return ""
    address = request.get_full_path()
    return f"{clock.today()} {display_of(request).classes} {address}" if len(address) <= LONGEST_ADDRESS else ""


def rendered(request: HttpRequest, digest: str, render_it: Callable[[], HttpResponse]) -> HttpResponse:
    """The page that comes of what was asked of the database: rendered once for each digest of it.

    An event about something else empties the shelf of `public`, but a page whose every row is still the same is not
    rendered again. ``render_it`` may depend on nothing but those rows, the address, the display, the day and settings.
    """
    key = _key(request)
    if not key:
        return render_it()
    kept = renderings.look(key, digest)
    if kept is None:
        response = render_it()
        if response.status_code != 200 or len(response.content) > LARGEST:
            return response
        kept = Kept.of(response, _finished(response), digest)
        renderings.put(key, kept)
    answer = kept.answer()
    answer.kept = kept  # type: ignore[attr-defined]
    return answer


def forget(request: HttpRequest) -> None:
    """Keep no rendering of this address any longer: what stood there has been taken away."""
    renderings.drop(_key(request))


def _finished(response: HttpResponse) -> str:
    """Says how fresh an answer is, and gives its ETag: the hash of the whole."""
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Cookie"])
    if response.streaming or response.status_code != 200:
        return ""
    response["ETag"] = etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return etag


def _made(request: HttpRequest, response: HttpResponse, state: str, key: str) -> HttpResponse:
    """The answer with its hash as ETag, kept for the next visitor, or 304 when this one has exactly this answer."""
    kept: Kept | None = getattr(response, "kept", None)
    etag = kept.etag if kept is not None else _finished(response)
    if not etag:
        return response
    if state and len(response.content) <= LARGEST:
        answers.keep(state, key, kept or Kept.of(response, etag))
    return _matched(request, response, etag)


def _matched(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    found = get_conditional_response(request, etag=etag, response=response)
    return response if found is None else found
