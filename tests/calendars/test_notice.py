"""The yearly notice as text is read into days; a slip is refused, not repaired."""

from __future__ import annotations

import datetime as dt

import pytest

from gongkai.ground.calendars.notice import parse_notice
from gongkai.ground.calendars.plans import shipped_plans
from gongkai.ground.refusal import Refused

# The facts of each notice in its own way of writing dates.
NOTICES = {
    2017: """一、元旦：1月1日放假，1月2日（星期一）补休。
二、春节：1月27日至2月2日放假调休，共7天。1月22日（星期日）、2月4日（星期六）上班。
三、清明节：4月2日至4日放假调休，共3天。4月1日（星期六）上班。
四、劳动节：5月1日放假，与周末连休。
五、端午节：5月28日至30日放假调休，共3天。5月27日（星期六）上班。
六、中秋节、国庆节：10月1日至8日放假调休，共8天。9月30日（星期六）上班。""",
    2023: """一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。""",
    2026: """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
国务院办公厅
2025年11月4日""",
}


def is_off(day: dt.date, off: set[dt.date], work: set[dt.date]) -> bool:
    return day in off or (day.weekday() > 4 and day not in work)


@pytest.mark.parametrize("year", NOTICES)
def test_a_notice_gives_the_days_of_the_year_file(year: int) -> None:
    off, work = parse_notice(NOTICES[year], year).in_year(year)
    plan = {plan.year: plan for plan in shipped_plans()}[year]
    first = dt.date(year, 1, 1)
    # The notice for the next year may have moved the last days of December; they are not this notice's.
    for day in (first + dt.timedelta(step) for step in range(360)):
        assert is_off(day, set(off), set(work)) == is_off(day, set(plan.off), set(plan.work)), day


def test_days_of_the_year_before_are_kept_apart_and_the_source_is_read() -> None:
    parsed = parse_notice("国务院办公厅关于2019年部分节假日安排的通知\n国办发明电〔2018〕15号\n"
                          "一、元旦：2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。\n"
                          "二、清明节：4月5日放假，与周末连休。\n国务院办公厅\n2018年12月4日")  # fmt: skip
    assert parsed.year == 2019
    assert parsed.in_year(2018) == ([dt.date(2018, 12, 30), dt.date(2018, 12, 31)], [dt.date(2018, 12, 29)])
    assert parsed.in_year(2019)[0] == [dt.date(2019, 1, 1), *(dt.date(2019, 4, day) for day in (5, 6, 7))]
    assert (parsed.source.number, parsed.source.dated) == ("国办发明电〔2018〕15号", "2018-12-04")


def test_half_width_signs_are_read_too() -> None:
    parsed = parse_notice("一、元旦:1月1日(周四)至3日(周六)放假调休,共3天。1月4日(周日)上班。", 2026)
    assert [day.day for day in parsed.off] == [1, 2, 3]
    assert parsed.work == (dt.date(2026, 1, 4),)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("一、元旦：1月1日（周五）至3日放假，共3天。", "2026-01-01是周四，通知写作周五"),
        ("一、元旦：1月1日至3日放假，共4天。", "写明共4天，读出3天"),
        ("一、元旦：13月1日放假。", "不是日期"),
        ("一、元旦：1月3日至1日放假。", "起止日期不合理"),
        ("明年多放几天。", "没有找到"),
        ("延长2020年春节假期至2月2日。", "延长假期的通知"),
    ],
)
def test_what_does_not_add_up_is_refused(text: str, fault: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_notice(text, 2026)
    assert fault in str(refused.value)


def test_without_a_year_it_is_refused() -> None:
    with pytest.raises(Refused, match="没有找到年份"):
        parse_notice("一、元旦：1月1日放假。")
