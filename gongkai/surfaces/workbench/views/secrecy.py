"""Secrecy review of many on one sheet (保密审查表): list what waits, answer item by item, print the sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import answer_line, draw_sheet
from gongkai.engine.reviews.models import SecrecyLine, SecrecySheet
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.ground import clock
from gongkai.ground.gate.door import can, visible
from gongkai.ground.gate.many import Result, do_each
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused
from gongkai.surfaces.look.printing import printed
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key, require
from gongkai.surfaces.workbench.queues import reviewable_steps
from gongkai.surfaces.workbench.rows import rows_of
from gongkai.surfaces.workbench.secrecy_forms import LineForm, lines_of_sheet

SECRECY = STEP_KINDS["secrecy"]
AT_ONCE = 100
RECENT = 20


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def secrecy(request: DeskRequest) -> HttpResponse:
    """What waits for this person's secrecy review, to be listed on a sheet; and the sheets so far."""
    require(request, SECRECY.right, "保密审查表")
    steps = reviewable_steps(request.actor).filter(code="secrecy")
    refusal = None
    if request.method == "POST":
        keys = [key for key in request.POST.getlist("pk") if key.isdecimal() and len(key) < 19]
        try:
            _tell_missing(request, keys, steps)
            return _drawn(request, list(steps.filter(review__record__in=keys).select_related("organ", "review")))
        except Refused as found:
            refusal = found.explain()
    waiting = Record.objects.filter(pk__in=steps.order_by().values("review__record")).select_related("organ")
    context = {
        "rows": rows_of(list(waiting.order_by("changed_at", "pk")[:AT_ONCE])),
        "sheets": visible(SecrecySheet, request.actor).select_related("organ", "drawn_by").order_by("-pk")[:RECENT],
        "citation": SECRECY.citation,
        "refusal": refusal,
        "once_key": new_once_key(),
        "at": "secrecy",
    }
    return render(request, "workbench/secrecy.html", context, status=refusal.status if refusal else 200)


def _tell_missing(request: DeskRequest, keys: list[str], steps: Any) -> None:
    """What was ticked and no longer waits is told."""
    left = len(set(keys)) - steps.filter(review__record__in=keys).values("review__record").distinct().count()
    if left:
        messages.warning(request, f"{left} 件已不等待您审查（已办、退回或者由他人办理），没有列入。")


def _drawn(request: DeskRequest, steps: list[Any]) -> HttpResponse:
    """One sheet for each organ whose items were chosen; as a rule there is one."""
    chosen: dict[Organ, list[int]] = {}
    for step in steps:
        chosen.setdefault(step.organ, []).append(step.review.record_id)
    if not chosen:
        chosen[request.user.organ] = []
    made: list[SecrecySheet] = []
    for organ, keys in chosen.items():
        rows = list(visible(Record, request.actor).select_related("working").filter(pk__in=keys).order_by("pk"))

        def do(organ: Organ = organ, rows: list[Record] = rows) -> None:
            made.append(draw_sheet(actor=request.actor, organ=organ, records=rows))

        do_once(request, {"do": "secrecy_sheet.draw", "with": sorted(keys)}, do, part=f".{organ.pk}")
    if len(made) == 1:
        messages.success(request, "已列表，请逐件审查。")
        return HttpResponseRedirect(reverse("workbench:secrecy_sheet", args=[made[0].pk]))
    return HttpResponseRedirect(reverse("workbench:secrecy"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def sheet(request: DeskRequest, pk: int) -> HttpResponse:
    """A sheet item by item; those answered are recorded, those refused say why, the others go on waiting."""
    found = known(SecrecySheet, request, pk, "organ", "drawn_by")
    may_answer = bool(can("secrecy_sheet.answer", found, request.actor))
    lines = lines_of_sheet(found)
    forms = {line.pk: LineForm(request.POST or None, prefix=f"line-{line.pk}") for line in lines if line.is_waiting}
    refusals: dict[int, Refused] = {}
    if request.method == "POST" and all(form.is_valid() for form in forms.values()):
        results = _answered(request, found, [line.row for line in lines if line.pk in forms], forms)
        refusals = {result.subject.pk: result.refusal for result in results if result.refusal is not None}
        done = len(results) - len(refusals)
        if not refusals:
            messages.success(request, f"已记录 {done} 件的意见。" if done else "没有选择结论，什么也没有改变。")
            return HttpResponseRedirect(request.path)
        if done:
            messages.success(request, f"已记录 {done} 件的意见；{len(refusals)} 件没有办成，原因见各件。")
        lines = lines_of_sheet(found)
    context = {
        "sheet": found,
        "lines": [
            {
                "line": line,
                "form": forms.get(line.pk) if line.is_waiting and may_answer else None,
                "told": refusals[line.pk].explain() if line.pk in refusals else None,
            }
            for line in lines
        ],
        "waiting": sum(line.is_waiting for line in lines),
        "may_answer": may_answer,
        "citation": SECRECY.citation,
        "certifies": SECRECY.certifies,
        "once_key": new_once_key(),
        "at": "secrecy",
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "workbench/secrecy_sheet.html", context, status=422 if wrong else 409 if refusals else 200)


def _answered(
    request: DeskRequest, found: SecrecySheet, rows: list[SecrecyLine], forms: dict[int, LineForm]
) -> list[Result[SecrecyLine]]:
    """An opinion on each item for which one was chosen, each in a transaction of its own."""

    def do(row: SecrecyLine) -> None:
        given = forms[row.pk].cleaned_data
        asked = {"do": "secrecy_sheet.answer", "on": found.pk, "line": row.pk, "with": given}
        do_once(
            request,
            asked,
            lambda: answer_line(found, actor=request.actor, line=row.pk, **given),
            part=f".{row.pk}",
        )

    return do_each([row for row in rows if forms[row.pk].cleaned_data["verdict"]], do)


@require_safe
@desk_page
def sheet_print(request: DeskRequest, pk: int) -> HttpResponse:
    """The sheet on paper: every item with its hash, opinion, name and time."""
    found = known(SecrecySheet, request, pk, "organ", "drawn_by")
    context = {
        "name": f"保密审查表-{found.pk}",
        "sheet": found,
        "lines": lines_of_sheet(found),
        "citation": SECRECY.citation,
        "certifies": SECRECY.certifies,
        "printed_at": clock.now(),
        "back": reverse("workbench:secrecy_sheet", args=[pk]),
    }
    return printed(request, "workbench/prints/secrecy.html", context)
