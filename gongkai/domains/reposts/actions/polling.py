"""What the tick does for feeds: ask each in its turn, conditionally, and keep what is new as suggestions."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from gongkai.domains.reposts.models import Feed, FeedEntry
from gongkai.domains.reposts.parsing import BadFeed, Entry, parse_feed
from gongkai.domains.reposts.queries import feed_hosts
from gongkai.ground import clock
from gongkai.ground.outbound import Answer, OutboundError, ask

EVERY = dt.timedelta(minutes=30)
LONGEST_WAIT = dt.timedelta(hours=12)
AT_ONCE = 10
NOT_MODIFIED = 304


def poll_feeds() -> int:
    """Ask the feeds whose turn it is; how many new entries were kept."""
    now = clock.now()
    due = Feed.objects.filter(is_active=True, poll_at__lte=now).order_by("poll_at", "pk")
    return sum(_poll(pk, poll_at, now) for pk, poll_at in list(due.values_list("pk", "poll_at")[:AT_ONCE]))


def _poll(pk: int, poll_at: dt.datetime, now: dt.datetime) -> int:
    # Taken by moving its turn on: another worker finds nothing due, and one that dies leaves it for the next turn.
    if not Feed.objects.filter(pk=pk, poll_at=poll_at).update(poll_at=now + EVERY):
        return 0
    feed = Feed.objects.get(pk=pk)
    try:
        answer = _asked(feed)
        entries = [] if answer.status == NOT_MODIFIED else parse_feed(answer.body)
    except (OutboundError, BadFeed) as error:
        wait = min(EVERY * 2 ** min(feed.failures, 10), LONGEST_WAIT)
        Feed.objects.filter(pk=pk).update(failures=feed.failures + 1, failure=error.code[:80], poll_at=now + wait)
        return 0
    return _keep(feed, answer, entries, now)


def _asked(feed: Feed) -> Answer:
    headers = {"Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9"}
    if feed.etag:
        headers["If-None-Match"] = feed.etag
    if feed.modified:
        headers["If-Modified-Since"] = feed.modified
    answer = ask(feed.url, headers=headers, hosts=feed_hosts(), largest=2 * 1024 * 1024)
    if not answer.is_ok and answer.status != NOT_MODIFIED:
        raise OutboundError(f"HTTP {answer.status}")
    return answer


def _keep(feed: Feed, answer: Answer, entries: list[Entry], now: dt.datetime) -> int:
    """New entries and the answer's marks in one transaction: a worker killed before keeps nothing twice."""
    with transaction.atomic():
        known = set(feed.entries.filter(key__in=[entry.key for entry in entries]).values_list("key", flat=True))
        new = {entry.key: entry for entry in entries if entry.key not in known}
        FeedEntry.objects.bulk_create(
            (
                FeedEntry(
                    feed=feed,
                    key=entry.key,
                    title=entry.title,
                    link=entry.link,
                    summary=entry.summary,
                    published_at=entry.published_at,
                    found_at=now,
                )
                for entry in new.values()
            ),
            ignore_conflicts=True,
        )
        values = {"failures": 0, "failure": "", "polled_at": now}
        if answer.status != NOT_MODIFIED:
            values |= {
                "etag": answer.headers.get("etag", "")[:300],
                "modified": answer.headers.get("last-modified", "")[:80],
            }
        Feed.objects.filter(pk=feed.pk).update(**values)
    return len(new)
