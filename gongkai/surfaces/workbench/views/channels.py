"""Columns of a site, and the channels of a record with what stands on each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.engine.channels.models import Column
from gongkai.engine.channels.queries import channel_words, update_due_on
from gongkai.engine.records.actions import place
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from gongkai.engine.records.queries import updated_on
from gongkai.ground import clock
from gongkai.ground.gate.door import can, visible
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.column_forms import ChannelsForm
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key, require

MOST_COLUMNS = 200


@require_safe
@desk_page
def columns(request: DeskRequest) -> HttpResponse:
    """栏目: each with what it holds, when it was last updated and by when it must be again."""
    require(request, "column.maintain", "栏目")
    rows = visible(Column, request.actor).select_related("organ", "parent")
    found = rows.order_by("organ__code", "parent__order", "order", "pk")[:MOST_COLUMNS]
    return render(request, "workbench/columns.html", {"rows": [_line(one) for one in found], "at": "columns"})


def _line(column: Column) -> dict[str, Any]:
    is_open = column.valid_until is None or column.valid_until >= clock.today()
    last = updated_on(column) if is_open else None
    due = update_due_on(column, last) if is_open else None
    names = [KINDS[code].plural if code in KINDS else code for code in column.kinds]
    holds = "逐件选入" if column.is_picked else "、".join(names)
    is_late = due is not None and due < clock.today()
    return {"column": column, "is_open": is_open, "last": last, "due": due, "holds": holds, "is_late": is_late}


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def place_record(request: DeskRequest, pk: int) -> HttpResponse:
    """发布渠道: what was chosen, what stands where, what targets were told and what they show."""
    record = known(Record, request, pk, "organ", "working")
    form = ChannelsForm(request.POST if request.method == "POST" else None, record=record)
    refusal = can("record.place", record, request.actor).refusal
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["channels"]
        asked = {"do": "record.place", "record": pk, "with": chosen}
        try:
            do_once(request, asked, lambda: place(record, actor=request.actor, channels=chosen))
        except Refused as found:
            refusal = found
        else:
            messages.success(request, "发布渠道已保存。")
            return HttpResponseRedirect(reverse("workbench:channels", args=[pk]))
    standing = record.publications.prefetch_related("pushes").order_by("-from_at", "pk")
    told = refusal.explain() if refusal else None
    context = {
        "record": record,
        "form": form,
        "refusal": told,
        "standing": [{"row": row, "name": channel_words(row.channel)} for row in standing[:50]],
        "once_key": new_once_key(),
        "at": "records",
    }
    is_bad = request.method == "POST" and (told is not None or bool(form.errors))
    status = (told.status if told else 422) if is_bad else 200
    return render(request, "workbench/channels.html", context, status=status)
