"""What the tick does for targets: tell them what they are owed, and read back what they show."""

from __future__ import annotations

import datetime as dt
import logging

from django.db.models import F

from gongkai.engine.channels.delivery import PushError, read_page, send
from gongkai.engine.channels.models import Push, PushAct, ReadBack
from gongkai.engine.channels.queries import owed_pushes
from gongkai.engine.channels.targets import Target, targets
from gongkai.engine.notices.outbox import people_with, queue_notice
from gongkai.engine.records.references import reference
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.ground.retrying import wait_after

logger = logging.getLogger(__name__)

AT_ONCE = 20
HELD = dt.timedelta(minutes=2)
# A platform publishes some minutes after it was told; caches in front of it keep an old page for a while.
READ_AFTER = dt.timedelta(minutes=1)
READ_TRIES = 6
READ_AGAIN = dt.timedelta(days=7)


def push_owed() -> int:
    """Tell targets what they are owed, withdrawals first; how many were told."""
    rows = owed_pushes().filter(try_at__lte=clock.now()).order_by(F("act").desc(), "try_at", "pk")
    keys = list(rows.values_list("pk", "attempts")[:AT_ONCE])
    known = _targets() or {}
    return sum(_push(pk, attempts, known) for pk, attempts in keys)


def _targets() -> dict[str, Target] | None:
    """The targets of the settings; None where their file cannot be read."""
    try:
        return targets()
    except Refused as refusal:
        # What is owed stays owed and visible; readers of the log learn which line is wrong.
        logger.error("targets file refused", extra={"reason": str(refusal)})
        return None


def _push(pk: int, attempts: int, known: dict[str, Target]) -> bool:
    now = clock.now()
    mine = Push.objects.filter(pk=pk, attempts=attempts, done_at__isnull=True, dropped_at__isnull=True)
    if not mine.update(attempts=F("attempts") + 1, try_at=now + HELD):
        return False
    try:
        return tell(pk, known)
    except Exception as error:
        # Whatever is wrong with one row, the others are told.
        logger.exception("push failed", extra={"push": pk})
        _not_told(pk, attempts + 1, type(error).__name__)
        return False


def _not_told(pk: int, attempts: int, code: str) -> None:
    again = clock.now() + wait_after(attempts)
    Push.objects.filter(pk=pk, done_at__isnull=True).update(failure=code[:80], try_at=again)


def tell(pk: int, known: dict[str, Target]) -> bool:
    """Tell a target what a claimed row says, and note what came of it; False when it did not get through."""
    push = _whole(pk)
    target = known.get(push.target)
    try:
        if target is None:
            raise PushError("no-target")
        receipt, address = _sent(target, push)
    except PushError as error:
        _not_told(pk, push.attempts, error.code)
        return False
    Push.objects.filter(pk=pk).update(
        done_at=clock.now(),
        receipt=receipt[:80],
        failure="",
        address=address,
        read_due_at=clock.now() + READ_AFTER if address else None,
    )
    _tell_again(pk)
    return True


def _tell_again(pk: int) -> None:
    """What ended while it was on its way may have been overtaken by what was owed next: that is told once more."""
    late = Push.objects.filter(pk=pk, dropped_at__isnull=False).select_related("publication").first()
    if late is None:
        return
    Push.objects.filter(pk=pk).update(read_due_at=None)
    following = Push.objects.filter(
        target=late.target, publication__record=late.publication.record_id, pk__gt=pk, dropped_at__isnull=True
    )
    last = following.order_by("-pk").first()
    if last is not None:
        Push.objects.filter(pk=last.pk).update(done_at=None, try_at=clock.now())


def _sent(target: Target, push: Push) -> tuple[str, str]:
    """Tell the target; a record that cannot be read must not keep the others from being told."""
    try:
        receipt, address = send(target, push)
    except (Refused, LookupError, OSError, ValueError):
        logger.exception("package of a push failed", extra={"push": push.pk})
        raise PushError("unreadable") from None
    if push.act == PushAct.TAKE_BACK and not address:
        shown = Push.objects.filter(publication=push.publication_id, act=PushAct.SHOW).first()
        address = shown.address if shown is not None else ""
    return receipt, address


def _whole(pk: int) -> Push:
    return Push.objects.select_related("publication__record__organ", "publication__edition").get(pk=pk)


def read_back_due() -> int:
    """Read the pages whose turn it is and note what stands there; how many were read."""
    now, known = clock.now(), _targets()
    if known is None:
        return 0
    due = Push.objects.filter(read_due_at__lte=now, dropped_at__isnull=True).order_by("read_due_at", "pk")
    return sum(_read(pk, reads, known) for pk, reads in list(due.values_list("pk", "reads")[:AT_ONCE]))


def _read(pk: int, reads: int, known: dict[str, Target]) -> bool:
    now = clock.now()
    if not Push.objects.filter(pk=pk, reads=reads).update(reads=F("reads") + 1, read_due_at=now + HELD):
        return False
    try:
        return _read_and_note(pk, known, now)
    except Exception as error:
        # Whatever is wrong with one row, the others are read; it is tried again later and later.
        logger.exception("reading back failed", extra={"push": pk})
        Push.objects.filter(pk=pk, dropped_at__isnull=True).update(
            failure=type(error).__name__[:80], read_due_at=now + wait_after(reads + 1)
        )
        return False


def _read_and_note(pk: int, known: dict[str, Target], now: dt.datetime) -> bool:
    push = _whole(pk)
    target = known.get(push.target)
    if target is None:
        # Its target is no longer in the settings: nobody may ask that host any more. The next publication tells anew.
        Push.objects.filter(pk=pk).update(read_due_at=None, failure="no-target")
        return False
    try:
        found, code = read_page(target, push), ""
    except PushError as error:
        found, code = ReadBack.MISSING, error.code
    _note(push, found, code, now)
    return True


def _note(push: Push, found: ReadBack, code: str, now: dt.datetime) -> None:
    """Keep what was found. What is not as it should be is looked at again, then told to those who publish, once."""
    is_right = found == ReadBack.VERIFIED
    tries = 0 if is_right else push.reads % READ_TRIES
    is_final = not is_right and tries == 0
    if is_right:
        again = now + READ_AGAIN if push.act == PushAct.SHOW else None
    else:
        again = now + (READ_AGAIN if is_final else wait_after(tries))
    values = {"reading": found if is_right or is_final else push.reading, "read_at": now, "read_due_at": again}
    if is_right:
        values["reads"] = 0
    Push.objects.filter(pk=push.pk, dropped_at__isnull=True).update(failure=code[:80], **values)
    if is_final and push.reading != found:
        _tell(push)


def _tell(push: Push) -> None:
    record = push.publication.record
    queue_notice(
        people_with("record.publish", record.organ),
        subject_type="record",
        subject_id=str(record.pk),
        text=f"推送出去的一件信息核对不一致：{reference(record)}，{clock.today():%Y-%m-%d}。请登录查看。",
        is_urgent=push.act == PushAct.TAKE_BACK,
    )
