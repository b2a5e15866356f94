"""What ``gongkai due`` refuses, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from gongkai.engine.deadlines.due import due
from gongkai.ground.refusal import Refused

pytestmark = pytest.mark.django_db

CASES: list[tuple[str, str, dict[str, Any], str]] = [
    ("foi.nothing", "2026-03-02", {}, "rule.unknown"),
    ("foi.third-party", "2019-05-14", {}, "rule.not_in_force"),
    ("foi.reply", "2.3.2026", {}, "deadline.not_a_date"),
    ("foi.reply", "2026-02-30", {}, "deadline.not_a_date"),
    ("foi.reply", "9999-12-31", {}, "calendar.out_of_range"),
    ("foi.reconsideration", "9999-12-31", {}, "calendar.out_of_range"),
    ("report.department", "9999-12-31", {}, "calendar.out_of_range"),
    ("foi.reply", "2026-03-02", {"calendar_id": "CN-99"}, "calendar.unknown_region"),
    ("foi.reply", "2026-03-02", {"extend": 21}, "deadline.extension_too_long"),
    ("foi.reply", "2026-03-02", {"extend": -1}, "deadline.extension_too_long"),
    ("disclosure.publish", "2026-03-02", {"extend": 1}, "deadline.no_extension"),
    ("foi.reply", "2026-03-02", {"pauses": ["2026-03-19..2026-03-05"]}, "deadline.pause_reversed"),
    ("foi.reply", "2026-03-02", {"pauses": ["2026-03-19"]}, "deadline.not_a_date"),
    ("foi.litigation", "2026-03-02", {"pauses": ["2026-03-05..2026-03-19"]}, "deadline.not_paused"),
    ("consultation.hearing-materials", "2026-03-02", {"pauses": ["2026-02-05..2026-02-19"]}, "deadline.not_paused"),
    ("concern.response", "2026-03-02", {}, "deadline.moment_needed"),
    ("concern.response", "2026-03-02T09:00:00", {}, "deadline.moment_needed"),
    ("concern.response", "soon", {}, "deadline.moment_needed"),
]


@pytest.mark.parametrize(("rule", "start", "facts", "code"), CASES)
def test_refused(rule: str, start: str, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        due(rule, start, **facts)
    assert refused.value.code == code
    assert refused.value.explain().todo


def test_a_limit_of_the_law_names_the_law() -> None:
    with pytest.raises(Refused) as refused:
        due("foi.reply", "2026-03-02", extend=21)
    assert str(refused.value) == (
        "延长21个工作日超过了允许的20个工作日。 "
        "依据：《政府信息公开条例》（国务院令第711号）第三十三条 请缩短延长的时间。"
    )
