"""The vectors and scenarios of requirements 8.3, exact, through the same question that ``gongkai due`` asks."""

from __future__ import annotations

from typing import Any

import pytest

from gongkai.engine.deadlines.due import due

pytestmark = pytest.mark.django_db

COLUMNS = (
    ("foi.correction-notice", 7, 0),
    ("foi.third-party", 15, 0),
    ("foi.reply", 20, 0),
    ("foi.reply", 40, 20),
    ("foi.reconsideration", 60, 0),
    ("foi.litigation", 1, 0),
)
VECTORS = """
2026-01-05 2026-01-14 2026-01-26 2026-02-02 2026-03-06 2026-03-06 2026-07-06
2026-01-30 2026-02-10 2026-02-27 2026-03-05 2026-04-02 2026-03-31 2026-07-30
2026-02-13 2026-03-02 2026-03-12 2026-03-19 2026-04-17 2026-04-14 2026-08-13
2026-02-14 2026-03-03 2026-03-13 2026-03-20 2026-04-20 2026-04-15 2026-08-14
2026-02-18 2026-03-03 2026-03-13 2026-03-20 2026-04-20 2026-04-20 2026-08-18
2026-04-30 2026-05-13 2026-05-25 2026-06-01 2026-06-30 2026-06-29 2026-10-30
2026-09-20 2026-09-30 2026-10-16 2026-10-23 2026-11-20 2026-11-19 2027-03-22*
2026-09-30 2026-10-15 2026-10-27 2026-11-03 2026-12-01 2026-11-30 2027-03-30*
2025-01-20 2025-02-05 2025-02-14 2025-02-21 2025-03-21 2025-03-21 2025-07-21
2025-09-26 2025-10-13 2025-10-23 2025-10-30 2025-11-27 2025-11-25 2026-03-26
2024-09-12 2024-09-24 2024-10-10 2024-10-16 2024-11-13 2024-11-11 2025-03-12
"""
CELLS = [
    (row.split()[0], *column, expected)
    for row in VECTORS.strip().splitlines()
    for column, expected in zip(COLUMNS, row.split()[1:], strict=True)
]


@pytest.mark.parametrize(("start", "rule", "counted", "extend", "expected"), CELLS)
def test_vector(start: str, rule: str, counted: int, extend: int, expected: str) -> None:
    answer = due(rule, start, extend=extend)
    assert answer["due"] == expected.rstrip("*")
    assert answer["provisional"] is expected.endswith("*")
    assert sum(step["counted"] for step in answer["trace"]) == counted
    assert answer["trace"][0] == {"on": start, "counted": False, "why": answer["trace"][0]["why"]}
    assert answer["trace"][-1]["on"] == answer["due"]


SCENARIOS: list[tuple[str, str, dict[str, Any], str]] = [
    ("foi.reply", "2026-03-02", {}, "2026-03-30"),
    ("foi.reply", "2026-03-02", {"pauses": ["2026-03-05..2026-03-19"]}, "2026-04-14"),
    ("foi.correction-notice", "2026-03-02", {}, "2026-03-11"),
    ("foi.reply", "2026-03-16", {}, "2026-04-14"),
    ("foi.fee-payment", "2026-03-10", {}, "2026-04-08"),
    ("foi.reply", "2026-03-20", {}, "2026-04-20"),
    ("foi.extension", "2026-03-30", {}, "2026-04-28"),
    ("foi.reply", "2026-03-02", {"extend": 20}, "2026-04-28"),
    ("disclosure.publish", "2018-06-25", {}, "2018-07-23"),
    ("disclosure.publish", "2017-10-17", {}, "2017-11-14"),
    ("consultation.opinions", "2018-09-27", {}, "2018-10-09"),
]


@pytest.mark.parametrize(("rule", "start", "facts", "expected"), SCENARIOS)
def test_scenario(rule: str, start: str, facts: dict[str, Any], expected: str) -> None:
    answer = due(rule, start, **facts)
    assert (answer["due"], answer["provisional"]) == (expected, False)


def test_the_answer_has_exactly_the_promised_keys_and_explains_each_day() -> None:
    answer = due("foi.reply", "2026-03-02", ["2026-03-05..2026-03-19"])
    assert list(answer) == ["rule", "citation", "version", "from", "due", "provisional", "trace"]
    assert answer["citation"] == "《政府信息公开条例》（国务院令第711号）第三十三条"
    assert answer["version"] == "foi.reply@2019-05-15"
    steps = {step["on"]: (step["counted"], step["why"]) for step in answer["trace"]}
    assert steps["2026-03-02"] == (False, "起算：收到申请之日，当日不计入")
    assert steps["2026-03-05"] == (True, "第3个工作日")
    assert steps["2026-03-06"] == (False, "不计入期限的时间")
    assert steps["2026-03-19"] == (False, "不计入期限的时间")
    assert steps["2026-03-20"] == (True, "第4个工作日")
    assert steps["2026-04-06"] == (False, "节假日放假或调休")
    assert steps["2026-04-14"] == (True, "第20个工作日")


def test_make_up_days_and_extension_are_named_in_the_trace() -> None:
    why = {step["on"]: step["why"] for step in due("foi.reply", "2026-02-13", extend=5)["trace"]}
    assert why["2026-02-14"] == "第1个工作日（调休上班）"
    assert why["2026-03-20"] == "延长期第1个工作日"


def test_the_date_chooses_the_version_of_the_law() -> None:
    assert due("foi.reply", "2019-05-14")["due"] == "2019-06-04"
    assert due("foi.reply", "2019-05-15")["due"] == "2019-06-13"
    assert due("foi.litigation", "2015-04-30")["due"] == "2015-07-30"


def test_rules_in_hours_take_and_give_moments() -> None:
    answer = due("concern.statement", "2026-02-15T23:30:00+08:00")
    assert (answer["from"], answer["due"]) == ("2026-02-15T23:30:00+08:00", "2026-02-16T04:30:00+08:00")
    assert due("concern.briefing", "2026-02-15T15:30:00+00:00")["due"] == "2026-02-16T15:30:00+00:00"
    assert due("concern.response", "2026-02-15T23:30:00+08:00")["due"] == "2026-02-17T23:30:00+08:00"


def test_reports_have_a_fixed_day_that_is_not_rolled() -> None:
    assert due("report.department", "2025-12-31")["due"] == "2026-01-31"
    assert due("report.government", "2025-12-31")["due"] == "2026-03-31"
    assert due("report.department", "2018-12-31")["due"] == "2019-03-31"


def test_hearing_materials_count_back() -> None:
    answer = due("consultation.hearing-materials", "2026-03-20")
    assert (answer["due"], answer["trace"][-1]["why"]) == ("2026-03-13", "向前第7日，逢休息日不顺延")
