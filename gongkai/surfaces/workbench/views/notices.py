"""A person's own notices, and how that person wants them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.engine.notices.actions import choose, mark_read
from gongkai.engine.notices.queries import own_notices, unread_count
from gongkai.engine.notices.senders import configured_channels
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.notice_forms import NoticeSettingsForm
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page
from gongkai.surfaces.workbench.paging import page_by_moment

PAGE_SIZE = 30


@require_safe
@desk_page
def notices(request: DeskRequest) -> HttpResponse:
    """我的提醒: what this person was told, the newest first."""
    page = page_by_moment(own_notices(request.actor), request.GET, "queued_at", PAGE_SIZE)
    context = {"page": page, "unread": unread_count(request.actor), "at": "notices"}
    return render(request, "workbench/notices.html", context)


@require_POST
@desk_page
def read(request: DeskRequest) -> HttpResponse:
    """Mark the notices on the page as read, or all of them."""
    keys = [int(key) for key in request.POST.getlist("notice") if key.isdecimal() and len(key) < 19]
    mark_read(request.actor, None if "all" in request.POST else keys)
    return HttpResponseRedirect(reverse("workbench:notices"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def settings(request: DeskRequest) -> HttpResponse:
    """提醒设置: channels, rhythm, quiet hours, addresses."""
    form = NoticeSettingsForm(request.POST if request.method == "POST" else None, person=request.user)
    refusal: Refused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            choose(request.actor, **form.wishes())
        except Refused as found:
            refusal = found
        else:
            messages.success(request, "提醒设置已保存。")
            return HttpResponseRedirect(reverse("workbench:notice_settings"))
    told = refusal.explain() if refusal else None
    context = {"form": form, "refusal": told, "channels": configured_channels(), "at": "notices"}
    return render(
        request, "workbench/notice_settings.html", context, status=told.status if told else 422 if form.errors else 200
    )
