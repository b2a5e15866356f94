"""The log carries the number of the request and never personal data."""

from __future__ import annotations

import json
import logging

import pytest
import structlog
from django.test import RequestFactory

from gongkai.config import logs, requests


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("身份证 11010119900307451X 已登记", "身份证 *** 已登记"),
        ("电话13800138000", "电话***"),
        ("卡号 6222020200112233445", "卡号 ***"),
        ("写给 zhang.san@example.cn。", "写给 ***。"),
        ("索引号 330782000000/2018-157280", "索引号 330782000000/2018-157280"),
        ("义政办发〔2018〕67号", "义政办发〔2018〕67号"),
        ("2026-03-02 09:00", "2026-03-02 09:00"),
    ],
)
def test_personal_data_is_scrubbed_and_nothing_else(text, left):
    assert logs.scrubbed(text) == left


def test_scrubbing_reaches_into_everything():
    event = {"event": "x", "password": "abc", "a": [{"phone": 1}, "13800138000", 13800138000], "n": 7, "ok": True}
    assert logs.scrub_personal_data(None, "info", event) == {
        "event": "x",
        "password": "***",
        "a": [{"phone": "***"}, "***", "***"],
        "n": 7,
        "ok": True,
    }


def formatted(record: logging.LogRecord) -> dict[str, object]:
    """The entry as the handler would write it."""
    configuration = logs.configuration("INFO")["formatters"]["json"]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=configuration["foreign_pre_chain"], processors=configuration["processors"]
    )
    return json.loads(formatter.format(record))


def test_a_traceback_and_a_query_string_hold_nothing_personal():
    request = RequestFactory().get("/foi/status?name=张三&code=13800138000")
    try:
        raise ValueError("bad number 13800138000")
    except ValueError:
        record = logging.getLogger("django.request").makeRecord(
            "django.request",
            logging.ERROR,
            __file__,
            1,
            "failed for %s",
            ("13800138000",),
            __import__("sys").exc_info(),
        )
    record.request = request
    entry = formatted(record)
    assert entry["event"] == "failed for ***"
    assert "ValueError: bad number ***" in str(entry["exception"])
    assert (entry["method"], entry["path"]) == ("GET", "/foi/status")
    assert "13800138000" not in json.dumps(entry)
    assert "张三" not in json.dumps(entry, ensure_ascii=False)


def test_every_answer_carries_the_number_of_its_request(client):
    given = client.get("/nothing-here", headers={"X-Request-ID": "front-0123456789"})
    assert given.headers[requests.HEADER] == "front-0123456789"
    made = client.get("/nothing-here", headers={"X-Request-ID": "bad number\n"})
    assert len(made.headers[requests.HEADER]) == 16
