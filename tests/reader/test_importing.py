"""The import: dry runs without a database, drafts and taken-over records through the gate, duplicates, refusals."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest

from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import DRAFTING, PUBLIC
from gongkai.ground.access.roles import Role
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.surfaces.exchange.importing import exit_code, import_paths, is_failed
from tests.builders import organ, person
from tests.reader.makers import LETTER, PAGE, docx_of, write

CODE = "11330000001"


@pytest.fixture
def city(db):
    made = organ(CODE, "云洲市人民政府办公室", type="general_office", organisation_code="014416330")
    person("import-service", made, Role.SERVICE)
    return made


def dry(*paths):
    return list(import_paths(paths, dry_run=True))


def test_a_dry_run_needs_no_database(tmp_path):
    # No database mark on this test: pytest-django refuses every query.
    (line,) = dry(write(tmp_path, "letter.txt", LETTER))
    assert line["document_number"] == "云政办发〔2025〕18号"
    assert line["record"] is None
    assert exit_code([line]) == 0


def test_same_bytes_twice_are_one(tmp_path):
    first, second = write(tmp_path, "a.txt", LETTER), write(tmp_path, "b.txt", LETTER)
    (line,) = dry(tmp_path)
    assert (line["path"], line["same_bytes"]) == (str(first), [str(second)])
    assert [item["code"] for item in line["warnings"]] == ["attachment-missing", "attachment-missing"]


def test_another_format_is_a_warned_duplicate(tmp_path):
    lines = dry(write(tmp_path, "a.txt", LETTER), write(tmp_path, "b.docx", docx_of(LETTER)))
    assert [[item["code"] for item in line["warnings"]][-1] for line in lines] == [
        "attachment-missing",
        "duplicate-content",
    ]
    assert lines[1]["warnings"][-1]["found"] == lines[0]["path"]
    assert exit_code(lines) == 0


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.txt", b"", "unreadable"),
        ("blank.txt", b" \n\n ", "unreadable"),
        ("broken.pdf", b"%PDF-1.7 nothing", "unreadable"),
        ("picture.png", b"\x89PNG\r\n\x1a\n", "unreadable"),
        ("wrong.docx", b"plain words", "unreadable"),
        ("secret.txt", "机密★1年\n关于某事的通知\n".encode(), "classification-mark"),
        ("lines.jsonl", b"{not json}\n", "unreadable"),
        ("lines.jsonl", '{"title": "某通知", "text": "绝密★长期\\n内容"}\n'.encode(), "classification-mark"),
    ],
)
def test_what_cannot_be_taken(tmp_path, name, data, code):
    (line,) = dry(write(tmp_path, name, data))
    assert [item["code"] for item in line["warnings"]] == [code]
    assert (line["title"], line["body_chars"], line["tables"]) == (None, 0, [])
    assert is_failed(line)
    assert exit_code([line]) == 1
    assert line["error"]["message"]


def test_one_bad_file_stops_no_other(tmp_path):
    write(tmp_path, "a.txt", b"")
    write(tmp_path, "b.txt", LETTER)
    assert [is_failed(line) for line in dry(tmp_path)] == [True, False]


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(Refused) as refused:
        dry(tmp_path / "nothing.txt")
    assert refused.value.code == "exchange.no_path"


def test_json_lines(tmp_path):
    items = [
        {
            "title": "云洲市老年人优待办法",
            "doc_no": "云洲市人民政府令第12号",
            "text": "第一条 为了优待老年人，制定本办法。",
        },
        {
            "title": "收费目录",
            "doc_no": "（年度目录）",
            "source": "云洲市财政局",
            "publish_date": "2025-05-01",
            "text": "收费目录如下，请查阅。",
        },
    ]
    items.append(items[0])
    data = "\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    lines = dry(write(tmp_path, "list.jsonl", data))
    assert [line["title"] for line in lines] == ["云洲市老年人优待办法", "收费目录"]
    assert [line["document_number"] for line in lines] == ["云洲市人民政府令第12号", None]
    assert [line["issuing_organ"] for line in lines] == ["云洲市人民政府", "云洲市财政局"]
    assert lines[1]["published_on"] == "2025-05-01"
    assert [item["code"] for item in lines[1]["warnings"]] == ["number-malformed"]
    assert lines[0]["path"].endswith("list.jsonl#1")


def test_files_become_drafts(city, tmp_path):
    (line,) = import_paths([write(tmp_path, "letter.txt", LETTER)], CODE)
    record = Record.objects.get()
    assert line["record"] == str(record.pk)
    assert (record.state, record.organ, record.is_visible) == (DRAFTING, city, False)
    assert (record.title, record.document_number) == (line["title"], "云政办发〔2025〕18号")
    assert record.written_on == dt.date(2025, 5, 26)
    content = record.working.content
    assert content["effective_until"] == "2027-06-01"
    assert content["issued_on"] == "2025-05-27"
    assert content["disclosure"] == ""
    assert [block["text"] for block in content["body"]][:1] == ["各区人民政府，市政府各部门："]
    event = Event.objects.get(name="record.drafted")
    assert event.actor.startswith("service:")


def test_word_originals_are_kept_and_pages_are_not(city, tmp_path):
    list(import_paths([write(tmp_path, "a.docx", docx_of(LETTER)), write(tmp_path, "b.html", PAGE)], CODE))
    files = {record.title: [entry["name"] for entry in record.working.files] for record in Record.objects.all()}
    assert files == {
        "云洲市人民政府办公室关于做好防汛值班工作的通知": ["a.docx"],
        "云洲市教育局关于开展校园安全检查的通知": [],
    }


def test_importing_again_makes_nothing_new(city, tmp_path):
    path = write(tmp_path, "letter.txt", LETTER)
    (first,) = import_paths([path], CODE)
    shutil.copy(path, tmp_path / "copy.txt")
    (second,) = import_paths([tmp_path / "copy.txt"], CODE)
    assert second["record"] == first["record"]
    assert Record.objects.count() == 1


def test_a_duplicate_in_another_format_is_the_same_record(city, tmp_path):
    paths = [write(tmp_path, "a.txt", LETTER), write(tmp_path, "b.docx", docx_of(LETTER))]
    lines = list(import_paths(paths, CODE))
    assert lines[0]["record"] == lines[1]["record"]
    assert lines[1]["warnings"][-1]["code"] == "duplicate-content"
    assert Record.objects.count() == 1


def test_index_number_of_the_page_is_kept(city, tmp_path):
    list(import_paths([write(tmp_path, "b.html", PAGE)], CODE))
    assert Record.objects.get().index_number == "014416330/2025-00031"


def test_pages_public_elsewhere_are_published_in_a_batch(city, tmp_path):
    items = [
        {"title": f"关于第{number}号事项的通知", "publish_date": "2025-05-01", "text": f"第{number}号事项已经办结。"}
        for number in range(1, 8)
    ]
    data = "\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    path = write(tmp_path, "list.jsonl", data)
    lines = list(import_paths([path], CODE, already_public="https://old.example/list"))
    assert {line["record"] for line in lines} == {str(pk) for pk in Record.objects.values_list("pk", flat=True)}
    assert set(Record.objects.values_list("state", "is_visible")) == {(PUBLIC, True)}
    assert {record.published_at.date() for record in Record.objects.all()} == {dt.date(2025, 4, 30)}
    assert Event.objects.filter(name="record.published").count() == 7
    again = list(import_paths([path], CODE, already_public="https://old.example/list"))
    assert [line["record"] for line in again] == [line["record"] for line in lines]
    assert Record.objects.count() == 7


def test_a_mark_leaves_only_the_event_of_its_refusal(city, tmp_path):
    lines = list(import_paths([write(tmp_path, "a.txt", "机密★10年\n关于某事的通知\n")], CODE))
    assert exit_code(lines) == 1
    assert Record.objects.count() == 0
    event = Event.objects.get(name="file.refused")
    assert event.data == {"reason": "classification-mark"}


def test_unknown_organ_and_missing_account_change_nothing(db, tmp_path):
    path = write(tmp_path, "letter.txt", LETTER)
    with pytest.raises(Refused) as refused:
        list(import_paths([path], "nobody"))
    assert refused.value.code == "exchange.no_organ"
    made = organ(CODE, "云洲市人民政府办公室")
    reader = person("reader", made, Role.SECRECY_REVIEWER)
    for username in ("", reader.username, "nobody"):
        with pytest.raises(Refused) as refused:
            list(import_paths([path], CODE, username=username))
        assert refused.value.code == "exchange.no_account"
    assert Record.objects.count() == 0
    assert Event.objects.count() == 0


def test_a_named_officer_may_import(city, tmp_path):
    officer = person("officer", city, Role.OFFICER)
    (line,) = import_paths([write(tmp_path, "letter.txt", LETTER)], CODE, username="officer")
    assert Record.objects.get(pk=line["record"]).drafter == officer


def test_the_five_sources_become_five_drafts(city, shared):
    lines = list(import_paths([shared / "sources"], CODE))
    assert exit_code(lines) == 0
    assert Record.objects.count() == 5
    keys = Record.objects.order_by("pk").values_list("pk", flat=True)
    assert [line["record"] for line in lines] == [str(pk) for pk in keys]
    titles = dict(Record.objects.values_list("document_number", "title"))
    assert titles["义政办发〔2018〕67号"] == "关于印发2018年义乌市政务公开工作要点的通知"
    table = Record.objects.get(title__startswith="2019年洮南市").working.content["body"][0]
    assert (table["type"], len(table["rows"])) == ("table", 63)


def test_an_officer_cannot_publish_what_nobody_reviewed_by_calling_it_public_already(city, tmp_path):
    person("officer", city, Role.OFFICER)
    with pytest.raises(Refused) as refused:
        list(import_paths([write(tmp_path, "letter.txt", LETTER)], CODE, already_public="旧网站", username="officer"))
    assert refused.value.code == "exchange.no_account"
    assert Record.objects.count() == 0
