"""Work records: one line in seconds, a workbook once, internal for good; put right and voided with a trace."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from gongkai.domains.workrecords.actions import correct, enter, void
from gongkai.domains.workrecords.entries import Entry, day_of, planned
from gongkai.domains.workrecords.models import WorkRecord
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.access.models import Export
from gongkai.ground.files.models import StoredFile
from gongkai.ground.gate.door import visible
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.surfaces.look.sheet import xlsx_bytes
from tests.builders import Office, person
from tests.workbench.people import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
TYPED = {
    "done_on": "2026-03-02",
    "category": "phone_check",
    "matter": "抽查依申请公开电话",
    "handler": "11330000001-officer",
    "result": "0571-88880000，响铃两声应答。",
    "once_key": "work-000001",
}
TITLES = ("日期", "类别", "工作内容", "经办人", "结果")


def entry(office: Office, **fields: object) -> Entry:
    facts = {"done_on": dt.date(2026, 3, 1), "category": "training", "matter": "保密审查培训", "result": "32 人参加"}
    return Entry(**{**facts, "handler": office.people["officer"], **fields})  # type: ignore[arg-type]


def test_one_line_is_one_act_without_review() -> None:
    office = Office()
    client = Desk(office).client("officer")
    page = client.get("/desk/work/").content.decode()
    assert 'value="2026-03-02"' in page and 'value="11330000001-officer"' in page, "day and person are filled in"
    file = io.BytesIO("签到表".encode())
    file.name = "签到表.txt"
    assert client.post("/desk/work/", TYPED | {"attachment": file}).status_code == 302
    row = WorkRecord.objects.get()
    assert (row.matter, row.state, row.result) == ("抽查依申请公开电话", "entered", "0571-88880000，响铃两声应答。")
    event = Event.objects.get(subject_type="work_record")
    assert (event.name, event.data["category"], event.is_public) == ("work_record.entered", "phone_check", False)
    assert "0571" not in str(event.data)
    assert "抽查依申请公开电话" in client.get("/desk/work/?category=phone_check").content.decode()
    assert client.get(f"/desk/work/{row.pk}/file/").getvalue().decode() == "签到表"


def test_the_result_lies_encrypted_and_marks_are_refused() -> None:
    office = Office()
    enter(actor=office.actor("officer"), organ=office.organ, item=entry(office))
    with connection.cursor() as cursor:
        cursor.execute("SELECT result FROM workrecords_workrecord")
        assert "32" not in str(cursor.fetchone()[0])
    with pytest.raises(Refused):
        enter(actor=office.actor("officer"), organ=office.organ, item=entry(office, result="机密★10年"))
    assert WorkRecord.objects.count() == 1


def test_the_same_line_is_entered_once() -> None:
    office = Office()
    enter(actor=office.actor("officer"), organ=office.organ, item=entry(office))
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        enter(actor=office.actor("section"), organ=office.organ, item=entry(office))
    assert (refused.value.code, Event.objects.count()) == ("workrecords.twice", events)


def test_a_line_is_put_right_and_voided_with_a_reason() -> None:
    office = Office()
    row = enter(actor=office.actor("officer"), organ=office.organ, item=entry(office))
    correct(row, actor=office.actor("section"), item=entry(office, matter="保密审查和公开审查培训"))
    assert WorkRecord.objects.get().matter == "保密审查和公开审查培训"
    with pytest.raises(Refused) as refused:
        void(row, actor=office.actor("officer"), reason=" ")
    assert refused.value.code == "workrecords.no_reason"
    void(row, actor=office.actor("officer"), reason="登记到别的单位了")
    with pytest.raises(Refused) as refused:
        correct(row, actor=office.actor("officer"), item=entry(office))
    assert refused.value.code == "gate.wrong_state"
    enter(actor=office.actor("officer"), organ=office.organ, item=entry(office, matter="保密审查和公开审查培训"))
    names = Event.objects.filter(subject_id=str(row.pk), subject_type="work_record").values_list("name", flat=True)
    assert list(names.order_by("pk")) == ["work_record.entered", "work_record.corrected", "work_record.voided"]


def test_a_workbook_is_read_shown_and_entered_once() -> None:
    office = Office()
    person("zhou", office.organ, name="周敏")
    book = xlsx_bytes(
        "台账",
        TITLES,
        [
            ["2026年2月3日", "会议部署", "召开季度调度会", "周敏", "=通报三家单位"],
            ["2026-02-10", "training", "新任联络员培训", "", ""],
        ],
    )
    client = Desk(office).client("officer")

    def send(**fields: object) -> str:
        source = io.BytesIO(book)
        source.name = "记录.xlsx"
        sent = {"organ": office.organ.code, "source": source, "step": "look", **fields}
        return client.post("/desk/work/import/", sent).content.decode()

    looked = send()
    assert "新的 2 条" in looked and not WorkRecord.objects.exists()
    lines = looked.split('name="lines" value="')[1].split('"')[0]
    sent = {"organ": office.organ.code, "lines": lines, "step": "enter", "once_key": "work-000002"}
    assert client.post("/desk/work/import/", sent).status_code == 302
    rows = list(WorkRecord.objects.order_by("done_on").values_list("matter", "handler__name"))
    assert rows == [("召开季度调度会", "周敏"), ("新任联络员培训", "11330000001-officer")]
    again = send()
    assert "新的 0 条" in again and again.count("已登记过，跳过") == 2
    client.post("/desk/work/import/", sent | {"once_key": "work-000003"})
    assert WorkRecord.objects.count() == 2
    assert client.get("/desk/work/?form=xlsx").headers["Content-Type"].startswith("text/html")
    assert client.post("/desk/work/export/", {"form": "xlsx", "reason": " "}).status_code == 422
    assert not Export.objects.exists()
    out = client.post("/desk/work/export/", {"form": "xlsx", "reason": "年度考核"}).content
    assert Export.objects.values_list("what", "rows", "reason").get() == ("work", 2, "年度考核")
    table = CalamineWorkbook.from_filelike(io.BytesIO(out)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in table] == ["事项", "新任联络员培训", "召开季度调度会"]
    assert not StoredFile.objects.exists(), "the workbook itself is not kept"


def test_one_bad_line_stops_the_import_and_says_why() -> None:
    office = Office()
    lines = (
        "2027-01-01 | 会议部署 | 明年的会\n2026-02-30 | 会议部署 | 没有这天\n"
        "2026-02-01 | 联欢 | 晚会\n2026-02-01 | 会议部署 | 会 | 无名氏"
    )
    client = Desk(office).client("officer")
    sent = {"organ": office.organ.code, "lines": lines, "step": "enter", "once_key": "work-000004"}
    page = client.post("/desk/work/import/", sent).content.decode()
    for told in ("日期“2027-01-01”不能识别", "日期“2026-02-30”不能识别", "没有类别“联欢”", "本单位没有人名为“无名氏”"):
        assert told in page
    assert not WorkRecord.objects.exists()


def test_an_import_costs_the_same_for_more_lines() -> None:
    office = Office()
    counts = []
    for month, count in ((1, 3), (2, 30)):
        rows = [
            {"done_on": f"2026-{month:02}-{day % 28 + 1:02}", "category": "meeting", "matter": f"会议{day}"}
            for day in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            plan = planned(rows, organ=office.organ, actor_person=office.people["officer"])
            fresh = [line.entry for line in plan]
            enter.batch(fresh, actor=office.actor("officer"), organ=office.organ)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert WorkRecord.objects.count() == 33


def test_a_page_of_the_list_costs_the_same_for_more_rows() -> None:
    office = Office()
    counts = []
    for numbers in (range(2), range(2, 12)):
        lines = [entry(office, matter=f"培训{number}") for number in numbers]
        enter.batch(lines, actor=office.actor("officer"), organ=office.organ)
        client = Desk(office).client("officer")
        client.get("/desk/work/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/work/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_too_many_lines_are_refused_and_not_cut() -> None:
    office = Office()
    lines = [entry(office, matter=f"会议{number}") for number in range(1001)]
    with pytest.raises(Refused) as refused:
        enter.batch(lines, actor=office.actor("officer"), organ=office.organ)
    assert (refused.value.code, WorkRecord.objects.count()) == ("workrecords.too_many", 0)


def test_it_stays_inside_the_organ() -> None:
    office, other = Office(), Office("11330000002", "云洲市水务局")
    row = enter(actor=office.actor("officer"), organ=office.organ, item=entry(office))
    assert not visible(WorkRecord, other.actor("officer")).exists()
    assert Desk(other).client("officer").get(f"/desk/work/{row.pk}/").status_code == 404
    assert Client().get(f"/desk/work/{row.pk}/").status_code == 302
    for actor, code in ((office.actor("secrecy"), "gate.no_right"), (SYSTEM, "gate.no_right")):
        with pytest.raises(Refused) as refused:
            enter(actor=actor, organ=office.organ, item=entry(office, matter="别的"))
        assert refused.value.code == code
    assert WorkRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", dt.date(2026, 3, 1)),
        ("2026/3/1", dt.date(2026, 3, 1)),
        ("2026年3月1日", dt.date(2026, 3, 1)),
        ("2026-03-01 00:00:00", dt.date(2026, 3, 1)),
        ("2026.3.1", dt.date(2026, 3, 1)),
        ("3月1日", None),
        ("2026-02-30", None),
    ],
)
def test_days_as_workbooks_write_them(text: str, day: dt.date | None) -> None:
    assert day_of(text) == day
