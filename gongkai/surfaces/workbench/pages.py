"""What every page of the workbench has: a person who logged in, the actor resolved once, refusals put into words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from gongkai.ground.access.actors import Actor, actor_for
from gongkai.ground.access.rules import explain
from gongkai.ground.gate.door import NO_RIGHT, UNKNOWN, visible
from gongkai.ground.gate.idempotency import once
from gongkai.ground.organs.models import Person
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.edit_forms import field_words

ONCE_FIELD = "once_key"

M = TypeVar("M", bound=Model)


class DeskRequest(HttpRequest):
    """A request of somebody who logged in, with the actor that person is today."""

    user: Person  # type: ignore[assignment]
    actor: Actor


View = Callable[..., HttpResponse]


def desk_page(view: View) -> View:
    """A view of the workbench: asks for login, resolves the actor once, and shows a refusal instead of failing."""

    @wraps(view)
    def shown(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _expired(request) if request.method == "POST" else redirect_to_login(request.get_full_path())
        request.actor = actor_for(request.user)
        try:
            _refuse_zero_byte(request)
            answer = view(request, *args, **kwargs)
        except Refused as refusal:
            answer = refused(request, refusal)
        # What a desk shows is for one person: no cache between server and browser keeps it.
        answer.headers.setdefault("Cache-Control", "no-store, private")
        return answer

    return shown


def _expired(request: DeskRequest) -> HttpResponse:
    """Nothing that was typed is lost because the session ended before it was sent: the page shows it and sends it."""
    typed = [
        {"name": name, "label": words, "value": value, "is_hidden": words == name}
        for name, values in request.POST.lists()
        for words in [field_words(name)]
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    context = {"typed": typed, "had_files": bool(request.FILES)}
    return render(request, "workbench/expired.html", context, status=401)


def _refuse_zero_byte(request: DeskRequest) -> None:
    """PostgreSQL takes no U+0000 in a text; nobody types one."""
    if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.META.get("QUERY_STRING", ""):
        raise Refused(UNKNOWN)


def refused(request: DeskRequest, refusal: Refused) -> HttpResponse:
    """The page (or JSON, for a script) that says what, where, which provision and what to do."""
    told = refusal.explain()
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(
            {"code": told.code, "what": told.what, "where": told.where, "provision": told.provision, "todo": told.todo},
            status=told.status,
            json_dumps_params={"ensure_ascii": False},
        )
    context = {"refusal": told, "back": request.headers.get("Referer", "")}
    return render(request, "workbench/refused.html", context, status=told.status)


def known(model: type[M], request: DeskRequest, pk: int, *related: str) -> M:
    """A row that the actor may know of; whatever else is asked for is unknown (404)."""
    row: M | None = visible(model, request.actor).select_related(*related).filter(pk=pk).first()
    if row is None:
        raise Refused(UNKNOWN)
    return row


def require(request: DeskRequest, right: str, title: str) -> None:
    """Refuse a page to whoever holds a right nowhere; the action itself checks where."""
    if not request.actor.holds(right):
        raise Refused(NO_RIGHT, title=title, roles=explain(right))


def new_once_key() -> str:
    """A key for a hidden field: a form sent twice is done once."""
    return uuid.uuid4().hex


def do_once(request: DeskRequest, asked: dict[str, Any], do: Callable[[], Any], *, part: str = "") -> bool:
    """Do what a form asks once per hidden key. True when it was done now, False when it had been done before.

    ``part`` tells apart what one form asks for many rows: each is done once.
    """
    key = (re.sub(r"[^\w.-]", "", request.POST.get(ONCE_FIELD, ""))[:60] or new_once_key()) + part

    def answer() -> dict[str, bool]:
        do()
        return {"done": True}

    return once(key, asked, request.actor, answer)[1]
