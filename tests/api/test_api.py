"""The interface for machines: reading without, writing with a token, and every no as problem+json."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import hash_token
from gongkai.ground.access.models import ServiceToken
from gongkai.ground.access.roles import Role
from gongkai.ground.register.models import Event
from tests.builders import Office, content, draft_record, person, public_record

pytestmark = pytest.mark.django_db
TOKEN = "test-token-of-the-oa-system"


@pytest.fixture
def office() -> Office:
    office = Office()
    machine = person("oa", office.organ, Role.SERVICE)
    ServiceToken.objects.create(
        person=machine, label="OA", token_hash=hash_token(TOKEN), valid_until=dt.date(2099, 12, 31)
    )
    return office


def post(path: str, body: dict[str, Any], key: str = "key-00000001", token: str = TOKEN) -> Any:
    return Client().post(
        f"/api/v1{path}",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )


def proposal(**fields: Any) -> dict[str, Any]:
    return {"organ_code": "11330000001", "kind": "other_document", "content": content(**fields)}


def test_public_records_are_listed_and_read_without_a_token(office: Office) -> None:
    record = public_record(office)
    draft_record(office, title="还没有公开的通知")
    listed = Client().get("/api/v1/records").json()
    assert [item["title"] for item in listed["items"]] == [record.title]
    detail = Client().get(f"/api/v1/records/{record.index_number}").json()
    assert detail["content"]["title"] == record.title
    assert detail["edition_sha256"] == record.current.sha256


def test_the_list_is_paged_by_its_cursor_without_gap_or_repeat(office: Office) -> None:
    made = [public_record(office, title=f"第{number}号通知").index_number for number in range(5)]
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = Client().get("/api/v1/records", {"limit": 2, "cursor": cursor}).json()
        seen += [item["index_number"] for item in page["items"]]
        cursor = page["next"]
    assert seen == made[::-1]


@pytest.mark.parametrize(
    "cursor", ["x", "9999-12-31T23:59:59-14:00_5", "0001-01-01T00:00:00+14:00_5", "2026-03-02T09:00:00_5"]
)
def test_a_cursor_that_is_none_is_refused(office: Office, cursor: str) -> None:
    answer = Client().get("/api/v1/records", {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "api.bad_cursor")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/records?kind=%00", 422),
        ("/records?document_number=%00", 422),
        ("/organs?after=%00", 422),
        ("/organs?parent_code=%00", 422),
        ("/records/%00", 404),
    ],
)
def test_a_zero_byte_is_refused_in_words_on_every_database(office: Office, path: str, status: int) -> None:
    answer = Client().get(f"/api/v1{path}")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_a_delivery_repeated_under_its_key_makes_one_record(office: Office) -> None:
    first = post("/received", proposal())
    second = post("/received", proposal())
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.json()["state"] == "proposed"
    assert Record.objects.count() == 1
    assert Event.objects.get(name="record.received").actor.startswith("service:")


def test_another_request_under_a_used_key_is_refused(office: Office) -> None:
    post("/drafts", proposal())
    answer = post("/drafts", proposal(title="另一份通知"))
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "gate.key_reused"
    assert Record.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (proposal(written_on="不是日期"), 422, "records.invalid"),
        (proposal() | {"kind": "poem"}, 422, "records.no_kind"),
        (proposal() | {"organ_code": "0"}, 422, "api.no_organ"),
        ({"kind": "notice"}, 422, "api.invalid"),
        (proposal() | {"file_ids": ["nothing"]}, 422, "records.no_file"),
        (proposal(body=[{"type": "paragraph", "text": "绝密★启用前"}]), 422, "records.classification_mark"),
        (proposal() | {"index_number": "不是索引号"}, 422, "records.unfit_index_number"),
        (proposal(title=1.5), 422, "api.not_canonical"),
        (proposal(title="空\0字符"), 422, "api.not_canonical"),
        (proposal(title="半个字\ud800"), 422, "api.not_canonical"),
        (proposal(keywords=[[[]] * 2] * 2) | {"organ_code": "1133\0"}, 422, "api.not_canonical"),
    ],
)
def test_a_wrong_delivery_is_refused_with_reason_and_changes_nothing(
    office: Office, body: dict[str, Any], status: int, code: str
) -> None:
    answer = post("/received", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["todo"]
    assert Record.objects.count() == 0


def test_a_token_reaches_only_its_own_organ(office: Office) -> None:
    other = Office("11330000002", "云洲市卫生健康局")
    answer = post("/drafts", proposal() | {"organ_code": other.organ.code})
    assert (answer.status_code, answer.json()["code"]) == (403, "gate.no_right")
    theirs = draft_record(other)
    looked = Client().get(f"/api/v1/work/{theirs.pk}", headers={"Authorization": f"Bearer {TOKEN}"})
    assert looked.status_code == 404


def test_without_a_token_nothing_is_written(office: Office) -> None:
    answer = post("/drafts", proposal(), token="wrong")
    assert (answer.status_code, answer.json()["code"]) == (401, "api.unauthenticated")
    assert Record.objects.count() == 0


def test_a_machine_sees_what_it_may_do_and_does_it(office: Office) -> None:
    made = post("/drafts", proposal()).json()
    work = Client().get(f"/api/v1/work/{made['id']}", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert {"name": "record.submit", "title": "送审", "is_possible": True, "reason": "", "arguments": []} in work[
        "actions"
    ]
    answer = post(f"/work/{made['id']}/actions/record.submit", {}, key="key-00000002")
    assert (answer.status_code, answer.json()["state"]) == (200, "proposed")
    again = post(f"/work/{made['id']}/actions/record.submit", {}, key="key-00000003")
    assert (again.status_code, again.json()["code"]) == (409, "gate.wrong_state")


def test_a_new_edition_is_saved_under_its_key(office: Office) -> None:
    made = post("/drafts", proposal()).json()
    answer = post(f"/work/{made['id']}/editions", {"content": content(title="改过的标题")}, key="key-00000004")
    assert (answer.status_code, answer.json()["edition"]) == (201, 2)


def test_the_description_and_its_page_are_served() -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert "/api/v1/received" in schema["paths"]
