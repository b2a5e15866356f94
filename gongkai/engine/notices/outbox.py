"""The outbox: notices are rows of the transaction that owes them; the tick delivers what is due and tries again.

Notices carry number and date only. A notice is no subject of the gate: it follows from an act that is an event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from gongkai.config import env
from gongkai.engine.notices.models import Channel, Notice
from gongkai.engine.notices.senders import SendError, send_email, send_webhook
from gongkai.ground import clock
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import roles_with
from gongkai.ground.organs.models import Organ, Person

LONGEST = 200
GIVE_UP_AFTER = 8
AT_ONCE = 50


def queue_notice(people: Iterable[Person], *, subject_type: str, subject_id: str, text: str) -> int:
    """Owe a notice to each person on every channel that is configured and reaches them; returns how many."""
    now = clock.now()
    rows = [
        Notice(
            recipient=person,
            channel=channel,
            subject_type=subject_type,
            subject_id=subject_id,
            text=text[:LONGEST],
            queued_at=now,
            try_at=now,
        )
        for person in people
        for channel in _channels(person)
    ]
    Notice.objects.bulk_create(rows)
    return len(rows)


def _channels(person: Person) -> list[str]:
    channels = []
    if env.EMAIL_URL and person.email:
        channels.append(Channel.EMAIL)
    if env.WEBHOOK_URL:
        channels.append(Channel.WEBHOOK)
    return [str(channel) for channel in channels]


def has_channels() -> bool:
    """Is any channel configured at all? Without one, the desk is the only place where things wait."""
    return bool(env.EMAIL_URL or env.WEBHOOK_URL)


def people_with(right: str, organ: Organ) -> list[Person]:
    """The people who hold a right in this very organ today; offices above it are not flooded."""
    today = clock.today()
    grants = Grant.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        organ=organ,
        role__in=roles_with(right),
        valid_from__lte=today,
    )
    return list(Person.objects.filter(pk__in=grants.values("person_id"), is_active=True).order_by("pk"))


def deliver() -> int:
    """Send what is due. Each notice is noted sent at once, so that a dead worker repeats at most one."""
    now = clock.now()
    due = Notice.objects.filter(sent_at__isnull=True, try_at__lte=now, attempts__lt=GIVE_UP_AFTER)
    sent = 0
    for notice in due.select_related("recipient").order_by("try_at", "pk")[:AT_ONCE]:
        notice.attempts += 1
        try:
            notice.receipt = _send(notice)[:LONGEST]
            notice.sent_at, notice.failure = clock.now(), ""
            sent += 1
        except SendError as error:
            notice.failure = str(error)[:LONGEST]
            notice.try_at = now + dt.timedelta(minutes=2**notice.attempts)
        notice.save(update_fields=["attempts", "receipt", "sent_at", "failure", "try_at"])
    return sent


def _send(notice: Notice) -> str:
    if notice.channel == Channel.EMAIL:
        return send_email(env.EMAIL_URL, notice.recipient.email, notice.text)
    return send_webhook(env.WEBHOOK_URL, notice.text)
