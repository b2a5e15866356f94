"""Ways around a review that somebody tried, each closed: what was tried is refused, or the public never sees it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from gongkai.engine.records.actions import abandon_correction, correct, edit, link, migrate, publish, revise, submit
from gongkai.engine.records.attachments import entry_of
from gongkai.engine.records.attribute import fitting_grounds
from gongkai.engine.records.models import Link, Record
from gongkai.engine.reviews.actions import agree, return_to_organ
from gongkai.engine.reviews.models import Opinion
from gongkai.engine.reviews.queries import open_steps
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.files.actions import upload
from gongkai.ground.refusal import Refused
from tests.builders import Office, agree_to_all, content, draft_record, public_record

pytestmark = pytest.mark.django_db
NO_GROUND = "ground_missing"


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


def test_nothing_is_linked_once_somebody_agreed(office: Office) -> None:
    target, record, officer = public_record(office), draft_record(office), office.actor("officer")
    submit(record, actor=officer)
    agree(record, "section", actor=office.actor("section"))
    with pytest.raises(Refused) as told:
        link(record, actor=officer, target=target, kind="repeals")
    assert (told.value.code, Link.objects.count()) == ("gate.wrong_state", 0)


def test_withholding_a_policy_under_review_starts_the_review_that_asks_for_it(office: Office) -> None:
    record, officer = draft_record(office), office.actor("officer")
    submit(record, actor=officer)
    agree(record, "section", actor=office.actor("section"))
    ground = next(iter(fitting_grounds("withheld")))
    withheld = content(disclosure="withheld", disclosure_basis=ground, disclosure_reason="属于内部事务。")
    revise(record, actor=officer, content=withheld)
    assert record.state == "proposed"
    assert [step.code for step in open_steps(record)] == ["attribute"]
    agree_to_all(office, record)
    assert record.state == "signed_off"
    assert Opinion.objects.filter(step__code="attribute", edition=record.working).count() == 1


@pytest.mark.parametrize("text", ["机密★10年", "绝密★启用前"])
def test_no_opinion_and_no_relation_keeps_a_classification_mark(office: Office, text: str) -> None:
    target, record, officer = public_record(office), draft_record(office), office.actor("officer")
    before = Opinion.objects.count()
    with pytest.raises(Refused) as told:
        link(record, actor=officer, target=target, kind="based_on", note=text)
    assert told.value.code == "records.classification_mark"
    submit(record, actor=officer)
    for act in (
        lambda: agree(record, "section", actor=office.actor("section"), text=text),
        lambda: return_to_organ(record, actor=office.actor("ogi"), reason=NO_GROUND, text=text),
    ):
        with pytest.raises(Refused) as told:
            act()
        assert told.value.code == "records.classification_mark"
    assert (Link.objects.count(), Opinion.objects.count()) == (0, before)


def test_what_the_office_for_openness_writes_when_it_returns_is_kept(office: Office) -> None:
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    return_to_organ(record, actor=office.actor("ogi"), reason=NO_GROUND, text="请补充公开依据。")
    opinion = Opinion.objects.get()
    assert (opinion.verdict, opinion.reason_code, opinion.text) == ("return", NO_GROUND, "请补充公开依据。")
    assert (opinion.reviewer, opinion.edition) == (office.people["ogi"], record.working)


def test_a_correction_keeps_its_note_through_the_review(office: Office) -> None:
    record, officer = public_record(office), office.actor("officer")
    correct(record, actor=officer)
    edit(record, actor=officer, content=content(title="更正后的标题", change_note="更正标题。"))
    submit(record, actor=officer)
    with pytest.raises(Refused) as told:
        revise(record, actor=officer, content=content(title="更正后的标题"))
    assert (told.value.code, record.editions.count()) == ("records.no_note", 2)


def test_the_attachment_of_a_migrated_page_can_be_fetched(office: Office) -> None:
    file, _ = upload("附件的内容。".encode(), "附件.txt", organ=office.organ, actor=SYSTEM)
    item = {"kind": "notice", "content": content(), "files": [entry_of(file)]}
    record = migrate(actor=office.actor("ogi"), organ=office.organ, item=item, already_public="原网站已公开。")
    answer = Client().get(f"/r/{record.index_number}.file/1")
    assert (answer.status_code, answer.content) == (200, "附件的内容。".encode())
