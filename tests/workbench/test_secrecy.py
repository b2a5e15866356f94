"""One sheet for many secrecy reviews: each item an opinion of its own, bound to what was listed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongkai.engine.records.actions import revise, submit
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import agree, draw_sheet
from gongkai.engine.reviews.models import Opinion, SecrecySheet
from gongkai.ground.refusal import Refused
from gongkai.ground.register import triggers
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, content, draft_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db


def waiting(office: Office, title: str) -> Record:
    record = draft_record(office, title=title)
    submit(record, actor=office.actor("officer"))
    agree(record, "section", actor=office.actor("section"))
    return record


def draw(desk: Desk, *records: Record) -> SecrecySheet:
    answer = desk.client("secrecy").post("/desk/secrecy/", {"pk": [record.pk for record in records], "once_key": "d"})
    sheet = SecrecySheet.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/desk/secrecy/{sheet.pk}/")
    return sheet


def answers(sheet: SecrecySheet, *verdicts: str) -> dict[str, Any]:
    given = {"once_key": "a"}
    for line, verdict in zip(sheet.lines.all(), verdicts, strict=True):
        given |= {f"line-{line.pk}-verdict": verdict, f"line-{line.pk}-text": f"第{line.place}件的意见。"}
        if verdict == "return":
            given[f"line-{line.pk}-reason"] = "ground_missing"
    return given


@pytest.mark.django_db(transaction=True)
def test_a_line_exchanged_behind_the_register_is_found(desk: Desk) -> None:
    first, second = (waiting(desk.office, f"第{place}号通知") for place in "甲乙")
    sheet = draw(desk, first)
    assert verify_all().differences == []
    with triggers.suspended():
        sheet.lines.update(record=second, edition=second.working, edition_sha256=second.working.sha256)
    assert [(found.what, found.problem) for found in verify_all().differences] == [
        (f"secrecy sheet {sheet.pk}", "sheet-changed")
    ]


def test_each_item_gets_its_own_opinion_and_all_stand_on_one_print(desk: Desk) -> None:
    first, second, third = (waiting(desk.office, f"第{place}号通知") for place in "甲乙丙")
    page = desk.client("secrecy").get("/desk/secrecy/").content.decode()
    assert all(record.title in page for record in (first, second, third))
    sheet = draw(desk, first, second, third)
    answer = desk.client("secrecy").post(f"/desk/secrecy/{sheet.pk}/", answers(sheet, "agree", "return", ""))
    assert answer.status_code == 302
    rows = list(sheet.lines.select_related("opinion", "record__working"))
    assert [row.opinion.verdict if row.opinion else "" for row in rows] == ["agree", "return", ""]
    assert [row.record.state for row in rows] == ["in_review", "returned", "in_review"]
    assert rows[0].opinion and rows[0].opinion.edition_sha256 == rows[0].edition_sha256
    assert Event.objects.filter(name="secrecy_sheet.answered").count() == 2
    assert Event.objects.get(name="record.reviewed", data__step="secrecy").subject_id == str(first.pk)
    paper = desk.client("secrecy").get(f"/desk/secrecy/{sheet.pk}/print/").content.decode()
    for text in ("第1件的意见。", "第2件的意见。", "待审查", *(row.edition_sha256 for row in rows)):
        assert text in paper
    assert verify_all().differences == []


def test_what_changed_since_is_refused_alone(desk: Desk) -> None:
    first, second = waiting(desk.office, "甲号通知"), waiting(desk.office, "乙号通知")
    sheet = draw(desk, first, second)
    revise(second, actor=desk.office.actor("officer"), content=content(title="乙号通知（改）"))
    agree(second, "section", actor=desk.office.actor("section"))
    answer = desk.client("secrecy").post(f"/desk/secrecy/{sheet.pk}/", answers(sheet, "agree", "agree"))
    page = answer.content.decode()
    assert answer.status_code == 409 and "第2件列表时是第1版，此后有修改（现为第2版）" in page
    spoken = Opinion.objects.filter(step__code="secrecy")
    assert [opinion.step.review.record_id for opinion in spoken] == [first.pk]
    assert [line.opinion_id is None for line in sheet.lines.all()] == [False, True]


def test_only_who_reviews_secrecy_lists_what_waits(desk: Desk) -> None:
    record, early = waiting(desk.office, "甲号通知"), draft_record(desk.office)
    assert desk.client("officer").post("/desk/secrecy/", {"pk": record.pk}).status_code == 403
    assert desk.client("secrecy").post("/desk/secrecy/", {}).status_code == 422
    with pytest.raises(Refused):
        draw_sheet(actor=desk.office.actor("secrecy"), organ=desk.office.organ, records=[record, early])
    assert not SecrecySheet.objects.exists()
    sheet = draw(desk, record)
    given = answers(sheet, "agree")
    answer = desk.client("officer").post(f"/desk/secrecy/{sheet.pk}/", given)
    assert answer.status_code == 409 and not Opinion.objects.filter(step__code="secrecy").exists()
    other = Desk(Office("11330000002", "云洲市卫生健康局"))
    assert other.client("secrecy").get(f"/desk/secrecy/{sheet.pk}/").status_code == 404
    missing = {key: value for key, value in answers(sheet, "return").items() if not key.endswith("reason")}
    assert desk.client("secrecy").post(f"/desk/secrecy/{sheet.pk}/", missing).status_code == 422


def test_lines_are_kept_as_they_were_listed(desk: Desk) -> None:
    sheet = draw(desk, waiting(desk.office, "甲号通知"))
    for changes in ({"edition_sha256": "0" * 64}, {"place": 9}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            sheet.lines.update(**changes)
    assert verify_all().differences == []
