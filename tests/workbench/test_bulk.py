"""Many records at once: the dry run changes nothing, the run tells of each, all or nothing means it; lists are kept."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongkai.engine.notices.models import Notice
from gongkai.engine.records.actions import keep_buffer, submit
from gongkai.engine.records.models import Edition, Record
from gongkai.ground import clock
from gongkai.ground.access.models import Export
from gongkai.ground.access.roles import Role
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from gongkai.surfaces.workbench.models import SavedFilter
from tests.builders import Office, draft_record, person, public_record, reviewed_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db
MANY = "/desk/records/many/"


def states(*records: Record) -> list[str]:
    return [Record.objects.get(pk=record.pk).state for record in records]


def post(desk: Desk, who: str, records: list[Record], act: str, **more: Any) -> Any:
    given = {"act": act, "pk": [record.pk for record in records], "once_key": "k1"} | more
    return desk.client(who).post(MANY, given)


def test_a_dry_run_says_what_would_become_of_each_and_changes_nothing(desk: Desk) -> None:
    whole, bare = draft_record(desk.office, title="齐全的"), draft_record(desk.office, title="缺依据的", disclosure="")
    events = Event.objects.count()
    answer = post(desk, "officer", [whole, bare], "submit")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert [(line["record"].title, bool(line["told"])) for line in answer.context["lines"]] == [
        ("齐全的", False),
        ("缺依据的", True),
    ]
    assert "逐件办理" in page and "整批办理" in page
    assert "没有认定公开属性" in page and "可以办理 1 件" in page and "不能办理 1 件" in page
    assert (states(whole, bare), Event.objects.count()) == (["drafting", "drafting"], events)


def test_one_by_one_does_what_can_be_done_and_tells_why_not_of_the_rest(desk: Desk) -> None:
    whole, bare = draft_record(desk.office), draft_record(desk.office, disclosure="")
    answer = post(desk, "officer", [whole, bare], "submit", step="run", mode="each")
    assert (answer.status_code, answer.context["done_count"]) == (200, 1)
    assert states(whole, bare) == ["proposed", "drafting"]
    assert "没有认定公开属性" in answer.content.decode()
    again = post(desk, "officer", [whole, bare], "submit", step="run", mode="each")
    assert again.context["done_count"] == 1
    assert Event.objects.filter(name="record.submitted").count() == 1


def test_all_or_nothing_leaves_everything_when_one_cannot(desk: Desk) -> None:
    whole, bare = draft_record(desk.office), draft_record(desk.office, disclosure="")
    events = Event.objects.count()
    answer = post(desk, "officer", [whole, bare], "submit", step="run", mode="whole")
    assert (states(whole, bare), Event.objects.count()) == (["drafting", "drafting"], events)
    assert answer.context["done_count"] == 0
    assert "这一件没有办理" in answer.content.decode()
    both = post(desk, "officer", [whole], "submit", step="run", mode="whole")
    assert (both.context["done_count"], states(whole)) == (1, ["proposed"])


def test_what_one_may_not_know_is_told_of_and_not_touched(desk: Desk) -> None:
    other = Office("11330000002", "云洲市卫生健康局")
    foreign, own = draft_record(other, title="别家的草稿"), draft_record(desk.office)
    answer = post(desk, "officer", [foreign, own], "submit", step="run")
    page = answer.content.decode()
    assert states(foreign, own) == ["drafting", "proposed"]
    assert f"编号 {foreign.pk}" in page and "别家的草稿" not in page


def test_publishing_and_scheduling_many_asks_the_gate_for_each(desk: Desk) -> None:
    ready, waiting = reviewed_record(desk.office), draft_record(desk.office)
    refused = post(desk, "officer", [ready], "publish", step="run")
    assert (refused.status_code, states(ready)) == (404, ["signed_off"])
    late = post(desk, "editor", [ready], "schedule", step="run", at="2020-01-01T09:00")
    assert "已经过去" in late.content.decode()
    assert post(desk, "editor", [ready], "schedule", step="run", at="乱写").status_code == 422
    answer = post(desk, "editor", [ready, waiting], "publish", step="run", once_key="k2")
    assert (states(ready, waiting), answer.context["done_count"]) == (["public", "drafting"], 1)


def test_subject_and_keywords_are_new_editions_and_never_eat_unsaved_text(desk: Desk) -> None:
    first, second = draft_record(desk.office, keywords=["食品安全"]), draft_record(desk.office)
    keep_buffer(second, actor=desk.office.actor("officer"), content={"title": "打到一半"})
    answer = post(desk, "officer", [first, second], "keywords", step="run", keywords="校园\n食品安全")
    first.refresh_from_db()
    assert first.working.content["keywords"] == ["食品安全", "校园"]
    assert (answer.context["done_count"], second.buffers.count()) == (1, 1)
    post(desk, "officer", [first], "subject", step="run", subject_class="卫生、体育/卫生", once_key="k3")
    first.refresh_from_db()
    assert (first.subject_class, Edition.objects.filter(record=first).count()) == ("卫生、体育/卫生", 3)


def test_all_that_match_are_taken_up_to_the_limit(desk: Desk) -> None:
    for number in range(3):
        draft_record(desk.office, title=f"食堂第{number}件")
    draft_record(desk.office, title="校车")
    answer = desk.client("officer").post(MANY, {"act": "submit", "all": "1", "query": "q=食堂"})
    assert [line["record"].title for line in answer.context["lines"]] == ["食堂第2件", "食堂第1件", "食堂第0件"]


def test_an_export_is_safe_in_a_spreadsheet_and_leaves_an_event(desk: Desk) -> None:
    record = draft_record(desk.office, title="=HYPERLINK(1)", document_number="")
    bare = post(desk, "officer", [record], "export", step="run", reason="")
    assert (bare.status_code, Export.objects.count()) == (422, 0)
    answer = post(desk, "officer", [record], "export", step="run", reason="季度统计")
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith(",'=HYPERLINK(1),,云洲市教育局,起草,主动公开,")
    made = Export.objects.get()
    digest = hashlib.sha256(answer.content).hexdigest()
    assert (made.what, made.rows, made.reason, made.sha256, made.is_large) == ("records", 1, "季度统计", digest, False)
    event = Event.objects.get(name="export.made")
    assert event.data == {"what": "records", "rows": 1, "sha256": digest, "is_large": False}


def test_a_dry_run_costs_the_same_for_each_row(desk: Desk) -> None:
    made = [draft_record(desk.office) for _ in range(4)]

    def count(records: list[Record]) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert post(desk, "officer", records, "submit").status_code == 200
        return len(seen)

    one, two, four = count(made[:1]), count(made[:2]), count(made)
    assert four - two == 2 * (two - one)
    assert two - one <= 4


def test_a_list_is_kept_under_a_name_for_oneself(desk: Desk) -> None:
    submit(draft_record(desk.office, title="食堂"), actor=desk.office.actor("officer"))
    client = desk.client("officer")
    given = {"name": "送审中的食堂", "query": "q=食堂&state=proposed&after=5_5&evil=1"}
    answer = client.post("/desk/records/filters/", given)
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query) == ("送审中的食堂", "q=%E9%A3%9F%E5%A0%82&state=proposed")
    assert answer.headers["Location"] == f"/desk/records/?{kept.query}"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "送审中的食堂" in page and "删除常用筛选" in page
    other = desk.client("section")
    assert "送审中的食堂" not in other.get("/desk/records/").content.decode()
    assert other.post(f"/desk/records/filters/{kept.pk}/drop/").status_code == 404
    assert client.post("/desk/records/filters/", {"name": " ", "query": ""}).status_code == 422
    assert SavedFilter.objects.count() == 1
    assert client.post(f"/desk/records/filters/{kept.pk}/drop/").status_code == 302
    assert SavedFilter.objects.count() == 0


def test_drafts_change_hands_in_one_go_and_only_to_who_may_draft(desk: Desk) -> None:
    first, second = draft_record(desk.office), draft_record(desk.office)
    sent = draft_record(desk.office)
    submit(sent, actor=desk.office.actor("officer"))
    taker = person("officer-2", desk.office.organ, Role.OFFICER, name="接手的人")
    given = {"step": "run", "mode": "each", "taker": "接手的人"}
    answer = post(desk, "section", [first, second, sent], "reassign", **given)
    assert answer.context["done_count"] == 2
    assert [Record.objects.get(pk=row.pk).drafter for row in (first, second, sent)] == [
        taker,
        taker,
        desk.office.people["officer"],
    ]
    told = Notice.objects.filter(recipient=taker).values_list("text", flat=True)
    assert sorted(told) == [f"一件信息改由您承办：草稿 {row.pk}，{clock.today():%Y-%m-%d}。" for row in (first, second)]
    no = post(
        desk,
        "section",
        [first],
        "reassign",
        **(given | {"once_key": "k2", "taker": desk.office.people["secrecy"].name}),
    )
    assert no.context["done_count"] == 0 and "没有起草权限" in no.content.decode()
    assert verify_all().differences == []
    assert post(desk, "officer", [first], "reassign", **given).status_code == 404


def test_only_what_fits_the_list_is_offered(desk: Desk) -> None:
    draft_record(desk.office)
    public_record(desk.office, title="已公开的")
    client = desk.client("officer")
    offered = [act.code for act in client.get("/desk/records/?state=public").context["bulk_acts"]]
    assert "submit" not in offered and "export" in offered
    assert "submit" in [act.code for act in client.get("/desk/records/").context["bulk_acts"]]
