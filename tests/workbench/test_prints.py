"""What an office prints: the same page on the screen and as PDF, with every name, opinion, time and hash on it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.test import Client

from gongkai.engine.letters.rendering import OUTSIDE, can_print, render_pdf
from gongkai.engine.records.actions import revise, submit, withdraw
from gongkai.engine.records.registers import publication_register, quarter_days, transfer_list
from gongkai.engine.reviews.actions import agree
from gongkai.ground import clock
from tests.builders import Office, content, deputy, draft_record, public_record

pytestmark = pytest.mark.django_db
needs_pango = pytest.mark.skipif(not can_print(), reason="Pango is not installed")


def words(pdf: bytes) -> str:
    """The text of a PDF without blanks."""
    document = pypdfium2.PdfDocument(pdf)
    return re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in document))


def named(office: Office) -> None:
    for key, name in {
        "officer": "陈思远",
        "section": "周敏",
        "secrecy": "郑立",
        "sign_off": "林建国",
        "editor": "吴晓",
    }.items():
        office.people[key].name = name
        office.people[key].save()


@needs_pango
def test_a_print_fetches_nothing_and_is_the_same_each_time() -> None:
    page = '<html lang="zh"><title>页</title><img src="file:///etc/hostname"><img src="http://192.0.2.1/x.png"><p>正文'
    once = render_pdf(page, '@import url("file:///etc/hostname"); p { color: #000 }')
    assert (once[:5], OUTSIDE in once.decode("latin1"), words(once)) == (b"%PDF-", False, "正文")
    assert once == render_pdf(page, '@import url("file:///etc/hostname"); p { color: #000 }')


def test_the_approval_sheet_names_everybody_with_opinion_time_and_hash(desk: Any) -> None:
    office = desk.office
    named(office)
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    deputy(office.people["section"], office.people["editor"])
    agree(record, "section", actor=office.actor("editor"), text="要素齐全，同意。")
    revise(record, actor=office.actor("officer"), content=content(title="关于做好校园食品安全工作的补充通知"))
    agree(record, "section", actor=office.actor("editor"), text="已核对修改处。")
    agree(record, "secrecy", actor=office.actor("secrecy"), text="不涉密。")
    page = desk.client("officer").get(f"/desk/records/{record.pk}/sheet/").content.decode()
    plain = re.sub(r"<[^>]+>|\s", "", page)
    assert "关于做好校园食品安全工作的补充通知" in plain
    assert "要素齐全，同意。同意（第1版）吴晓代周敏" in plain.replace("　", "")
    assert "已核对修改处。重新确认：同意（第2版）吴晓代周敏" in plain.replace("　", "")
    assert "不涉密。同意（第2版）郑立" in plain.replace("　", "")
    assert (record.working.sha256 in plain, "审签待办" in plain) == (True, True)
    assert f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d%H:%M}" in plain


@needs_pango
def test_the_sheet_on_paper_says_what_the_screen_says(desk: Any) -> None:
    named(desk.office)
    record = public_record(desk.office)
    answer = desk.client("officer").get(f"/desk/records/{record.pk}/sheet/?form=pdf")
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "application/pdf",
        "no-store, private",
    )
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%AE%A1%E6%9F%A5")
    text = words(answer.content)
    assert all(name in text for name in ("陈思远", "周敏", "郑立", "林建国", "审查呈批单", record.index_number))
    assert record.working is not None and record.working.sha256 in text


def test_a_sheet_is_for_those_who_may_know_of_the_record(desk: Any) -> None:
    record = draft_record(desk.office)
    stranger = Office("11330000002", "云洲市民政局")
    assert desk.client(stranger.people["officer"]).get(f"/desk/records/{record.pk}/sheet/").status_code == 404
    answer = desk.client("officer").get("/desk/prints/register/?organ=11330000002&first=2026-03-01&last=2026-03-31")
    assert answer.status_code == 422 and "不在您的管理范围内" in answer.content.decode()


def test_the_publication_register_keeps_unit_reviewers_operator_time_and_channel(
    desk: Any, django_assert_num_queries: Any
) -> None:
    office = desk.office
    named(office)
    record = public_record(office)
    gone = public_record(office, title="关于春季校历的通知")
    withdraw(gone, actor=office.actor("sign_off"), reason="published_in_error", note="重复发布")
    today = clock.today()
    with django_assert_num_queries(4):
        rows = publication_register(office.organ, today, today)
    assert [(row.record.pk, row.edition, row.channel) for row in rows] == [
        (record.pk, 1, "政府网站"),
        (gone.pk, 1, "政府网站"),
    ]
    assert (rows[0].drafter, rows[0].reviewers, rows[0].operator) == ("陈思远", "周敏、郑立、林建国", "吴晓")
    assert (rows[0].publication.until_at, rows[1].publication.until_at) == (None, clock.now())
    assert publication_register(office.organ, today + dt.timedelta(days=1), today + dt.timedelta(days=1)) == []
    page = (
        desk.client("officer")
        .get(f"/desk/prints/register/?organ={office.organ.code}&first={today}&last={today}")
        .content.decode()
    )
    assert "云洲市教育局信息发布登记" in page and "周敏、郑立、林建国" in page


def test_the_hand_over_list_of_a_quarter_names_every_original(desk: Any) -> None:
    office = desk.office
    record = public_record(office)
    assert quarter_days(2026, 4) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert quarter_days(2026, 1) == (dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    rows = transfer_list(office.organ, 2026, 1)
    assert [(row.record.pk, row.edition, row.sha256, row.attachments) for row in rows] == [
        (record.pk, 1, record.current.sha256, 0)
    ]
    assert transfer_list(office.organ, 2026, 2) == []
    page = desk.client("officer").get(f"/desk/prints/transfer/?organ={office.organ.code}&year=2026&quarter=1")
    assert record.current.sha256 in page.content.decode() and "第二十五条" in page.content.decode()


@needs_pango
def test_a_public_record_is_a_pdf_and_a_word_document_until_it_is_gone(desk: Any) -> None:
    import docx

    office = desk.office
    record = public_record(office)
    address, client = f"/r/{record.index_number}", Client()
    pdf, word = client.get(f"{address}.pdf"), client.get(f"{address}.docx")
    assert (pdf.status_code, word.status_code) == (200, 200)
    assert "食堂自查" in words(pdf.content) and record.current.sha256 in words(pdf.content)
    texts = [paragraph.text for paragraph in docx.Document(BytesIO(word.content)).paragraphs]
    assert (texts[0], texts[1], "各学校：" in texts) == (record.title, "云教办〔2026〕12号", True)
    assert pdf["Content-Disposition"].endswith(".pdf") and word["Content-Disposition"].endswith(".docx")
    again = client.get(f"{address}.pdf", headers={"If-None-Match": pdf["ETag"]})
    assert again.status_code == 304
    assert hashlib.sha256(client.get(f"{address}.pdf").content).digest() == hashlib.sha256(pdf.content).digest()
    withdraw(record, actor=office.actor("sign_off"), reason="published_in_error", note="重复发布")
    assert (client.get(f"{address}.pdf").status_code, client.get(f"{address}.docx").status_code) == (410, 410)
    draft = draft_record(office, title="没有公开的草稿")
    assert draft.index_number is None and client.get("/r/none/2026-00001.pdf").status_code == 404
