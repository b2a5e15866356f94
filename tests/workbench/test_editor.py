"""Writing: the editor, its autosave, uploads and the two ways in. A failed save loses nothing and changes nothing."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gongkai.engine.records.actions import edit, submit
from gongkai.engine.records.bodytext import text_of_body
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import EditBuffer, Record
from gongkai.ground.files.models import StoredFile
from gongkai.ground.register.models import Event
from gongkai.surfaces.workbench.edit_forms import edit_form, initial_of
from tests.builders import Office, content, draft_record, person
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db

SIGNED = """云教办〔2026〕12号

关于做好校园食品安全工作的通知

各学校：
请各校开展食堂自查，并于月底前报送结果。

云洲市教育局
2026年3月2日
"""


def typed(record: Record, **fields: str) -> dict[str, str]:
    record.refresh_from_db()
    assert record.working is not None
    given = {key: str(value or "") for key, value in initial_of(record.working.content).items()}
    return given | {"seen": str(record.working.number)} | fields


def url(record: Record, tail: str = "edit/") -> str:
    return f"/desk/records/{record.pk}/{tail}"


def test_the_form_gives_back_the_content_it_was_given() -> None:
    for kind in KINDS.values():
        given = kind.schema.model_validate(content(keywords=["食品", "学校"], change_note="甲\n乙")).model_dump(
            mode="json"
        )
        data = {key: "" if value is None else value for key, value in initial_of(given).items()}
        form = edit_form(kind, data=data)
        assert form.is_valid(), form.errors
        assert kind.schema.model_validate(form.content()).model_dump(mode="json") == given


def test_saving_makes_a_new_edition(desk: Desk) -> None:
    record = draft_record(desk.office)
    body = "各学校：\n# 一、总体要求\n请自查。\n| 项 | 数 |\n| --- | --- |\n| 食堂 | 3 |"
    answer = desk.client("officer").post(url(record), typed(record, body=body, title="改后的通知"))
    assert answer.headers["Location"] == f"/desk/records/{record.pk}/"
    record.refresh_from_db()
    assert record.working is not None
    assert (record.working.number, record.title) == (2, "改后的通知")
    assert text_of_body(record.working.content["body"]) == body


def test_saving_and_proposing_are_done_both_or_neither(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    answer = client.post(url(record), typed(record, disclosure_basis="", title="新标题", intent="submit"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有填写依据" in page and "新标题" in page and "条例" in page
    record.refresh_from_db()
    assert (record.state, record.editions.count()) == ("drafting", 1)
    assert client.post(url(record), typed(record, intent="submit")).status_code == 302
    record.refresh_from_db()
    assert (record.state, record.editions.count()) == ("proposed", 2)


def test_a_failed_save_keeps_every_word(desk: Desk) -> None:
    record = draft_record(desk.office)
    answer = desk.client("officer").post(
        url(record), typed(record, title="", body="写了一半的正文", written_on="三月二日", keywords="食品")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "写了一半的正文" in page and "三月二日" in page and "食品" in page
    assert 'href="#id_title"' in page and 'href="#id_written_on"' in page
    assert record.editions.count() == 1


def test_a_newer_edition_of_somebody_else_is_not_overwritten(desk: Desk) -> None:
    record = draft_record(desk.office)
    mine = typed(record, title="我的标题")
    edit(record, actor=desk.office.actor("section"), content=content(title="别人的标题"))
    answer = desk.client("officer").post(url(record), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "已有人保存了第 2 版" in page and "我的标题" in page and 'name="seen" value="2"' in page
    assert record.editions.count() == 2
    assert desk.client("officer").post(url(record), mine | {"seen": "2"}).status_code == 302
    assert record.editions.count() == 3


def test_a_classification_mark_is_refused_and_nothing_of_it_is_stored(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    for answer in (
        client.post(url(record), typed(record, body="机密★10年")),
        client.post(url(record, "edit/keep/"), {"body": "机密★10年"}, headers={"Accept": "application/json"}),
    ):
        assert answer.status_code == 422
        assert "密级标志" in answer.content.decode()
    assert (record.editions.count(), EditBuffer.objects.count()) == (1, 0)


def test_autosave_is_kept_restored_and_dropped(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    answer = client.post(url(record, "edit/keep/"), {"title": "打到一半", "written_on": "2026-3", "once_key": "x"})
    assert json.loads(answer.content) == {"saved_at": "09:00:00"}
    assert EditBuffer.objects.get().content == {"title": "打到一半", "written_on": "2026-3"}
    page = client.get(url(record)).content.decode()
    assert "打到一半" in page and "已恢复您" in page and "2026-3" in page
    assert "打到一半" not in desk.client("section").get(url(record)).content.decode()
    refused = client.post(f"/desk/records/{record.pk}/do/record.submit/", {})
    assert (refused.status_code, "没有提交的修改" in refused.content.decode()) == (409, True)
    assert client.post(url(record, "edit/drop/")).status_code == 302
    assert EditBuffer.objects.count() == 0
    assert "打到一半" not in client.get(url(record)).content.decode()


def test_saving_ends_the_autosave(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    client.post(url(record, "edit/keep/"), {"title": "打到一半"})
    client.post(url(record), typed(record, title="写完了"))
    assert EditBuffer.objects.count() == 0


def test_who_may_not_edit_is_told_why(desk: Desk) -> None:
    record = draft_record(desk.office)
    answer = desk.client("secrecy").get(url(record))
    assert answer.status_code == 403
    answer = desk.client("secrecy").post(url(record), typed(record, title="改"))
    assert (answer.status_code, record.editions.count()) == (403, 1)
    answer = desk.client("secrecy").post(url(record, "edit/keep/"), {"title": "改"})
    assert (answer.status_code, EditBuffer.objects.count()) == (403, 0)


def test_attachments_are_sealed_kept_and_left_out(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    file = SimpleUploadedFile("附件.txt", "食堂自查表".encode(), "text/plain")
    client.post(url(record), typed(record) | {"uploads": file})
    record.refresh_from_db()
    stored = StoredFile.objects.get()
    assert record.working is not None
    assert [entry["name"] for entry in record.working.files] == ["附件.txt"]
    assert (stored.state, record.working.files[0]["digest"]) == ("sealed", stored.commitment)
    answer = client.get(url(record, f"files/{stored.pk}/"))
    assert b"".join(answer.streaming_content).decode() == "食堂自查表"
    assert "attachment" in answer.headers["Content-Disposition"]
    client.post(url(record), typed(record) | {"files": str(stored.pk)})
    record.refresh_from_db()
    assert len(record.working.files) == 1
    client.post(url(record), typed(record))
    record.refresh_from_db()
    assert record.working.files == []


def test_an_attachment_is_unknown_to_another_organ(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    client.post(url(record), typed(record) | {"uploads": SimpleUploadedFile("附件.txt", b"abc")})
    stored = StoredFile.objects.get()
    other = Desk(Office("11330000002", "云洲市卫生健康局"))
    assert other.client("officer").get(url(record, f"files/{stored.pk}/")).status_code == 404
    mine = draft_record(other.office)
    other.client("officer").post(url(mine), typed(mine) | {"files": str(stored.pk)})
    mine.refresh_from_db()
    assert mine.working is not None and mine.working.files == []
    assert client.get(url(record, "files/00000000-0000-0000-0000-000000000000/")).status_code == 404


def test_a_refused_upload_keeps_the_text_and_the_file_before_it(desk: Desk) -> None:
    record = draft_record(desk.office)
    good = SimpleUploadedFile("好的.txt", "食堂自查表".encode())
    bad = SimpleUploadedFile("坏的.exe", b"MZ\x90\x00")
    answer = desk.client("officer").post(url(record), typed(record, title="还在") | {"uploads": [good, bad]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "坏的.exe" in page and "好的.txt" in page and "还在" in page
    assert record.editions.count() == 1


def start(**fields: object) -> dict[str, object]:
    return {
        "way": "receive",
        "kind": "notice",
        "organ": "11330000001",
        "co_issuers": "",
        "preset": "",
        "index_number": "",
        "keeps_source": "on",
        "step": "read",
    } | fields


def test_a_signed_document_is_read_confirmed_and_put_before_the_reviewers(desk: Desk) -> None:
    client = desk.client("officer")
    assert client.get("/desk/new/").status_code == 200
    answer = client.post("/desk/new/", start(source=SimpleUploadedFile("通知.txt", SIGNED.encode())))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "关于做好校园食品安全工作的通知" in page and "云教办〔2026〕12号" in page and "落款" in page
    assert Record.objects.count() == 0
    form = answer.context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"disclosure": "proactive", "disclosure_basis": "20.13", "files": str(StoredFile.objects.get().pk)}
    answer = client.post("/desk/new/", start(step="make", once_key="n1") | data)
    record = Record.objects.get()
    assert answer.headers["Location"] == f"/desk/records/{record.pk}/"
    assert (record.state, record.document_number, str(record.written_on)) == (
        "proposed",
        "云教办〔2026〕12号",
        "2026-03-02",
    )
    assert record.working is not None and record.working.files[0]["name"] == "通知.txt"
    client.post("/desk/new/", start(step="make", once_key="n1") | data)
    assert Record.objects.count() == 1


def test_a_draft_needs_only_a_title_and_names_its_co_issuers(desk: Desk) -> None:
    other = Office("11330000002", "云洲市卫生健康局")
    client = desk.client("officer")
    assert client.post("/desk/new/", start(way="draft")).status_code == 200
    chosen = start(way="draft", kind="other_document", step="make", co_issuers="云洲市卫生健康局", preset="full")
    assert client.post("/desk/new/", chosen | {"title": "关于校医配备的意见"}).status_code == 302
    record = Record.objects.get()
    assert (record.state, record.preset, list(record.co_issuers.all())) == ("drafting", "full", [other.organ])


def test_an_organ_without_the_right_cannot_be_chosen(desk: Desk) -> None:
    Office("11330000002", "云洲市卫生健康局")
    answer = desk.client("officer").post("/desk/new/", start(organ="11330000002", step="make", title="越权"))
    assert (answer.status_code, Record.objects.count()) == (422, 0)
    answer = desk.client("officer").post("/desk/new/", start(co_issuers="查无此局"))
    assert "没有名为“查无此局”的机构" in answer.content.decode()


def test_who_starts_nothing_gets_no_such_page(desk: Desk) -> None:
    client = desk.client("secrecy")
    assert client.get("/desk/new/").status_code == 403
    assert client.post("/desk/new/", start(step="make", title="越权")).status_code == 403
    assert Record.objects.count() == 0


def test_a_marked_upload_leaves_only_the_event(desk: Desk) -> None:
    answer = desk.client("officer").post(
        "/desk/new/", start(source=SimpleUploadedFile("来文.txt", "机密★10年\n关于某事的通知".encode()))
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "某事" not in page
    assert (StoredFile.objects.count(), Record.objects.count()) == (0, 0)
    assert Event.objects.filter(name="file.refused").count() == 1


def test_broken_uploads_get_a_clear_message(desk: Desk) -> None:
    for name, data in (("空.txt", b""), ("坏.pdf", b"%PDF-1.7 broken"), ("骗.docx", b"plain text")):
        answer = desk.client("officer").post("/desk/new/", start(source=SimpleUploadedFile(name, data)))
        assert answer.status_code == 422, name
    assert StoredFile.objects.count() == 0


def test_submit_is_refused_while_one_has_unsaved_work_of_ones_own(desk: Desk) -> None:
    record = draft_record(desk.office)
    desk.client("officer").post(url(record, "edit/keep/"), {"title": "没有保存的修改"})
    from gongkai.ground.refusal import Refused

    with pytest.raises(Refused) as refused:
        submit(record, actor=desk.office.actor("officer"))
    assert refused.value.code == "records.unsaved"


def test_a_text_is_shown_as_it_will_stand_and_nothing_is_kept(desk: Desk) -> None:
    client = desk.client("officer")
    given = {"title": "标题", "body": "# 一、总体\n| A | B |\n| --- | --- |\n| 1 | <b>2</b> |"}
    shown = client.post("/desk/preview/", given).content.decode()
    assert "一、总体" in shown and "<table" in shown and "&lt;b&gt;2&lt;/b&gt;" in shown
    assert EditBuffer.objects.count() == 0
    assert desk.client(person("nobody", desk.office.organ)).post("/desk/preview/", given).status_code == 403
