"""Grants, deputies and tokens: found, filtered, ended; and how many end soon."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.surfaces.workbench import admin_queries as queries
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, require


@require_safe
@desk_page
def grants(request: DeskRequest) -> HttpResponse:
    """Who holds what, who acts for whom, which systems hold a token."""
    require(request, "grant.maintain", "授权和代理")
    rows, after = queries.grants(request.actor, request.GET)
    context = {
        "grants": [{"row": row, "role": queries.role_words(row.role)} for row in rows],
        "after": after,
        "roles": queries.roles(),
        "deputies": queries.deputies(request.actor),
        "tokens": queries.tokens(request.actor),
        "at": "grants",
    }
    return render(request, "workbench/grants.html", context)


@require_safe
@desk_page
def people(request: DeskRequest) -> HttpResponse:
    """People by user name, found by name, organ or what is unusual about them."""
    if not request.actor.holds("grant.maintain"):
        require(request, "person.maintain", "人员")
    rows, after = queries.people(request.actor, request.GET)
    return render(request, "workbench/people.html", {"rows": rows, "after": after, "at": "people"})
