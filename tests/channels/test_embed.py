"""Our lists on other sites: only the operator's origins may frame or fetch them."""

from __future__ import annotations

import pytest
from django.test import Client

from gongkai.config import env
from tests.builders import Office, public_record

pytestmark = pytest.mark.django_db


def test_without_origins_nobody_frames_a_list() -> None:
    record = public_record(Office())
    answer = Client().get("/embed/policy.html", headers={"Origin": "https://www.example.gov.cn"})
    assert f'href="http://testserver/r/{record.index_number}"' in answer.content.decode()
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in answer


def test_configured_origins_frame_and_fetch_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "EMBED_ORIGINS", "https://www.example.gov.cn, javascript:x, https://b.cn/path")
    record = public_record(Office())
    Client().get("/embed/policy.frame.html")  # the second visitor gets the kept answer, framed all the same
    frame = Client().get("/embed/policy.frame.html")
    assert "frame-ancestors https://www.example.gov.cn;" in frame["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in frame
    assert "<script" not in frame.content.decode()
    told = Client().get("/embed/policy.json", headers={"Origin": "https://www.example.gov.cn"})
    assert told["Access-Control-Allow-Origin"] == "https://www.example.gov.cn"
    assert [row["index_number"] for row in told.json()["records"]] == [record.index_number]
    assert "Access-Control-Allow-Origin" not in Client().get(
        "/embed/policy.json", headers={"Origin": "https://evil.cn"}
    )
    assert "Set-Cookie" not in str(told.headers)
    assert Client().get("/embed/nothing.json").status_code == 404
