"""The page of an import batch: counts, doubts, records; for whoever may look into its organ, at a fixed cost."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongkai.domains.documents.intake.ledger import open_batch, write_item
from gongkai.domains.documents.models import ImportBatch
from tests.builders import Office, draft_record


def line(title: str, **fields: Any) -> dict[str, Any]:
    return {"path": f"{title}.html", "title": title, "document_number": None, "record": None, "warnings": []} | fields


DOUBT = {
    "code": "written-on-differs",
    "place": "落款（第9行）",
    "found": "2025-03-09",
    "expected": "2025-03-07",
    "message": "目录中的成文日期与落款日期不一致，取落款日期。",
}


def filled(office: Office, count: int = 1) -> ImportBatch:
    batch = open_batch("旧站一期", office.organ, None, "")
    record = draft_record(office)
    for number in range(count):
        write_item(batch, f"{number:064x}", "taken", record.pk, line(f"第{number}号通知", warnings=[DOUBT]))
    write_item(batch, "a" * 64, "taken", record.pk, line("没有疑点的通知"))
    error = {"code": "files.broken", "message": "文件已损坏。"}
    write_item(batch, "b" * 64, "refused", None, line("坏文件", error=error, warnings=[DOUBT]))
    return batch


def test_a_batch_shows_its_doubts_and_what_needs_a_person(desk: Any) -> None:
    batch = filled(desk.office)
    client = desk.client("officer")
    assert "旧站一期" in client.get("/desk/imports/").content.decode()
    page = client.get(f"/desk/imports/{batch.pk}/").content.decode()
    assert "第0号通知" in page and "2025-03-07" in page and "坏文件" in page
    assert "没有疑点的通知" not in page
    assert "没有疑点的通知" in client.get(f"/desk/imports/{batch.pk}/?show=all").content.decode()
    refused = client.get(f"/desk/imports/{batch.pk}/?show=refused").content.decode()
    assert "文件已损坏。" in refused and "第0号通知" not in refused


def test_another_organ_sees_nothing_of_it(desk: Any) -> None:
    batch = filled(desk.office)
    stranger = desk.client(Office("11330000002", "云洲市民政局").people["officer"])
    assert stranger.get(f"/desk/imports/{batch.pk}/").status_code == 404
    assert "旧站一期" not in stranger.get("/desk/imports/").content.decode()


def test_many_items_cost_no_more_queries_and_are_paged(desk: Any) -> None:
    batch = filled(desk.office, 3)
    client = desk.client("officer")
    client.get(f"/desk/imports/{batch.pk}/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(f"/desk/imports/{batch.pk}/")
    record = draft_record(desk.office)
    for number in range(40):
        write_item(batch, f"{number + 500:064x}", "taken", record.pk, line(f"另{number}号通知", warnings=[DOUBT]))
    with CaptureQueriesContext(connection) as many:
        page = client.get(f"/desk/imports/{batch.pk}/").content.decode()
    assert len(many) == len(few)
    assert "after=" in page and "另39号通知" not in page
