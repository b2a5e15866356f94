"""Document numbers and index numbers: every variant of requirements 6.2 and 6.5, damage, and what is not a number."""

import csv
import json
from pathlib import Path

import pytest

import gongkai
from gongkai.domains.documents.numbers import (
    chinese_number,
    find_document_numbers,
    parse_document_number,
    parse_index_number,
)
from gongkai.ground.organs.codes import check_credit_code, check_organisation_code, credit_check_digit, is_division_code

SHARED = Path(gongkai.__file__).parents[1].parent / "shared"
NEEDS_DATA = pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the shared test data is not beside the project")


@pytest.mark.parametrize(
    ("text", "front", "year", "month", "serial", "family", "is_valid"),
    [
        ("000014349/2017-00156", "000014349", 2017, None, "00156", "organisation", True),
        ("015080218/2017-00173", "015080218", 2017, None, "00173", "organisation", True),
        ("01404053X/2021-00490", "01404053X", 2021, None, "00490", "organisation", True),
        ("0142768-8/2022-00185", "0142768-8", 2022, None, "00185", "organisation", False),
        ("330782000000/2018-157280", "330782000000", 2018, None, "157280", "division", True),
        ("11441700007280420Y/2021-00050", "11441700007280420Y", 2021, None, "00050", "credit", True),
        ("11370322004222241N/2021-5135380", "11370322004222241N", 2021, None, "5135380", "credit", True),
        ("11341702486344515H/202110-00013", "11341702486344515H", 2021, 10, "00013", "credit", True),
        ("sggzyjyzx/2024-00002", "sggzyjyzx", 2024, None, "00002", "letters", None),
        ("XM02100-0101-2019-00001", "XM02100-0101", 2019, None, "00001", "unit-class", None),
        ("QZ09059-3000-2018-89802", "QZ09059-3000", 2018, None, "89802", "unit-class", None),
        ("330200-A01-01-02-20180612-00012", "330200-A01-01-02", 2018, 6, "00012", "six-group", None),
        ("015080219/2017-00173", "015080219", 2017, None, "00173", "organisation", False),
    ],
)
def test_index_number_variants(text, front, year, month, serial, family, is_valid):
    number = parse_index_number(text)
    assert (number.front, number.year, number.month, number.serial) == (front, year, month, serial)
    assert (number.family, number.is_front_valid, number.normalised) == (family, is_valid, text)


def test_index_number_keeps_its_hyphen_and_changes_only_width():
    assert parse_index_number(" 11440106718120458W／2024－00008 ").normalised == "11440106718120458W/2024-00008"
    assert parse_index_number("0142768-8/2022-00185").normalised == "0142768-8/2022-00185"


@pytest.mark.parametrize(
    "text", ["", "2018-07-12", "义政办发〔2018〕67号", "015080218", "11341702486344515H/202113-00013", "1" * 900]
)
def test_not_an_index_number(text):
    assert parse_index_number(text) is None


@pytest.mark.parametrize(
    ("text", "normalised", "damage"),
    [
        ("义政办发〔2018〕67号", "义政办发〔2018〕67号", ()),
        ("白办字﹝2019﹞10号", "白办字〔2019〕10号", ("bracket-form",)),
        ("闽政[2017]41号", "闽政〔2017〕41号", ("bracket-form",)),
        ("国办发(2018)07号", "国办发〔2018〕7号", ("bracket-form", "leading-zero")),
        ("国办发（2018）7号", "国办发〔2018〕7号", ("bracket-form",)),
        ("沪府规【2019】第３３号", "沪府规〔2019〕33号", ("bracket-form", "ordinal-word")),
        ("穗卫函 〔2023〕 1930 号", "穗卫函〔2023〕1930号", ("blank",)),
        ("青政办〔2017138号", "青政办〔2017〕138号", ("bracket-lost",)),
        ("青政办2017〕138号", "青政办〔2017〕138号", ("bracket-lost",)),
        ("国办发〔2018〕23", "国办发〔2018〕23号", ("suffix-lost",)),
        ("国办发明电〔2008〕23号", "国办发明电〔2008〕23号", ()),
        ("公告〔2019〕13号", "公告〔2019〕13号", ()),
        ("公告2019年第5号", "公告2019年第5号", ()),
        ("市场监管总局 工业和信息化部公告2019年第23号", "市场监管总局 工业和信息化部公告2019年第23号", ()),
        ("国令第843号", "国令第843号", ()),
        ("令第5号", "令第5号", ()),
        ("广州市人民政府令 第193号", "广州市人民政府令第193号", ("blank",)),
        ("中华人民共和国主席令第六十三号", "中华人民共和国主席令第63号", ()),
    ],
)
def test_document_number_forms(text, normalised, damage):
    number = parse_document_number(text)
    assert (number.normalised, number.damage, number.original) == (normalised, damage, text)


