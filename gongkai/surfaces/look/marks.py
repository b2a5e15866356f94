"""What pages tell programs: the marks of government sites (网站标签、栏目标签、内容页标签) and linked data.

The marks are those of 国办发〔2017〕47号, annex 网页设计规范; linked data follow schema.org.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from gongkai.config import env
from gongkai.surfaces.look.site import MENU, absolute

Mark = tuple[str, str]
# Nothing in a data block may end it, or open a comment, whatever a title holds.
_UNSAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_SECTIONS = {key: label for key, label, _name in MENU}


def site_tags() -> list[Mark]:
    """The marks of the site: its name, domain and code; one that is not set is left out."""
    domain = urlsplit(env.PUBLIC_URL).netloc
    return _given(("SiteName", env.SITE_NAME), ("SiteDomain", domain), ("SiteIDCode", env.SITE_CODE))


def column_tags(crumbs: Sequence[Mapping[str, str]], section: str, *, is_article: bool) -> list[Mark]:
    """The marks of the column a page is, or is in: its name, and the section of the menu it belongs to."""
    own = crumbs[:-1] if is_article else crumbs
    name = own[-1]["label"] if own else "首页" if section == "home" else ""
    return _given(("ColumnName", name), ("ColumnType", _SECTIONS.get(section, "") if name else ""))


def tags_of(marks: Sequence[Mark]) -> SafeString:
    """Marks as meta elements."""
    return mark_safe("".join(format_html('<meta name="{}" content="{}">', *mark) for mark in marks))  # noqa: S308


def _given(*marks: Mark) -> list[Mark]:
    return [mark for mark in marks if mark[1]]


def breadcrumbs(crumbs: Sequence[Mapping[str, str]], path: str) -> dict[str, Any]:
    """The way to a page as a BreadcrumbList; the page itself stands last, under its own path."""
    ways = [("首页", "/"), *((crumb["label"], crumb["url"] or path) for crumb in crumbs)]
    items = [
        {"@type": "ListItem", "position": place, "name": label, "item": absolute(url)}
        for place, (label, url) in enumerate(ways, start=1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def data_block(data: Mapping[str, Any]) -> SafeString:
    """Linked data as a block that no browser runs: it is data, so the content security policy lets it stand."""
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)
    return mark_safe(f'<script type="application/ld+json">{told}</script>')  # noqa: S308 - escaped above
