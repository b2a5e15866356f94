"""Calendars for the system administrator; rules and presets for who may change them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.engine.reviews.choices import all_in_use
from gongkai.engine.reviews.presets import PRESETS
from gongkai.ground.access.rules import covering
from gongkai.ground.calendars.actions import enter_notice
from gongkai.ground.calendars.notice import parse_notice
from gongkai.ground.calendars.plans import STATUSES
from gongkai.ground.calendars.queries import calendar, plans, regions
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused
from gongkai.ground.rulebook.queries import overrides, rule_table
from gongkai.surfaces.workbench.admin_forms import NoticeForm, OrganChoiceForm
from gongkai.surfaces.workbench.pages import DeskRequest, desk_page, do_once, new_once_key, require
from gongkai.surfaces.workbench.pickers import named, organs_with
from gongkai.surfaces.workbench.words import step_words


@require_safe
@desk_page
def calendars(request: DeskRequest) -> HttpResponse:
    """The years of a region: which are known, on which notice."""
    require(request, "calendar.maintain", "工作日历")
    known = regions()
    region = request.GET.get("region", "CN")
    region = region if region in known else "CN"
    context = {
        "region": known[region],
        "regions": sorted(known.values(), key=lambda one: one.id),
        "years": [
            {
                "plan": plan,
                "status": STATUSES.get(plan.status, plan.status),
                "off": sorted(plan.off),
                "work": sorted(plan.work),
            }
            for plan in reversed(plans(region))
        ],
        "version": calendar(region).version,
        "at": "calendars",
    }
    return render(request, "workbench/calendars.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def notice(request: DeskRequest) -> HttpResponse:
    """Paste the yearly notice; the days read are shown, and entered once they are confirmed."""
    require(request, "calendar.maintain", "录入年度放假安排")
    form = NoticeForm(request.POST if request.method == "POST" else None)
    read, refusal = None, None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            read = parse_notice(given["text"], given["year"])
            if request.POST.get("step") == "enter":
                found, asked = read, {"do": "notice", "text": given["text"], "reason": given["reason"]}
                do_once(request, asked, lambda: enter_notice(found, actor=request.actor, reason=given["reason"]))
                messages.success(request, f"已录入 {read.year} 年的安排；受影响的时限将重新计算并通知承办人。")
                return HttpResponseRedirect(reverse("workbench:calendars"))
        except Refused as found_refusal:
            refusal = found_refusal
    told = refusal.explain() if refusal else None
    context = {"form": form, "read": read, "refusal": told, "once_key": new_once_key(), "at": "calendars"}
    return render(
        request, "workbench/notice.html", context, status=told.status if told else 422 if form.errors else 200
    )


@require_safe
@desk_page
def rules(request: DeskRequest) -> HttpResponse:
    """Every rule with its law, the presets that were changed, and which preset of review an organ uses for what."""
    if not request.actor.holds("organ.maintain"):
        require(request, "rule.preset", "规则和流程")
    organs = organs_with(request.actor, "organ.maintain", "rule.preset")
    picked = organs.filter(named(request.GET["organ"])).first() if request.GET.get("organ") else None
    organ = picked or organs.filter(pk=request.user.organ_id).first() or organs.first()
    context = {
        "rules": [{**row, "current": row["versions"][-1]} for row in rule_table()],
        "overrides": overrides(),
        "presets": [
            {"preset": preset, "steps": [step_words(step.code) for step in preset.steps]} for preset in PRESETS.values()
        ],
        "organ": organ,
        "organ_form": OrganChoiceForm(organs, organ),
        "flows": _flows(organ) if organ is not None else [],
        "may_choose": organ is not None and covering(request.actor, "organ.maintain", organ.pk) is not None,
        "may_change": bool(request.actor.holds("rule.preset")),
        "at": "rules",
    }
    return render(request, "workbench/rules.html", context)


def _flows(organ: Organ) -> list[dict[str, Any]]:
    """Every kind with the preset the organ uses for it, why, and the law where that preset falls short of it."""
    return [
        {
            "kind": one.kind,
            "preset": PRESETS[one.preset],
            "usual": PRESETS[one.usual],
            "choice": one.choice if one.is_chosen else None,
            "is_below_law": one.is_below_law,
        }
        for one in all_in_use(organ)
    ]
