"""The security administrator's and the audit administrator's pages, and what the platform owes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.engine.notices.outbox import has_channels
from gongkai.ground.access.actions import end_session
from gongkai.ground.access.models import StaffSession
from gongkai.ground.organs.models import Organ
from gongkai.ground.register.actions import ask_verification
from gongkai.surfaces.workbench import admin_queries as queries
from gongkai.surfaces.workbench import audit as audits
from gongkai.surfaces.workbench import security as watching
from gongkai.surfaces.workbench.exports import exported
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, known, new_once_key, require
from gongkai.surfaces.workbench.paging import page_by_moment
from gongkai.surfaces.workbench.words import DUTY_WORDS


@require_safe
@desk_page
def security(request: DeskRequest) -> HttpResponse:
    """What deserves a look: failed sign-ins, lock-outs, sessions, missing codes, ending grants, tokens, exports."""
    require(request, "security.read", "安全状况")
    context = {
        "watch": watching.watch(request.actor),
        "often": watching.often_failed(request.actor),
        "once_key": new_once_key(),
        "at": "security",
    }
    return render(request, "workbench/security.html", context)


@require_safe
@desk_page
def security_log(request: DeskRequest) -> HttpResponse:
    """The security log, page by page."""
    require(request, "security.read", "安全日志")
    page = page_by_moment(watching.log_rows(request.actor, request.GET), request.GET, "at", watching.PAGE_SIZE)
    context = {
        "lines": watching.lines_of(page.rows),
        "page": page,
        "names": watching.log_names(),
        "query": request.GET.urlencode(),
        "at": "security",
    }
    return render(request, "workbench/security_log.html", context)


@require_POST
@desk_page
def end(request: DeskRequest, pk: int) -> HttpResponse:
    """End somebody's session now."""
    row = known(StaffSession, request, pk, "person")
    do_once(request, {"do": "end_session", "on": pk}, lambda: end_session(row, actor=request.actor))
    messages.success(request, f"已结束{row.person.name}的这次登录。")
    return HttpResponseRedirect(reverse("workbench:security"))


@require_safe
@desk_page
def operations(request: DeskRequest) -> HttpResponse:
    """What the platform owes and could not do, for the system administrator."""
    require(request, "operations.read", "运行状况")
    owed = queries.operations_owed(request.actor)
    context = {"owed": owed, "duties": DUTY_WORDS, "has_channels": has_channels(), "at": "operations"}
    return render(request, "workbench/operations.html", context)


@require_safe
@desk_page
def events(request: DeskRequest) -> HttpResponse:
    """What happened, for the audit administrator."""
    require(request, "audit.read", "事件记录")
    page = page_by_moment(audits.events(request.actor, request.GET), request.GET, "at", audits.PAGE_SIZE)
    context = {
        "lines": audits.event_lines(page.rows),
        "page": page,
        "names": audits.event_names(),
        "types": audits.subject_types(),
        "query": request.GET.urlencode(),
        "is_narrowed": any(request.GET.get(name) for name in audits.FILTERS),
        "at": "events",
    }
    return render(request, "workbench/events.html", context)


@require_POST
@desk_page
def export_events(request: DeskRequest) -> HttpResponse:
    """The events of the list on the screen as CSV; the export is an event itself."""
    require(request, "audit.read", "导出事件记录")
    rows = audits.events(request.actor, request.GET)
    return _exported(request, "events", rows, audits.COLUMNS, audits.event_sheet)


@require_POST
@desk_page
def export_log(request: DeskRequest) -> HttpResponse:
    """The security log of the list on the screen as CSV."""
    require(request, "security.read", "导出安全日志")
    rows = watching.log_rows(request.actor, request.GET)
    return _exported(request, "security", rows, watching.COLUMNS, watching.log_sheet)


def _exported(
    request: DeskRequest,
    what: str,
    rows: QuerySet[Any],
    columns: Sequence[str],
    sheet: Callable[[list[Any]], list[list[str]]],
) -> HttpResponse:
    found = list(rows.order_by("-at", "-pk")[: audits.EXPORT_ROWS])
    return exported(request, what, columns, sheet(found))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def register(request: DeskRequest) -> HttpResponse:
    """How the register stands; on request a worker recomputes everything and the outcome is kept."""
    require(request, "register.verify", "存证状态")
    if request.method == "POST":
        organ = Organ.objects.get(pk=request.actor.holds("register.verify")[0].organ_id)
        ask_verification(actor=request.actor, organ=organ)
        messages.success(request, "已开始核验，完成后结果显示在本页，并记为事件。")
        return HttpResponseRedirect(reverse("workbench:register"))
    template = "workbench/part_verification.html" if request.headers.get("HX-Request") else "workbench/register.html"
    return render(request, template, {"health": audits.register_health(), "at": "register"})
