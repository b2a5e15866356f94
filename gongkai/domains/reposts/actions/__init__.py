"""Feeds followed and polled; entries made into reposts or set aside."""

from gongkai.domains.reposts.actions.following import follow, unfollow
from gongkai.domains.reposts.actions.polling import poll_feeds
from gongkai.domains.reposts.actions.reposting import repost, set_aside

__all__ = ["follow", "poll_feeds", "repost", "set_aside", "unfollow"]
