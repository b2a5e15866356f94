"""From an entry of a feed to a repost's draft, or aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongkai.domains.reposts.models import Decision, FeedEntry
from gongkai.engine.records.actions import draft
from gongkai.ground.access.actors import Actor
from gongkai.ground.clock import day_of
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.refusal import Refused, wording

DECIDED = wording(
    "reposts.decided", what="这条线索已经处理过了。", todo="已建的转载草稿可以在文件列表中找到。", status=409
)


def is_waiting(entry: FeedEntry, actor: Actor) -> None:
    """Nobody decided about the entry yet."""
    if entry.decision != Decision.WAITING:
        raise Refused(DECIDED)


@action(
    "repost.draft",
    on=FeedEntry,
    title="转载",
    right="record.draft",
    event="repost.drafted",
    guards=[is_waiting],
)
def repost(entry: FeedEntry, *, actor: Actor, read: Mapping[str, Any] | None = None) -> Outcome:
    """Make the draft of a repost. ``read``: what was read from the source's page; without it, what the feed says."""
    text = entry.summary or entry.title
    content: dict[str, Any] = {
        "title": entry.title,
        "body": [{"type": "paragraph", "text": text}],
        "disclosure": "proactive",
        "disclosure_basis": "20.15",
        "issuing_organ": entry.feed.name,
    }
    content |= {key: value for key, value in (read or {}).items() if value}
    content |= {
        "source_name": entry.feed.name,
        "source_url": entry.link,
        "original_on": day_of(entry.published_at).isoformat() if entry.published_at else None,
    }
    record = draft(actor=actor, organ=entry.feed.organ, kind="repost", content=content)
    entry.record, entry.decision = record, Decision.REPOSTED
    return Outcome(result=record, data={"record": record.pk})


@action(
    "repost.set_aside",
    on=FeedEntry,
    title="不转载",
    right="record.draft",
    event="repost.set_aside",
    guards=[is_waiting],
)
def set_aside(entry: FeedEntry, *, actor: Actor) -> Outcome:
    """Decide that an entry is not reposted."""
    entry.decision = Decision.SET_ASIDE
    return Outcome()
