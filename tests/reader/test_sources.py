"""The five source documents against the gold file that was written by hand before the parser."""

import json
from pathlib import Path

import pytest

import gongkai
from gongkai.domains.documents.reader import read_file
from gongkai.domains.documents.reader.document import WARNING_CODES
from gongkai.domains.documents.reader.lines import bare

SOURCES = Path(gongkai.__file__).parents[1].parent / "shared" / "sources"
GOLD = json.loads((Path(__file__).parents[1] / "golden" / "sources.json").read_text(encoding="utf-8"))
NAMES = [name for name in GOLD if not name.startswith("_")]
CARD = [
    "kind",
    "title",
    "document_number",
    "index_number",
    "issuing_organ",
    "written_on",
    "published_on",
    "subject_class",
    "genre",
    "validity",
    "effective_until",
]

pytestmark = pytest.mark.skipif(not SOURCES.is_dir(), reason="the five sources are not beside the project")


def _read(name):
    return read_file((SOURCES / name).read_bytes(), name)


def _printed_lines(name):
    return (SOURCES / name).read_text(encoding="utf-8").split("\n")


@pytest.fixture(scope="module", params=NAMES)
def source(request):
    name = request.param
    document = _read(name)
    return name, GOLD[name], document, document.as_json(name)


def test_card(source):
    name, gold, _, line = source
    assert {key: line[key] for key in CARD} == {key: gold[key] for key in CARD}
    assert (line["path"], line["record"]) == (name, None)


def test_warnings_are_those_of_the_gold_file_and_no_others(source):
    _, gold, _, line = source
    found = {}
    for warning in line["warnings"]:
        found.setdefault(warning["code"], []).append([warning["found"], warning["expected"]])
    expected = gold["warnings"]
    assert set(found) == set(expected)
    assert set(found) <= WARNING_CODES
    for code, values in expected.items():
        assert found[code] == values if isinstance(values, list) else len(found[code]) == values


def test_evidence_values_labels_and_verbatim_quotes(source):
    name, gold, _, line = source
    whole = bare((SOURCES / name).read_text(encoding="utf-8"))
    for field, expected in gold["evidence"].items():
        evidence = line["evidence"][field]
        assert evidence["value"] == expected["value"]
        assert "quote" not in expected or evidence["quote"] == expected["quote"]
        assert "label" not in expected or evidence["label"]["value"] == expected["label"]
    for evidence in line["evidence"].values():
        assert evidence["place"]
        assert bare(evidence["quote"]) in whole


def test_every_value_of_the_card_has_evidence(source):
    _, _, _, line = source
    stated = [key for key in CARD if line[key] is not None and key != "kind"]
    assert [key for key in stated if key not in line["evidence"] and line[key] != "年报"] == []


def test_cited_numbers_are_not_the_documents_own(source):
    _, gold, _, line = source
    assert line["facts"].get("cited_numbers", []) == gold["cited_numbers"]


def test_facts(source):
    _, gold, _, line = source
    for name, value in gold.get("facts", {}).items():
        assert line["facts"][name] == value


def test_attachments(source):
    _, gold, _, line = source
    assert [item["name"] for item in line["attachments"]] == gold["attachments"]


def test_body_begins_and_ends_with_the_document(source):
    _, gold, document, _ = source
    texts = [text for block in document.body for text in block.lines()]
    assert texts[0].split("\t")[0] == gold["first_body_line"]
    if "last_body_line" in gold:
        assert texts[-1] == gold["last_body_line"]


def test_000_six_parts_with_their_items():
    gold = GOLD["000_44a1ec214bd34986.txt"]
    parts = []
    for block in _read("000_44a1ec214bd34986.txt").body:
        if block.text[1:2] == "、" and block.text[0] in "一二三四五六":
            parts.append(0)
        elif block.text.startswith("(") and block.text[2:3] == ")":
            parts[-1] += 1
    assert parts == gold["items_in_parts"]
    assert len(parts) == gold["parts"]


