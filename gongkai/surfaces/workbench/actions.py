"""Keeping and dropping a person's own lists. Their names never hold what may not lie on this platform."""

from __future__ import annotations

from django.http import QueryDict

from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.files.marks import refuse_marked
from gongkai.ground.gate.door import UNKNOWN
from gongkai.ground.refusal import Refused, wording
from gongkai.surfaces.workbench.models import SavedFilter

MOST = 30
KEPT = ("q", "state", "kind", "validity", "disclosure", "organ")
NO_NAME = wording("workbench.no_filter_name", what="没有写名称。", todo="请写一个名称，例如：本月退回。", status=422)
TOO_MANY = wording(
    "workbench.too_many_filters", what="已有 {most} 个常用筛选。", todo="请先删除不再使用的。", status=422
)


def conditions(query: str) -> QueryDict:
    """What a list asks for that is named in the body of a request, without U+0000, which PostgreSQL takes nowhere."""
    found = QueryDict(query, mutable=True)
    for name, values in found.lists():
        found.setlist(name, [value.replace("\0", "") for value in values])
    return found


def plain_query(query: str) -> str:
    """The conditions of a list without its place in it, in one order."""
    given = conditions(query)
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if given.get(name):
            kept[name] = given[name]
    return kept.urlencode()[:600]


def save_filter(actor: Actor, *, name: str, query: str) -> SavedFilter:
    """Keep a list under a name; the same name again keeps the new conditions."""
    name = name.replace("\0", "").strip()[:40]
    if not name:
        raise Refused(NO_NAME, where="名称")
    refuse_marked(f"{name}\n{QueryDict(query).get('q', '')}")
    mine = SavedFilter.objects.filter(person_id=actor.person_id)
    if mine.exclude(name=name).count() >= MOST:
        raise Refused(TOO_MANY, most=MOST)
    made, _ = SavedFilter.objects.update_or_create(
        person_id=actor.person_id, name=name, defaults={"query": plain_query(query), "saved_at": clock.now()}
    )
    return made


def drop_filter(actor: Actor, key: int) -> None:
    """Drop one of one's own lists; anybody else's is unknown."""
    count, _ = SavedFilter.objects.filter(person_id=actor.person_id, pk=key).delete()
    if not count:
        raise Refused(UNKNOWN, where="常用筛选")
