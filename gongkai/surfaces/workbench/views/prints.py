"""Prints of the workbench: each a page on the screen, and the same page as PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from gongkai.engine.records.registers import ARCHIVES_LAW, publication_register, quarter_days, transfer_list
from gongkai.engine.reviews.sheets import approval_sheet
from gongkai.engine.reviews.urging import turns
from gongkai.ground import clock
from gongkai.ground.gate.door import UNKNOWN
from gongkai.ground.refusal import Refused
from gongkai.surfaces.look.printing import printed
from gongkai.surfaces.workbench.dossier import clocks_of, is_guest
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, known, require
from gongkai.surfaces.workbench.print_forms import QuarterForm, SpanForm
from gongkai.surfaces.workbench.words import state_words, step_words


def _own(request: DeskRequest, pk: int) -> Record:
    """A record of an organ that this person reads; who is only asked to consent does not print what others said."""
    record = known(Record, request, pk, "organ", "working", "drafter")
    if is_guest(record, request.actor):
        raise Refused(UNKNOWN)
    return record


@require_safe
@desk_page
def approval(request: DeskRequest, pk: int) -> HttpResponse:
    """The approval sheet (审查呈批单) of a record."""
    record = _own(request, pk)
    context = {
        "name": f"审查呈批单-{record.pk}",
        "sheet": approval_sheet(record),
        "printed_at": clock.now(),
        "back": reverse("workbench:record", args=[pk]),
    }
    return printed(request, "workbench/prints/approval.html", context)


@require_safe
@desk_page
def urging(request: DeskRequest, pk: int) -> HttpResponse:
    """The urging slip (催办单) of a record: whose turn it is, since when, and every urging so far."""
    record = _own(request, pk)
    context = {
        "name": f"催办单-{record.pk}",
        "record": record,
        "kind": KINDS[record.kind].name if record.kind in KINDS else record.kind,
        "state": state_words(record.state),
        "turns": turns(record),
        "clocks": [one for one in clocks_of(record) if one.is_open and one.deadline.due_on],
        "urgings": [
            {"at": row.at, "by": row.by.name if row.by else "系统", "people": row.people, "reason": row.reason}
            | {"matter": step_words(row.step.code) if row.step else "办理", "organ": row.step and row.step.organ.name}
            for row in record.urgings.select_related("by", "step__organ")
        ],
        "printed_at": clock.now(),
        "back": reverse("workbench:record", args=[pk]),
    }
    return printed(request, "workbench/prints/urging.html", context)


@require_safe
@desk_page
def prints(request: DeskRequest) -> HttpResponse:
    """What an organ prints over a period: the publication register and the hand-over list."""
    require(request, "record.read", "打印")
    today = clock.today()
    quarter, year = (today.month - 1) // 3, today.year
    past = {"year": year if quarter else year - 1, "quarter": quarter or 4}
    month = {"first": today.replace(day=1), "last": today}
    context = {
        "span": SpanForm(None, actor=request.actor, initial=month),
        "quarter": QuarterForm(None, actor=request.actor, initial=past),
        "citation": ARCHIVES_LAW,
        "at": "prints",
    }
    return render(request, "workbench/prints.html", context)


@require_safe
@desk_page
def register(request: DeskRequest) -> HttpResponse:
    """The publication register (发布登记) of an organ and a period."""
    require(request, "record.read", "发布登记")
    form = SpanForm(request.GET, actor=request.actor)
    if not form.is_valid():
        return _asked_again(request, span=form)
    organ, first, last = (form.cleaned_data[name] for name in ("organ", "first", "last"))
    rows = publication_register(organ, first, last)
    return _listed(
        request,
        "publication_register",
        f"发布登记-{organ.name}-{first}至{last}",
        organ=organ,
        first=first,
        last=last,
        rows=rows,
    )


@require_safe
@desk_page
def transfer(request: DeskRequest) -> HttpResponse:
    """The list of what goes to archives and libraries after a quarter (移送明细表)."""
    require(request, "record.read", "移送明细表")
    form = QuarterForm(request.GET, actor=request.actor)
    if not form.is_valid():
        return _asked_again(request, quarter=form)
    organ, year, quarter = (form.cleaned_data[name] for name in ("organ", "year", "quarter"))
    first, last = quarter_days(year, quarter)
    found = {"organ": organ, "year": year, "quarter": quarter, "first": first, "last": last}
    name = f"移送明细表-{organ.name}-{year}年第{quarter}季度"
    rows = transfer_list(organ, year, quarter)
    return _listed(request, "transfer_list", name, rows=rows, citation=ARCHIVES_LAW, **found)


def _listed(request: HttpRequest, template: str, name: str, **found: object) -> HttpResponse:
    context = {"name": name, "printed_at": clock.now(), "back": reverse("workbench:prints"), **found}
    return printed(request, f"workbench/prints/{template}.html", context)


def _asked_again(
    request: DeskRequest, *, span: SpanForm | None = None, quarter: QuarterForm | None = None
) -> HttpResponse:
    context = {
        "span": span or SpanForm(None, actor=request.actor),
        "quarter": quarter or QuarterForm(None, actor=request.actor),
        "citation": ARCHIVES_LAW,
        "at": "prints",
    }
    return render(request, "workbench/prints.html", context, status=422)