def test_document_number_parts():
    number = parse_document_number("义政办发〔2018〕67号")
    assert (number.organ_word, number.year, number.serial, number.form) == ("义政办发", 2018, 67, "bracket")
    assert parse_document_number("国令第843号").year is None
    assert parse_document_number("青政办〔2017138号").is_malformed
    assert not parse_document_number("闽政[2017]41号").is_malformed


@pytest.mark.parametrize(
    "text",
    ["", "无", "穗府办规〔2021〕14号为依据", "（依据穗天教规字〔2024〕1号）", "天河区教育局2026年发布", "（年度方案）",
     "国办发〔 * 〕 * 号", "（2018）浙行终123号", "2018年第5期", "粤ICP备05000000号", "国办发201823号",
     "国办发〔2018〕0号"],
)  # fmt: skip
def test_not_a_document_number(text):
    assert parse_document_number(text) is None


def test_numbers_in_running_text_without_the_words_before_them():
    text = "根据国发〔2016〕55号和吉政办发﹝2018﹞30号，按照《规定》（国务院令第711号）、财政部公告2023年第12号办理。"
    found = find_document_numbers(text)
    assert [item.number.normalised for item in found] == [
        "国发〔2016〕55号",
        "吉政办发〔2018〕30号",
        "国务院令第711号",
        "财政部公告2023年第12号",
    ]
    assert [text[item.start : item.end] for item in found] == [item.number.original for item in found]


def test_long_text_is_searched_in_good_time():
    assert find_document_numbers("各级人民政府及其部门应当、" * 20000) == []


@pytest.mark.parametrize(
    ("text", "value"), [("二〇一八", 2018), ("六十三", 63), ("十", 10), ("一百零八", 108), ("12", 12), ("甲", None)]
)
def test_chinese_numbers(text, value):
    assert chinese_number(text) == value


def test_codes():
    assert check_organisation_code("00001434-9")
    assert not check_organisation_code("000014348")
    assert check_credit_code("11341702486344515h")
    assert not check_credit_code("11341702486344515J")
    assert not check_credit_code("11341702486344515I")
    assert credit_check_digit("11341702486344515") == "H"
    assert [code for code in ("330782", "330782000000", "990782", "3307820") if is_division_code(code)] == [
        "330782",
        "330782000000",
    ]


@NEEDS_DATA
def test_every_number_of_the_national_index_parses():
    with (SHARED / "data/policy_index_govcn/policies.tsv").open(encoding="utf-8") as lines:
        codes = [row["pcode"] for row in csv.DictReader(lines, delimiter="\t") if row["pcode"]]
    assert len(codes) >= 30
    assert [code for code in codes if parse_document_number(code) is None] == []


@NEEDS_DATA
def test_guangzhou_numbers_and_free_texts():
    lines = (SHARED / "data/policies_guangzhou/documents.jsonl").read_text(encoding="utf-8").splitlines()
    printed = [json.loads(line)["doc_no"] for line in lines]
    read = {text: parse_document_number(text) for text in printed}
    assert [text for text, number in read.items() if number is None] == [
        text
        for text in read
        if text.startswith("（") or text in ("穗府办规〔2021〕14号为依据", "天河区教育局2026年发布")
    ]
