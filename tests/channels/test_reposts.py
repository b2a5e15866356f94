"""Feeds of superior organs against a server on this machine, and reposts whose words nobody here changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client

from gongkai.config import env
from gongkai.domains.reposts.actions import follow, poll_feeds, set_aside
from gongkai.domains.reposts.models import Feed, FeedEntry
from gongkai.domains.reposts.parsing import BadFeed, parse_feed
from gongkai.domains.reposts.queries import hint
from gongkai.engine.records.actions import edit, publish, submit
from gongkai.engine.records.models import Record
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from tests.builders import Office, agree_to_all
from tests.notices.peers import Peer, running

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
PAGE = """<html><head><title>关于加强防汛工作的通知</title></head><body><div class="nav">首页</div>
<h1>关于加强防汛工作的通知</h1><p>云府发〔2026〕3号</p><p>各市人民政府：</p>
<p>汛期将至，请各地检查水库和堤防，落实值班制度。</p><p>云岭省人民政府</p><p>2026年2月28日</p></body></html>"""


class Source(Peer):
    """A superior's site: a feed with ETag, and the page behind its entry."""

    def __init__(self) -> None:
        super().__init__()
        self.page: str | None = PAGE
        self.feed = self.rss("关于加强防汛工作的通知")
        self.serve = self._show

    def rss(self, *titles: str) -> str:
        items = "".join(
            f"<item><title>{title}</title><link>{self.url}/{place}.html</link><guid>g{place}</guid>"
            f"<description>&lt;p&gt;摘要{place}&lt;/p&gt;</description>"
            "<pubDate>Sun, 01 Mar 2026 20:00:00 +0800</pubDate></item>"
            for place, title in enumerate(titles)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>政府</title>{items}</channel></rss>'

    def _show(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path == "/feed.xml":
            mark = f'"{len(self.feed)}"'
            if headers.get("if-none-match") == mark:
                return 304, {"ETag": mark}, b""
            return 200, {"ETag": mark}, self.feed.encode()
        return (200, {"Content-Type": "text/html"}, self.page.encode()) if self.page else (404, {}, b"")


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    made = Source()
    monkeypatch.setattr(env, "FEED_HOSTS", "www.example.gov.cn, 127.0.0.1")
    with running(made), clock.frozen(MOMENT):
        yield made


def following(office: Office, source: Source) -> Feed:
    feed: Feed = follow(
        actor=office.actor("editor"), organ=office.organ, name="云岭省人民政府", url=f"{source.url}/feed.xml"
    )
    return feed


def later(minutes: float) -> dt.datetime:
    return MOMENT + dt.timedelta(minutes=minutes)


def test_a_feed_is_polled_conditionally_and_each_entry_is_kept_once(source: Source) -> None:
    feed = following(Office(), source)
    assert (poll_feeds(), poll_feeds()) == (1, 0)
    with clock.frozen(later(30)):
        assert poll_feeds() == 0
    assert [one["headers"].get("if-none-match") for one in source.asked] == [None, f'"{len(source.feed)}"']
    source.feed = source.rss("关于加强防汛工作的通知", "另一件")
    with clock.frozen(later(60)):
        assert poll_feeds() == 1
    entry = FeedEntry.objects.order_by("pk").first()
    assert entry is not None
    assert (entry.title, entry.summary, entry.published_at) == (
        "关于加强防汛工作的通知",
        "摘要0",
        dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC),
    )
    feed.refresh_from_db()
    assert (feed.failure, feed.polled_at) == ("", later(60))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><rss><item/></rss>', "document-type"),
        ('<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><rss/>', "document-type"),
        ("这不是 XML", "not-xml"),
        ("", "not-xml"),
    ],
)
def test_dangerous_or_broken_xml_is_refused_and_noted(source: Source, data: str, code: str) -> None:
    with pytest.raises(BadFeed) as refusal:
        parse_feed(data.encode())
    assert refusal.value.code == code
    feed = following(Office(), source)
    source.feed = data
    assert poll_feeds() == 0
    feed.refresh_from_db()
    assert (feed.failure, feed.failures, FeedEntry.objects.count()) == (code, 1, 0)


