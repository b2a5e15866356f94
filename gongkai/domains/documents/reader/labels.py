"""The head a page prints above a document: labels such as 索引号, with the value on the same or the next line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongkai.domains.documents.reader.lines import Line, bare, words
from gongkai.ground.files.text import Block

_FIELDS: dict[str, str] = {
    "index_number": "信息索引号 信息索引 索引号 索引编号 公开索引号 索取号",
    "document_number": "发文字号 文件编号 文件字号 发文文号 公文文号 发文编号 发文号 文件号 文件文号 文书号 文号 字号",
    "issuing_organ": (
        "发布机构 发布单位 发布机关 发文机关 发文机构 发文单位 发文部门 发布部门 制发机关 制发单位 制定机关 "
        "公开机构 公开主体 公开单位 公开部门 公开责任部门 信息公开单位 所属机构 所属单位 信息所属单位 "
        "颁布单位 颁布机关 发布者 信息提供单位"
    ),
    "written_on": (
        "成文日期 成文时间 生成日期 生成时间 产生日期 产生时间 形成日期 形成时间 发文日期 发文时间 签发日期 "
        "签发时间 制定日期 制发日期 落款日期"
    ),
    "published_on": (
        "发布日期 发布时间 公开日期 公开时间 公布日期 公布时间 发表日期 发表时间 发布于 公开发布日期 "
        "信息公开日期 时间 日期"
    ),
    "issued_on": "印发日期 印发时间",
    "effective_from": "生效日期 生效时间 施行日期 施行时间 实施日期 实施时间",
    "effective_until": "失效日期 失效时间 废止日期 废止时间 终止日期 有效期至 有效期限至 有效期截止",
    "validity_term": "有效期 有效期限",
    "subject_class": "主题分类 主题类别 信息分类 信息类别 主题 所属主题 公文主题 内容分类 主题(一级) 分类",
    "subject_class_2": "主题(二级)",
    "genre": "体裁分类 体裁 文件体裁 公文种类 公文体裁 文种 信息体裁 发文体裁",
    "validity": "效力状态 有效性 效力状况 时效性 时效状态 有效状态 文件状态 是否有效 文件有效性 效力 时效 状态",
    "source": "来源 信息来源 文章来源 稿件来源 稿源",
    "title": "文件名称 信息名称 公文名称 文件标题 信息标题 标题 名称",
    "": (
        "公开方式 公开形式 公开时限 公开范围 公开程序 公开属性 公开类别 公开目录 公开类型 公开程度 公开依据 "
        "服务对象 服务对象分类 主题词 关键词 关键字 内容概述 内容概要 概述 摘要 "
        "作者 浏览字号 阅读字号 字号大小 文字大小 视力保护色 保护视力色 浏览人数 阅读人数 "
        "访问次数 浏览次数 浏览量 阅读次数 阅读量 点击数 点击量 点击次数 字体大小 字体 打印 分享 "
        "文件下载 附件下载 责任编辑 编辑 审核 审核人 载体形式 载体类型 语种 信息格式 信息语种 "
        "更新日期 更新时间 组配分类 "
        "统一编号 登记号 规范性文件编号 备案登记号 备案号 签发人 信息有效期 行政区划 所属区划 栏目 所属栏目 "
        "所属目录 信息状态 解读 相关解读 政策解读 在线链接地址 记录形式 公开责任人 抄送 编号"
    ),
}
_WEAK = frozenset(
    words(
        "时间 日期 标题 名称 主题 分类 状态 效力 时效 字号 编号 解读 来源 作者 编辑 审核 摘要 概述 打印 分享 "
        "字体 抄送 栏目 时效性"
    )
)
_NEVER_BELOW = frozenset(
    words(
        "浏览字号 阅读字号 字号大小 文字大小 视力保护色 保护视力色 浏览人数 阅读人数 访问次数 浏览次数 浏览量 "
        "阅读次数 阅读量 点击数 点击量 点击次数 字体大小 字体 字号 打印 分享 编辑 审核"
    )
)
_FIELD_OF = {bare(word): field for field, listed in _FIELDS.items() for word in words(listed)}
_FULL_WIDTH = str.maketrans("()", "（）")


def _spaced(word: str) -> str:
    """A pattern for a label whose signs may stand apart (索 引 号) and whose brackets may be of either width."""
    return r"\s{0,6}".join({"(": "[(（]", ")": "[)）]"}.get(char, re.escape(char)) for char in word)


_WORDS = "|".join(_spaced(word) for word in sorted(_FIELD_OF, key=len, reverse=True))
_LABEL = re.compile(
    rf"(?:^|(?<=[\s•·|丨▪■◆]))[【\[]?\s{{0,6}}(?P<label>{_WORDS})\s{{0,6}}[】\]]?\s{{0,6}}[:：]"
    rf"|^[【\[]\s{{0,6}}(?P<boxed>{_WORDS})\s{{0,6}}[】\]]"
)
_BULLET = " \t•·|丨▪■◆　"
_LONGEST_VALUE = 120


@dataclass(frozen=True)
class Label:
    """A label as printed, the field it fills ("" for one the reader only passes over), its value and its line."""

    field: str
    printed: str
    value: str
    line: int
    value_line: int


def field_of(word: str) -> str | None:
    """The field a label word fills, "" for a known label without one, None for an unknown word."""
    plain = bare(word).rstrip(":：").translate(str.maketrans("（）", "()"))
    return _FIELD_OF.get(plain)


def is_label_line(text: str) -> bool:
    """Whether a line begins with a label or is one."""
    match = _LABEL.search(text)
    if field_of(re.split(r"[|｜]", text.strip(" |｜"), maxsplit=1)[0]) is not None:
        return True
    return (match is not None and not text[: match.start()].strip(_BULLET)) or field_of(text.strip(_BULLET)) is not None


def find_labels(lines: Sequence[Line], passed: set[int]) -> list[Label]:
    """Every label in the given lines; ``passed`` are lines that are known to be page furniture."""
    found: list[Label] = []
    kept = [line for line in lines if line.number not in passed or _LABEL.search(line.text)]
    for index, line in enumerate(kept):
        if line.table is not None:
            found.extend(table_labels(line.table, line.number) or ())
            continue
        following = kept[index + 1] if index + 1 < len(kept) else None
        found.extend(_line_labels(line, following, passed))
    return found


def table_labels(table: Block, number: int) -> list[Label] | None:
    """The labels of a table that is a head (label, value, label, value …), or None for a table of data."""
    rows = [row for row in (table.columns, *table.rows) if row]
    found = []
    for row in rows:
        cells = _without_repeats(row)
        for label, value in zip(cells[::2], cells[1::2], strict=False):
            field = field_of(label)
            if field is not None:
                found.append(Label(field, label.strip(":： "), value.strip(), number, number))
    return found if len(found) >= 2 and len(found) * 4 >= sum(len(set(row)) for row in rows) else None


def _without_repeats(row: Sequence[str]) -> list[str]:
    """The cells of a row, a merged cell once."""
    return [cell for index, cell in enumerate(row) if index == 0 or cell != row[index - 1] or not cell]


def _barred(line: Line) -> Iterable[Label]:
    """Labels and values set apart by bars: 索引号 | 014416330/2018-04736 | 主题分类 | 财政."""
    cells = [cell.strip() for cell in line.text.strip(" |｜").replace("｜", "|").split("|")]
    if len(cells) % 2 or any(field_of(cell) is None or bare(cell) in _WEAK - {"名称", "标题"} for cell in cells[::2]):
        return ()
    return [
        Label(field_of(label) or "", bare(label), value, line.number, line.number)
        for label, value in zip(cells[::2], cells[1::2], strict=True)
    ]


def _line_labels(line: Line, following: Line | None, passed: set[int]) -> Iterable[Label]:
    if barred := _barred(line):
        yield from barred
        return
    matches = list(_LABEL.finditer(line.text))
    if not matches or line.text[: matches[0].start()].strip(_BULLET):
        word = line.text.strip(_BULLET)
        if matches or following is None or field_of(word) is None or bare(word) in _WEAK:
            return
        if _may_be_value(following, passed):
            yield Label(field_of(word) or "", word, following.text.strip(), line.number, following.number)
        return
    for index, match in enumerate(matches):
        end = matches[index + 1].start() if index + 1 < len(matches) else len(line.text)
        value = line.text[match.end() : end].strip(_BULLET)
        word = match["label"] or match["boxed"]
        value_line = line.number
        may_be_below = not value and len(matches) == 1 and bare(word) not in _NEVER_BELOW and following is not None
        if may_be_below and following is not None and _may_be_value(following, passed):
            value, value_line = following.text.strip(), following.number
        yield Label(field_of(word) or "", bare(word).translate(_FULL_WIDTH), value, line.number, value_line)


def _may_be_value(line: Line, passed: set[int]) -> bool:
    """Whether a line may be the value of the label above it: short, no label itself, no address of a letter."""
    if line.number in passed or line.table is not None or len(line.text) > _LONGEST_VALUE:
        return False
    return not _LABEL.search(line.text) and field_of(line.text) is None and not line.text.endswith(("：", ":", "。"))
