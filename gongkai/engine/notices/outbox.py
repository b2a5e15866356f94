"""The outbox: notices are rows of the transaction that owes them; the tick writes messages, sends them, tries again.

Notices carry number and date only. A notice is no subject of the gate: it follows from an act that is an event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q

from gongkai.engine.notices.composing import compose
from gongkai.engine.notices.models import Dispatch, DispatchAttempt, Notice, Rhythm
from gongkai.engine.notices.rhythms import wishes_of
from gongkai.engine.notices.senders import SENDERS, SendError, configured_channels
from gongkai.engine.notices.whereabouts import address_of
from gongkai.ground import clock
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import roles_with
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.retrying import wait_after

LONGEST = 200
GIVE_UP_AFTER = 8
AT_ONCE = 50
# A worker that died while sending holds its message so long; then somebody else tries again.
HELD = dt.timedelta(minutes=2)


def queue_notice(
    people: Iterable[Person], *, subject_type: str, subject_id: str, text: str, is_urgent: bool = False
) -> int:
    """Owe a notice to each person; it stands on their page at once, and leaves the house when they want it.

    Urgent ones leave in quiet hours too. Returns how many.
    """
    found = {person.pk: person for person in people}
    if not found:
        return 0
    now = clock.now()
    wishes = wishes_of(found.values())
    waiting = dict(
        Notice.objects.filter(recipient__in=found, composed_at__isnull=True, is_urgent=False, due_at__gt=now)
        .order_by("-due_at")
        .values_list("recipient_id", "due_at")
    )
    rows = []
    for pk, person in found.items():
        due = wishes[pk].due(now, is_urgent=is_urgent)
        # Within a window the first one sets the moment for all; otherwise a steady stream would never leave.
        if not is_urgent and wishes[pk].rhythm == Rhythm.GATHERED:
            due = min(due, waiting.get(pk, due))
        rows.append(
            Notice(
                recipient=person,
                subject_type=subject_type,
                subject_id=subject_id,
                text=text[:LONGEST],
                is_urgent=is_urgent,
                queued_at=now,
                due_at=due,
            )
        )
    Notice.objects.bulk_create(rows)
    return len(rows)


def has_channels() -> bool:
    """Is any way out of the house configured? Without one, notices wait on each person's page only."""
    return bool(configured_channels())


def people_with(right: str, organ: Organ) -> list[Person]:
    """The people who hold a right in this very organ today; offices above it are not flooded."""
    today = clock.today()
    grants = Grant.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        organ__in=[organ.pk, organ.heir_id or organ.pk],
        role__in=roles_with(right),
        valid_from__lte=today,
    )
    return list(Person.objects.filter(pk__in=grants.values("person_id"), is_active=True).order_by("pk"))


def deliver() -> int:
    """Write the messages that are due and send them; how many were sent.

    Each attempt is a row before it is made, and its result is noted at once: a worker that dies repeats at most one
    message, under the same key.
    """
    compose()
    now = clock.now()
    due = Dispatch.objects.filter(sent_at__isnull=True, given_up_at__isnull=True, try_at__lte=now)
    keys = due.order_by("try_at", "pk").values_list("pk", "attempts")[:AT_ONCE]
    return sum(_attempt(pk, attempts) for pk, attempts in list(keys))


def _attempt(pk: int, attempts: int) -> bool:
    """Send one message, unless another worker took it first."""
    now = clock.now()
    with transaction.atomic():
        mine = Dispatch.objects.filter(pk=pk, attempts=attempts, sent_at__isnull=True)
        if not mine.update(attempts=F("attempts") + 1, try_at=now + HELD):
            return False
        dispatch = Dispatch.objects.select_related("recipient").get(pk=pk)
        attempt = DispatchAttempt.objects.create(dispatch=dispatch, number=dispatch.attempts, started_at=now)
    try:
        receipt = _send(dispatch)
    except SendError as error:
        _note_failure(dispatch, attempt, error.code)
        return False
    with transaction.atomic():
        dispatch.sent_at, dispatch.receipt, dispatch.failure = clock.now(), receipt[:LONGEST], ""
        dispatch.save(update_fields=["sent_at", "receipt", "failure"])
        _end(attempt, receipt, is_sent=True)
    return True


def _send(dispatch: Dispatch) -> str:
    sender = SENDERS[dispatch.channel]
    if not sender.is_configured():
        raise SendError("channel-off")
    address = address_of(dispatch.recipient, dispatch.channel) if dispatch.recipient else ""
    if sender.is_personal and not address:
        raise SendError("no-address")
    return sender.send(dispatch, address)


def _note_failure(dispatch: Dispatch, attempt: DispatchAttempt, code: str) -> None:
    now = clock.now()
    dispatch.failure = code[:LONGEST]
    dispatch.try_at = now + wait_after(dispatch.attempts)
    if dispatch.recipient is not None and not dispatch.is_urgent:
        dispatch.try_at = wishes_of([dispatch.recipient])[dispatch.recipient.pk].after_quiet(dispatch.try_at)
    dispatch.given_up_at = now if dispatch.attempts >= GIVE_UP_AFTER else None
    with transaction.atomic():
        dispatch.save(update_fields=["failure", "try_at", "given_up_at"])
        _end(attempt, code, is_sent=False)


def _end(attempt: DispatchAttempt, code: str, *, is_sent: bool) -> None:
    attempt.ended_at, attempt.code, attempt.is_sent = clock.now(), code[:80], is_sent
    attempt.save(update_fields=["ended_at", "code", "is_sent"])
