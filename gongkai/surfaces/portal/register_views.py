"""The public register (发布存证): latest checkpoint, counts, proofs, the key and the program that verifies offline."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from gongkai.engine.records.queries import addressed
from gongkai.ground import clock
from gongkai.ground.register import verify_register
from gongkai.ground.register.proofs import (
    consistency_proof,
    newest_checkpoint,
    public_days,
    public_keys,
    subject_proofs,
)
from gongkai.surfaces.portal.freshness import public
from gongkai.surfaces.portal.queries import latest_checkpoints, public_events
from gongkai.surfaces.portal.record_page import EVENT_NAMES

TEXT = "text/plain; charset=utf-8"
DAYS = 30


@public
def register(request: HttpRequest) -> HttpResponse:
    """What the register is, its latest checkpoint, its days, and how to check a page."""
    typed = request.GET.get("index_number", "").strip()[:60]
    found = addressed(typed) if typed else None
    checkpoints = latest_checkpoints()
    today = clock.today()
    days = public_days(today - dt.timedelta(days=DAYS - 1), today)
    context = {
        "section": "register",
        "typed": typed,
        "found": found,
        "events": [(EVENT_NAMES.get(event.name, event.name), event) for event in public_events(found)] if found else [],
        "checkpoint": checkpoints[0] if checkpoints else None,
        "checkpoints": checkpoints,
        "days": sorted(days.items(), reverse=True),
        "total": sum(days.values()),
        "crumbs": [{"label": "发布存证", "url": ""}],
    }
    return render(request, "portal/register.html", context)


@public
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """The newest checkpoint, a signed note."""
    newest = newest_checkpoint()
    if newest is None:
        raise Http404
    return HttpResponse(newest.note, TEXT)


@public
def key(request: HttpRequest) -> HttpResponse:
    """The key of the current register, below it those it had before; ``?log=NAME`` for an earlier register."""
    keys = public_keys()
    wanted = request.GET.get("log") or (keys[0][0].origin if keys else "")
    lines = [line for log, line in keys if log.origin == wanted]
    if not lines:
        raise Http404
    return HttpResponse("".join(f"{line}\n" for line in lines), TEXT)


@public
def proof(_request: HttpRequest, index_number: str) -> HttpResponse:
    """The proofs of everything public that happened to a record, for ``verify_register.py``."""
    found = addressed(index_number)
    if found is None:
        raise Http404
    proofs = subject_proofs("record", str(found.pk))
    return JsonResponse(proofs, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})


@public
def consistency(request: HttpRequest) -> HttpResponse:
    """The proof that a newer checkpoint only added to an older one: ``?old=SIZE&new=SIZE``."""
    sizes = [request.GET.get(name, "") for name in ("old", "new")]
    if not all(size.isdecimal() and len(size) < 19 for size in sizes):
        raise Http404
    return JsonResponse(consistency_proof(int(sizes[0]), int(sizes[1])), json_dumps_params={"ensure_ascii": False})


@public
def verifier(_request: HttpRequest) -> HttpResponse:
    """The verifier: one file, Python's standard library alone."""
    source = Path(verify_register.__file__).read_bytes()
    response = HttpResponse(source, "text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify_register.py"'
    return response
