"""Carrying out one action on a record: the table of forms says what to ask, the gate decides."""

from __future__ import annotations

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
from gongkai.ground.gate.door import UNKNOWN, can
from gongkai.ground.gate.table import ACTIONS
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench import dossier as parts
from gongkai.surfaces.workbench.act_forms import ACT_FORMS, BothForm, moment_words
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def act(request: DeskRequest, pk: int, name: str) -> HttpResponse:
    """Ask for what an action needs, and do it. A refusal shows beside the form with everything still typed."""
    record = known(Record, request, pk, "organ", "working")
    declared = ACT_FORMS.get(name)
    if declared is None:
        raise Refused(UNKNOWN, where=name)
    form = declared.form(request.POST if request.method == "POST" else None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        asked = {"do": name, "record": pk, "with": {key: moment_words(v) for key, v in form.cleaned_data.items()}}
        try:
            arguments = declared.arguments(form.cleaned_data, request.actor)
            do_once(request, asked, lambda: declared.act(record, actor=request.actor, **arguments))
        except Refused as found:
            refusal = found
        else:
            messages.success(request, declared.done)
            return _back(record)
    elif request.method != "POST":
        refusal = can(name, record, request.actor).refusal
    return _form_page(request, record, name, form, refusal)


def _form_page(
    request: DeskRequest, record: Record, name: str, form: forms.Form, refusal: Refused | None
) -> HttpResponse:
    declared, spec = ACT_FORMS[name], ACTIONS[name]
    told = refusal.explain() if refusal else None
    context: dict[str, Any] = {
        "record": record,
        "head": parts.head_of(record),
        "title": spec.title,
        "citation": spec.citation,
        "act": declared,
        "form": form,
        "refusal": told,
        "once_key": new_once_key(),
        "action_url": reverse("workbench:act", args=[record.pk, name]),
        "shows_text": name.startswith("review."),
        "at": "records",
    }
    status = told.status if told else 422 if form.errors else 200
    return render(request, "workbench/act.html", context, status=status)


def _back(record: Record) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("workbench:record", args=[record.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def review_both(request: DeskRequest, pk: int) -> HttpResponse:
    """Attribute and secrecy on one form (乡镇版): two opinions, two events, one transaction."""
    record = known(Record, request, pk, "organ", "working")
    form = BothForm(request.POST if request.method == "POST" else None)
    refusal: Refused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            do_once(
                request, {"do": "both", "record": pk, "with": form.cleaned_data}, lambda: _give(record, form, request)
            )
        except Refused as found:
            refusal = found
        else:
            messages.success(request, "两项意见已记录。")
            return _back(record)
    elif request.method != "POST" and not parts.can_review_both(record, request.actor):
        refusal = can("review.attribute", record, request.actor).refusal
    told = refusal.explain() if refusal else None
    context = {
        "record": record,
        "head": parts.head_of(record),
        "title": "公开属性审核和保密审查",
        "citation": "《政府信息公开条例》第十七条；《保守国家秘密法》第三十五条",
        "act": ACT_FORMS["review.attribute"],
        "form": form,
        "refusal": told,
        "once_key": new_once_key(),
        "action_url": reverse("workbench:review_both", args=[pk]),
        "shows_text": True,
        "at": "records",
    }
    return render(request, "workbench/act.html", context, status=told.status if told else 422 if form.errors else 200)


def _give(record: Record, form: BothForm, request: DeskRequest) -> None:
    with transaction.atomic():
        agree(record, "attribute", actor=request.actor, text=form.cleaned_data["attribute_text"])
        agree(record, "secrecy", actor=request.actor, text=form.cleaned_data["secrecy_text"])


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
    return _back(record)
