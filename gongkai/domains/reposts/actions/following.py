"""Follow a feed of a superior organ, and no longer."""

from __future__ import annotations

from gongkai.domains.reposts import subject as _subject  # noqa: F401 - declares what the actions are on
from gongkai.domains.reposts.models import Feed
from gongkai.domains.reposts.queries import feed_hosts
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import Organ
from gongkai.ground.outbound import is_permitted
from gongkai.ground.refusal import Refused, wording

NOT_PERMITTED = wording(
    "reposts.not_permitted",
    what="这个订阅地址不在允许读取的网站之内，或者不是 https 地址。",
    todo="请核对地址；需要新增来源网站的，请系统管理员写入 FEED_HOSTS。",
    status=422,
)
FOLLOWED = wording("reposts.followed", what="本机关已经订阅这个地址。", todo="请在订阅源列表中查看。", status=422)


@action("feed.follow", on=Feed, title="订阅上级发布源", right="column.maintain", event="feed.followed", creates=True)
def follow(*, actor: Actor, organ: Organ, name: str, url: str) -> Outcome:
    """Follow a feed on one of the hosts the operator permits; it is read by the next tick."""
    if len(url) > 500 or not is_permitted(url, feed_hosts()):
        raise Refused(NOT_PERMITTED, where="订阅地址")
    known = Feed.objects.filter(organ=organ, url=url).first()
    if known is not None and known.is_active:
        raise Refused(FOLLOWED, where="订阅地址")
    feed = known or Feed(organ=organ, url=url)
    feed.name, feed.is_active, feed.poll_at, feed.failures = name, True, clock.now(), 0
    feed.save()
    return Outcome(result=feed)


@action("feed.unfollow", on=Feed, title="停止订阅", right="column.maintain", event="feed.unfollowed")
def unfollow(feed: Feed, *, actor: Actor) -> Outcome:
    """Read this feed no longer; what it brought stays."""
    feed.is_active = False
    return Outcome()
