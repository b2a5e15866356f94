"""From notices that are due to messages: one message a person and channel, one for each group however many people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby

from django.db import transaction

from gongkai.engine.notices.models import Channel, Dispatch, Notice
from gongkai.engine.notices.rhythms import Wish, wishes_of
from gongkai.engine.notices.senders import SENDERS, configured_channels
from gongkai.engine.notices.whereabouts import addresses_of
from gongkai.ground import clock

AT_ONCE = 500
# Robots take 2048 bytes of text at most; a mail of more lines than this helps nobody.
GROUP_BYTES = 1800
MOST_LINES = 50


def compose() -> int:
    """Write the messages of every notice that is due, in one transaction with the mark that they were written.

    Returns how many notices were taken up. A notice nobody can be sent stays on the person's page all the same.
    """
    now = clock.now()
    with transaction.atomic():
        due = Notice.objects.filter(composed_at__isnull=True, due_at__lte=now, recipient__is_active=True)
        locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("recipient")
        notices = sorted(locked.order_by("due_at", "pk")[:AT_ONCE], key=lambda one: (one.recipient_id, one.pk))
        if not notices:
            return 0
        people = list({notice.recipient_id: notice.recipient for notice in notices}.values())
        wishes, addresses = wishes_of(people), addresses_of(people)
        on = configured_channels()
        for person, group in groupby(notices, key=lambda one: one.recipient):
            mine = list(group)
            for channel in on:
                if _wants(wishes[person.pk], channel) and (person.pk, str(channel)) in addresses:
                    _write(channel, mine, text_for(channel, mine), now, is_to_group=False)
        for channel in on:
            if not SENDERS[channel].is_personal:
                _write_to_group(channel, [one for one in notices if _wants(wishes[one.recipient_id], channel)], now)
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(composed_at=now)
    return len(notices)


def _wants(wish: Wish, channel: Channel) -> bool:
    return str(channel) in wish.channels


def _write(channel: Channel, notices: Sequence[Notice], text: str, now: dt.datetime, *, is_to_group: bool) -> None:
    made = Dispatch.objects.create(
        recipient=None if is_to_group else notices[0].recipient,
        channel=channel,
        text=text,
        is_urgent=any(notice.is_urgent for notice in notices),
        queued_at=now,
        try_at=now,
    )
    made.notices.set(notices)


def _write_to_group(channel: Channel, notices: Sequence[Notice], now: dt.datetime) -> None:
    """A group reads each text once, however many of its members it is for."""
    by_text: dict[str, list[Notice]] = {}
    for notice in notices:
        by_text.setdefault(notice.text, []).append(notice)
    for texts in _pieces(list(by_text)):
        _write(channel, [one for text in texts for one in by_text[text]], "\n".join(texts), now, is_to_group=True)


def _pieces(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts in portions that a robot takes."""
    piece: list[str] = []
    for text in texts:
        if piece and len("\n".join([*piece, text]).encode()) > GROUP_BYTES:
            yield piece
            piece = []
        piece.append(text)
    if piece:
        yield piece


def text_for(channel: str, notices: Sequence[Notice]) -> str:
    """What a person's message says: the notice, or how many there are and each on a line; an SMS only counts them."""
    if len(notices) == 1:
        return notices[0].text
    lead = f"您有{len(notices)}条新提醒，{clock.today():%Y-%m-%d}。"
    if channel == Channel.SMS:
        return f"{lead}请登录查看。"
    lines = [f"{place}. {notice.text}" for place, notice in enumerate(notices[:MOST_LINES], start=1)]
    if len(notices) > MOST_LINES:
        lines.append("其余请登录查看。")
    return "\n".join([lead, *lines])
