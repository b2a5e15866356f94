"""The checks panel: masking with one click, decisions with a reason, and nothing signed off before."""

from __future__ import annotations

from typing import Any

import pytest

from gongkai.engine.checks.models import Finding
from gongkai.engine.records.actions import submit
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import agree
from tests.builders import Office, draft_record
from tests.workbench.people import Desk
from tests.workbench.test_editor import typed

pytestmark = pytest.mark.django_db

# Made up, with a right check digit.
NUMBER = "11010119900307109X"
BODY = [
    {"type": "paragraph", "text": f"获奖教师王某，身份证号{NUMBER}。"},
    {"type": "table", "caption": "", "columns": ["姓名", "证件"], "rows": [["李某", f"身份证{NUMBER}"]]},
]


def record_with(office: Office, **fields: Any) -> Record:
    return draft_record(office, body=BODY, **fields)


def url(record: Record, tail: str = "") -> str:
    return f"/desk/records/{record.pk}/{tail}"


def blocking(record: Record) -> list[Finding]:
    record.refresh_from_db()
    assert record.working is not None
    return list(
        Finding.objects.filter(edition_sha256=record.working.sha256, severity="block", is_decided=False).order_by("pk")
    )


def test_one_click_masks_one_number_and_the_other_stays(desk: Desk) -> None:
    record = record_with(desk.office)
    first = blocking(record)[0]
    page = desk.client("officer").get(url(record)).content.decode()
    assert (
        "身份证号码" in page
        and "一键遮盖" in page
        and NUMBER[6:] not in page.split("findings-title")[1].split("</section>")[0]
    )
    answer = desk.client("officer").post(url(record, "mask/"), {"finding": str(first.pk)})
    assert answer.status_code == 302
    record.refresh_from_db()
    assert record.working is not None
    body = record.working.content["body"]
    assert body[0]["text"] == "获奖教师王某，身份证号110101************。"
    assert body[1]["rows"][0][1] == f"身份证{NUMBER}"
    assert len(blocking(record)) == 1


def test_all_are_masked_at_once(desk: Desk) -> None:
    record = record_with(desk.office)
    desk.client("officer").post(url(record, "mask/"), {})
    assert blocking(record) == []
    assert record.working is not None and NUMBER not in (record.working.canonical or "")


def test_masking_needs_the_right_to_edit(desk: Desk) -> None:
    record = record_with(desk.office)
    assert desk.client("secrecy").post(url(record, "mask/"), {}).status_code == 403
    other = Desk(Office("11330000002", "云洲市卫生健康局"))
    assert other.client("officer").post(url(record, "mask/"), {}).status_code == 404
    assert record.editions.count() == 1


def test_masking_in_the_editor_loses_no_typed_word(desk: Desk) -> None:
    record = record_with(desk.office)
    first = blocking(record)[0]
    given = typed(record, title="正在改的标题", intent=f"mask-{first.pk}")
    answer = desk.client("officer").post(url(record, "edit/"), given)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "正在改的标题" in page and "身份证号110101************" in page
    assert record.editions.count() == 1
    moved = given | {"body": "前面加了一句。\n" + given["body"]}
    page = desk.client("officer").post(url(record, "edit/"), moved).content.decode()
    assert "位置已经变动" in page and "前面加了一句" in page


def test_masking_waits_for_unsaved_work(desk: Desk) -> None:
    record = record_with(desk.office)
    client = desk.client("officer")
    client.post(url(record, "edit/keep/"), {"title": "没存"})
    answer = client.post(url(record, "mask/"), {})
    assert answer.headers["Location"] == url(record, "edit/")
    assert (record.editions.count(), record.buffers.count()) == (1, 1)


def test_a_decision_needs_a_reviewer_and_a_reason(desk: Desk) -> None:
    record = record_with(desk.office)
    submit(record, actor=desk.office.actor("officer"))
    agree(record, "section", actor=desk.office.actor("section"))
    agree(record, "secrecy", actor=desk.office.actor("secrecy"))
    first, second = blocking(record)
    place = url(record, f"findings/{first.pk}/")
    given = {"decision": "false_positive", "reason": "样例号码，不是真实个人。"}
    assert desk.client("officer").post(place, given).status_code == 403
    assert desk.client("sign_off").post(place, given | {"reason": ""}).status_code == 422
    assert len(blocking(record)) == 2
    refused = desk.client("sign_off").post(url(record, "do/review.sign_off/"), {"text": "同意"})
    assert (refused.status_code, "还没有处理决定" in refused.content.decode()) == (409, True)
    assert desk.client("sign_off").get(place).status_code == 200
    assert desk.client("sign_off").post(place, given).status_code == 302
    assert len(blocking(record)) == 1
    assert desk.client("sign_off").post(place, given).status_code == 409
    desk.client("sign_off").post(url(record, f"findings/{second.pk}/"), given)
    assert desk.client("sign_off").post(url(record, "do/review.sign_off/"), {"text": "同意"}).status_code == 302
    assert "样例号码，不是真实个人。" in desk.client("officer").get(url(record)).content.decode()


def test_a_finding_of_another_record_is_unknown_here(desk: Desk) -> None:
    record, other = record_with(desk.office), record_with(desk.office)
    finding = blocking(other)[0]
    assert desk.client("section").get(url(record, f"findings/{finding.pk}/")).status_code == 404
