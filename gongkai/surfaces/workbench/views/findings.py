"""The checks panel's two forms: masking in a new edition, and a reasoned decision."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gongkai.engine.checks.actions import decide as decide_finding
from gongkai.engine.checks.models import Finding
from gongkai.engine.records.models import Record
from gongkai.ground.gate.door import UNKNOWN, can, visible
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench import editing
from gongkai.surfaces.workbench import findings as parts
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key


@require_POST
@desk_page
def mask(request: DeskRequest, pk: int) -> HttpResponse:
    """Mask what was found, in a new edition: the findings named, or every one that can be masked."""
    record = known(Record, request, pk, "organ", "working")
    verdict = editing.may_edit(record, request.actor)
    if verdict.refusal is not None:
        raise verdict.refusal
    if record.working is None:
        raise Refused(UNKNOWN)
    if record.buffers.filter(person_id=request.actor.person_id).exists():
        messages.warning(request, "您还有自动保存但没有提交的修改，请先保存；也可以在编辑页中一键遮盖。")
        return HttpResponseRedirect(reverse("workbench:edit", args=[pk]))
    working = record.working
    chosen = parts.maskable(record, request.POST.getlist("finding"))
    content, count = parts.masked_content(working.content, chosen)
    if count:
        do_once(
            request,
            {"do": "mask", "record": pk, "findings": [row.pk for row in chosen]},
            lambda: editing.save(
                record, actor=request.actor, content=content, files=working.files, seen=working.number
            ),
        )
        messages.success(request, f"已遮盖 {count} 处，并保存为新版本。")
    else:
        messages.warning(request, "没有可以遮盖的内容，可能已经改正；请刷新后再看。")
    return HttpResponseRedirect(reverse("workbench:record", args=[pk]) + "#findings-title")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def decide(request: DeskRequest, pk: int, finding_id: int) -> HttpResponse:
    """A decision on one finding, with its reason."""
    record = known(Record, request, pk, "organ", "working")
    finding = (
        visible(Finding, request.actor).filter(pk=finding_id, subject_type="record", subject_id=str(record.pk)).first()
    )
    if finding is None:
        raise Refused(UNKNOWN)
    form = parts.DecisionForm(request.POST if request.method == "POST" else None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        asked = {"do": "decide", "finding": finding.pk, "with": form.cleaned_data}
        try:
            do_once(request, asked, lambda: decide_finding(finding, actor=request.actor, **form.cleaned_data))
        except Refused as found:
            refusal = found
        else:
            messages.success(request, "处理决定已记录。")
            return HttpResponseRedirect(reverse("workbench:record", args=[pk]) + "#findings-title")
    elif request.method != "POST":
        refusal = can("finding.decide", finding, request.actor).refusal
    told = refusal.explain() if refusal else None
    context = {
        "record": record,
        "finding": finding,
        "place": parts.place_words(finding.place),
        "type": parts.TYPE_WORDS.get(finding.type, finding.type),
        "form": form,
        "refusal": told,
        "once_key": new_once_key(),
        "at": "records",
    }
    return render(
        request, "workbench/decide.html", context, status=told.status if told else 422 if form.errors else 200
    )
