"""The reader's rules, each on a text written for it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.domains.documents.reader import read_document, read_file, structured
from gongkai.domains.documents.reader.document import WARNING_CODES
from gongkai.domains.documents.reader.lines import bare, words
from gongkai.ground.files.text import Block, StructuredText
from tests.reader.makers import LETTER, PAGE, docx_of


def read(text: str, name: str = "a.txt"):
    return read_file(text.encode(), name)


def codes(document):
    return [warning.code for warning in document.warnings]


def test_a_letter():
    document = read(LETTER)
    assert document.title == "云洲市人民政府办公室关于做好防汛值班工作的通知"
    assert document.document_number.normalised == "云政办发〔2025〕18号"
    assert (document.issuing_organ, document.written_on) == ("云洲市人民政府办公室", dt.date(2025, 5, 26))
    assert (document.genre, document.kind, document.published_on) == ("通知", "other_document", None)
    assert document.facts["issued_on"] == "2025-05-27"
    assert document.facts["effective_from"] == "2025-06-01"
    assert document.effective_until == dt.date(2027, 6, 1)
    assert [item.name for item in document.attachments] == ["值班安排表", "联系方式表"]
    assert codes(document) == ["attachment-missing", "attachment-missing"]
    assert document.body[0].text == "各区人民政府，市政府各部门："
    assert [block.text for block in document.body if block.type == "heading"] == ["一、值班时间", "二、有关要求"]


def test_the_same_letter_as_word_file_reads_the_same():
    plain, word = read(LETTER), read_file(docx_of(LETTER), "a.docx")
    for name in ("title", "document_number", "issuing_organ", "written_on", "effective_until", "body_chars"):
        assert getattr(plain, name) == getattr(word, name)


def test_the_same_letter_in_gbk_is_told():
    document = read_file(LETTER.encode("gb18030"), "a.txt")
    assert document.title == "云洲市人民政府办公室关于做好防汛值班工作的通知"
    assert "encoding-guessed" in codes(document)


def test_a_web_page_with_a_head_table():
    document = read(PAGE, "a.html")
    assert document.title == "云洲市教育局关于开展校园安全检查的通知"
    assert document.index_number.normalised == "014416330/2025-00031"
    assert document.document_number.normalised == "云教〔2025〕9号"
    assert document.subject_class == "科技、教育\\教育"
    assert (document.issuing_organ, document.validity) == ("云洲市教育局", "in_force")
    assert (document.written_on, document.published_on) == (dt.date(2025, 3, 7), dt.date(2025, 3, 8))
    assert [(item.name, item.url) for item in document.attachments] == [("检查表.docx", "/files/form.docx")]
    assert codes(document) == []
    assert [table.columns for table in document.tables] == [("序号", "项目", "时限")]
    assert document.body[0].text == "各学校："
    assert document.body[-1].text == "二〇二五年三月七日"


@pytest.mark.parametrize(
    ("head", "name", "value"),
    [
        ("索引号：014416330/2018-04736", "index_number", "014416330/2018-04736"),
        ("信息索引号:\n014416330/2018-04736", "index_number", "014416330/2018-04736"),
        ("【索引号】014416330/2018-04736", "index_number", "014416330/2018-04736"),
        ("索 引 号: 014416330/2018-04736 文 号: 云政发〔2018〕3号", "index_number", "014416330/2018-04736"),
        ("索 引 号: 014416330/2018-04736 文 号: 云政发〔2018〕3号", "document_number", "云政发〔2018〕3号"),
        ("文件编号：云政发[2018]003号", "document_number", "云政发〔2018〕3号"),
        ("发文字号：云政发〔2018〕3号 | 发布日期：2018年7月2日", "published_on", "2018-07-02"),
        ("公开日期：2018.7.2", "published_on", "2018-07-02"),
        ("发布时间：2018-07-02 09:30 来源：云洲日报", "published_on", "2018-07-02"),
        ("生成日期：2018/07/02", "written_on", "2018-07-02"),
        ("发文机关：云洲市财政局", "issuing_organ", "云洲市财政局"),
        ("发布机构：云洲市财政局 主题分类：财政、金融、审计/财政", "subject_class", "财政、金融、审计/财政"),
        ("体裁分类：公告", "genre", "公告"),
        ("效力状况：已废止", "validity", "repealed"),
        ("有效性：失效", "validity", "lapsed"),
        ("失效日期：2023年7月1日", "effective_until", "2023-07-01"),
        ("发文字号：无", "document_number", None),
        ("发布机构：\n发布日期：2018-07-02", "issuing_organ", None),
    ],
)
def test_labels(head, name, value):
    document = read(f"{head}\n\n关于公布收费目录的事项\n\n收费目录已经公布，请各单位遵照执行，不得另立名目收费。\n")
    assert document.as_json("a")[name] == value


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2018年6月25日", "2018-06-25"),
        ("2018 年 06 月 25 日", "2018-06-25"),
        ("二〇一八年六月二十五日", "2018-06-25"),
        ("二○一八年十二月三十一日", "2018-12-31"),
        ("２０１８年６月２５日", "2018-06-25"),
        ("20180625", "2018-06-25"),
        ("2018年2月30日", None),
        ("2018年*月*日", None),
    ],
)
def test_days_at_the_signature(day, expected):
    document = read(f"关于值班的通知\n各科室：\n请按时值班，不得脱岗，遇事及时报告。\n云洲市财政局\n{day}\n")
    assert document.as_json("a")["written_on"] == expected
    assert document.issuing_organ == "云洲市财政局"
    assert ("date-impossible" in codes(document)) == (day == "2018年2月30日")


def test_written_after_published_is_impossible():
    head = "发布日期：2018-07-02\n关于值班的通知\n各科室：\n请按时值班，不得脱岗。\n云洲市财政局\n2018年7月5日\n"
    assert codes(read(head)) == ["date-impossible"]


def test_joint_signature_on_one_line():
    document = read("关于值班的通知\n各科室：\n请按时值班，不得脱岗。\n云洲市财政局  云洲市民政局\n2018年7月5日\n")
    assert document.issuing_organ == "云洲市财政局"
    assert document.facts["co_issuers"] == ["云洲市民政局"]


def test_an_order_names_its_organ_and_day():
    text = (
        "云洲市人民政府令\n第12号\n《云洲市烟花爆竹管理办法》已经市政府常务会议通过，现予公布。\n"
        "市 长：张 明\n2020年3月4日\n"
    )
    document = read(text)
    assert document.document_number.normalised == "云洲市人民政府令第12号"
    assert (document.issuing_organ, document.written_on) == ("云洲市人民政府", dt.date(2020, 3, 4))


@pytest.mark.parametrize(
    "printed", ["政务专题", "云洲市人民政府门户网站", "世界盐湖城—云洲门户网站", "通知公告栏目", "云洲发布公众号"]
)
def test_a_column_or_site_is_no_organ(printed):
    document = read(f"发布机构：{printed}\n关于值班的通知\n请各单位按时值班，不得脱岗，遇事及时报告。\n")
    assert document.issuing_organ is None
    assert document.evidence["issuing_organ"].quote == printed
    assert codes(document) == ["publisher-not-an-organ"]


def test_a_cited_number_is_never_the_documents_own():
    text = "2026年政务公开工作要点\n根据《意见》（国办发〔2016〕80号）和云政办发[2025]7号，制定本要点。\n"
    document = read(text)
    assert document.document_number is None
    assert document.facts["cited_numbers"] == ["国办发〔2016〕80号", "云政办发〔2025〕7号"]


def test_a_malformed_own_number_is_told():
    document = read(
        "发文字号：穗府办规〔2021〕14号为依据\n关于值班的通知\n请各单位按时值班，不得脱岗，遇事及时报告。\n"
    )
    assert document.document_number is None
    assert codes(document) == ["number-malformed"]
    lost = read("云政发〔2018 3号\n关于值班的通知\n请各单位按时值班，不得脱岗，遇事及时报告。\n")
    assert lost.document_number.normalised == "云政发〔2018〕3号"
    assert codes(lost) == ["bracket-lost"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("重点做好教育、卫生、住房、交通、环保等5个领域公开。", []),
        ("重点做好教育、卫生、住房、交通、环保4个领域公开。", [("5", "4")]),
        ("重点做好教育、卫生、住房、交通、环保等4个领域公开。", [("5", "4")]),
        ("重点做好教育、卫生、住房、交通和环保5个领域公开。", []),
        ("重点做好教育、卫生、住房、交通等12个领域公开。", []),
        ("违反第一项、第二项、第三项、第五项规定的，责令改正。", []),
        ("新建学校3所、医院2所、公园4个、广场6个项目。", []),
        ("建设图书馆、博物馆、文化馆、美术馆320个。", []),
        ("分为特别重大、重大、较大、一般四类。", []),
    ],
)
def test_lists_that_state_their_count(sentence, expected):
    found = [(item.found, item.expected) for item in read(f"工作要点\n{sentence}\n").warnings]
    assert found == expected


def test_a_text_printed_twice_is_read_once():
    part = "\n".join(
        f"第{number}段讲的是云洲市政务公开工作的第{number}个方面，要求明确、措施具体、责任到人。"
        for number in "一二三四五六七"
    )
    document = read(f"云洲市工作要点\n{part}\n{part}\n")
    assert [(item.code, item.found) for item in document.warnings] == [("text-repeated", "2")]
    assert len(document.body) == 7


def test_annex_printed_short_is_no_masking():
    document = read("关于值班的通知\n请各单位按时值班，不得脱岗。\n附件：值班表（略）\n")
    assert "text-masked" not in codes(document)


@pytest.mark.parametrize(
    ("text", "is_masked"),
    [
        ("申请人张××，住××路××号，电话×××。", True),
        ("罚款对象为○○公司，法定代表人○○○，地址○○路。", True),
        ("二○○八年、二○○九年和二○一○年的报告，长宽为3×4米，2×5米，6×7米。", False),
    ],
)
def test_struck_out_names(text, is_masked):
    assert ("text-masked" in codes(read(f"关于处理结果的通报\n{text}\n"))) == is_masked


def test_page_furniture_goes_and_body_words_stay():
    text = (
        "登录 | 注册\n当前位置：首页 > 政策\n关于办理登记的指南\n字体：大 中 小\n"
        "办理人登录平台后填写申请表，提交即可。\n登录\n"
        "填写申请表后等待审核，结果以短信告知。\n打印 关闭\n扫一扫在手机打开当前页\n"
    )
    document = read(text)
    assert [block.text for block in document.body] == [
        "办理人登录平台后填写申请表，提交即可。",
        "登录",
        "填写申请表后等待审核，结果以短信告知。",
    ]
    assert document.title == "关于办理登记的指南"
    assert "登录 | 注册" in document.left_out


TASKS = """任务分工
序号 工作任务 具体要求 责任单位 完成时限
1 编制目录 全面梳理本单位政府信息，编制主动公开目录。 市财政局 6月底
每季度更新一次目录，并向社会公布结果。
2 开展培训 组织一次全市政务公开业务培训，覆盖各单位。 市政府办 9月底
"""


def test_a_table_of_tasks_without_goals():
    (table,) = read(TASKS).tables
    assert table.caption == "任务分工"
    assert [row[0] for row in table.rows] == ["1", "1", "2"]
    assert table.rows[1][1:] == ("编制目录", "每季度更新一次目录，并向社会公布结果。", "市财政局", "6月底")
    assert table.inherited == {"责任单位": [1], "完成时限": [1]}
    assert [group["units"][0]["inherited"] for group in table.groups] == [False, False]


def test_a_head_without_rows_is_no_table():
    document = read("序号 项目 内容\n这里没有任何编号的行，只是一段普通的文字而已。\n")
    assert document.tables == ()
    assert len(document.body) == 2


def test_a_table_of_cells_a_line():
    cells = ["序号", "单位", "电话", "1", "市财政局", "123", "2", "市民政局", "456", "3", "市教育局", "789"]
    (table,) = read("\n\n".join(["关于公布名单的公告", *cells])).tables
    assert table.columns == ("序号", "单位", "电话")
    assert table.rows == (("1", "市财政局", "123"), ("2", "市民政局", "456"), ("3", "市教育局", "789"))


def test_an_empty_text_has_nothing():
    document = read_document(StructuredText(blocks=()), "a.txt")
    assert (document.title, document.body, document.body_chars, document.warnings) == (None, (), 0, ())


def test_a_table_alone_is_kept():
    block = Block("table", caption="名单", columns=("甲", "乙"), rows=(("1", "2"),))
    document = read_document(StructuredText(blocks=(block,)), "a.xlsx")
    assert document.body == (block,)
    assert document.tables[0].rows == (("1", "2"),)


def test_no_text_is_lost():
    """What is not in the body is among the lines left out."""
    document = read(LETTER)
    kept = [line for block in document.body for line in block.lines()]
    assert sorted([*kept, *document.left_out]) == sorted(LETTER.strip().split("\n"))


def test_labels_and_tables_with_bars():
    text = (
        "名称 | 关于公布名单的通知\n索引号 | 014416330/2018-04736 | 主题分类 | 财政\n"
        "发布机构 | 云洲市财政局 | 发文日期 | 2018-07-02\n现将名单公布如下，请各单位按名单落实。\n"
        "| 序号 | 单位 | 电话 |\n|---|---|---|\n| 1 | 市财政局 | 123 |\n| 2 | 市民政局 | 456 |\n"
    )
    document = read(text)
    assert document.title == "关于公布名单的通知"
    assert document.index_number.normalised == "014416330/2018-04736"
    assert (document.issuing_organ, document.written_on) == ("云洲市财政局", dt.date(2018, 7, 2))
    assert [(table.columns, table.rows) for table in document.tables] == [
        (("序号", "单位", "电话"), (("1", "市财政局", "123"), ("2", "市民政局", "456")))
    ]


SIGNS = [*"0123456789年月日号第一二三、。：:〔〕()（）|* \n\n"]
PHRASES = words(
    "索引号 文号 发布机构 云洲市财政局 关于 通知 附件 序号 项目 内容 备注 任务 责任单位 2018年6月25日 "
    "云政发〔2018〕3号 (略) 等9个 有效期 自印发之日起施行 各科室： 扫一扫 登录 本通知"
)
WORDS = st.sampled_from([*SIGNS, *PHRASES])


@given(st.lists(WORDS, max_size=80))
def test_any_text_is_read_without_a_crash(parts):
    text = "".join(parts)
    document = read_document(structured(text.encode(), "a.txt"), "a.txt")
    line = json.loads(json.dumps(document.as_json("a")))
    assert {item["code"] for item in line["warnings"]} <= WARNING_CODES
    assert line["body_chars"] <= len(bare(text))
    for evidence in line["evidence"].values():
        assert bare(evidence["quote"]) in bare(text)
    for table in line["tables"]:
        assert all(len(row) == len(table["columns"]) for row in table["rows"] if table["columns"])
