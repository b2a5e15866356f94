"""Hand-over of a person's open work (人员交接), and the reorganisation of organs (机构改革), each in a guide."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.engine.records.actions import hand_over, reorganise
from gongkai.engine.records.actions.handing import hand_over_list, hand_over_lists, open_records_of
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.legacies import Legacy, legacy_of
from gongkai.engine.reviews.holdings import waiting_for_only
from gongkai.ground import clock
from gongkai.ground.access.queries import rights_of
from gongkai.ground.gate.door import UNKNOWN, can
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused
from gongkai.surfaces.look.printing import printed
from gongkai.surfaces.workbench.handover_forms import ReformForm, decisions_of, takers_of, takers_with
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key
from gongkai.surfaces.workbench.people import names_of
from gongkai.surfaces.workbench.words import state_words


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def hand(request: DeskRequest, pk: int) -> HttpResponse:
    """A person's open items, each with the successor to be named; titles are for those who may read them."""
    person = known(Person, request, pk, "organ")
    records = open_records_of(person)
    refusal = can("person.hand_over", person, request.actor).refusal
    if request.method == "POST" and refusal is None:
        try:
            takers = takers_of(request.POST, records, person)
            asked = {"do": "hand_over", "from": pk, "to": {str(key): taker.pk for key, taker in takers.items()}}
            do_once(request, asked, lambda: hand_over(person, actor=request.actor, takers=takers))
        except Refused as found:
            refusal = found
        else:
            messages.success(request, f"已移交 {len(takers)} 项，每一项都有记录。交接单可以打印。")
            return HttpResponseRedirect(request.path)
    told = refusal.explain() if refusal else None
    context = {
        "person": person,
        "rows": [
            (record, KINDS[record.kind].name if record.kind in KINDS else "", state_words(record.state))
            for record in records
        ],
        "people": takers_with(person),
        "typed": request.POST,
        "only": list(waiting_for_only(person)),
        "rights": rights_of(person),
        "lists": hand_over_lists(person)[:20],
        "refusal": told,
        "once_key": new_once_key(),
        "at": "organs",
    }
    return render(request, "workbench/hand_over.html", context, status=told.status if told else 200)


@require_safe
@desk_page
def hand_over_sheet(request: DeskRequest, pk: int, key: int) -> HttpResponse:
    """The hand-over list (人员交接单) of one hand-over."""
    person = known(Person, request, pk, "organ")
    found = hand_over_list(person, key)
    if found is None:
        raise Refused(UNKNOWN, where="人员交接单")
    context = {
        "name": f"人员交接单-{person.name}-{found.at.astimezone(clock.SHANGHAI):%Y%m%d}",
        "person": person,
        "list": found,
        "lines": [(line, KINDS[line.record.kind].name, state_words(line.state)) for line in found.lines],
        "ordered_by": names_of([found.event.actor]).get(found.event.actor, ""),
        "printed_at": clock.now(),
        "back": reverse("workbench:hand_over", args=[pk]),
    }
    return printed(request, "workbench/prints/hand_over.html", context)


def _reformed(request: DeskRequest, form: ReformForm, legacies: list[Legacy]) -> None:
    """Carry out what the guide decided, once."""
    typed = {key: value for key, value in request.POST.items() if key not in {"csrfmiddlewaretoken", "once_key"}}
    found, decided = form.cleaned_data, decisions_of(request.POST, legacies)
    do_once(
        request,
        {"do": "reform", "organ": form.organ.pk, "with": typed},
        lambda: reorganise(
            form.predecessors(),
            actor=request.actor,
            successors=form.successors(),
            on=found["on"],
            basis=found["basis"],
            decisions=decided,
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def reform(request: DeskRequest, pk: int) -> HttpResponse:
    """The guide: who takes over and on which ground, then everything that moves, then it is done."""
    organ = known(Organ, request, pk)
    refusal = can("organ.reorganise", organ, request.actor).refusal
    given = request.POST if request.method == "POST" else request.GET if "first" in request.GET else None
    form = ReformForm(given, actor=request.actor, organ=organ)
    is_ready = given is not None and form.is_valid()
    legacies = [legacy_of(one) for one in form.predecessors()] if is_ready else []
    if is_ready and refusal is None and request.method == "POST":
        try:
            _reformed(request, form, legacies)
        except Refused as found:
            refusal = found
        else:
            messages.success(request, "机构改革已办理：每一项都已移交或终止，并有记录。")
            return HttpResponseRedirect(reverse("workbench:organ", args=[pk]))
    told = refusal.explain() if refusal else None
    context = {
        "organ": organ,
        "form": form,
        "legacies": legacies,
        "successors": form.successors() if is_ready else [],
        "typed": request.POST,
        "refusal": told,
        "is_ready": is_ready,
        "is_split": is_ready and len(form.successors()) > 1,
        "once_key": new_once_key(),
        "at": "organs",
    }
    status = told.status if told else 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/reform.html", context, status=status)
