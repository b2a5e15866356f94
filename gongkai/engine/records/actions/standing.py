"""On which channels a record stands: the portal, what was chosen for it, and the targets that take everything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from gongkai.engine.channels.actions.owing import drop_or_take_back, owe
from gongkai.engine.channels.models import Placement
from gongkai.engine.channels.queries import choices_for
from gongkai.engine.channels.targets import PORTAL, standing_targets
from gongkai.engine.records.digests import publication_digest
from gongkai.engine.records.models import Edition, Publication, Record
from gongkai.engine.records.subject import CORRECTING, IN_REVIEW, PROPOSED, PUBLIC, SCHEDULED, SIGNED_OFF
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.refusal import Refused, wording

NO_CHANNEL = wording(
    "records.no_channel",
    what="这条信息不能发布到“{found}”：没有这个渠道，或者它不对本机关、这类信息开放。",
    todo="请从列出的渠道中选择；需要新的栏目或推送目标的，请联系网站编辑或系统管理员。",
    status=422,
)


def channels_of(record: Record) -> list[str]:
    """Every channel the record is to stand on: the portal first, then what was chosen and is still open to it."""
    chosen = set(Placement.objects.filter(record=record).values_list("channel", flat=True))
    allowed = [choice.channel for choice in choices_for(record.kind, record.organ_id)] if chosen else []
    given = [target.channel for target in standing_targets(record.kind, record.organ_id)]
    return list(dict.fromkeys([PORTAL, *(one for one in allowed if one in chosen), *given]))


def stand_on(record: Record, edition: Edition, channels: Sequence[str], now: dt.datetime) -> dict[str, Any]:
    """Register the edition on every channel, and owe the targets among them; the facts for the event."""
    made = [
        Publication.objects.create(record=record, edition=edition, channel=channel, from_at=now) for channel in channels
    ]
    owe(made)
    portal, also = made[0], made[1:]
    facts: dict[str, Any] = {"publication": portal.pk, "publication_sha256": publication_digest(portal)}
    return facts | _also(also)


def _also(made: Sequence[Publication]) -> dict[str, Any]:
    if not made:
        return {}
    return {
        "also": [one.pk for one in made],
        "also_sha256": [publication_digest(one) for one in made],
        "channels": [one.channel for one in made],
    }


@action(
    "record.place",
    on=Record,
    title="选择发布渠道",
    right="record.publish",
    states=(PROPOSED, IN_REVIEW, SIGNED_OFF, SCHEDULED, PUBLIC, CORRECTING),
    event="record.placed",
)
def place(record: Record, *, actor: Actor, channels: Sequence[str]) -> Outcome:
    """Choose every channel beside the portal. A public record appears on the new ones and leaves the others at once."""
    known = {choice.channel for choice in choices_for(record.kind, record.organ_id)}
    for channel in channels:
        if channel not in known:
            raise Refused(NO_CHANNEL, found=channel[:40], where="发布渠道")
    Placement.objects.filter(record=record).exclude(channel__in=channels).delete()
    kept = set(Placement.objects.filter(record=record).values_list("channel", flat=True))
    Placement.objects.bulk_create(
        Placement(record=record, channel=channel) for channel in dict.fromkeys(channels) if channel not in kept
    )
    chosen = {"chosen": sorted(set(channels))}
    return Outcome(data=chosen | (_move(record) if record.is_visible else {}))


def _move(record: Record) -> dict[str, Any]:
    """Let a public record stand on exactly its channels now."""
    assert record.current is not None
    now, wanted = clock.now(), channels_of(record)
    standing = {one.channel: one for one in record.publications.filter(until_at__isnull=True)}
    left = [one for channel, one in standing.items() if channel not in wanted]
    for publication in left:
        publication.until_at, publication.reason = now, "unplaced"
        publication.save(update_fields=["until_at", "reason"])
    drop_or_take_back(left)
    made = [
        Publication.objects.create(record=record, edition=record.current, channel=channel, from_at=now)
        for channel in wanted
        if channel not in standing
    ]
    owe(made)
    ended = {"unplaced": [one.pk for one in left], "unplaced_sha256": [publication_digest(one) for one in left]}
    return _also(made) | (ended if left else {})