def test_001_tasks_rows_units_and_which_are_inherited():
    gold = GOLD["001_4ed12906e7e15054.txt"]["tables"][0]
    (table,) = _read("001_4ed12906e7e15054.txt").as_json("")["tables"]
    assert table["columns"] == gold["columns"]
    assert len(table["rows"]) == gold["row_count"] == 63
    assert all(len(row) == 5 and all(row) for row in table["rows"])
    assert len(table["inherited"]["责任单位"]) == gold["inherited_count"]
    tasks = [task for goal in table["groups"] for task in goal["groups"]]
    assert len(tasks) == gold["task_count"] == 19
    assert [
        {
            "number": task["number"],
            "text": task["text"],
            "rows": task["end"] - task["start"],
            "inherited": [unit["row"] - task["start"] + 1 for unit in task["units"] if unit["inherited"]],
        }
        for task in tasks
    ] == gold["tasks"]
    assert [
        {"text": goal["text"], "tasks": [int(task["number"]) for task in goal["groups"]]} for goal in table["groups"]
    ] == gold["goals"]
    for unit in gold["units"]:
        task = tasks[int(unit["task"]) - 1]
        assert task["units"][unit["row"] - 1]["text"] == unit["unit"]
        assert table["rows"][task["start"] + unit["row"] - 1][4] == unit["unit"]


def test_001_every_printed_sign_of_requirements_and_units_is_in_the_table():
    (table,) = _read("001_4ed12906e7e15054.txt").tables
    absent = set(table.inherited["责任单位"])
    rest = bare("".join(_printed_lines("001_4ed12906e7e15054.txt")[5:]))
    for place, row in enumerate(table.rows):
        for text in (row[3],) if place in absent else (row[3], row[4]):
            assert bare(text) in rest
            rest = rest.replace(bare(text), "", 1)
    # What is left are goals, ordinals and tasks: short words without a full stop.
    assert "。" not in rest


def test_002_items_parts_lines_and_the_remark():
    gold = GOLD["002_0b8a182f014f6ae7.txt"]["tables"][0]
    (table,) = _read("002_0b8a182f014f6ae7.txt").as_json("")["tables"]
    assert (table["caption"], table["columns"]) == (gold["caption"], gold["columns"])
    assert len(table["rows"]) == gold["row_count"] == 48
    read = []
    for group in table["groups"]:
        item = {"number": group["number"], "text": group["text"], "rows": group["end"] - group["start"]}
        if group["groups"]:
            item["parts"] = [[part["text"], part["end"] - part["start"]] for part in group["groups"]]
        read.append(item)
    assert read == gold["items"]
    notes = [
        {"item": row[0], "row": place - table["groups"][int(row[0]) - 1]["start"] + 1, "text": row[3]}
        for place, row in enumerate(table["rows"])
        if row[3]
    ]
    assert notes == gold["notes"]


def test_003_text_once():
    gold = GOLD["003_0974955fc088e17c.txt"]
    first, last = gold["body_lines"]
    expected = [line.strip() for line in _printed_lines("003_0974955fc088e17c.txt")[first - 1 : last]]
    document = _read("003_0974955fc088e17c.txt")
    assert [block.text for block in document.body] == expected
    assert document.body_chars == len(bare("".join(expected)))


def test_004_classes_add_up():
    facts = _read("004_c97c6d27d0712933.txt").facts
    assert [item["count"] for item in facts["categories"]] == [31, 7, 1, 1, 1]
    assert sum(item["count"] for item in facts["categories"]) == facts["disclosed"] == 41
    assert facts["disclosed_total"] == 398


def test_004_has_a_title_to_work_with_though_none_is_printed():
    document = _read("004_c97c6d27d0712933.txt")
    assert document.title is None
    assert document.working_title == "中村乡人民政府2018年政府信息公开工作年度报告"
