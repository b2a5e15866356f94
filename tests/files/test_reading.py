"""Reading files to structured text: nothing is lost, nothing is repaired in silence."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from gongkai.ground.files import media
from gongkai.ground.files.reading import read
from gongkai.ground.files.reading.numbers import han, written
from gongkai.ground.files.text import Block
from gongkai.ground.refusal import Refused
from tests.files import makers


def texts(blocks: tuple[Block, ...]) -> list[str]:
    return [block.text for block in blocks]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", []), ("utf-8-sig", []), ("gb18030", ["encoding-guessed"]), ("utf-16", ["encoding-guessed"])],
)
def test_text_in_any_encoding_reads_the_same(encoding: str, told: list[str]) -> None:
    found = read("　　云洲市人民政府\r\n\r\n第一条\u00a0为了规范公开工作。　\n".encode(encoding), "a.txt")
    assert texts(found.blocks) == ["云洲市人民政府", "第一条 为了规范公开工作。"]
    assert [warning.code for warning in found.warnings] == told


def test_utf16_without_mark_is_recognised() -> None:
    found = read("第1条 abc 云洲市政府公开指南\n".encode("utf-16-le"), "a.txt")
    assert texts(found.blocks) == ["第1条 abc 云洲市政府公开指南"]
    assert found.encoding == "utf-16-le"


def test_text_cut_within_a_sign_is_told_as_truncated() -> None:
    found = read("云洲市公开".encode()[:-1], "a.txt")
    assert texts(found.blocks) == ["云洲市公"]
    assert [warning.code for warning in found.warnings] == ["truncated"]


def test_bytes_of_no_encoding_are_told_as_unreadable() -> None:
    found = read("云洲".encode("gb18030") + b"\xff\xff" + "公开".encode("gb18030"), "a.txt")
    assert [warning.code for warning in found.warnings] == ["encoding-guessed", "unreadable"]
    assert "公开" in found.plain()


def test_inner_text_is_not_touched() -> None:
    line = "发文字号：  云政办发〔2026〕 3号，“引号”、12,345.60元…"
    assert read(line.encode(), "a.txt").plain() == line


def test_headings_by_structure() -> None:
    lines = (
        "第一章 总则",
        "第一条 为了规范公开，制定本办法。",
        "一、总体要求",
        "(一)指导思想",
        "坚持公开为常态。",
        "1.主要任务",
        "做好各项工作。",
        "（二）推进公开。各单位要抓好落实。",
        "需要提交下列材料：",
        "1.营业执照",
        "2.身份证明",
    )
    found = [(block.type, block.level) for block in read("\n".join(lines).encode(), "a.txt").blocks]
    assert found == [
        ("heading", 1),
        ("paragraph", 0),
        ("heading", 1),
        ("heading", 2),
        ("paragraph", 0),
        ("heading", 3),
        ("paragraph", 0),
        ("paragraph", 0),
        ("paragraph", 0),
        ("paragraph", 0),
        ("paragraph", 0),
    ]


PAGE = """<!doctype html><html><head><meta charset="utf-8"><meta name="ArticleTitle" content="公租房办法">
<style>p{}</style></head><body><div class="nav">首页 导航</div>
<ul><li><a href="/a">甲局</a></li><li><a href="/b">乙局</a></li>
<li><a href="/c">丙局</a></li><li><a href="/d">丁局</a></li></ul><h1>公租房办法</h1>
<p>第一条&nbsp;为了<b>保障</b>住房。</p>
<p>第二条 本办法<br>适用于云洲市。</p><script>alert(1)</script>
<table><tr><th rowspan="2">项目</th><th colspan="2">金额</th></tr><tr><td>甲</td><td>乙</td></tr>
<tr><td>补贴</td><td>10</td><td>20</td></tr></table><p style="display:none">看不见</p>
<p><a href="/files/附件.pdf">附件：申请表</a></p></body></html>"""


def test_page_keeps_what_people_see() -> None:
    found = read(PAGE.encode(), "a.html")
    assert found.title == "公租房办法"
    assert dict(found.labels) == {"ArticleTitle": "公租房办法"}
    assert [block.text for block in found.blocks if block.type != "table"] == [
        "公租房办法",
        "第一条 为了保障住房。",
        "第二条 本办法",
        "适用于云洲市。",
        "附件：申请表",
    ]
    assert found.attachments == (("附件：申请表", "/files/附件.pdf"),)


def test_page_table_with_spans_has_full_rows() -> None:
    table = next(block for block in read(PAGE.encode(), "a.html").blocks if block.type == "table")
    assert table.columns == ("项目", "金额", "金额")
    assert table.rows == (("项目", "甲", "乙"), ("补贴", "10", "20"))


def test_page_in_gb2312_as_it_says() -> None:
    found = read('<html><meta charset="gb2312"><p>镕基 公开</p></html>'.encode("gb18030"), "a.htm")
    assert found.plain() == "镕基 公开"
    assert found.warnings == ()


def test_irregular_table_is_filled_and_told() -> None:
    html = "<html><table><tr><td>甲</td><td>乙</td></tr><tr><td>1</td></tr></table></html>"
    found = read(html.encode(), "a.html")
    assert found.blocks[0].rows == (("1", ""),)
    assert [warning.code for warning in found.warnings] == ["table-irregular"]


def test_absurd_spans_do_not_fill_the_memory() -> None:
    row = '<tr><td colspan="999999">甲</td><td rowspan="999999">乙</td></tr>'
    html = f"<html><table>{row}<tr><td>1</td></tr></table></html>"
    found = read(html.encode(), "a.html")
    assert len(found.blocks[0].columns or found.blocks[0].rows[0]) == 201


def test_word_keeps_order_headings_and_merged_cells() -> None:
    document = docx.Document()
    document.add_heading("云洲市公开办法", 1)
    document.add_paragraph("　　为了做好公开工作。")
    table = document.add_table(3, 3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(1, 0)).text = "纵"
    table.cell(2, 1).merge(table.cell(2, 2)).text = "横"
    document.add_paragraph("完")
    found = read(makers.saved(document), "a.docx")
    assert [block.type for block in found.blocks] == ["heading", "paragraph", "table", "paragraph"]
    assert found.blocks[1].text == "为了做好公开工作。"
    block = found.blocks[2]
    assert [*([block.columns] if block.columns else []), *block.rows] == [
        ("纵", "01", "02"),
        ("纵", "11", "12"),
        ("20", "横", "横"),
    ]
    assert found.warnings == ()


def numbered_document() -> bytes:
    """Two paragraphs numbered by Word as 第%1条 in Chinese counting, starting at ten."""
    document = docx.Document()
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    level = OxmlElement("w:lvl")
    level.set(qn("w:ilvl"), "0")
    for name, value in (("w:start", "10"), ("w:numFmt", "chineseCounting"), ("w:lvlText", "第%1条 ")):
        element = OxmlElement(name)
        element.set(qn("w:val"), value)
        level.append(element)
    abstract.append(level)
    root.insert(0, abstract)
    number = root.add_num(77)
    for text in ("各部门应当公开。", "自发布之日起施行。"):
        properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = number.numId
        properties.get_or_add_ilvl().val = 0
    return makers.saved(document)


def test_automatic_numbers_of_word_are_part_of_the_text() -> None:
    assert texts(read(numbered_document(), "a.docx").blocks) == [
        "第十条 各部门应当公开。",
        "第十一条 自发布之日起施行。",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (2003, "二千零三")],
)
def test_han_numerals(value: int, text: str) -> None:
    assert han(value) == text


def test_other_number_forms() -> None:
    assert [written(3, form) for form in ("decimalEnclosedCircle", "upperLetter", "decimal", "unheard-of")] == [
        "③",
        "C",
        "3",
        "3",
    ]


def test_deleted_text_of_tracked_changes_is_not_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("保留")._p
    deletion = OxmlElement("w:del")
    run = OxmlElement("w:r")
    text = OxmlElement("w:delText")
    text.text = "删去"
    run.append(text)
    deletion.append(run)
    paragraph.append(deletion)
    assert read(makers.saved(document), "a.docx").plain() == "保留"


FULL = "云洲市人民政府办公室关于做好政务公开工作的通知印发给"


def test_pdf_lines_are_joined_to_paragraphs() -> None:
    first = [
        (104, 760, FULL[:24]),
        (72, 730, FULL + "各"),
        (72, 700, "单位。"),
        (104, 670, "第二段内容如下。"),
        (290, 40, "— 1 —"),
    ]
    found = read(makers.pdf([first]), "a.pdf")
    assert texts(found.blocks) == [FULL[:24] + FULL + "各单位。", "第二段内容如下。"]
    assert found.warnings == ()


def test_pdf_paragraph_goes_on_over_the_page() -> None:
    one = [(104, 700 - 30 * line, FULL[:25]) if line == 0 else (72, 700 - 30 * line, FULL + "各") for line in range(6)]
    two = [
        (72, 760, "部门执行。"),
        (104, 730, "特此通知。"),
        (104, 700, "联系人"),
        (104, 670, "电话"),
        (104, 640, "地址"),
    ]
    found = read(makers.pdf([one, two]), "a.pdf")
    assert found.blocks[0].text.endswith("各部门执行。")
    assert texts(found.blocks)[1] == "特此通知。"


def test_pdf_table_by_its_rules_with_merged_cell() -> None:
    rules = "\n".join(
        f"{line} l S"
        for line in (
            *("72 700 m 472 700", "72 660 m 472 660", "272 620 m 472 620", "72 580 m 472 580"),
            *("72 580 m 72 700", "272 580 m 272 700", "472 580 m 472 700"),
        )
    )
    pieces = [
        (72, 760, "附表"),
        (90, 675, "项目"),
        (290, 675, "内容"),
        (90, 615, "公开"),
        (290, 635, "目录"),
        (290, 595, "指南"),
        (72, 540, "注：以上为公开内容。"),
    ]
    found = read(makers.pdf([pieces], lines=rules), "a.pdf")
    assert [block.type for block in found.blocks] == ["paragraph", "table", "paragraph"]
    table = found.blocks[1]
    assert table.columns == ("项目", "内容")
    assert table.rows == (("公开", "目录"), ("公开", "指南"))


def test_pdf_without_text_is_told_as_unreadable() -> None:
    found = read(makers.pdf([[]]), "a.pdf")
    assert found.blocks == ()
    assert [(warning.code, warning.place) for warning in found.warnings] == [("unreadable", "全文")]


def test_workbook_becomes_a_table_with_merged_cells_filled() -> None:
    found = read(
        makers.workbook([["项目", "单位"], ["公开", "甲局"], ["", "乙局"]], merged="A2:A3", name="分工"), "a.xlsx"
    )
    assert found.blocks == (
        Block("table", caption="分工", columns=("项目", "单位"), rows=(("公开", "甲局"), ("公开", "乙局"))),
    )


def test_workbook_with_far_corners_is_refused_before_memory_is_reserved() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    body = f'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>{far}</sheetData>'
    with pytest.raises(Refused) as refused:
        read(makers.package_of_sheet(body), "a.xlsx")
    assert refused.value.code == "files.broken"


def test_csv_is_a_table() -> None:
    found = read('名称,数量\n"甲,乙",3\n'.encode("gb18030"), "a.csv")
    assert found.blocks[0].columns == ("名称", "数量")
    assert found.blocks[0].rows == (("甲,乙", "3"),)
    assert [warning.code for warning in found.warnings] == ["encoding-guessed"]


def test_ofd_lines_by_their_height() -> None:
    found = read(makers.ofd((20, 20, 60, "云洲市"), (90, 20.5, 60, "公开办法"), (20, 40, 60, "第一条 目的。")), "a.ofd")
    assert texts(found.blocks) == ["云洲市公开办法", "第一条 目的。"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.5\nnothing", "a.pdf"),
        (b"PK\x03\x04broken", "a.docx"),
        (makers.archive({"[Content_Types].xml": b"<x", "word/document.xml": b"<y"}), "a.docx"),
        (makers.archive({"[Content_Types].xml": b"<x", "xl/workbook.xml": b"<y"}), "a.xlsx"),
        (makers.archive({"OFD.xml": b"<o/>", "Doc_0/Document.xml": b"<"}), "a.ofd"),
    ],
)
def test_broken_files_are_refused_with_words(data: bytes, name: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data, name)
    assert refused.value.code in {"files.broken", "files.not_readable_type"}
    assert refused.value.explain().todo


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "a.txt", media.PNG),
        (b"text", "a.csv", media.CSV),
        (b"<!DOCTYPE html><p>", "a.txt", media.HTML),
        (b'<?xml version="1.0"?><svg/>', "a.html", media.SVG),
        (b"MZ\x90\x00\x03\x00\x00\x00", "a.txt", media.UNKNOWN),
        (bytes(range(1, 32)) * 8, "a.txt", media.UNKNOWN),
        (makers.word("a"), "a.zip", media.DOCX),
        (makers.ofd(), "a.zip", media.OFD),
        (makers.ole("WordDocument"), "a", media.DOC),
    ],
)
def test_type_is_told_by_content(data: bytes, name: str, kind: str) -> None:
    assert media.sniff(data, name) == kind


def test_real_documents_read_whole(shared: Path) -> None:
    path = next((shared / "data" / "final_accounts_pdf").glob("上海*.pdf"))
    found = read(path.read_bytes(), path.name)
    tables = [block for block in found.blocks if block.type == "table"]
    assert len(tables) == 15
    assert ("一、一般公共预算财政拨款收入", "2,940.05", "一、一般公共服务支出", "2,106.66") in tables[1].rows
    assert [warning.place for warning in found.warnings] == ["第14页"]
    assert all(len({len(row) for row in table.rows}) == 1 for table in tables)


def test_sources_keep_every_sign(shared: Path) -> None:
    for path in sorted((shared / "sources").glob("*.txt")):
        raw = path.read_text("utf-8").replace("\u00a0", " ")
        kept = "".join(read(path.read_bytes(), path.name).plain().split())
        assert kept == "".join(raw.split())
