"""Columns of a site, and records placed on them: all channels in one transaction, taken back from all at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.engine.channels.actions import arrange, close, open_column
from gongkai.engine.channels.models import Column, Placement
from gongkai.engine.channels.queries import tree, update_due_on
from gongkai.engine.channels.targets import column_channel
from gongkai.engine.records.actions import correct, edit, place, publish, restore, submit, take_down, withdraw
from gongkai.engine.records.models import Publication, Record
from gongkai.engine.records.queries import column_records, updated_on
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.ground.register.log import seal
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, agree_to_all, content, organ, public_record, reviewed_record

pytestmark = pytest.mark.django_db


def column(office: Office, slug: str = "news", **facts: Any) -> Column:
    values = {"name": "教育动态", "slug": slug, "is_picked": True} | facts
    made: Column = open_column(actor=office.actor("editor"), organ=office.organ, **values)
    return made


def standing(record: Record) -> list[str]:
    rows = record.publications.filter(until_at__isnull=True).order_by("pk")
    return list(rows.values_list("channel", flat=True))


def test_a_record_is_published_on_every_chosen_channel_at_once_and_the_register_knows_each() -> None:
    office = Office()
    picked = column(office)
    record = reviewed_record(office)
    place(record, actor=office.actor("editor"), channels=[column_channel(picked.pk)])
    assert standing(record) == []
    publish(record, actor=office.actor("editor"))
    assert standing(record) == ["portal", column_channel(picked.pk)]
    assert list(column_records(picked)) == [record]
    take_down(record, actor=office.actor("editor"))
    assert (standing(record), list(column_records(picked))) == ([], [])
    restore(record, actor=office.actor("ogi"))
    assert standing(record) == ["portal", column_channel(picked.pk)]
    correct(record, actor=office.actor("editor"))
    edit(record, actor=office.actor("officer"), content=content(title="更正后的标题", change_note="更正。"))
    submit(record, actor=office.actor("officer"))
    agree_to_all(office, record)
    publish(record, actor=office.actor("editor"))
    assert {one.edition.number for one in record.publications.filter(until_at__isnull=True)} == {2}
    assert standing(record) == ["portal", column_channel(picked.pk)]
    withdraw(record, actor=office.actor("editor"), reason="published_in_error", note="误发。")
    assert standing(record) == []
    seal()
    assert verify_all().differences == []


def test_a_public_record_moves_to_another_column_and_off_again() -> None:
    office = Office()
    first, second = column(office), column(office, "more", name="工作动态")
    record = public_record(office)
    for chosen in ([first], [second], []):
        place(record, actor=office.actor("editor"), channels=[column_channel(one.pk) for one in chosen])
        assert standing(record) == ["portal", *(column_channel(one.pk) for one in chosen)]
    seal()
    assert verify_all().differences == []
    Publication.objects.filter(channel=column_channel(first.pk)).update(channel=column_channel(second.pk))
    assert {one.problem for one in verify_all().differences} == {"publication-changed"}


@pytest.mark.parametrize("channel", ["column:999", "push:nowhere", "portal", "column:x"])
def test_a_channel_that_is_not_open_to_a_record_is_refused_and_nothing_changes(channel: str) -> None:
    office = Office()
    record = reviewed_record(office)
    before = Event.objects.count()
    with pytest.raises(Refused) as refusal:
        place(record, actor=office.actor("editor"), channels=[channel])
    assert refusal.value.code == "records.no_channel"
    assert (Placement.objects.count(), Event.objects.count()) == (0, before)
    with pytest.raises(Refused):
        place(record, actor=office.actor("officer"), channels=[])


def test_another_organs_column_is_not_open_and_a_closed_one_is_skipped() -> None:
    office, other = Office(), Office("11330000002", "云洲市卫生健康局")
    own, foreign = column(office), column(other, "health")
    record = reviewed_record(office)
    with pytest.raises(Refused):
        place(record, actor=office.actor("editor"), channels=[column_channel(foreign.pk)])
    place(record, actor=office.actor("editor"), channels=[column_channel(own.pk)])
    close(own, actor=office.actor("editor"))
    publish(record, actor=office.actor("editor"))
    assert standing(record) == ["portal"]


def test_a_column_of_kinds_holds_the_records_of_its_organ_and_those_below() -> None:
    office = Office()
    below = organ("11330000009", "云洲市第一中学", office.organ)
    record = public_record(office, kind="notice", title="关于放假的公告")
    public_record(office, title="另一类")
    mine = column(office, is_picked=False, kinds=["notice"])
    assert list(column_records(mine)) == [record]
    Record.objects.filter(pk=record.pk).update(organ=below)
    assert list(column_records(mine)) == []
    arrange(
        mine,
        actor=office.actor("editor"),
        name="公告",
        slug="news",
        parent=None,
        order=1,
        lead="",
        is_picked=False,
        kinds=["notice"],
        with_below=True,
        cadence="column.documents",
    )
    assert list(column_records(mine)) == [record]


def test_columns_are_a_tree_without_circles_and_addresses_are_taken_once() -> None:
    office = Office()
    top = column(office)
    child = column(office, "inner", parent=top, name="内层")
    assert [(one.column, [inner.column for inner in one.below]) for one in tree([top, child])] == [(top, [child])]
    facts = {"name": "动态", "order": 0, "lead": "", "is_picked": True, "kinds": [], "with_below": False, "cadence": ""}
    wrong = [
        ({"slug": "inner", "parent": None}, "channels.slug_taken"),
        ({"slug": "news", "parent": child}, "channels.bad_parent"),
        ({"slug": "news", "parent": None, "is_picked": False}, "channels.empty"),
        ({"slug": "news", "parent": None, "cadence": "foi.reply"}, "channels.bad_cadence"),
    ]
    for values, code in wrong:
        with pytest.raises(Refused) as refusal:
            arrange(top, actor=office.actor("editor"), **(facts | values))
        assert refusal.value.code == code
    with pytest.raises(Refused) as refusal:
        close(top, actor=office.actor("editor"))
    assert refusal.value.code == "channels.has_below"
    assert Column.objects.filter(valid_until__isnull=True).count() == 2


def test_cadence_says_when_a_column_must_be_updated_again() -> None:
    office = Office()
    with clock.frozen(dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)):
        news = column(office, cadence="column.news")
        documents = column(office, "docs", cadence="column.documents")
        plain = column(office, "plain")
        assert updated_on(news) is None
        assert update_due_on(news, None) == dt.date(2026, 3, 16)
        assert update_due_on(documents, dt.date(2026, 8, 31)) == dt.date(2027, 2, 28)
        assert update_due_on(plain, None) is None


def test_the_page_of_a_column_lists_feeds_and_keeps_its_address() -> None:
    office = Office()
    mine = column(office, is_picked=False, kinds=["notice"], lead="教育系统的公告。")
    public_record(office, kind="notice", title="关于放假的公告")
    visitor = Client()
    page = visitor.get("/c/news/")
    assert (page.status_code, "关于放假的公告" in page.content.decode()) == (200, True)
    assert "教育系统的公告。" in page.content.decode()
    assert "关于放假的公告" in visitor.get("/feed/c/news.atom").content.decode()
    close(mine, actor=office.actor("editor"))
    assert visitor.get("/c/news/").status_code == 404
    assert visitor.get("/c/none/").status_code == 404


def test_a_column_costs_the_same_however_long() -> None:
    office = Office()
    mine = column(office)
    counts = []
    for _ in range(2):
        for _ in range(2):
            record = reviewed_record(office)
            place(record, actor=office.actor("editor"), channels=[column_channel(mine.pk)])
            publish(record, actor=office.actor("editor"))
        with CaptureQueriesContext(connection) as queries:
            Client().get("/c/news/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
