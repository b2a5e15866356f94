"""The proof of the design: one more kind is one declaration, one rulebook file, one template and this test.

Nothing else knows of it, and it goes the whole way: editor form, draft, review, publication, page, list, feed, API.
"""

from __future__ import annotations

import datetime as dt
import json
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from gongkai.engine.deadlines.queries import of_subject
from gongkai.engine.records.actions import publish, submit
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Facet, Record
from gongkai.ground.access.actors import hash_token
from gongkai.ground.access.models import ServiceToken
from gongkai.ground.access.roles import Role
from gongkai.ground.rulebook import book, queries
from tests.builders import Office, agree_to_all, content, person
from tests.workbench.people import Desk

HERE = Path(__file__).parent
TYPED = {
    "title": "关于安和路供水管网检修的停供公告",
    "body": "因管网检修，下列路段暂停供水。",
    "disclosure": "proactive",
    "disclosure_basis": "20.15",
    "written_on": "2026-03-02",
    "genre": "公告",
    "supply": "供水",
    "stretches": "安和路 | 3月5日 8:00—18:00\n学院路\t3月6日 8:00—12:00",
}
STRETCHES = [
    {"place": "安和路", "hours": "3月5日 8:00—18:00"},
    {"place": "学院路", "hours": "3月6日 8:00—12:00"},
]


@pytest.fixture
def declared(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kind's three files, where an installation would have them."""
    shutil.copytree(book.FOLDER / "rules", tmp_path / "rules")
    shutil.copytree(book.FOLDER / "vocabularies", tmp_path / "vocabularies")
    shutil.copy(HERE / "outage.yaml", tmp_path / "rules")
    monkeypatch.setattr(queries, "load", lambda: book.load(tmp_path))
    templates = [settings.TEMPLATES[0] | {"DIRS": [HERE / "templates"]}]  # type: ignore[attr-defined]
    settings.TEMPLATES = templates  # type: ignore[attr-defined]
    runpy.run_path(str(HERE / "kinds.py"))
    yield
    del KINDS["outage"]


def drafted_in_the_editor(office: Office) -> Record:
    """Both steps of "new" in a browser: the kind is offered, its fields are asked for, a draft comes of it."""
    officer = Desk(office).client("officer")
    assert '<option value="outage">停供公告</option>' in officer.get("/desk/new/").content.decode()
    start = {"way": "draft", "kind": "outage", "organ": office.organ.code, "co_issuers": "", "preset": ""}
    asked = officer.post("/desk/new/", start | {"step": "read"}).content.decode()
    assert "停供种类" in asked
    assert "一行一处：路段 | 时间。" in asked
    made = officer.post("/desk/new/", start | TYPED | {"step": "make", "once_key": "once-0001"})
    assert made.status_code == 302, made.content.decode()
    record = Record.objects.get(kind="outage")
    assert made.headers["Location"] == f"/desk/records/{record.pk}/"
    assert "3月6日 8:00—12:00" in officer.get(f"/desk/records/{record.pk}/").content.decode()
    return record


@pytest.mark.django_db
def test_a_new_kind_goes_the_whole_way(declared: None, frozen_clock: dt.datetime) -> None:
    office = Office()
    record = drafted_in_the_editor(office)
    submit(record, actor=office.actor("officer"))
    due = of_subject("record", str(record.pk)).get()
    assert (due.rule_key, due.due_on) == ("outage.publish", dt.date(2026, 3, 3))
    agree_to_all(office, record)
    publish(record, actor=office.actor("editor"))
    assert record.current is not None
    assert record.current.content["stretches"] == STRETCHES
    assert record.current.schema == "outage/1"
    assert Facet.objects.get(record=record).text == "供水"

    visitor = Client()
    page = visitor.get(f"/r/{record.index_number}").content.decode()
    assert "停供：供水" in page
    assert "<td>学院路</td><td>3月6日 8:00—12:00</td>" in page
    for address in ("/xxgk/content/20.15/", f"/o/{office.organ.code}/", "/search?q=停供&scope=all"):
        assert TYPED["title"] in visitor.get(address).content.decode(), address
    for form in ("atom", "csv"):
        assert TYPED["title"] in visitor.get(f"/feed/organ/{office.organ.code}.{form}").content.decode()
    assert visitor.get(f"/r/{record.index_number}.json").json()["details"]["supply"] == "供水"


@pytest.mark.django_db
def test_machines_read_and_deliver_a_new_kind(declared: None, frozen_clock: dt.datetime) -> None:
    office, token = Office(), "token-of-the-water-works"
    machine = person("waterworks", office.organ, Role.SERVICE)
    ServiceToken.objects.create(
        person=machine, label="OA", token_hash=hash_token(token), valid_until=dt.date(2099, 12, 31)
    )
    schemas = {kind["code"]: kind for kind in Client().get("/api/v1/kinds").json()}
    assert "stretches" in schemas["outage"]["content_schema"]["properties"]
    given = content(title=TYPED["title"], supply="供水", stretches=STRETCHES, disclosure_basis="20.15")
    answer = Client().post(
        "/api/v1/received",
        json.dumps({"organ_code": office.organ.code, "kind": "outage", "content": given}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "key-00000001"},
    )
    assert (answer.status_code, answer.json()["state"]) == (201, "proposed")
    record = Record.objects.get(kind="outage")
    agree_to_all(office, record)
    publish(record, actor=office.actor("editor"))
    listed = Client().get("/api/v1/records?kind=outage").json()["items"]
    assert [item["index_number"] for item in listed] == [record.index_number]


def test_nothing_of_it_is_left_behind() -> None:
    assert "outage" not in KINDS
    assert "outage.publish" not in queries.load().rules
