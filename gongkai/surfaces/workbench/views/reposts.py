"""上级文件待转载: what superior organs published, one click from a repost; and the feeds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gongkai.domains.reposts.actions import repost, set_aside
from gongkai.domains.reposts.models import Feed, FeedEntry
from gongkai.domains.reposts.queries import hint, suggested
from gongkai.engine.records.actions import renew
from gongkai.engine.records.models import Record
from gongkai.ground.gate.door import NO_RIGHT, can, visible
from gongkai.ground.refusal import Refused
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, known
from gongkai.surfaces.workbench.paging import page_by_moment
from gongkai.surfaces.workbench.reposting import read_source

PAGE_SIZE = 30


@require_safe
@desk_page
def reposts(request: DeskRequest) -> HttpResponse:
    """The entries that wait, the newest first, each with the hint of the preset; the feeds for who maintains them."""
    maintains = bool(request.actor.holds("column.maintain"))
    if not maintains and not request.actor.holds("record.draft"):
        raise Refused(NO_RIGHT, title="上级文件转载", roles="承办人、网站编辑")
    page = page_by_moment(suggested(request.actor), request.GET, "found_at", PAGE_SIZE)
    feeds = visible(Feed, request.actor).select_related("organ").order_by("-is_active", "organ__code", "pk")[:100]
    context = {
        "page": page,
        "rows": [{"entry": entry, "hint": hint(entry)} for entry in page.rows],
        "feeds": list(feeds) if maintains else [],
        "maintains": maintains,
        "at": "reposts",
    }
    return render(request, "workbench/reposts.html", context)


@require_POST
@desk_page
def make(request: DeskRequest, pk: int) -> HttpResponse:
    """Make the draft of a repost from the source's page; where that cannot be read, from what the feed says."""
    entry = known(FeedEntry, request, pk, "feed__organ")
    refusal = can("repost.draft", entry, request.actor).refusal
    if refusal is not None:
        raise refusal
    try:
        read = read_source(entry.link)
    except Refused as unread:
        read = {}
        messages.warning(request, f"{unread.explain().what}草稿先用订阅源中的摘要，可以稍后“按来源更新”。")
    record = repost(entry, actor=request.actor, read=read)
    messages.success(request, "已建转载草稿，请核对后送审。")
    return HttpResponseRedirect(reverse("workbench:record", args=[record.pk]))


@require_POST
@desk_page
def aside(request: DeskRequest, pk: int) -> HttpResponse:
    """Decide that an entry is not reposted."""
    set_aside(known(FeedEntry, request, pk), actor=request.actor)
    messages.success(request, "已记为不转载。")
    return HttpResponseRedirect(reverse("workbench:reposts"))


@require_POST
@desk_page
def renew_record(request: DeskRequest, pk: int) -> HttpResponse:
    """Read the source again and keep what it says now as a new edition."""
    record = known(Record, request, pk, "organ", "working")
    refusal = can("record.renew", record, request.actor).refusal
    if refusal is not None:
        raise refusal
    assert record.working is not None
    renew(record, actor=request.actor, read=read_source(str(record.working.content["source_url"])))
    messages.success(request, "已按来源更新。")
    return HttpResponseRedirect(reverse("workbench:record", args=[pk]))
