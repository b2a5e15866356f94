"""Tables of a document: the shape every recogniser returns, and the words that head columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.domains.documents.reader.lines import Line, bare, words
from gongkai.ground.files.text import Block

NUMBER_HEADS = frozenset(words("序号 编号 号 项次"))
NOTE_HEADS = frozenset(words("备注 说明"))
_HEADS = (
    NUMBER_HEADS
    | NOTE_HEADS
    | frozenset(
        words(
            "目标 任务 工作任务 重点任务 主要任务 任务名称 任务内容 事项 事项名称 公开事项 项目 项目名称 "
            "内容 公开内容 工作内容 主要内容 考核内容 具体内容 指标 一级指标 二级指标 三级指标 要求 "
            "有关要求 工作要求 具体要求 措施 工作措施 具体措施 标准 评分标准 考核标准 评分办法 分值 得分 "
            "权重 责任单位 责任部门 责任人 牵头单位 牵头部门 配合单位 协办单位 承办单位 主办单位 时限 "
            "完成时限 完成时间 公开时限 公开主体 公开渠道 公开对象 公开方式 公开依据 时间 单位 名称 类别 "
            "部门 领域 依据 方式 联系人 联系电话 数量 金额 结果 渠道 职责 阶段 类型 地址 电话 姓名 职务 "
            "分工"
        )
    )
)


@dataclass(frozen=True)
class FoundTable:
    """A table with full rows.

    ``groups`` are nested spans: {column, text, number?, start, end, groups, units?}; rows[start:end] belong to the
    span. ``inherited`` names, for each column, the rows (from 0) whose cell was printed above and not again.
    ``numbers`` are the lines the table was made from.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_line: int
    numbers: frozenset[int]
    groups: tuple[dict[str, object], ...] = ()
    inherited: dict[str, list[int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    block: Block | None = None

    def as_block(self) -> Block:
        """The table as it stands in the body of an edition."""
        return self.block or Block("table", caption=self.caption, columns=self.columns, rows=self.rows)

    def as_json(self) -> dict[str, object]:
        """The table as ``gongkai import`` prints it."""
        return {
            "caption": self.caption or None,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "groups": list(self.groups),
            "inherited": self.inherited,
        }


def is_head_word(text: str) -> bool:
    """Whether a cell reads as the head of a column."""
    return bare(text) in _HEADS


def heads_in(cells: Sequence[str]) -> bool:
    """Whether cells are a head row with a column of ordinals: short, distinct, at least half of them known words."""
    plain = [bare(cell) for cell in cells]
    if len(plain) < 3 or len(set(plain)) != len(plain) or any(len(cell) > 10 for cell in plain):
        return False
    return any(cell in NUMBER_HEADS for cell in plain) and 2 * sum(map(is_head_word, plain)) >= len(plain)


def caption_above(lines: Sequence[Line], index: int) -> str:
    """The short line right above a table, where it may be its caption."""
    if index == 0 or lines[index - 1].table is not None:
        return ""
    text = lines[index - 1].text
    return text if 4 <= len(text) <= 60 and not text.endswith(("。", "：", ":", "；", "，", ",")) else ""
