"""Feeds and their entries as subjects of the gate."""

from __future__ import annotations

from gongkai.domains.reposts.models import Feed, FeedEntry
from gongkai.ground.gate.table import subject

subject(Feed, "feed", organ_path="organ", read_right="column.maintain")
subject(FeedEntry, "feed_entry", organ_path="feed__organ", read_right="record.draft")
