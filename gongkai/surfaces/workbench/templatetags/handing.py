"""Filters of the guides for hand-over and reorganisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import ROLE_NAMES, Role

register = template.Library()


@register.filter
def chosen(posted: Mapping[str, str], name: str) -> int | None:
    """The key chosen in a field of a form that was sent, None before."""
    value = posted.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


@register.filter
def counted(data: Mapping[str, Any]) -> int:
    """How many items a hand-over moved."""
    return len(data.get("items", []))


@register.filter
def role_name(grant: Grant) -> str:
    """A grant's role in words."""
    return ROLE_NAMES[Role(grant.role)]
