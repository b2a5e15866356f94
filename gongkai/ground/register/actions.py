"""A verification of the register on request: asked for by the audit administrator, carried out by a worker."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet

from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM, Actor
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.gate.table import subject
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.models import Verification
from gongkai.ground.register.verify import Report, verify_all

#: A verification that was begun so long ago and has not ended was left by a dead worker.
LEFT_AFTER = dt.timedelta(hours=6)
#: What nobody has begun after so long is asked of a worker again.
AGAIN_AFTER = dt.timedelta(minutes=2)
KEPT = 100

UNDER_WAY = wording(
    "register.under_way", what="已有一次核验正在进行。", todo="请等它完成；结果会显示在本页，并记为事件。"
)

subject(Verification, "verification", organ_path="", read_right="register.verify")


@action(
    "register.ask_verification",
    on=Verification,
    title="核验全部存证",
    right="register.verify",
    event="register.verification_asked",
    creates=True,
)
def ask_verification(*, actor: Actor, organ: Organ | None) -> Outcome:
    """Ask for everything to be recomputed and compared; refused while one is under way."""
    if owed().exists():
        raise Refused(UNDER_WAY)
    made = Verification.objects.create(
        asked_by=actor.ref, asked_at=clock.now(), organ_id=organ.pk if organ is not None else None
    )
    from gongkai.ground.register.tasks import verify_now

    transaction.on_commit(lambda: verify_now.enqueue(made.pk))
    return Outcome(result=made)


@action(
    "register.note_verification",
    on=Verification,
    title="记录核验结果",
    right="register.verify",
    event="register.verified",
    by_system=True,
)
def note_verification(row: Verification, *, actor: Actor, report: Report) -> Outcome:
    """Keep what a verification found; a second worker that ends later changes nothing."""
    if row.finished_at is None:
        row.finished_at, row.is_sound, row.total = clock.now(), report.is_sound, report.total
        row.unsealed, row.checked = report.unsealed, report.checked
        row.differences = [difference.as_json() for difference in report.differences[:KEPT]]
    return Outcome(data={"sound": report.is_sound, "total": report.total, "checked": sum(report.checked.values())})


def owed() -> QuerySet[Verification]:
    """Asked for and not finished."""
    return Verification.objects.filter(finished_at__isnull=True).order_by("pk")


def run(key: int) -> bool:
    """Do a verification that is owed and that nobody else does; whether it was done now."""
    now = clock.now()
    free = Q(started_at__isnull=True) | Q(started_at__lt=now - LEFT_AFTER)
    if not owed().filter(free, pk=key).update(started_at=now):
        return False
    report = verify_all()
    note_verification(key, actor=SYSTEM, report=report)
    return True


def ask_again() -> int:
    """Give the workers what a dead one left or never took (the tick calls this); how many."""
    from gongkai.ground.register.tasks import verify_now

    now = clock.now()
    unbegun = Q(started_at__isnull=True, asked_at__lt=now - AGAIN_AFTER)
    left = list(owed().filter(unbegun | Q(started_at__lt=now - LEFT_AFTER)).values_list("pk", flat=True))
    for key in left:
        verify_now.enqueue(key)
    return len(left)
