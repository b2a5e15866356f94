"""What records owe to targets: rows of the transaction in which a publication begins or ends. Called by records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gongkai.engine.channels.models import Push, PushAct
from gongkai.engine.channels.targets import PUSH
from gongkai.ground import clock


def owe(publications: Sequence[Any]) -> None:
    """Owe each target that these publications name to be told of them; what it had not taken back yet stays there."""
    now = clock.now()
    for publication in publications:
        if publication.channel.startswith(PUSH):
            Push.objects.filter(
                publication__record=publication.record_id,
                target=publication.channel.removeprefix(PUSH),
                act=PushAct.TAKE_BACK,
                done_at__isnull=True,
                dropped_at__isnull=True,
            ).update(dropped_at=now)
    Push.objects.bulk_create(
        Push(
            publication=publication,
            target=publication.channel.removeprefix(PUSH),
            act=PushAct.SHOW,
            queued_at=now,
            try_at=now,
        )
        for publication in publications
        if publication.channel.startswith(PUSH)
    )


def drop_or_take_back(ended: Sequence[Any], *, replaced: frozenset[str] = frozenset()) -> None:
    """Nothing of an ended publication is shown any more: what waits is dropped, and the target is told to take it back.

    ``replaced`` are channels on which a new publication of the same record follows at once: that replaces the old one.
    """
    pushed = [publication for publication in ended if publication.channel.startswith(PUSH)]
    if not pushed:
        return
    now = clock.now()
    waiting = Push.objects.filter(publication__in=[one.pk for one in pushed], done_at__isnull=True)
    waiting.filter(dropped_at__isnull=True).update(dropped_at=now)
    Push.objects.filter(publication__in=[one.pk for one in pushed]).update(read_due_at=None)
    Push.objects.bulk_create(
        Push(
            publication=publication,
            target=publication.channel.removeprefix(PUSH),
            act=PushAct.TAKE_BACK,
            queued_at=now,
            try_at=now,
        )
        for publication in pushed
        if publication.channel not in replaced
    )
