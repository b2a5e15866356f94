"""How a person wants notices is that person's own affair; the quiet hours of an organ are its administrator's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from django.db import transaction

from gongkai.engine.notices import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.engine.notices.models import Channel, ContactAddress, Notice, NoticePreference, QuietHours, Rhythm
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import UNKNOWN, Outcome, action
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.log import NewEvent, append

BAD_ADDRESS = wording(
    "notices.bad_address",
    what="{where}的格式不对。",
    todo="手机号写11位数字，电子邮箱写完整地址，例如 zwgk@example.cn。",
    status=422,
)
NO_CHANNEL = wording(
    "notices.no_channel", what="没有“{found}”这种提醒渠道。", todo="请从列出的渠道中选择。", status=422
)
_PATTERNS = {
    Channel.EMAIL: re.compile(r"[^@\s\"<>,;:]{1,64}@[A-Za-z0-9.-]{1,55}"),
    Channel.SMS: re.compile(r"1[3-9][0-9]{9}"),
}


def choose(
    actor: Actor,
    *,
    channels: Iterable[str],
    rhythm: str,
    daily_at: dt.time | None = None,
    quiet: tuple[dt.time, dt.time] | None = None,
    addresses: Mapping[str, str] | None = None,
) -> None:
    """Set how the actor wants notices: nobody else has the right and no grant gives it, hence not in the gate's table.

    ``addresses`` by channel; "" takes one away. The event says that it changed, never to what.
    """
    person = _self(actor)
    chosen = [str(channel) for channel in channels]
    for code in [*chosen, *(addresses or {})]:
        if code not in Channel.values:
            raise Refused(NO_CHANNEL, found=code[:20], where="提醒渠道")
    if rhythm not in Rhythm.values:
        raise Refused(NO_CHANNEL, found=rhythm[:20], where="提醒频度")
    for code, address in (addresses or {}).items():
        pattern = _PATTERNS.get(Channel(code))
        if address and (pattern is None or not pattern.fullmatch(address)):
            raise Refused(BAD_ADDRESS, where=Channel(code).label)
    with transaction.atomic():
        values = {
            "channels": chosen,
            "rhythm": rhythm,
            "daily_at": daily_at,
            "quiet_from": quiet[0] if quiet else None,
            "quiet_until": quiet[1] if quiet else None,
            "changed_at": clock.now(),
        }
        NoticePreference.objects.update_or_create(person=person, defaults=values)
        for code, address in (addresses or {}).items():
            _keep_address(person, code, address)
        append([NewEvent("person", str(person.pk), "person.notices_chosen", actor.ref, organ_id=person.organ_id)])


def _keep_address(person: Person, channel: str, address: str) -> None:
    kept = ContactAddress.objects.filter(person=person, channel=channel).first()
    if not address:
        if kept is not None:
            kept.delete()
        return
    row = kept or ContactAddress(person=person, channel=channel)
    row.address, row.changed_at = address, clock.now()
    row.save()


def mark_read(actor: Actor, keys: Iterable[int] | None = None) -> int:
    """Note that the actor read these own notices, or all of them. Not an act, hence no event."""
    rows = Notice.objects.filter(recipient=_self(actor), read_at__isnull=True)
    if keys is not None:
        rows = rows.filter(pk__in=list(keys))
    return rows.update(read_at=clock.now())


def _self(actor: Actor) -> Person:
    if actor.person_id is None:
        raise Refused(UNKNOWN)
    return Person.objects.get(pk=actor.person_id)


@action(
    "notice.set_quiet_hours",
    on=QuietHours,
    title="设定免打扰时段",
    right="organ.maintain",
    event="notice.quiet_hours_set",
    creates=True,
)
def set_quiet_hours(*, actor: Actor, organ: Organ, quiet_from: dt.time, quiet_until: dt.time) -> Outcome:
    """Set the hours in which the people of an organ get urgent notices only; equal ends mean none."""
    values = {"quiet_from": quiet_from, "quiet_until": quiet_until, "changed_at": clock.now()}
    row, _ = QuietHours.objects.update_or_create(organ=organ, defaults=values)
    return Outcome(result=row, data={"hours": f"{quiet_from:%H:%M}-{quiet_until:%H:%M}"})
