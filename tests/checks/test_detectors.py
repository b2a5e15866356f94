"""What the checks find, what they leave alone, and what may be shown of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.engine.checks import documents, personal  # noqa: F401 - declares the checks
from gongkai.engine.checks.kinds import CHECKS, Found, check, run
from gongkai.engine.checks.masking import mask, mask_identity
from gongkai.engine.checks.numbers import check_digit, is_identity_number, luhn
from gongkai.ground.files.text import Block

# Made up: the division of a city that does not exist, days and orders chosen here.
IDENTITY = "330199" + "19900307" + "123" + check_digit("33019919900307123")
CARD = "6222020200112233446"


def found(*texts: str, **metadata: Any) -> list[Found]:
    return run(tuple(Block("paragraph", text) for text in texts), metadata)


def brief(*texts: str, **metadata: Any) -> list[tuple[str, str, str]]:
    return [(one.type, one.severity, one.text) for one in found(*texts, **metadata)]


def test_known_check_digits() -> None:
    assert check_digit("11010519491231002") == "X"
    assert is_identity_number("11010519491231002X")
    assert is_identity_number("11010519491231002x")
    assert not is_identity_number("110105194912310021")


@given(st.integers(0, 999), st.dates(), st.integers(0, 17))
def test_one_changed_digit_is_always_noticed(order: int, day: Any, place: int) -> None:
    body = f"330199{day:%Y%m%d}{order:03}".rjust(17, "0")
    whole = body + check_digit(body)
    if whole[place] != "X":
        other = str((int(whole[place]) + 1) % 10)
        changed = whole[:place] + other + whole[place + 1 :]
        assert check_digit(changed[:17]) != changed[17]


@pytest.mark.parametrize(
    "text",
    [
        f"申请人张某，身份证号码{IDENTITY}，现住云洲市。",
        f"（{IDENTITY}）",
        f"{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}",
        IDENTITY.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        IDENTITY.lower(),
    ],
)
def test_identity_number_blocks_and_is_never_shown(text: str) -> None:
    (one,) = found(text)
    assert (one.check, one.type, one.severity) == ("identity-number", "identity-number", "block")
    assert one.value == IDENTITY
    place = one.place
    assert mask_identity(text, place["start"], place["end"])[place["start"] + 6 :].startswith(("*", " *"))
    shown = json.dumps(one.as_json(), ensure_ascii=False)
    assert IDENTITY[6:14] not in shown
    assert IDENTITY[-4:] not in shown
    assert IDENTITY not in repr(one)


def test_masked_number_is_found_no_more() -> None:
    text = f"身份证号码{IDENTITY}，电话13900001111。"
    for one in found(text):
        text = mask(text, one.place["start"], one.place["end"], one.type)
    assert text == "身份证号码330199************，电话139********。"
    assert found(text) == []


def test_number_masked_too_little_is_told() -> None:
    assert brief("身份证号330199********123X。") == [("identity-number", "warn", "330199************")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("身份证号码330199199003071230", [("identity-number", "block", "330199************")]),
        ("订单号330199199003071230", []),
        ("身份证号码330199900307123", [("identity-number", "block", "330199*********")]),
        ("编号330199900307123", [("identity-number", "warn", "330199*********")]),
        ("编号330199901307123", []),
        (f"编号A{IDENTITY}", []),
        (f"编号9{IDENTITY}", []),
        ("统一社会信用代码91330100MA2ABCDE3X", []),
        ("身份证号码990199199003071230", []),
        ("身份证号码330199209903071230", []),
    ],
)
def test_identity_numbers_near_and_far(text: str, expected: list[tuple[str, str, str]]) -> None:
    if check_digit("33019919900307123") == "0":
        pytest.skip("the sample happens to be valid")
    assert brief(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"账号{CARD}", [("bank-card", "block", "6222***************")]),
        ("账号6222 0202 0011 2233 446", [("bank-card", "block", "6222 **** **** **** ***")]),
        ("账号6222020200112233447", []),
        ("流水号0000000000000000", []),
        ("手机13900001111", [("mobile", "warn", "139********")]),
        ("手机139 0000 1111", [("mobile", "warn", "139 **** ****")]),
        ("手机139****1111", []),
        ("编号20139000011112", []),
        ("电话：0570-8888999转8001", [("landline", "warn", "0570-************")]),
        ("电话（0570）88889999", [("landline", "warn", "（0570）********")]),
        ("2019-20200101", []),
        ("邮箱zhang.san@example.cn", [("email", "warn", "*********@example.cn")]),
        ("车牌浙A·12345", [("plate", "warn", "浙A·*****")]),
        ("车牌浙AD12345", [("plate", "warn", "浙A******")]),
        ("粤B2-20090059", []),
        ("浙ABCDEFG", []),
        ("护照号码：E12345678", [("passport", "block", "E********")]),
        ("编号E12345678", []),
        ("出生日期：1990年3月7日", [("birth-date", "warn", "*****年*月*日".replace("*****", "****"))]),
        ("家庭住址：云洲市东山区和平路12号3幢201室", [("address", "warn", "*" * 20)]),
    ],
)
def test_other_personal_data(text: str, expected: list[tuple[str, str, str]]) -> None:
    got = brief(text)
    if expected and expected[0][0] in {"birth-date", "address"}:
        assert [one[:2] for one in got] == [one[:2] for one in expected]
        assert not any(digit in got[0][2] for digit in "0123456789")
    else:
        assert got == expected


def test_luhn() -> None:
    assert luhn(CARD)
    assert not luhn(CARD[:-1] + "7")


def test_places_in_tables_and_metadata() -> None:
    table = Block("table", caption="名单", columns=("姓名", "电话"), rows=(("甲", "无"), ("乙", "13900001111")))
    (one,) = run((Block("paragraph", "名单如下"), table))
    assert one.place == {"block": 1, "row": 1, "column": 1, "start": 0, "end": 11}
    (other,) = found("正文", description="联系人13900001111", keywords=["公开"])
    assert other.place == {"field": "description", "start": 3, "end": 14}


@pytest.mark.parametrize("text", ["机密★20年", "绝密", "内部资料 注意保存"])
def test_mark_blocks_and_nothing_of_it_is_shown(text: str) -> None:
    (one,) = found("云洲市文件", text)
    assert (one.check, one.severity, one.text) == ("classification-mark", "block", "（不显示）")


SIGNED = ("云洲市人民政府办公室", "2018年6月25日")


@pytest.mark.parametrize(
    ("texts", "label", "told"),
    [
        (SIGNED, "2018-07-12", "著录为 2018-07-12，落款为 2018-06-25，请核对。"),
        (SIGNED, "2018-06-25", ""),
        (("云洲市人民政府办公室 2018年6月25日",), "2018-06-26", "著录为 2018-06-26，落款为 2018-06-25，请核对。"),
        (("二〇一八年六月二十五日",), "2018-06-26", "著录为 2018-06-26，落款为 2018-06-25，请核对。"),
        (("二〇一八年十二月三十一日",), "2018-12-31", ""),
        (("自2018年6月25日起施行。",), "2018-07-12", ""),
        ((*SIGNED, "附件", "2017年1月1日"), "2018-06-25", ""),
        (SIGNED, None, ""),
    ],
)
def test_date_of_writing_against_the_signature(texts: tuple[str, ...], label: str | None, told: str) -> None:
    got = [one.suggestion for one in found(*texts, written_on=label) if one.check == "written-on"]
    assert got == ([told] if told else [])


def test_days_that_do_not_exist() -> None:
    assert brief("于2023年2月29日公布，2024年2月29日施行。") == [("date", "warn", "2023年2月29日")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "梳理城乡规划、重大项目、财政预决算、税收管理、环境保护、食品监管、安全生产、公共文化、公共法律8个试点领域",
            9,
        ),
        ("城乡规划、财政、税收、环保和安全5个领域", None),
        ("城乡规划、财政、税收、环保4个领域", None),
        ("城乡规划、财政、税收、环保等9个领域", None),
        ("城乡规划、财政、税收、环保、安全等四个领域", 5),
        ("教育3项、卫生2项、交通5项、民政4项", None),
        ("财政、税收2个领域", None),
        ("第一章、第二章、第三章、第四章3项", None),
        ("东山、西山、南山、北山20个工作日", None),
    ],
)
def test_lists_that_miscount(text: str, expected: int | None) -> None:
    got = [one.suggestion for one in found(text) if one.check == "count"]
    assert len(got) == (expected is not None)
    if expected:
        assert f"列出 {expected} 项" in got[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("云政办〔2017〕138号", ""),
        ("云政办〔2017138号", "六角括号不完整"),
        ("云政办2017〕138号", "六角括号不完整"),
        ("云政办发2017138号", "缺少六角括号"),
        ("云政办[2017]138号", "年份应当用六角括号"),
        ("云政办（2017）138号", "年份应当用六角括号"),
        ("云政办﹝2017﹞138号", "年份应当用六角括号"),
        ("云政办〔2017]138号", "年份应当用六角括号"),
        ("云政办〔2017〕第138号", "序号前不加“第”"),
        ("云政办〔2017〕038号", "序号不编虚位"),
        ("云政办〔2017〕138", "缺少“号”"),
        ("东山路2017号", ""),
        ("电话号码20171380号", ""),
        ("按照《规划》（2017）3条执行", ""),
    ],
)
def test_document_numbers(text: str, problem: str) -> None:
    got = [one for one in found(f"根据{text}要求") if one.check == "document-number"]
    assert [one.suggestion.partition("，")[0] for one in got] == ([problem] if problem else [])
    if got:
        assert got[0].suggestion.endswith(("应为“〔2017〕138号”。", "应为“〔2017〕38号”。"))


def test_number_in_metadata_is_checked_too() -> None:
    (one,) = found("正文", document_number="云政办[2017]138号")
    assert one.place == {"field": "document_number", "start": 0, "end": 13}


def test_a_check_is_declared_once_and_with_a_known_severity() -> None:
    with pytest.raises(ValueError, match="twice"):
        check("mobile", severity="warn", basis="")(CHECKS["mobile"].detector)
    with pytest.raises(ValueError, match="block or warn"):
        check("new", severity="fatal", basis="")(CHECKS["mobile"].detector)


@given(st.text(st.sampled_from("0123456789Xx*年月日〔〕号、个 -@浙A政办发秘密★护照"), max_size=80))
def test_no_text_breaks_a_check(text: str) -> None:
    for one in found(text, written_on="2020-01-01"):
        place = one.place
        assert 0 <= place["start"] <= place["end"] <= len(text)


def test_laws_hold_no_personal_data(shared: Path) -> None:
    got = []
    for line in (shared / "data" / "laws_lawrefbook" / "laws.jsonl").open(encoding="utf-8"):
        got += [(one.check, one.text) for one in found(*json.loads(line)["body"].split("\n"))]
    assert [one for one in got if one[0] not in {"count", "document-number"}] == []
    # Both are real: four grades counted as three classes, and square brackets in a printed number.
    assert [one[0] for one in got] == ["count", "document-number"]
