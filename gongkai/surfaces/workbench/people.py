"""Names for the references that events keep: one query however many there are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from gongkai.ground.organs.models import Person

FIXED = {"system": "系统", "anonymous": "未登录者"}


def names_of(refs: Iterable[str]) -> dict[str, str]:
    """The name behind each ``person:<uuid>`` or ``service:<uuid>``; the system and strangers have fixed words."""
    wanted = {ref: ref.partition(":")[2] for ref in refs if ":" in ref}
    keys = {key for key in wanted.values() if _is_uuid(key)}
    found = {str(ref): name for ref, name in Person.objects.filter(ref__in=keys).values_list("ref", "name")}
    named = {ref: found.get(key, "（已无此人）") for ref, key in wanted.items()}
    return FIXED | {ref: f"{name}（接口）" if ref.startswith("service:") else name for ref, name in named.items()}


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def hand_words(actor: str, on_behalf_of: str, names: dict[str, str]) -> str:
    """Who did it: a deputy reads 乙代甲."""
    name = names.get(actor, actor)
    return f"{name}代{names.get(on_behalf_of, on_behalf_of)}" if on_behalf_of else name
