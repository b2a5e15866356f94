"""How a body is set, how states and dates read, and the switches of the display."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from gongkai.surfaces.look.body import chinese_number, set_body
from gongkai.surfaces.look.templatetags.look import badge, day, days_left, file_size, icon, moment


def paragraph(text: str) -> dict[str, object]:
    return {"type": "paragraph", "text": text}


def heading(text: str, level: int = 1) -> dict[str, object]:
    return {"type": "heading", "level": level, "text": text}


def test_parts_of_an_official_text() -> None:
    body = set_body(
        [
            heading("云洲市办法"),
            paragraph("各区人民政府："),
            paragraph("现印发给你们。"),
            paragraph("云洲市人民政府"),
            paragraph("云洲市公安局"),
            paragraph("二〇二六年三月二日"),
            paragraph("（此件公开发布）"),
            heading("第一章 总则"),
            paragraph("第一条 为了管理，制定本办法。"),
            paragraph("第二十三条之一 另有规定的，从其规定。"),
            paragraph("依照第三条办理。"),
        ],
        "云洲市办法",
    )
    assert [part.role for part in body.parts] == [
        "addressee",
        "paragraph",
        "signature",
        "signature",
        "signed-on",
        "paragraph",
        "chapter",
        "article",
        "article",
        "paragraph",
    ]
    first, second = body.parts[7:9]
    assert (first.lead, first.anchor, first.text) == ("第一条", "article-1", "为了管理，制定本办法。")
    assert (second.lead, second.anchor) == ("第二十三条之一", "article-23")


def test_anchors_are_unique_when_an_annex_counts_anew() -> None:
    body = set_body([paragraph("第一条 甲。"), paragraph("第二条 乙。"), paragraph("第一条 丙。")])
    assert [part.anchor for part in body.parts] == ["article-1", "article-2", "article-1-2"]
    assert [line.anchor for line in body.contents] == ["article-1", "article-2", "article-1-2"]
    assert body.has_contents


def test_a_first_sentence_is_no_addressee() -> None:
    texts = ("各乡镇中心学校，市直各学校、幼儿园：", "根据学年校历，现将寒假放假时间通知如下：")
    assert [part.role for part in set_body(map(paragraph, texts)).parts] == ["addressee", "paragraph"]


def test_tables_of_sentences_fold_and_tables_of_figures_scroll() -> None:
    def table(*rows: list[str]) -> dict[str, object]:
        return {"type": "table", "caption": "", "columns": ["任务", "要求", "单位"], "rows": [*rows]}

    body = set_body(
        [paragraph("附件1"), table(["一", "要" * 30, "市教育局"]), table(["1", "2.5", "3"]), table(["只一格"])]
    )
    annex, wordy, figures, short = body.parts
    assert annex.role == "flush"
    assert wordy.is_wordy
    assert wordy.labelled_rows == [[("任务", "一"), ("要求", "要" * 30), ("单位", "市教育局")]]
    assert not figures.is_wordy
    assert short.labelled_rows == [[("任务", "只一格")]]


def test_contents_hold_two_levels() -> None:
    body = set_body([heading("一、甲"), heading("（一）乙", 2), heading("1.丙", 3), heading("二、丁")])
    assert [(line.text, line.is_deep) for line in body.contents] == [
        ("一、甲", False),
        ("（一）乙", True),
        ("二、丁", False),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十三", 23),
        ("一百", 100),
        ("一百零五", 105),
        ("一百一十", 110),
        ("37", 37),
    ],
)
def test_numerals_of_articles(text: str, value: int) -> None:
    assert chinese_number(text) == value


def test_dates_and_days_left_read_in_words() -> None:
    on = dt.date(2026, 11, 25)
    assert day(on) == '<time datetime="2026-11-25" title="2026年11月25日 星期三">2026-11-25</time>'
    late = dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)
    assert ">2026-03-02</time>" in day(late)
    assert ">2026-03-02 07:30</time>" in moment(late)
    assert day(None, "—") == "—"
    assert "<strong>剩余 3 个工作日</strong>" in days_left(3, on)
    assert "<strong>今日到期</strong>" in days_left(0, on)
    assert 'class="due over"><strong>逾期 2 个工作日' in days_left(-2, on)


def test_words_are_escaped_and_icons_named() -> None:
    assert badge("<b>", "ok") == '<span class="badge ok">&lt;b&gt;</span>'
    assert badge("") == ""
    assert 'aria-hidden="true"' in icon("search")
    assert 'role="img" aria-label="关闭"' in icon("close", "关闭")
    assert [file_size(count) for count in (812, 24_000, 1_400_000)] == ["812 字节", "23 KB", "1.3 MB"]


def test_display_goes_back_only_to_this_site(client: Client) -> None:
    answer = client.get("/display/?elder=1&next=/policy/%3Fyear%3D2026")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/policy/?year=2026")
    assert answer.cookies["gk_elder"].value == "1"
    assert answer.cookies["gk_elder"]["httponly"]
    answer = client.get("/display/?elder=0")
    assert answer.cookies["gk_elder"]["max-age"] == 0
    for bad in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"):
        assert client.get("/display/", {"contrast": "1", "next": bad}).headers["Location"] == "/"
