"""Carrying out one action on a record: the table of forms says what to ask, the gate decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gongkai.engine.records.actions import unlink as unlink_records
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import agree
from gongkai.ground.gate.door import UNKNOWN, can, may_know
from gongkai.ground.gate.table import ACTIONS
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench import dossier as parts
from gongkai.surfaces.workbench.act_forms import ACT_FORMS, BothForm, moment_words
from gongkai.surfaces.workbench.editing import refuse_unseen
from gongkai.surfaces.workbench.findings import cautions_of
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key

BEFORE_PUBLIC = frozenset({"record.publish", "record.schedule"})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def act(request: DeskRequest, pk: int, name: str) -> HttpResponse:
    """Ask for what an action needs, and do it. A refusal shows beside the form with everything still typed."""
    record = known(Record, request, pk, "organ", "working")
    declared = ACT_FORMS.get(name)
    if declared is None:
        raise Refused(UNKNOWN, where=name)
    form = declared.form(request.POST if request.method == "POST" else None)
    is_ready = request.method == "POST" and form.is_valid()
    refusal = None if is_ready else can(name, record, request.actor).refusal
    if is_ready:

        def do() -> None:
            arguments = declared.arguments(form.cleaned_data, request.actor)
            declared.act(record, actor=request.actor, **arguments)

        refusal = _refusal_of(request, record, name, form, do)
        if refusal is None:
            messages.success(request, declared.done)
            return _back(request, record)
    spec = ACTIONS[name]
    page = {"title": spec.title, "citation": spec.citation, "act": declared, "code": name.removeprefix("review.")}
    if name in BEFORE_PUBLIC:
        page["cautions"] = cautions_of(record, request.actor)
    return _page(request, record, form, refusal, {**page, "is_review": name.startswith("review.")})


def _refusal_of(
    request: DeskRequest, record: Record, name: str, form: forms.Form, do: Callable[[], None]
) -> Refused | None:
    """Do it once, on the edition that was on the page; the refusal when there is one."""
    asked = {"do": name, "record": record.pk, "with": {key: moment_words(v) for key, v in form.cleaned_data.items()}}

    def on_what_was_seen() -> None:
        refuse_unseen(record, request.POST.get("seen", ""))
        do()

    try:
        do_once(request, asked, on_what_was_seen)
    except Refused as refusal:
        return refusal
    return None


def _page(
    request: DeskRequest, record: Record, form: forms.Form, refusal: Refused | None, page: dict[str, Any]
) -> HttpResponse:
    told = refusal.explain() if refusal else None
    record.refresh_from_db(fields=["working", "state"])
    context: dict[str, Any] = {
        "record": record,
        "head": parts.head_of(record),
        "form": form,
        "refusal": told,
        # A form that would be refused anyway is not shown; one that was filled in is, with everything typed.
        "is_blocked": told is not None and request.method != "POST",
        "once_key": new_once_key(),
        "action_url": request.path,
        "at": "records",
        **page,
    }
    if page["is_review"]:
        context |= parts.reading_of(record, request.actor, page.get("code", ""))
    status = told.status if told else 422 if form.errors else 200
    return render(request, "workbench/act.html", context, status=status)


def _back(request: DeskRequest, record: Record) -> HttpResponseRedirect:
    """To the dossier; to the desk where one knows of it no more, as after a co-issuer's return."""
    record.refresh_from_db(fields=["state"])
    if not may_know(record, request.actor):
        return HttpResponseRedirect(reverse("workbench:desk"))
    return HttpResponseRedirect(reverse("workbench:record", args=[record.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def review_both(request: DeskRequest, pk: int) -> HttpResponse:
    """Attribute and secrecy on one form (乡镇版): two opinions, two events, one transaction."""
    record = known(Record, request, pk, "organ", "working")
    form = BothForm(request.POST if request.method == "POST" else None)
    refusal: Refused | None = None
    if request.method == "POST" and form.is_valid():

        def do() -> None:
            with transaction.atomic():
                for code in ("attribute", "secrecy"):
                    agree(record, code, actor=request.actor, text=form.cleaned_data[f"{code}_text"])

        refusal = _refusal_of(request, record, "review.both", form, do)
        if refusal is None:
            messages.success(request, "两项意见已记录。")
            return _back(request, record)
    elif request.method != "POST" and not parts.can_review_both(record, request.actor):
        verdicts = [can(f"review.{code}", record, request.actor) for code in ("attribute", "secrecy")]
        refusal = next((verdict.refusal for verdict in verdicts if verdict.refusal is not None), None)
    page = {
        "title": "公开属性审核和保密审查",
        "citation": "《政府信息公开条例》第十七条；《保守国家秘密法》第三十五条",
        "act": ACT_FORMS["review.attribute"],
        "code": "attribute",
        "is_review": True,
    }
    return _page(request, record, form, refusal, page)


@require_POST
@desk_page
def unlink(request: DeskRequest, pk: int, link_id: int) -> HttpResponse:
    """Take back a relation before it was published."""
    record = known(Record, request, pk)
    do_once(
        request,
        {"do": "unlink", "record": pk, "link": link_id},
        lambda: unlink_records(record, actor=request.actor, link_id=link_id),
    )
    messages.success(request, "已取消关联。")
    return _back(request, record)
