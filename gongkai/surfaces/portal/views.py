"""Home, policy library, disclosure section, organs, search, rules, applications."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from gongkai.domains.documents.ledger import entries
from gongkai.engine.channels.queries import open_columns
from gongkai.engine.records.queries import public_records
from gongkai.ground import clock
from gongkai.ground.organs.queries import asked_for
from gongkai.ground.register.proofs import newest_checkpoint
from gongkai.ground.rulebook.queries import law_in_force, limit_in_words, rule_table
from gongkai.surfaces.portal import listings, queries, sections
from gongkai.surfaces.portal.freshness import public
from gongkai.surfaces.portal.linked_data import organ_data
from gongkai.surfaces.portal.listings import Listing, Row, listing_page
from gongkai.surfaces.portal.queries import Option

HOME_ROWS = 8
HOME_THEMES = 8
HOME_ORGANS = 12


def _crumb(label: str, url: str = "") -> dict[str, str]:
    return {"label": label, "url": url}


def _door(option: Option, url: str) -> dict[str, Any]:
    return {"label": option.label, "count": option.count, "url": url}


def theme_url(option: Option) -> str:
    """Everything under a theme."""
    return f"{reverse('portal:disclosure')}?{urlencode({'theme': option.value})}"


def organ_url(option: Option) -> str:
    """An organ's page."""
    return reverse("portal:organ", kwargs={"code": option.value})


@public
def home(request: HttpRequest) -> HttpResponse:
    """The newest records, the ways in, the latest checkpoint."""
    organs = queries.organ_options()
    context = {
        "section": "home",
        "rows": [Row.of(record) for record in public_records()[:HOME_ROWS]],
        "total": sum(option.count for option in organs),
        "sections": sections.navigation("home"),
        "themes": [_door(option, theme_url(option)) for option in queries.theme_options()[:HOME_THEMES]],
        "organs": [_door(option, organ_url(option)) for option in organs[:HOME_ORGANS]],
        "checkpoint": newest_checkpoint(),
    }
    return render(request, "portal/home.html", context)


@public
def policy(request: HttpRequest) -> HttpResponse:
    """The policy library (政策文件库)."""
    context = listing_page(listings.policy(), request.GET)
    return render(request, "portal/policy.html", context | {"section": "policy", "crumbs": [_crumb("政策文件库")]})


@public
def ledger(request: HttpRequest) -> HttpResponse:
    """The ledger of rules and normative documents, as a table."""
    context = listing_page(listings.ledger(), request.GET)
    crumbs = [_crumb("政策文件库", reverse("portal:policy")), _crumb("台账")]
    lines = entries(context["page"]["records"], with_papers=False)
    return render(request, "portal/ledger.html", context | {"entries": lines, "section": "policy", "crumbs": crumbs})


@public
def disclosure(request: HttpRequest) -> HttpResponse:
    """The disclosure section opens on what must be disclosed."""
    return _section(request, sections.section_listing(sections.CONTENT), sections.CONTENT)


@public
def section(request: HttpRequest, name: str) -> HttpResponse:
    """One of the four fixed sections."""
    found = sections.SECTIONS.get(name)
    if found is None:
        raise Http404
    return _section(request, sections.section_listing(found), found)


@public
def category(request: HttpRequest, code: str) -> HttpResponse:
    """One category of Article 20 or 21."""
    name = queries.category_names().get(code)
    if name is None:
        raise Http404
    return _section(request, sections.category_listing(code, name), sections.CONTENT, code)


def _section(request: HttpRequest, listing: Listing, shown: sections.Section, code: str = "") -> HttpResponse:
    top = reverse("portal:disclosure")
    crumbs = [_crumb("政府信息公开", top)]
    if code:
        crumbs.append(_crumb(shown.title, reverse("portal:section", kwargs={"name": shown.name})))
    context: dict[str, Any] = listing_page(listing, request.GET) | {
        "section": "xxgk",
        "sections": sections.navigation(shown.name, code),
        "heading": listing.title,
        "lead": "" if code else shown.lead,
        "crumbs": [*crumbs, _crumb(listing.title)],
    }
    return render(request, "portal/disclosure.html", context)


@public
def organ(request: HttpRequest, code: str) -> HttpResponse:
    """An organ's disclosure page: how to reach it, and what it has published."""
    found = queries.organ_by_code(code)
    if found is None:
        raise Http404
    context = listing_page(listings.organ_listing(found.code, found.name), request.GET)
    crumbs = [_crumb("政府信息公开", reverse("portal:disclosure")), _crumb(found.name)]
    return render(
        request,
        "portal/organ.html",
        context
        | {"section": "xxgk", "organ": found, "became": queries.became(found), "crumbs": crumbs}
        | {"linked_data": organ_data(found)},
    )


@public
def column(request: HttpRequest, slug: str) -> HttpResponse:
    """A column of an organ's site; one that was closed is not found any more."""
    found = open_columns().filter(slug=slug).first()
    if found is None:
        raise Http404
    context = listing_page(listings.column_listing(found), request.GET)
    crumbs = [_crumb(found.organ.name, reverse("portal:organ", kwargs={"code": found.organ.code})), _crumb(found.name)]
    return render(request, "portal/column.html", context | {"section": "column", "column": found, "crumbs": crumbs})


@public
def search(request: HttpRequest) -> HttpResponse:
    """Search in titles and numbers; starts with what is in force, and says so."""
    words = request.GET.get("q", "").strip()[:100]
    is_whole = request.GET.get("scope") == "all"
    listing = listings.search_listing(words, request.GET.get("organ", ""), is_whole)
    other = listings.search_listing(words, request.GET.get("organ", ""), not is_whole)
    context = (listing_page(listing, request.GET) if words else {}) | {
        "search_words": words,
        "organs_found": asked_for(words),
        "is_whole": is_whole,
        "other_url": f"{listing.url}?{_query(other)}",
        "crumbs": [_crumb("搜索")],
    }
    return render(request, "portal/search.html", context)


def _query(listing: Listing) -> str:
    return urlencode(dict(listing.fixed))


@public
def rules(request: HttpRequest) -> HttpResponse:
    """Every limit the site reckons with, each with its law and the day it came into force (规则与依据)."""
    context = {"rules": rule_table(), "today": clock.today(), "crumbs": [_crumb("规则与法律依据")]}
    return render(request, "portal/rules.html", context)


@public
def foi(request: HttpRequest) -> HttpResponse:
    """How to apply for information on paper, at the counter or by post, and to whom."""
    reply = law_in_force("foi.reply", clock.today())
    context = {
        "section": "foi",
        "sections": sections.navigation("foi"),
        "heading": "依申请公开",
        "organs": queries.receiving_organs(),
        "reply_limit": limit_in_words(reply.provision),
        "reply_citation": reply.citation,
        "crumbs": [_crumb("政府信息公开", reverse("portal:disclosure")), _crumb("依申请公开")],
    }
    return render(request, "portal/foi.html", context)


@public
def feeds(request: HttpRequest) -> HttpResponse:
    """Where every list can be had as Atom and CSV."""
    shown = [
        listings.everything(),
        listings.policy(),
        listings.ledger(),
        *map(sections.section_listing, sections.SECTIONS.values()),
    ]
    return render(request, "portal/feeds.html", {"listings": shown, "crumbs": [_crumb("订阅与数据")]})
