"""The desk: what waits for whom, in a number of queries that does not grow with the organs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.records.actions import conclude, submit, take_down
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import agree, return_for_correction
from gongkai.ground import clock
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.models import Organ, OrganClosure
from gongkai.ground.register.models import Event
from gongkai.surfaces.workbench import queues
from tests.builders import LONG_AGO, Office, deputy, draft_record, organ, person, public_record, reviewed_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db


def queue(office: Office, key: str, code: str) -> queues.Queue:
    return next(found for found in queues.desk(office.actor(key)) if found.code == code)


def titles(found: queues.Queue) -> list[str]:
    return [row.record.title for row in found.rows]


def test_a_stranger_is_sent_to_the_login(desk: Desk) -> None:
    del desk
    answer = Client().get("/desk/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/desk/")


def test_who_must_change_the_password_gets_no_desk(desk: Desk) -> None:
    who = desk.office.people["officer"]
    who.must_change_password = True
    who.save()
    answer = desk.client("officer").get("/desk/")
    assert answer.status_code == 302
    assert "/password/" in answer.headers["Location"]


def test_each_step_waits_on_the_desk_of_its_reviewer_only(desk: Desk) -> None:
    record = draft_record(desk.office)
    submit(record, actor=desk.office.actor("officer"))
    assert titles(queue(desk.office, "section", "review")) == ["关于做好校园食品安全工作的通知"]
    assert titles(queue(desk.office, "secrecy", "review")) == []
    assert titles(queue(desk.office, "officer", "drafts")) == []
    agree(record, "section", actor=desk.office.actor("section"))
    assert titles(queue(desk.office, "section", "review")) == []
    assert titles(queue(desk.office, "secrecy", "review")) == ["关于做好校园食品安全工作的通知"]


def test_a_deputy_sees_for_whom(desk: Desk) -> None:
    office = desk.office
    office.people["section"].name = "周敏"
    office.people["section"].save()
    deputy(office.people["section"], office.people["editor"])
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    assert [row.note for row in queue(office, "editor", "review").rows] == ["代 周敏"]
    assert "代 周敏" in desk.client("editor").get("/desk/").content.decode()


def test_the_drafter_and_who_spoke_before_have_nothing_to_review(desk: Desk) -> None:
    office = desk.office
    for key in ("officer", "section"):
        Grant.objects.create(
            person=office.people[key], role=Role.SECRECY_REVIEWER, organ=office.organ, valid_from=LONG_AGO
        )
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    agree(record, "section", actor=office.actor("section"))
    assert titles(queue(office, "officer", "review")) == []
    assert titles(queue(office, "section", "review")) == []
    assert len(titles(queue(office, "secrecy", "review"))) == 1


def test_returned_drafts_scheduled_and_taken_down_stand_in_their_queues(desk: Desk) -> None:
    office = desk.office
    returned = draft_record(office, title="退回的通知")
    submit(returned, actor=office.actor("officer"))
    return_for_correction(returned, actor=office.actor("section"), reason="ground_missing", text="请补充依据。")
    draft_record(office, title="起草中的通知")
    reviewed_record(office, title="已审签的通知")
    take_down(public_record(office, title="下线的通知"), actor=office.actor("editor"))
    assert titles(queue(office, "officer", "returned")) == ["退回的通知"]
    assert titles(queue(office, "officer", "drafts")) == ["起草中的通知"]
    assert titles(queue(office, "editor", "publish")) == ["已审签的通知"]
    assert titles(queue(office, "officer", "publish")) == []
    assert titles(queue(office, "ogi", "taken_down")) == ["下线的通知"]
    page = desk.client("officer").get("/desk/").content.decode()
    assert "退回的通知" in page and "改正后重新送审" in page and "下线的通知" not in page


def test_what_is_late_and_what_ends_today_stand_apart(desk: Desk) -> None:
    office = desk.office
    late, today = (
        draft_record(office, title="逾期的通知", written_on="2026-01-20"),
        draft_record(office, title="今日的通知"),
    )
    for record in (late, today):
        submit(record, actor=office.actor("officer"))
    Deadline.objects.filter(subject_id=str(late.pk)).update(due_on=clock.today() - dt.timedelta(days=7))
    Deadline.objects.filter(subject_id=str(today.pk)).update(due_on=clock.today())
    assert titles(queue(office, "officer", "overdue")) == ["逾期的通知"]
    assert titles(queue(office, "officer", "today")) == ["今日的通知"]
    page = desk.client("officer").get("/desk/").content.decode()
    # From 23 February, with Saturday the 28th worked.
    assert "逾期 6 个工作日" in page and "今日到期" in page


def test_what_is_withheld_comes_back_to_the_desk_after_a_year(desk: Desk) -> None:
    office = desk.office
    record = reviewed_record(
        office, kind="notice", disclosure="withheld", disclosure_basis="process", disclosure_reason="讨论稿。"
    )
    conclude(record, actor=office.actor("officer"))
    year_later = clock.today().replace(year=clock.today().year + 1)
    assert (record.review_again_on, titles(queue(office, "officer", "recheck"))) == (year_later, [])
    Record.objects.filter(pk=record.pk).update(review_again_on=clock.today())
    found = queue(office, "officer", "recheck")
    assert [row.next_url for row in found.rows] == [f"/desk/records/{record.pk}/do/record.keep_withheld/"]
    assert titles(queue(office, "editor", "recheck")) == []
    assert desk.client("officer").post(found.rows[0].next_url).status_code == 302
    record.refresh_from_db()
    assert (record.state, record.review_again_on) == ("not_published", year_later)
    event = Event.objects.get(name="record.kept_withheld")
    assert event.data == {"disclosure": "withheld", "basis": "process", "again_on": year_later.isoformat()}
    assert titles(queue(office, "officer", "recheck")) == []


def test_a_queue_is_paged_without_losing_or_doubling_a_row(desk: Desk) -> None:
    for number in range(65):
        draft_record(desk.office, title=f"第{number}件")
    assert (len(queue(desk.office, "officer", "drafts").rows), queue(desk.office, "officer", "drafts").count) == (
        10,
        65,
    )
    client, seen, url = desk.client("officer"), [], "/desk/queue/drafts/"
    while url:
        context = client.get(url).context
        seen += [row.record.pk for row in context["queue"].rows]
        url = f"/desk/queue/drafts/{context['page'].next_url}" if context["page"].next_url else ""
    assert len(seen) == len(set(seen)) == 65
    assert client.get("/desk/queue/nothing/").status_code == 404


def test_clocks_are_paged_by_their_day(desk: Desk) -> None:
    office = desk.office
    for number in range(33):
        submit(draft_record(office, title=f"第{number}件"), actor=office.actor("officer"))
    Deadline.objects.update(due_on=clock.today() - dt.timedelta(days=7))
    client = desk.client("officer")
    first = client.get("/desk/queue/overdue/").context
    second = client.get(f"/desk/queue/overdue/{first['page'].next_url}").context
    keys = [row.record.pk for page in (first, second) for row in page["queue"].rows]
    assert (len(first["queue"].rows), len(keys), len(set(keys))) == (30, 33, 33)
    back = client.get(f"/desk/queue/overdue/{second['page'].previous_url}").context
    assert [row.record.pk for row in back["queue"].rows] == keys[:30]


def test_another_organ_sees_nothing(desk: Desk) -> None:
    draft_record(desk.office)
    other = Desk(Office("11330000002", "云洲市卫生健康局"))
    assert "校园食品" not in other.client("officer").get("/desk/").content.decode()
    assert "校园食品" not in other.client("officer").get("/desk/records/").content.decode()


def test_two_thousand_organs_cost_no_more_queries(desk: Desk) -> None:
    root = organ("11330000000", "云洲市人民政府")
    leader = person("leader", root, Role.SIGNER, Role.SITE_EDITOR, Role.OGI_OFFICE, with_subtree=True)
    client = desk.client(leader)

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    def office_below(number: int) -> None:
        office = Office(f"4433{number:07d}", f"云洲市第{number}局", parent=root)
        reviewed_record(office, title=f"第{number}件")
        take_down(public_record(office, title=f"第{number}件下线"), actor=office.actor("editor"))

    office_below(1)
    paths = ("/desk/", "/desk/records/", "/desk/queue/publish/", "/desk/queue/review/", "/desk/queue/overdue/")
    before = {path: count(path) for path in paths}
    for number in range(2, 7):
        office_below(number)
    made = Organ.objects.bulk_create(
        Organ(code=f"2233{number:07d}", name=f"云洲市第{number}所", type="department", level="county", parent=root)
        for number in range(2000)
    )
    OrganClosure.objects.bulk_create(
        [OrganClosure(ancestor=one, descendant=one, depth=0) for one in made]
        + [OrganClosure(ancestor=root, descendant=one, depth=1) for one in made]
    )
    assert {path: count(path) for path in before} == before
    assert before["/desk/"] <= 30


def test_the_list_finds_words_and_numbers_and_filters(desk: Desk) -> None:
    draft_record(desk.office, title="关于食堂自查的通知", document_number="云教办〔2026〕13号")
    reviewed_record(desk.office, title="关于校车安全的通知")
    client = desk.client("officer")

    def found(query: str) -> tuple[bool, bool]:
        page = client.get(f"/desk/records/?{query}").content.decode()
        return "食堂自查" in page, "校车安全" in page

    assert found("") == (True, True)
    assert found("q=食堂 通知") == (True, False)
    assert found("q=〔2026〕13号") == (True, False)
    assert found("q=云教办[2026]13号") == (True, False)
    assert found("q=云教办（２０２６）第13号") == (True, False)
    assert found("q=教办[2026]1") == (True, True)
    assert found("validity=repealed") == (False, False)
    assert found("disclosure=proactive") == (True, True)
    assert found("state=signed_off") == (False, True)
    assert found("kind=guide") == (False, False)


def test_the_list_is_paged_without_losing_or_doubling_a_row(desk: Desk) -> None:
    for number in range(65):
        draft_record(desk.office, title=f"第{number}件")
    client, seen, url = desk.client("officer"), [], "/desk/records/"
    while url:
        context = client.get(url).context
        seen += [row.record.pk for row in context["rows"]]
        url = f"/desk/records/{context['page'].next_url}" if context["page"].next_url else ""
        last = context["page"]
    assert len(seen) == len(set(seen)) == 65
    back = client.get(f"/desk/records/{last.previous_url}").context
    assert [row.record.pk for row in back["rows"]] == seen[30:60]
