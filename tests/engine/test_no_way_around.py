"""Ways around a review that somebody tried, each closed: what was tried is refused, or the public never sees it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from gongkai.engine.records.actions import abandon_correction, correct, edit, link, publish, submit
from gongkai.engine.records.models import Link, Record
from gongkai.ground import clock
from tests.builders import Office, agree_to_all, content, public_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(frozen_clock: object) -> Office:
    return Office()


def test_a_second_correction_follows_an_abandoned_one(office: Office) -> None:
    record, officer = public_record(office), office.actor("officer")
    for title in ("第一次更正", "第二次更正"):
        correct(record, actor=officer)
        edit(record, actor=officer, content=content(title=title, change_note="更正标题。"))
        abandon_correction(record, actor=officer)
    assert [edition.number for edition in record.editions.order_by("number")] == [1, 2, 3]
    record.refresh_from_db()
    assert (record.state, record.title) == ("public", "关于做好校园食品安全工作的通知")


def test_a_relation_made_in_a_correction_is_shown_when_the_correction_is(
    office: Office, frozen_clock: dt.datetime
) -> None:
    mine, theirs = public_record(office), public_record(office, title="另一份文件")
    officer = office.actor("officer")
    with clock.frozen(frozen_clock + dt.timedelta(hours=1)):
        correct(mine, actor=officer)
        link(mine, actor=officer, target=theirs, kind="repeals", note="还没有人审核的话")
    for record in (mine, theirs):
        page = Client().get(f"/r/{record.index_number}").content.decode()
        assert "还没有人审核的话" not in page
        assert "本文件已于" not in page
    with clock.frozen(frozen_clock + dt.timedelta(days=1)):
        edit(mine, actor=officer, content=content(change_note="补充废止关系。"))
        submit(mine, actor=officer)
        agree_to_all(office, mine)
        publish(mine, actor=office.actor("editor"))
    assert "本文件已于 2026-03-03 废止" in Client().get(f"/r/{theirs.index_number}").content.decode()
    assert Link.objects.count() == 1
    assert Record.objects.get(pk=theirs.pk).validity == "repealed"
