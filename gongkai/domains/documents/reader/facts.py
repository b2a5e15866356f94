"""Figures of an annual report on disclosure in the older free form (report years up to 2018, requirements 2.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gongkai.domains.documents.reader.lines import Line, bare, place_of
from gongkai.ground.files.text import TextWarning

_IS_REPORT = re.compile(
    r"本(?:年度)?报告(?:根据|依据|按照|是根据|由.{2,30}(?:根据|按照)).{0,60}政府信息公开条例"
    r"|(?:根据|按照).{0,60}政府信息公开条例.{0,120}(?:编制|制定|公布)(?:了)?(?:本|此|本年度|.{0,20}年度)报告"
)
_PERIOD = re.compile(r"(\d{4})年1月1日(?:起)?(?:至|到|—|-)(?:\1年)?12月31日")
_YEAR = re.compile(r"(\d{4})年度?(?=.{0,12}(?:政府信息公开|主动公开))")
_CUMULATIVE = re.compile(r"累计(?:主动)?公开(?:政府)?信息(?:的)?(?:数量|总数|数)?(?:为|共|共计|达)?(\d+)(?:余)?条")
_DISCLOSED = re.compile(
    r"(?<!累计)(?<!累计，)主动公开(?:的)?(?:政府)?信息(?:的)?(?:数量|总数|数)?(?:为|共|共计|达)?(\d+)条"
)
_CLASSES = re.compile(r"(?:共有|共|分为|涉及)(\d+)(?:大)?类[,，:：]?(?:其中)?[:：]?(?P<list>.+)")
_CLASS = re.compile(r"(?P<name>[^;；。,，]*?[^\d;；。,，])(?:信息)?(?:为|共)?(?P<count>\d+)条")


def is_annual_report(lines: Sequence[Line], title: str | None) -> bool:
    """Whether a text calls itself an annual report on disclosure (政府信息公开工作年度报告)."""
    if title and re.search(r"政府信息公开.*(?:年度报告|年报)", bare(title)):
        return True
    head = "".join(line.bare for line in lines[:4] if line.table is None)
    return not title and _IS_REPORT.search(head) is not None


def report_facts(lines: Iterable[Line], organ: str | None) -> tuple[dict[str, object], dict[str, Line]]:
    """The figures of a report by name, and the line each stands on."""
    facts: dict[str, object] = {}
    places: dict[str, Line] = {}

    def keep(name: str, value: object, line: Line) -> None:
        if name not in facts:
            facts[name], places[name] = value, line

    for line in lines:
        if line.table is not None:
            continue
        text = line.bare
        for name, pattern in (
            ("report_year", _PERIOD),
            ("disclosed_total", _CUMULATIVE),
            ("disclosed", _DISCLOSED),
        ):
            match = pattern.search(text)
            if match:
                keep(name, int(match[1]), line)
        classes = _CLASSES.search(text)
        named = (
            [{"name": item["name"], "count": int(item["count"])} for item in _CLASS.finditer(classes["list"])]
            if classes
            else []
        )
        if classes and len(named) > 1:
            keep("category_count", int(classes[1]), line)
            keep("categories", named, line)
            keep("categories_sum", sum(int(item["count"]) for item in named), line)
    if facts and organ:
        facts["report_organ"] = organ
    return facts, places


def fact_warnings(facts: dict[str, object], places: dict[str, Line]) -> Iterable[TextWarning]:
    """Where the classes are not as many as stated, or do not add up to what was disclosed."""
    classes = facts.get("categories")
    if not isinstance(classes, list):
        return
    place = place_of(places["categories"], "主动公开情况")
    if facts["category_count"] != len(classes):
        yield TextWarning(
            "count-mismatch", place, str(len(classes)), str(facts["category_count"]), "信息类别的个数与所列的不一致。"
        )
    if "disclosed" in facts and facts["disclosed"] != facts["categories_sum"]:
        yield TextWarning(
            "count-mismatch", place, str(facts["categories_sum"]), str(facts["disclosed"]), "各类信息相加与总数不一致。"
        )
