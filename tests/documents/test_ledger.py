"""The ledger of rules and normative documents, in public and at the desk; clean-up as a page; tables that go out."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from gongkai.engine.records.actions import declare, file_paper
from gongkai.engine.records.clean_ups import Named
from gongkai.engine.records.models import CleanUp, Record, SealedPaper
from gongkai.ground.access.models import Export
from gongkai.ground.files.actions import upload
from gongkai.ground.register.models import Event
from gongkai.surfaces.look.sheet import csv_bytes, xlsx_bytes
from tests.builders import Office, public_record
from tests.workbench.people import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


def normative(office: Office, serial: int, **fields: object) -> Record:
    facts = {
        "document_number": f"云教规〔2026〕{serial}号",
        "register_number": f"YZGJ2026-{serial:03}",
        "written_on": "2026-02-10",
        "effective_from": "2026-03-01",
        "effective_until": "2031-02-28",
    }
    return public_record(office, kind="normative_document", preset="full", **(facts | fields))


def with_filing(office: Office, record: Record) -> SealedPaper:
    file, _ = upload("备案回执".encode(), "备案回执.txt", organ=office.organ, actor=office.actor("officer"))
    return file_paper(
        record,
        actor=office.actor("officer"),
        file=file,
        purpose="filing",
        number="云府备〔2026〕3号",
        dated_on=dt.date(2026, 3, 1),
    )


def table(data: bytes) -> list[list[str]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_the_public_ledger_lists_rules_and_normative_documents_only() -> None:
    office = Office(review_preset="full")
    normative(office, 1, title="=SUM(A1) 的管理办法")
    public_record(office, kind="government_rule", title="停车规定", preset="full", document_number="云洲市令第12号")
    public_record(office, title="普通文件", document_number="云教办〔2026〕30号")
    page = Client().get("/policy/ledger/").content.decode()
    assert "YZGJ2026-001" in page and "停车规定" in page and "普通文件" not in page
    assert "共 2 件" in page
    rows = table(Client().get("/feed/ledger.xlsx").content)
    assert rows[0][:5] == ["登记号", "标题", "发文字号", "类别", "发布机构"]
    assert [row[:4] for row in rows[1:]] == [
        ["", "停车规定", "云洲市令第12号", "规章"],
        ["YZGJ2026-001", "=SUM(A1) 的管理办法", "云教规〔2026〕1号", "规范性文件"],
    ]
    text = Client().get("/feed/ledger.csv").content.decode("utf-8-sig")
    assert "'=SUM(A1) 的管理办法,云教规〔2026〕1号,规范性文件,云洲市教育局,2026-02-10,2026-03-02" in text


def test_a_workbook_says_where_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from gongkai.surfaces.portal import feed_views

    office = Office()
    for serial in range(1, 4):
        normative(office, serial)
    monkeypatch.setattr(feed_views, "XLSX_ROWS", 2)
    rows = table(Client().get("/feed/ledger.xlsx").content)
    assert [row[0] for row in rows[1:]] == ["YZGJ2026-003", "YZGJ2026-002", "仅列前 2 条，全部清单请导出 CSV。"]
    assert Client().get("/feed/ledger.csv").content.decode("utf-8-sig").count("\r\n") == 4


def test_the_ledger_and_the_library_answer_for_a_day() -> None:
    office = Office()
    normative(office, 1)
    for address in ("/policy/ledger/", "/policy/"):
        assert "云教规〔2026〕1号" in Client().get(f"{address}?on=2026-03-01").content.decode()
        assert "云教规〔2026〕1号" not in Client().get(f"{address}?on=2026-02-28").content.decode()
        assert "没有符合条件的信息" in Client().get(f"{address}?on=someday").content.decode()
    assert len(Client().get("/api/v1/records?in_force_on=2031-02-28").json()["items"]) == 1
    assert Client().get("/api/v1/records?in_force_on=2031-03-01").json()["items"] == []


def test_the_ledger_of_the_desk_shows_papers_and_what_is_missing() -> None:
    office = Office()
    filed, bare = normative(office, 1), normative(office, 2, register_number="")
    paper = with_filing(office, filed)
    client = Desk(office).client("officer")
    page = client.get("/desk/ledger/").content.decode()
    assert f"/desk/records/{filed.pk}/papers/{paper.pk}/" in page and "云府备〔2026〕3号" in page
    assert f"/desk/records/{bare.pk}/papers/?purpose=filing" in page
    for lacks, found in (("register", {2}), ("filing", {2}), ("fair_competition", {1, 2})):
        page = client.get(f"/desk/ledger/?lacks={lacks}").content.decode()
        assert {serial for serial in (1, 2) if f"云教规〔2026〕{serial}号" in page} == found
    asked = {"reason": "核对", "form": "xlsx"}
    rows = table(client.post("/desk/ledger/export/", asked).content)
    assert rows[0][-3:] == ["备案", "公平竞争审查", "合法性审核"]
    assert [row[-3:] for row in rows[1:]] == [["", "", ""], ["云府备〔2026〕3号 2026-03-01", "", ""]]
    narrowed = client.post("/desk/ledger/export/?lacks=filing", {"reason": "核对", "form": "csv"})
    assert narrowed.content.decode("utf-8-sig").count("\r\n") == 2
    assert Export.objects.order_by("pk").values_list("what", "rows", "reason")[:2][1] == ("ledger", 1, "核对")
    assert client.post("/desk/ledger/export/", {"form": "xlsx"}).status_code == 422
    assert client.get("/desk/ledger/?form=xlsx").headers["Content-Type"].startswith("text/html")
    assert (Export.objects.count(), Event.objects.filter(name="export.made").count()) == (2, 2)


def test_a_paper_is_filed_with_number_and_day_and_never_published() -> None:
    office = Office()
    record = normative(office, 1)
    client = Desk(office).client("officer")
    page = client.get(f"/desk/records/{record.pk}/papers/?purpose=fair_competition").content.decode()
    assert '<option value="fair_competition" selected>' in page
    sheet = io.BytesIO("公平竞争审查表".encode())
    sheet.name = "审查表.txt"
    sent = {
        "purpose": "fair_competition",
        "sheet": sheet,
        "number": "",
        "dated_on": "2026-02-01",
        "once_key": "k-000001",
    }
    assert client.post(f"/desk/records/{record.pk}/papers/", sent).status_code == 302
    paper = SealedPaper.objects.get()
    assert (paper.purpose, paper.dated_on) == ("fair_competition", dt.date(2026, 2, 1))
    assert "公平竞争" not in Client().get("/policy/ledger/").content.decode()


def test_a_page_of_the_ledger_costs_the_same_for_more_rows() -> None:
    office = Office()
    counts = []
    for serials in (range(1, 3), range(3, 9)):
        for serial in serials:
            with_filing(office, normative(office, serial))
        client = Desk(office).client("officer")
        client.get("/desk/ledger/")
        with CaptureQueriesContext(connection) as desk:
            client.get("/desk/ledger/")
        with CaptureQueriesContext(connection) as public:
            Client().get("/policy/ledger/")
        counts.append((len(desk), len(public)))
    assert counts[0] == counts[1]


def test_a_clean_up_is_looked_at_before_it_is_done() -> None:
    office = Office()
    old, kept = normative(office, 1), normative(office, 2)
    client = Desk(office).client("editor")
    typed = {
        "organ": office.organ.code,
        "title": "关于公布清理结果的决定",
        "number": "云教〔2026〕9号",
        "decided_on": "2026-03-01",
        "lines": f"{old.document_number} | 废止 | 已有新规定\n{kept.index_number}\t继续有效",
        "once_key": "clean-up-0001",
    }
    bad = client.post("/desk/clean-up/new/", typed | {"lines": "云教〔1999〕1号 | 废止", "step": "look"})
    assert "没有找到已公开的这份文件" in bad.content.decode() and "按此标注" not in bad.content.decode()
    looked = client.post("/desk/clean-up/new/", typed | {"step": "look"}).content.decode()
    assert "预览：2 份" in looked and "按此标注 2 份文件" in looked
    assert not CleanUp.objects.exists()
    done = client.post("/desk/clean-up/new/", typed | {"step": "declare"}, follow=True).content.decode()
    assert "已按清理决定标注 2 份文件。" in done and "关于公布清理结果的决定" in done
    assert list(Record.objects.order_by("pk").values_list("validity", flat=True)) == ["repealed", "in_force"]
    made = CleanUp.objects.get()
    assert "已有新规定" in client.get(f"/desk/clean-up/{made.pk}/").content.decode()
    again = client.post("/desk/clean-up/new/", typed | {"step": "declare"})
    assert again.status_code == 302 and CleanUp.objects.count() == 1


def test_who_may_not_repeal_does_not_clean_up() -> None:
    office = Office()
    assert Desk(office).client("officer").get("/desk/clean-up/new/").status_code == 403
    assert Client().get("/desk/ledger/").status_code == 302


def test_no_cell_is_a_formula() -> None:
    rows = [["=1+1", "+86", "http://x/", "12", "\x01甲"]]
    data = xlsx_bytes("表[1]", ["一", "二", "三", "四", "五"], rows)
    assert table(data)[1] == ["=1+1", "+86", "http://x/", "12", "甲"]
    assert data == xlsx_bytes("表[1]", ["一", "二", "三", "四", "五"], rows)
    import zipfile

    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert csv_bytes(["一"], [["=1+1"]]).decode("utf-8-sig") == "一\r\n'=1+1\r\n"


def test_lists_of_clean_ups_cost_the_same_for_more_rows() -> None:
    office = Office()
    counts = []
    for serials in ((1, 2), (3, 4, 5, 6)):
        for serial in serials:
            listed = [normative(office, 10 * serial + place) for place in range(2)]
            made = declare(
                actor=office.actor("editor"),
                organ=office.organ,
                title=f"决定{serial}",
                decided_on=dt.date(2026, 3, 1),
                lines=[Named(record.index_number or "", "kept") for record in listed[: serial - serials[0] + 1]],
            )
        client = Desk(office).client("editor")
        client.get("/desk/clean-up/")
        seen = []
        for address in ("/desk/clean-up/", f"/desk/clean-up/{made.pk}/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            seen.append(len(queries))
        counts.append(seen)
    assert counts[0] == counts[1]
