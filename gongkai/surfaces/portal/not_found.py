"""An address that leads nowhere: what was probably meant, among public records only."""

from __future__ import annotations

import logging
import re
from urllib.parse import unquote

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongkai.surfaces.portal.listings import Row
from gongkai.surfaces.portal.queries import found_records

SHOWN = 5
TRIED = 3
LONGEST = 100
# Addresses of staff and of programs are answered without a guess.
_OTHERS = ("/desk/", "/accounts/", "/api/", "/static/")
_ENDING = re.compile(r"\.(?:s?html?|jspx?|aspx?|php|pdf|docx?|json|txt|xml)$", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,}")
logger = logging.getLogger(__name__)


def page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django names it
    """The page for 404: search filled in with what was in the address, and the records it probably meant."""
    tried = words_in(request.path)
    context = {"likely": _likely(tried), "search_words": tried[0] if tried else ""}
    return render(request, "404.html", context, status=404)


def words_in(path: str) -> list[str]:
    """What an address may have meant, the likeliest first: an index number, a document number or words, digits."""
    if path.startswith(_OTHERS):
        return []
    whole = _ENDING.sub("", unquote(path, errors="replace").replace("\0", "").strip("/"))[-LONGEST:]
    front, _, last = whole.rpartition("/")
    found = [whole.removeprefix("r/")] if whole.startswith("r/") else []
    if _CHINESE.search(last):
        found.append(re.sub(r"[-_+]+", " ", last).strip())
    found += re.findall(r"\d{9}/\d{4}-\d{4,6}", whole)
    found += [piece for piece in re.split(r"[^0-9-]+", last) if sum(map(str.isdecimal, piece)) >= 6]
    if not found and _CHINESE.search(front):
        found += _CHINESE.findall(front)[-1:]
    return list(dict.fromkeys(found))[:TRIED]


def _likely(tried: list[str]) -> list[Row]:
    """The records of the first guess that finds any; none where the database does not answer: the page must stand."""
    try:
        for words in tried:
            rows = [Row.of(record) for record in found_records(words)[:SHOWN]]
            if rows:
                return rows
    except DatabaseError:
        logger.exception("no guess for a lost address")
    return []
