"""What differs between two texts: by paragraph and letter, within a budget that no text can break."""

from __future__ import annotations

from gongkai.engine.records.alignment import STEPS, Budget, paired, stretches
from gongkai.engine.records.differences import Line, Piece, line_difference


def sides(lines: list[Line]) -> tuple[list[str], list[str]]:
    """Both texts put together again from what is shown."""
    before = ["".join(piece.text for piece in line.before) for line in lines if line.before]
    after = ["".join(piece.text for piece in line.after) for line in lines if line.after]
    return before, after


def test_one_word_of_one_paragraph() -> None:
    one = ["第一条　为加强管理，制定本办法。", "第二条　本办法自2025年5月1日起施行。"]
    other = ["第一条　为加强管理，制定本办法。", "第二条　本办法自2026年5月1日起施行。"]
    assert line_difference(one, other) == [
        Line((Piece("same", one[0]),)),
        Line(
            (
                Piece("same", "第二条　本办法自202"),
                Piece("del", "5"),
                Piece("ins", "6"),
                Piece("same", "年5月1日起施行。"),
            )
        ),
    ]


def test_an_inserted_article_does_not_shift_the_changed_one() -> None:
    one = ["总则", "收费标准由市价格主管部门制定。", "附则"]
    other = ["总则", "停车设施向社会开放，夜间免费。", "收费标准由市发展改革部门制定。", "附则"]
    lines = line_difference(one, other)
    assert lines[1] == Line((Piece("ins", "停车设施向社会开放，夜间免费。"),))
    assert [piece.mark for piece in lines[2].pieces] == ["same", "del", "ins", "same"]
    assert sides(lines) == (one, other)


def test_unchanged_stretches_are_counted_or_shown() -> None:
    one = [f"第{n}段" for n in range(10)]
    other = [*one[:-1], "末段"]
    assert [line.skipped for line in line_difference(one, other)][:2] == [8, 0]
    whole = line_difference(one, other, context=None)
    assert sides(whole) == (one, other)
    assert not any(line.skipped for line in whole)


def test_letters_shared_by_chance_do_not_split_a_sentence() -> None:
    marks = [(part.is_same, part.j - part.i) for part in stretches("甲乙丙丁的戊己庚", "一二三四的五六七", Budget(), 2)]
    assert marks == [(False, 8)]


def test_paragraphs_are_paired_by_likeness_and_each_appears_once() -> None:
    pairs = paired(["申请表一份。", "证明材料一份。"], ["说明。", "证明材料两份。", "新增条件。"], Budget())
    assert ("证明材料一份。", "证明材料两份。") in pairs
    assert [one for one, _ in pairs if one] == ["申请表一份。", "证明材料一份。"]
    assert [other for _, other in pairs if other] == ["说明。", "证明材料两份。", "新增条件。"]


def test_texts_made_to_be_slow_stay_within_the_budget() -> None:
    """Without a budget the second of these takes hours."""
    hostile = [
        (["同"] * 5000, ["同", "异"] * 2500),
        ([str(n % 7) for n in range(5000)], [str(n % 5) for n in range(5000)]),
        (["甲乙" * 900] * 200, ["乙丙甲" * 600] * 200),
        (["的" * 200_000], ["了" * 200_000]),
    ]
    for one, other in hostile:
        budget = Budget()
        lines = line_difference(one, other, budget, context=None)
        assert 0 <= budget.left <= STEPS
        assert budget.is_spent
        assert sides(lines) == (one, other)