def test_atom_is_read_too_and_links_that_run_something_are_left_out() -> None:
    data = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">&lt;b&gt;通知&lt;/b&gt;</title>
    <id>tag:1</id><link rel="self" href="https://a/x"/><link href="https://a/1"/><updated>2026-03-01T08:00:00Z</updated>
    </entry><entry><title>坏</title><link href="javascript:alert(1)"/></entry></feed>"""
    (entry,) = parse_feed(data.encode())
    assert (entry.title, entry.link, entry.published_at) == (
        "通知",
        "https://a/1",
        dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC),
    )


@pytest.mark.parametrize(
    "url", ["https://other.example.org/feed", "http://www.example.gov.cn/feed", "file:///etc/passwd"]
)
def test_only_permitted_hosts_are_followed(source: Source, url: str) -> None:
    office = Office()
    with pytest.raises(Refused) as refusal:
        follow(actor=office.actor("editor"), organ=office.organ, name="某处", url=url)
    assert refusal.value.code == "reposts.not_permitted"
    assert Feed.objects.count() == 0


def test_the_hint_is_the_preset_of_24_hours(source: Source) -> None:
    following(Office(), source)
    poll_feeds()
    entry = FeedEntry.objects.get()
    assert hint(entry) == "建议24小时内转载，还有11小时"
    with clock.frozen(later(24 * 60)):
        assert hint(entry) == "来源发布已超过24小时"


def client_of(office: Office, key: str) -> Client:
    client = Client()
    client.force_login(office.people[key], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_one_click_makes_a_draft_whose_words_are_the_sources_and_a_public_page_that_says_so(source: Source) -> None:
    office = Office()
    following(office, source)
    poll_feeds()
    client = client_of(office, "officer")
    assert "关于加强防汛工作的通知" in client.get("/desk/reposts/").content.decode()
    assert client.post(f"/desk/reposts/{FeedEntry.objects.get().pk}/").status_code == 302
    record = Record.objects.get()
    assert record.working is not None
    content = record.working.content
    assert (record.kind, content["title"], content["source_name"]) == (
        "repost",
        "关于加强防汛工作的通知",
        "云岭省人民政府",
    )
    assert content["source_url"] == f"{source.url}/0.html"
    assert "汛期将至" in str(content["body"])
    for change in ({"title": "改过"}, {"body": []}, {"source_url": "https://a.example"}, {"written_on": "2020-01-01"}):
        with pytest.raises(Refused) as refusal:
            edit(record, actor=office.actor("officer"), content=content | change)
        assert refusal.value.code == "records.fixed_words"
    edit(record, actor=office.actor("officer"), content=content | {"keywords": ["防汛"]})
    source.page = PAGE.replace("落实值班制度", "落实领导带班制度")
    assert client.post(f"/desk/records/{record.pk}/renew/").status_code == 302
    record.refresh_from_db()
    assert record.working is not None
    assert record.working.content["keywords"] == ["防汛"]
    assert "领导带班" in str(record.working.content["body"])
    submit(record, actor=office.actor("officer"))
    agree_to_all(office, record)
    publish(record, actor=office.actor("editor"))
    page = Client().get(f"/r/{record.index_number}").content.decode()
    assert "本页转载自云岭省人民政府" in page
    assert f'href="{source.url}/0.html"' in page


def test_a_page_that_cannot_be_read_leaves_the_summary_and_an_entry_is_decided_once(source: Source) -> None:
    office = Office()
    following(office, source)
    poll_feeds()
    source.page = None
    entry = FeedEntry.objects.get()
    client = client_of(office, "officer")
    client.post(f"/desk/reposts/{entry.pk}/")
    record = Record.objects.get()
    assert record.working is not None
    assert record.working.content["body"] == [{"type": "paragraph", "text": "摘要0"}]
    assert client.post(f"/desk/reposts/{entry.pk}/").status_code == 409
    assert client.post(f"/desk/records/{record.pk}/renew/").status_code == 422
    with pytest.raises(Refused):
        set_aside(entry, actor=office.actor("officer"))
    assert Record.objects.count() == 1


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31T23:59:59+00:00", "soon"])
def test_a_moment_that_no_calendar_holds_is_none(moment: str) -> None:
    item = f"<item><title>通知</title><link>https://www.example.gov.cn/1</link><pubDate>{moment}</pubDate></item>"
    assert [entry.published_at for entry in parse_feed(f"<rss>{item}</rss>".encode())] == [None]
