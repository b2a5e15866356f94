"""The review sheet of the OA system: sealed, with its names, never published, destroyed with its record."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from gongkai.engine.records.actions import ask_expunge, edit, expunge, file_paper, publish, submit
from gongkai.engine.records.attachments import entry_of, file_entries
from gongkai.engine.records.models import Record, SealedPaper
from gongkai.ground.access.roles import Role
from gongkai.ground.files.actions import upload
from gongkai.ground.files.models import StoredFile
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.builders import Office, agree_to_all, content, draft_record, person, public_record, reviewed_record
from tests.files.makers import word

NAMES = "承办 张三 同意 2026-02-27\n签发 李四 同意，请公开 2026-3-1\n"
SHEET = word("发文稿纸", "签发：李四")
START = {"way": "receive", "kind": "notice", "co_issuers": "", "preset": "", "index_number": ""}


def sheet(name: str = "审签单.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, SHEET, content_type="application/octet-stream")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def test_the_form_takes_a_sheet_and_its_names_and_no_page_of_the_public_has_either(desk: Any) -> None:
    office = desk.office
    client = desk.client("officer")
    start = START | {"organ": office.organ.code, "step": "read", "signatures": NAMES}
    document = SimpleUploadedFile("通知.docx", word("关于发放补贴的通知", "各学校：", "请按期申报，逾期不予受理。"))
    page = client.post("/desk/new/", start | {"source": document, "sheet": sheet()}).content.decode()
    stored = StoredFile.objects.get(pk=hidden(page, "sheet"))
    assert (stored.storage_class, stored.sealed_name) == ("sealed", "审签单.docx")
    typed = START | {"organ": office.organ.code, "step": "make", "sheet": str(stored.pk), "signatures": NAMES}
    body = {
        "title": "关于发放补贴的通知",
        "body": "请按期申报。",
        "disclosure": "proactive",
        "disclosure_basis": "20.15",
    }
    answer = client.post("/desk/new/", typed | body | {"once_key": "a1"})
    record = Record.objects.get()
    assert answer.url == f"/desk/records/{record.pk}/"
    paper = SealedPaper.objects.get(record=record)
    assert [line["name"] for line in paper.signatures] == ["张三", "李四"]
    assert (paper.signatures[1]["opinion"], paper.signatures[1]["on"]) == ("同意，请公开", "2026-03-01")
    assert record.working is not None and record.working.files == []
    event = Event.objects.get(name="record.paper_filed")
    assert event.data == {"purpose": "review_sheet", "commitment": stored.commitment, "signatures": 2}
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_signatures FROM records_sealedpaper")
        assert "李四" not in cursor.fetchone()[0]
    shown = client.get(f"/desk/records/{record.pk}/").content.decode()
    assert "李四" in shown and "审签单.docx" in shown
    got = client.get(f"/desk/records/{record.pk}/papers/{paper.pk}/")
    assert b"".join(got.streaming_content) == SHEET


def test_names_without_a_step_are_an_error_and_nothing_is_kept(desk: Any) -> None:
    start = START | {"organ": desk.office.organ.code, "step": "read", "signatures": "李四"}
    answer = desk.client("officer").post("/desk/new/", start | {"sheet": sheet()})
    assert answer.status_code == 422
    assert "第 1 个签批不合要求" in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_a_sheet_may_come_later_and_stays_sealed_when_its_record_is_published(desk: Any) -> None:
    office = desk.office
    record = reviewed_record(office)
    path = f"/desk/records/{record.pk}/papers/"
    assert desk.client("officer").get(path).status_code == 200
    sent = {"purpose": "review_sheet", "sheet": sheet(), "signatures": NAMES, "once_key": "b1"}
    answer = desk.client("officer").post(path, sent)
    assert answer.status_code == 302
    publish(record, actor=office.actor("editor"))
    paper = SealedPaper.objects.select_related("file").get()
    assert (paper.file.storage_class, paper.file.released_at) == ("sealed", None)
    public = Client().get(f"/r/{record.index_number}").content.decode()
    public += Client().get(f"/r/{record.index_number}.json").content.decode()
    public += Client().get(f"/register/proof/{record.index_number}").content.decode()
    assert "审签单.docx" not in public and "李四" not in public and str(paper.file_id) not in public


def test_who_may_not_know_of_the_record_gets_no_sheet(desk: Any) -> None:
    office = desk.office
    record = draft_record(office)
    stored, _ = upload("发文稿纸".encode(), "单.txt", organ=office.organ, actor=office.actor("officer"))
    paper = file_paper(record, actor=office.actor("officer"), file=stored)
    other = Office("11330000002", "云洲市民政局")
    stranger = desk.client(other.people["officer"])
    assert stranger.get(f"/desk/records/{record.pk}/papers/{paper.pk}/").status_code == 404
    answer = stranger.post(f"/desk/records/{record.pk}/papers/", {"sheet": sheet(), "once_key": "c1"})
    assert (answer.status_code, SealedPaper.objects.count()) == (404, 1)
    reader = desk.client(person("reader", office.organ, Role.ASSESSOR))
    refused = reader.post(f"/desk/records/{record.pk}/papers/", {"sheet": sheet(), "once_key": "c2"})
    assert (refused.status_code, SealedPaper.objects.count()) == (403, 1)


def test_a_sheet_is_no_attachment_and_an_attachment_no_sheet(desk: Any) -> None:
    office = desk.office
    officer = office.actor("officer")
    stored, _ = upload("发文稿纸".encode(), "单.txt", organ=office.organ, actor=officer)
    attached, _ = upload("名单".encode(), "名单.txt", organ=office.organ, actor=officer)
    record = draft_record(office, files=file_entries([str(attached.pk)], officer))
    file_paper(record, actor=officer, file=stored)
    with pytest.raises(Refused) as refused:
        file_entries([str(stored.pk)], officer)
    assert refused.value.code == "records.no_file"
    for file in (attached, stored):
        with pytest.raises(Refused) as refused:
            file_paper(record, actor=officer, file=file)
        assert refused.value.code == "records.public_paper"
    assert SealedPaper.objects.count() == 1


def test_expunging_destroys_the_sheet_and_its_names(desk: Any) -> None:
    office = desk.office
    record = public_record(office)
    stored, _ = upload("发文稿纸".encode(), "单.txt", organ=office.organ, actor=office.actor("officer"))
    file_paper(record, actor=office.actor("officer"), file=stored, signatures=[{"step": "签发", "name": "李四"}])
    second = person("signer-two", office.organ, Role.SIGNER)
    ask_expunge(record, actor=office.actor("sign_off"), ground="personal_data")
    from gongkai.ground.access.actors import actor_for

    expunge(record, actor=actor_for(second))
    paper = SealedPaper.objects.select_related("file").get()
    assert (paper.signatures, paper.file.state, paper.file.original_name) == ([], "destroyed", "")


def test_a_mark_in_a_name_or_opinion_is_refused(desk: Any) -> None:
    office = desk.office
    record = draft_record(office, **content())
    stored, _ = upload("发文稿纸".encode(), "单.txt", organ=office.organ, actor=office.actor("officer"))
    with pytest.raises(Refused) as refused:
        file_paper(
            record,
            actor=office.actor("officer"),
            file=stored,
            signatures=[{"step": "签发", "name": "李四", "opinion": "机密★十年"}],
        )
    assert refused.value.code == "records.classification_mark"
    assert not SealedPaper.objects.exists()


@pytest.mark.django_db
def test_a_file_that_became_a_paper_elsewhere_is_not_published() -> None:
    office = Office()
    officer = office.actor("officer")
    stored, _ = upload(SHEET, "审签单.docx", organ=office.organ, actor=officer)
    record = draft_record(office)
    file_paper(draft_record(office, title="另一件信息"), actor=officer, file=stored)
    edit(record, actor=officer, content=content(), files=[entry_of(stored)])
    submit(record, actor=officer)
    agree_to_all(office, record)
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        publish(record, actor=office.actor("editor"))
    assert refused.value.code == "records.paper_attached"
    assert StoredFile.objects.get(pk=stored.pk).storage_class == "sealed"
    assert not Record.objects.get(pk=record.pk).is_visible
    assert Event.objects.count() == events


@pytest.mark.django_db
@pytest.mark.usefixtures("frozen_clock")
def test_an_attachment_of_another_record_is_no_paper_even_when_an_older_edition_named_it() -> None:
    office = Office()
    officer = office.actor("officer")
    stored, _ = upload(SHEET, "审签单.docx", organ=office.organ, actor=officer)
    other = draft_record(office, title="另一件信息", files=[entry_of(stored)])
    edit(other, actor=officer, content=content(), files=[])
    record = draft_record(office)
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        file_paper(record, actor=officer, file=stored)
    assert refused.value.code == "records.public_paper"
    assert (SealedPaper.objects.count(), Event.objects.count()) == (0, events)
