"""Organs and people, for the system administrator; a person's grants, for the security administrator."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.engine.reviews.choices import all_in_use
from gongkai.ground.access.queries import rights_of
from gongkai.ground.access.rules import covering
from gongkai.ground.calendars.queries import regions
from gongkai.ground.gate.door import UNKNOWN
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.organs.queries import ancestors
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench import admin_queries as queries
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, known, require
from gongkai.surfaces.workbench.words import preset_words


@require_safe
@desk_page
def organs(request: DeskRequest) -> HttpResponse:
    """Organs by code."""
    require(request, "person.maintain", "机构和人员")
    rows, after = queries.organs(request.actor, request.GET)
    return render(request, "workbench/organs.html", {"rows": rows, "after": after, "at": "organs"})


@require_safe
@desk_page
def organ(request: DeskRequest, pk: int) -> HttpResponse:
    """One organ: facts, people, posts, and what may be done."""
    found = known(Organ, request, pk, "parent")
    on, off = queries.buttons_for(found, request.actor)
    calendars = regions()
    context = {
        "organ": found,
        "above": list(ancestors(found))[::-1],
        "below": list(found.children.order_by("code")[:100]),
        "people": queries.people_of(found),
        "posts": list(found.posts.select_related("person").order_by("-is_leader", "pk")),
        "former": list(found.former_names.order_by("-until")),
        "became": list(found.successions.select_related("successor").order_by("pk")),
        "legacies": list(found.legacies.order_by("code")),
        "preset": preset_words(found.review_preset),
        "own_presets": sum(one.is_chosen for one in all_in_use(found)),
        "calendar": calendars[found.calendar].name if found.calendar in calendars else found.calendar,
        "on": on,
        "off": off,
        "at": "organs",
    }
    return render(request, "workbench/organ.html", context)


@require_safe
@desk_page
def person(request: DeskRequest, pk: int) -> HttpResponse:
    """One person: facts and account for the system administrator, grants for the security administrator."""
    found = Person.objects.select_related("organ").filter(pk=pk).first()
    if found is None:
        raise Refused(UNKNOWN)
    maintains = covering(request.actor, "person.maintain", found.organ_id) is not None
    grants = covering(request.actor, "grant.maintain", found.organ_id) is not None
    if not (maintains or grants):
        raise Refused(UNKNOWN)
    on, off = queries.buttons_for(found, request.actor)
    context = {
        "person": found,
        "maintains": maintains,
        "grants": grants,
        "rights": rights_of(found),
        "on": on,
        "off": off,
        "at": "organs" if maintains else "grants",
    }
    return render(request, "workbench/person.html", context)
