"""Taking a list out of the platform (导出): who, what, how many, why; an event each time.

Many items together can say more than each alone (保守国家秘密法 Article 36): a large export is marked as such.
"""

from __future__ import annotations

from typing import Any

from gongkai.ground import clock
from gongkai.ground.access import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import Export
from gongkai.ground.gate.door import Action, Outcome, action
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

AGGREGATION_LAW = "《保守国家秘密法》第三十六条"
NO_REASON = wording(
    "access.no_export_reason",
    what="没有写明导出的用途。",
    todo="请写明用途，例如：报送季度统计；不要写入个人信息。",
    status=422,
)

# What may be taken out: code, its name, and the right it takes.
LISTS = {
    "records": ("文件清单", "record.read"),
    "events": ("事件记录", "audit.read"),
    "security": ("安全日志", "security.read"),
    "ledger": ("规章和规范性文件台账", "record.read"),
    "work": ("工作记录", "record.read"),
    "grants": ("授权清单", "grant.maintain"),
}


def _body(*, actor: Actor, organ: Organ, what: str, rows: int, reason: str, sha256: str) -> Outcome:
    """Note an export of so many rows whose file has this hash; refused without a reason."""
    reason = reason.replace("\0", "").strip()[:200]
    if not reason:
        raise Refused(NO_REASON, AGGREGATION_LAW, where="用途")
    made = Export.objects.create(
        person_id=actor.person_id,
        organ=organ,
        what=what,
        rows=rows,
        reason=reason,
        sha256=sha256,
        made_at=clock.now(),
    )
    return Outcome(result=made, data={"what": what, "rows": rows, "sha256": sha256, "is_large": made.is_large})


def _declared(what: str) -> Action[Export]:
    name, right = LISTS[what]
    declare = action(f"export.{what}", on=Export, title=f"导出{name}", right=right, event="export.made", creates=True)
    return declare(_body)


EXPORTS = {what: _declared(what) for what in LISTS}


def export(what: str, *, actor: Actor, rows: int, reason: str, sha256: str) -> Export:
    """Note an export through the gate, in an organ where the actor holds the right the list takes."""
    held = actor.holds(LISTS[what][1])
    organ = Organ.objects.get(pk=held[0].organ_id) if held else None
    made: Any = EXPORTS[what](actor=actor, organ=organ, what=what, rows=rows, reason=reason, sha256=sha256)
    assert isinstance(made, Export)
    return made
