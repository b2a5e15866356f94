"""Grants and the security log for the security administrator; register and events for the audit administrator."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.engine.notices.outbox import has_channels
from gongkai.ground.register.verify import verify_all
from gongkai.surfaces.workbench import admin_queries as queries
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, require


@require_safe
@desk_page
def grants(request: DeskRequest) -> HttpResponse:
    """Who holds what, who acts for whom, which systems hold a token."""
    require(request, "grant.maintain", "授权和代理")
    words = request.GET.get("person", "")
    context = {
        "grants": [{"row": row, "role": queries.role_words(row.role)} for row in queries.grants(request.actor, words)],
        "deputies": queries.deputies(request.actor),
        "tokens": queries.tokens(request.actor),
        "person_words": words,
        "at": "grants",
    }
    return render(request, "workbench/grants.html", context)


@require_safe
@desk_page
def security(request: DeskRequest) -> HttpResponse:
    """The security log."""
    require(request, "security.read", "安全日志")
    words = request.GET.get("who", "")
    context = {"rows": queries.security_lines(words), "who": words, "at": "security"}
    return render(request, "workbench/security.html", context)


@require_safe
@desk_page
def operations(request: DeskRequest) -> HttpResponse:
    """What the platform owes and could not do, for the system administrator."""
    require(request, "operations.read", "运行状况")
    context = {"owed": queries.operations_owed(), "has_channels": has_channels(), "at": "operations"}
    return render(request, "workbench/operations.html", context)


@require_safe
@desk_page
def events(request: DeskRequest) -> HttpResponse:
    """What happened, for the audit administrator."""
    require(request, "audit.read", "事件记录")
    lines, before = queries.events(request.actor, request.GET)
    context = {"lines": lines, "before": before, "names": queries.event_names(), "at": "events"}
    return render(request, "workbench/events.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def register(request: DeskRequest) -> HttpResponse:
    """How the register stands; on request everything is recomputed and compared."""
    require(request, "register.verify", "存证状态")
    report = verify_all() if request.method == "POST" else None
    context = {"health": queries.register_health(), "report": report, "at": "register"}
    return render(request, "workbench/register.html", context)
