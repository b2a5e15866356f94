"""The administrators' actions: one address for all, the table says what to ask."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from gongkai.ground.gate.door import UNKNOWN, can
from gongkai.ground.gate.table import ACTIONS
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.admin_acts import ADMIN_ACTS, AdminAct
from gongkai.surfaces.workbench.admin_forms import AskForm, plain
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key, require


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def ask(request: DeskRequest, name: str, pk: int | None = None) -> HttpResponse:
    """Ask for what an administrator's action needs, and do it."""
    declared, spec = ADMIN_ACTS.get(name), ACTIONS.get(name)
    if declared is None or spec is None or spec.creates != (pk is None):
        raise Refused(UNKNOWN, where=name)
    if pk is None:
        require(request, spec.right, spec.title)
    subject = None if pk is None else known(spec.model, request, pk)
    is_post = request.method == "POST"
    form = declared.form(request.POST if is_post else None, actor=request.actor, subject=subject, **_start(request))
    refusal: Refused | None = None
    if is_post and form.is_valid():
        try:
            return _done(request, name, declared, form, subject)
        except Refused as found:
            refusal = found
    elif not is_post and subject is not None:
        refusal = can(name, subject, request.actor).refusal
    told = refusal.explain() if refusal else None
    context = {
        "title": spec.title,
        "citation": spec.citation,
        "act": declared,
        "form": form,
        "subject": subject,
        "refusal": told,
        "once_key": new_once_key(),
        "back": _back_of(declared, subject),
    }
    status = told.status if told else 422 if form.errors else 200
    return render(request, "workbench/admin_ask.html", context, status=status)


def _start(request: DeskRequest) -> dict[str, Any]:
    """What the page before already knows, such as the organ or the person."""
    return {"initial": request.GET.dict()} if request.GET else {}


def _back_of(declared: AdminAct, subject: Any) -> str:
    return declared.back(subject) if subject is not None else ""


def _done(request: DeskRequest, name: str, declared: AdminAct, form: AskForm, subject: Any) -> HttpResponse:
    arguments, results = declared.arguments(form.cleaned_data), []
    asked = {
        "do": name,
        "on": str(subject.pk) if subject is not None else "",
        "with": {key: plain(value) for key, value in form.cleaned_data.items()},
    }
    given = () if subject is None else (subject,)
    was_done = do_once(request, asked, lambda: results.append(declared.act(*given, actor=request.actor, **arguments)))
    back = declared.back(subject if subject is not None else results[0] if results else None)
    if was_done and declared.secret is not None:
        context = {"words": declared.secret_words, "secret": declared.secret(results[0]), "back": back}
        return render(request, "workbench/admin_secret.html", context)
    messages.success(request, declared.done if was_done else "刚才已经办理，没有重复。")
    return HttpResponseRedirect(back)
