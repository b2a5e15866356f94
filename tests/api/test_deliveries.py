"""Deliveries of OA systems, over HTTP: receipts, one record however often, and every no with reason and provision."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from gongkai.config import env
from gongkai.domains.documents.models import Delivery
from gongkai.engine.records.actions import discard, publish
from gongkai.engine.records.models import Record, SealedPaper
from gongkai.engine.reviews.actions import return_for_correction
from gongkai.ground.access.actors import hash_token
from gongkai.ground.access.models import ServiceToken
from gongkai.ground.access.roles import Role
from gongkai.ground.files.models import StoredFile
from gongkai.ground.gate.models import IdempotencyKey
from gongkai.ground.register.models import Event
from tests.api import oa
from tests.builders import Office, agree_to_all, person
from tests.files.makers import ofd, word

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "11330000001"
TITLE = "云洲市教育局关于印发校车安全管理办法的通知"
LETTER = [
    "云教规〔2026〕3号",
    TITLE,
    "各学校：",
    "现将《校车安全管理办法》印发给你们，请遵照执行。",
    "本办法自2026年4月1日起施行，有效期5年。",
    "云洲市教育局",
    "2026年2月26日",
]
DOCX = word(*LETTER)
OFD = ofd(*[(20, 20 + 12 * number, 150, text) for number, text in enumerate(LETTER)])
SHEET = word("发文稿纸", "签发：王某某", "2026年2月26日")
SIGNED = [
    {"step": "拟稿", "name": "张三", "on": "2026-02-24"},
    {"step": "签发", "name": "王某某", "opinion": "同意", "on": "2026-02-26"},
]
METADATA: dict[str, Any] = {
    "organ_code": CODE,
    "disclosure": "proactive",
    "disclosure_basis": "20.01",
    "review": SIGNED,
}


def token_for(office: Office, token: str) -> None:
    machine = person(f"oa-{office.organ.code}", office.organ, Role.SERVICE)
    ServiceToken.objects.create(
        person=machine, label="OA", token_hash=hash_token(token), valid_until=dt.date(2099, 12, 31)
    )


@pytest.fixture
def office(own_folders: Any, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(env, "FILES_DIR", own_folders / "files")
    office = Office(CODE)
    token_for(office, oa.TOKEN)
    return office


@pytest.fixture
def system(office: Office, live_server: Any) -> oa.Office:
    return oa.Office(live_server.url)


def kept() -> tuple[int, ...]:
    """Everything a delivery could leave."""
    files = sum(1 for path in (env.FILES_DIR).rglob("*") if path.is_file()) if env.FILES_DIR.exists() else 0
    rows = (Record, Delivery, StoredFile, SealedPaper, IdempotencyKey)
    return (files, *(model.objects.count() for model in rows))


@pytest.fixture
def nothing_left(system: oa.Office) -> Iterator[None]:
    before = kept()
    yield
    assert kept() == before == (0, 0, 0, 0, 0, 0)


def test_an_oa_system_delivers_ofd_and_docx_and_gets_receipts(system: oa.Office, office: Office) -> None:
    status, receipt = system.deliver(("通知.ofd", OFD), METADATA, key="oa-2026-0001", sheet=("审签单.docx", SHEET))
    assert (status, receipt["state"], receipt["is_duplicate"], receipt["warnings"]) == (201, "proposed", False, [])
    assert [item["sha256"] for item in receipt["files"]] == [hashlib.sha256(data).hexdigest() for data in (OFD, SHEET)]
    assert receipt["publication"] is None
    record = Record.objects.get(pk=receipt["record"])
    assert (record.title, record.document_number) == (TITLE, "云教规〔2026〕3号")
    assert (str(record.written_on), str(record.effective_from)) == ("2026-02-26", "2026-04-01")
    assert (record.kind, record.state, record.organ.code) == ("normative_document", "proposed", CODE)
    assert record.working is not None and record.working.content["issuing_organ"] == "云洲市教育局"
    assert [file["name"] for file in record.working.files] == ["通知.ofd"]
    paper = SealedPaper.objects.get()
    assert (paper.file.storage_class, [line["name"] for line in paper.signatures]) == ("sealed", ["张三", "王某某"])
    other = METADATA | {"organ_code": CODE, "title": "关于开展春季巡查的通知", "document_number": "云教〔2026〕9号"}
    letter = word("关于开展春季巡查的通知", "各学校：", "请于3月31日前完成巡查，并报送结果。")
    status, second = system.deliver(("巡查.docx", letter), other, key="oa-2026-0002", sheet=("单.docx", SHEET))
    assert (status, second["record"] != receipt["record"], Delivery.objects.count()) == (201, True, 2)


def test_the_publication_receipt_comes_by_asking_again(system: oa.Office, office: Office) -> None:
    _, receipt = system.deliver(("通知.docx", DOCX), METADATA, key="oa-2026-0001", sheet=("审签单.docx", SHEET))
    record = Record.objects.get(pk=receipt["record"])
    agree_to_all(office, record)
    assert system.receipt(receipt["id"])[1]["state"] == "signed_off"
    publish(record, actor=office.actor("editor"))
    _, now = system.receipt(receipt["id"])
    record = Record.objects.select_related("current").get(pk=record.pk)
    assert record.current is not None and record.published_at is not None
    number = record.index_number
    assert now["state"] == "public"
    assert now["publication"] == {
        "index_number": number,
        "url": f"http://testserver/r/{number}",
        "edition": 1,
        "edition_sha256": record.current.sha256,
        "published_at": f"{record.published_at.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z",
        "edition_url": f"http://testserver/r/{number}.edition.json",
        "proof_url": f"http://testserver/register/proof/{number}",
    }
    assert (now["number"], now["files"]) == (receipt["number"], receipt["files"])


def test_a_return_is_told_with_its_reason(system: oa.Office, office: Office) -> None:
    _, receipt = system.deliver(("通知.docx", DOCX), METADATA, key="oa-2026-0001", sheet=("审签单.docx", SHEET))
    record = Record.objects.get(pk=receipt["record"])
    return_for_correction(record, actor=office.actor("section"), reason="ground_missing", text="请补充依据。")
    _, now = system.receipt(receipt["id"])
    assert now["state"] == "returned"
    assert (now["returned"]["reason"], now["returned"]["text"]) == ("ground_missing", "请补充依据。")


def test_the_same_delivery_twice_makes_one_record(system: oa.Office, office: Office) -> None:
    first = system.deliver(("通知.docx", DOCX), METADATA, key="oa-2026-0001", sheet=("审签单.docx", SHEET))
    again = system.deliver(("通知.docx", DOCX), METADATA, key="oa-2026-0001", sheet=("审签单.docx", SHEET))
    assert first == again
    status, other_key = system.deliver(("另存.docx", DOCX), METADATA, key="oa-2026-0002")
    assert (status, other_key["is_duplicate"], other_key["id"]) == (200, True, first[1]["id"])
    status, other_format = system.deliver(("通知.ofd", OFD), METADATA, key="oa-2026-0003", sheet=("单.docx", SHEET))
    assert (status, other_format["is_duplicate"], other_format["record"]) == (200, True, first[1]["record"])
    assert [warning["code"] for warning in other_format["warnings"]] == ["duplicate-content"]
    assert (Record.objects.count(), Event.objects.filter(name="record.received").count()) == (1, 1)
    status, told = system.deliver(("通知.docx", word("另一份文件")), METADATA, key="oa-2026-0001")
    assert (status, told["code"], Record.objects.count()) == (422, "gate.key_reused", 1)


def test_what_was_discarded_may_be_delivered_again(system: oa.Office, office: Office) -> None:
    _, first = system.deliver(("通知.docx", DOCX), METADATA, key="oa-2026-0001")
    record = Record.objects.get(pk=first["record"])
    return_for_correction(record, actor=office.actor("section"), reason="ground_missing", text="请补充依据。")
    discard(record, actor=office.actor("officer"))
    status, second = system.deliver(("通知.docx", DOCX), METADATA, key="oa-2026-0002")
    assert (status, second["is_duplicate"]) == (201, False)
    assert Record.objects.exclude(state="discarded").get().pk == second["record"] != first["record"]


def test_metadata_wins_over_what_is_printed_with_a_warning(system: oa.Office, office: Office) -> None:
    given = METADATA | {
        "title": "校车安全管理办法",
        "written_on": "2026-02-25",
        "keywords": ["校车"],
        "audience": "学校",
    }
    _, receipt = system.deliver(("通知.docx", DOCX), given, key="oa-2026-0001", sheet=("审签单.docx", SHEET))
    found = {warning["place"]: warning for warning in receipt["warnings"]}
    assert [(item["code"], item["found"], item["expected"]) for item in found.values()] == [
        ("metadata-differs", TITLE, "校车安全管理办法"),
        ("metadata-differs", "2026-02-26", "2026-02-25"),
    ]
    record = Record.objects.select_related("working").get()
    assert record.working is not None
    assert (record.title, str(record.written_on)) == ("校车安全管理办法", "2026-02-25")
    assert record.working.content["keywords"] == ["校车"]


def test_attachments_go_with_the_document_and_a_missing_sheet_is_told(system: oa.Office, office: Office) -> None:
    digests = {"通知.docx": hashlib.sha256(DOCX).hexdigest(), "名单.txt": hashlib.sha256(b"list").hexdigest()}
    given = METADATA | {"digests": digests, "attach_document": False}
    _, receipt = system.deliver(("通知.docx", DOCX), given, key="oa-2026-0001", attachments=[("名单.txt", b"list")])
    assert [(item["code"], item["place"]) for item in receipt["warnings"]] == [("sheet-missing", "review_sheet")]
    record = Record.objects.select_related("working").get()
    assert record.working is not None
    assert [file["name"] for file in record.working.files] == ["名单.txt"]
    # What is not attached is kept sealed: the signed original is never lost.
    assert [paper.purpose for paper in SealedPaper.objects.all()] == ["original"]


BROKEN = OFD[: len(OFD) // 2]
MARKED = word("机密★5年", "关于某事项的通知", "各单位：", "请遵照执行。")
WRONG: list[tuple[str, tuple[str, bytes], dict[str, Any], int, str, str]] = [
    ("organ", ("a.docx", DOCX), {"organ_code": "999"}, 422, "intake.unknown_organ", "第十条"),
    ("attribute", ("a.docx", DOCX), {"disclosure": ""}, 422, "records.no_attribute", "第十三条"),
    ("ground", ("a.docx", DOCX), {"disclosure_basis": ""}, 422, "records.no_ground", "第十三条"),
    ("marked", ("a.docx", MARKED), {}, 422, "files.classification_mark", "保守国家秘密法"),
    ("marked name", ("机密.docx", DOCX), {}, 422, "files.classification_mark", "保守国家秘密法"),
    ("marked title", ("a.docx", DOCX), {"title": "绝密★长期"}, 422, "records.classification_mark", "保守国家秘密法"),
    ("broken", ("a.ofd", BROKEN), {}, 422, "files.wrong_type", "第六条"),
    ("empty", ("a.ofd", b""), {}, 422, "files.empty", "第六条"),
    ("type", ("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64), {}, 422, "intake.not_a_document", "第六条"),
    ("digest", ("a.docx", DOCX), {"digests": {"a.docx": "0" * 64}}, 422, "intake.digest_differs", "第六条"),
    ("unsent", ("a.docx", DOCX), {"digests": {"b.docx": "0" * 64}}, 422, "intake.digest_unused", "第六条"),
    ("field", ("a.docx", DOCX), {"titel": "x"}, 422, "intake.unfit_metadata", ""),
    ("day", ("a.docx", DOCX), {"written_on": "2026-02-30"}, 422, "intake.unfit_metadata", ""),
    ("number", ("a.docx", DOCX), {"index_number": "不是索引号"}, 422, "records.unfit_index_number", "国办秘函"),
    ("kind", ("a.docx", DOCX), {"kind": "no_such_kind"}, 422, "records.no_kind", ""),
    ("signature", ("a.docx", DOCX), {"review": [{"step": "签发"}]}, 422, "intake.unfit_metadata", ""),
]


@pytest.mark.parametrize(
    ("document", "changed", "status", "code", "law"), [row[1:] for row in WRONG], ids=[r[0] for r in WRONG]
)
@pytest.mark.usefixtures("nothing_left")
def test_a_wrong_one_is_refused_with_reason_and_provision_and_leaves_nothing(
    system: oa.Office, document: tuple[str, bytes], changed: dict[str, Any], status: int, code: str, law: str
) -> None:
    answer = system.deliver(document, METADATA | changed, key="oa-2026-0001", sheet=("审签单.docx", SHEET))
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert law in answer[1]["provision"]
    assert answer[1]["title"] and answer[1]["todo"]
    if "mark" in code:
        told = json.dumps(answer[1], ensure_ascii=False)
        assert "某事项" not in told and "a.docx" not in told and "长期" not in told


@pytest.mark.usefixtures("nothing_left")
def test_no_token_another_organs_token_and_no_json_are_refused(system: oa.Office, office: Office) -> None:
    stranger = Office("11330000002", "云洲市民政局")
    token_for(stranger, "token-of-another-organ")
    system.token = "token-of-another-organ"
    status, told = system.deliver(("a.docx", DOCX), METADATA, key="oa-2026-0001")
    assert (status, told["code"], told["provision"]) == (403, "gate.no_right", "《政府信息公开条例》第十条")
    system.token = "none"
    assert system.deliver(("a.docx", DOCX), METADATA, key="oa-2026-0001")[0] == 401
    system.token = oa.TOKEN
    for metadata in ("", "[]", "{", '{"organ_code": "\\u0000"}'):
        status, told = system.deliver(("a.docx", DOCX), metadata, key="oa-2026-0001")
        assert status == 422, metadata


def test_another_organ_gets_no_receipt(system: oa.Office, office: Office) -> None:
    _, receipt = system.deliver(("通知.docx", DOCX), METADATA, key="oa-2026-0001")
    stranger = Office("11330000002", "云洲市民政局")
    token_for(stranger, "token-of-another-organ")
    system.token = "token-of-another-organ"
    assert system.receipt(receipt["id"])[0] == 404


def test_a_mark_in_the_sheet_leaves_one_event_and_nothing_else(system: oa.Office, office: Office) -> None:
    before = kept()
    status, told = system.deliver(("a.docx", DOCX), METADATA, key="oa-2026-0001", sheet=("单.docx", MARKED))
    assert (status, told["code"], kept()) == (422, "files.classification_mark", before)
    events = Event.objects.filter(name="file.refused")
    assert [event.data for event in events] == [{"reason": "classification-mark"}]
