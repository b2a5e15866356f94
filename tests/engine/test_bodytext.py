"""A body as plain text and back: whatever a body holds, the text reads back as exactly that body."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.engine.records.bodytext import body_of_text, text_of_body

# The signs with a meaning come often, so that they meet each other.
LINES = st.text(
    st.one_of(st.sampled_from(list("#| -=\\\n\r\t\u3000nr第一条。")), st.characters(codec="utf-8")), max_size=30
)
BLOCKS = st.one_of(
    st.builds(lambda text: {"type": "paragraph", "text": text}, LINES),
    st.builds(lambda level, text: {"type": "heading", "level": level, "text": text}, st.integers(1, 4), LINES),
    st.builds(
        lambda caption, columns, rows: {"type": "table", "caption": caption, "columns": columns, "rows": rows},
        LINES,
        st.lists(LINES, max_size=3),
        st.lists(st.lists(LINES, max_size=3), max_size=3),
    ),
)


@given(st.lists(BLOCKS, max_size=6))
def test_every_body_comes_back_as_it_was(body: list[dict[str, Any]]) -> None:
    assert body_of_text(text_of_body(body)) == body


@given(st.lists(BLOCKS, max_size=6))
def test_the_line_ends_of_a_browser_change_nothing(body: list[dict[str, Any]]) -> None:
    assert body_of_text(text_of_body(body).replace("\n", "\r\n")) == body


@given(st.text(max_size=200))
def test_whatever_is_typed_can_be_read_and_settles(text: str) -> None:
    body = body_of_text(text)
    assert body_of_text(text_of_body(body)) == body


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("", []),
        ("\n\n", []),
        (
            "各学校：\n\n请自查。",
            [{"type": "paragraph", "text": "各学校："}, {"type": "paragraph", "text": "请自查。"}],
        ),
        ("# 一、总体要求", [{"type": "heading", "level": 1, "text": "一、总体要求"}]),
        ("#号楼", [{"type": "paragraph", "text": "#号楼"}]),
        ("##### 五级", [{"type": "paragraph", "text": "##### 五级"}]),
        (r"\# 不是标题", [{"type": "paragraph", "text": "# 不是标题"}]),
        (
            "|= 任务分工\n| 任务 | 牵头单位 |\n| --- | --- |\n| 食堂自查 | 市教育局 |",
            [
                {
                    "type": "table",
                    "caption": "任务分工",
                    "columns": ["任务", "牵头单位"],
                    "rows": [["食堂自查", "市教育局"]],
                }
            ],
        ),
        ("| a | b", [{"type": "table", "caption": "", "columns": [], "rows": [["a", "b"]]}]),
        (
            "| a |\n\n| b |",
            [
                {"type": "table", "caption": "", "columns": [], "rows": [["a"]]},
                {"type": "table", "caption": "", "columns": [], "rows": [["b"]]},
            ],
        ),
    ],
)
def test_what_people_type(text: str, body: list[dict[str, Any]]) -> None:
    assert body_of_text(text) == body


def test_the_text_is_plain_for_an_ordinary_body() -> None:
    body = [
        {"type": "paragraph", "text": "各学校："},
        {"type": "heading", "level": 2, "text": "（一）目标"},
        {"type": "table", "caption": "", "columns": ["项", "数"], "rows": [["甲|乙", ""]]},
    ]
    assert text_of_body(body) == "各学校：\n## （一）目标\n| 项 | 数 |\n| --- | --- |\n| 甲\\|乙 |  |"
