"""Tags of the look: `{% load look %}`. They format; they never ask the database."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from gongkai.ground import clock
from gongkai.surfaces.look.body import SetBody, set_body
from gongkai.surfaces.look.display import display_of
from gongkai.surfaces.look.icons import ICONS
from gongkai.surfaces.look.marks import breadcrumbs, column_tags, data_block, site_tags, tags_of
from gongkai.surfaces.look.site import address, foot_links, menu, site_marks

register = template.Library()

WEEKDAYS = "一二三四五六日"
VALIDITY_TONES = {"in_force": "ok", "amended": "warn", "lapsed": "off", "repealed": "off"}
ANNOUNCE_TONES = {"debug": "", "info": "", "success": "ok", "warning": "warn", "error": "warn"}


@register.simple_tag
def icon(name: str, text: str = "") -> SafeString:
    """An icon; decorative unless ``text`` names it."""
    inner = mark_safe(ICONS[name])  # noqa: S308 - our own constants
    if text:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}" focusable="false">{}</svg>', text, inner
        )
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', inner)


@register.simple_tag
def badge(text: str, tone: str = "off") -> SafeString:
    """A state as a word with a mark. Tones: ok, warn, seal, main, off."""
    return format_html('<span class="badge {}">{}</span>', tone, text) if text else mark_safe("")


@register.simple_tag
def validity_badge(value: str, text: str) -> SafeString:
    """The validity (有效性) of a record as word and colour."""
    return badge(text, VALIDITY_TONES.get(str(value), "off"))


@register.simple_tag
def day(value: dt.date | dt.datetime | None, none: str = "") -> SafeString | str:
    """A day as YYYY-MM-DD with its weekday on hover; a moment is shown as its Shanghai day."""
    if value is None:
        return none
    shown = clock.day_of(value) if isinstance(value, dt.datetime) else value
    long = f"{shown.year}年{shown.month}月{shown.day}日 星期{WEEKDAYS[shown.weekday()]}"
    return format_html('<time datetime="{}" title="{}">{}</time>', shown.isoformat(), long, shown.isoformat())


@register.simple_tag
def moment(value: dt.datetime | None, none: str = "") -> SafeString | str:
    """A moment as YYYY-MM-DD HH:MM in Shanghai time."""
    if value is None:
        return none
    local = value.astimezone(clock.SHANGHAI)
    title = f"星期{WEEKDAYS[local.weekday()]} {local:%H:%M:%S}（北京时间）"
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), title, f"{local:%Y-%m-%d %H:%M}")


@register.simple_tag
def days_left(working_days: int, due_on: dt.date) -> SafeString:
    """剩余 3 个工作日 · 2026-11-25, in words and colour; a negative number is overdue."""
    if working_days < 0:
        css, words = "over", f"逾期 {-working_days} 个工作日"
    elif working_days == 0:
        css, words = "soon", "今日到期"
    else:
        css, words = ("soon" if working_days <= 3 else "calm"), f"剩余 {working_days} 个工作日"
    return format_html('<span class="due {}"><strong>{}</strong>{}</span>', css, words, day(due_on))


@register.filter
def file_size(count: int) -> str:
    """Bytes as people read them: 812 字节, 24 KB, 1.3 MB."""
    if count < 1024:
        return f"{count} 字节"
    if count < 1024 * 1024:
        return f"{round(count / 1024)} KB"
    return f"{count / 1024 / 1024:.1f} MB"


@register.simple_tag(takes_context=True)
def keep_query(context: Context, **changes: Any) -> str:
    """The page's query string with some values changed (None removes one); any change leaves the keyset position."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else context["request"].path


@register.simple_tag(takes_context=True)
def page_frame(context: Context) -> dict[str, Any]:
    """What the bases need: site marks, menus, the visitor's display choice, the path to come back to."""
    request: HttpRequest | None = context.get("request")
    return {
        "site": site_marks(),
        "menu": menu(),
        "foot_links": foot_links(),
        "display": display_of(request),
        "display_url": address("look:display"),
        "search_url": address("portal:search"),
        "path": request.get_full_path() if request else "/",
    }


@register.simple_tag(takes_context=True)
def page_marks(context: Context) -> SafeString:
    """What the page tells programs: site, column and content marks, the way here, and what the page is about.

    A view adds ``article_tags`` and ``linked_data`` of its own; every page has the rest.
    """
    crumbs, own = context.get("crumbs") or [], context.get("article_tags") or []
    marks = [*site_tags(), *column_tags(crumbs, context.get("section") or "", is_article=bool(own)), *own]
    blocks = [breadcrumbs(crumbs, context["request"].path)] if crumbs and context.get("request") else []
    blocks += [context["linked_data"]] if context.get("linked_data") else []
    return format_html("{}{}", tags_of(marks), mark_safe("".join(map(data_block, blocks))))  # noqa: S308


@register.filter
def announce_tone(tags: str) -> str:
    """The tone of a toast for Django's message tags."""
    return next((ANNOUNCE_TONES[tag] for tag in tags.split() if tag in ANNOUNCE_TONES), "")


@register.simple_tag
def set_text(blocks: list[dict[str, Any]], title: str = "") -> SetBody:
    """The body of an edition, set for ``look/body.html``."""
    return set_body(blocks, title)


@register.filter
def address_url(address: str) -> str:
    """Where an index number or a web address leads."""
    return address if address.startswith(("http://", "https://")) else f"/r/{quote(address)}"


@register.filter
def widget_kind(field: Any) -> str:
    """checkbox, radio, file, textarea, select or input: how look/field.html lays out a form field."""
    name = type(field.field.widget).__name__.lower()
    for kind in ("checkboxselectmultiple", "radioselect", "checkbox", "file", "textarea", "select"):
        if kind in name:
            return {"checkboxselectmultiple": "choices", "radioselect": "choices"}.get(kind, kind)
    return "input"
