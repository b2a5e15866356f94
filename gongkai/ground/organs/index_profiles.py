"""The settings of index numbers (索引号规则) that an organ may have; the numbers themselves are made by the records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

#: What may stand in front, and how long each can be (GB 11714, GB 32100, GB/T 2260, the organ's own code).
FRONTS = {"organisation_code": 9, "credit_code": 18, "division_code": 12, "code": 32}
KEYS = ("front", "literal", "pattern", "first")
DEFAULT_PATTERN = "{front}/{year}-{serial:05d}"
LONGEST = 60
LONGEST_FRONT = 40
LARGEST_FIRST = 999_999
_LITERAL = re.compile(r"[0-9A-Za-z-]+")
_WIDTH = re.compile(r"0[1-9]d")
#: What every index number looks like, whoever made it.
SHAPE = re.compile(r"[0-9A-Za-z]+(?:[-/][0-9A-Za-z]+)+")

#: A value that cannot be, and why.
Fault = tuple[object, str]


def fault_of(profile: Any) -> Fault | None:
    """What is wrong with the settings, in words; None when every number made by them will be an index number."""
    if not isinstance(profile, Mapping):
        return profile, "应为一组设置"
    unknown = [key for key in profile if key not in KEYS]
    if unknown:
        return unknown[0], "只能设置front（前段）、literal（固定文字）、pattern（格式）、first（起始流水号）"
    return (
        _fault_of_front(profile)
        or _fault_of_first(profile.get("first", 1))
        or _fault_of_pattern(profile.get("pattern", DEFAULT_PATTERN))
        or _fault_of_numbers(profile)
    )


def _fault_of_front(profile: Mapping[str, Any]) -> Fault | None:
    front, literal = profile.get("front", ""), profile.get("literal")
    if front not in ("", *FRONTS):
        return front, f"前段应为{'、'.join(FRONTS)}之一，或留空并填写固定文字"
    if "literal" not in profile:
        return (front, "前段留空的须填写固定文字") if "front" in profile and not front else None
    if not isinstance(literal, str) or not _LITERAL.fullmatch(literal) or len(literal) > LONGEST_FRONT:
        return literal, f"固定文字只能用字母、数字和“-”，不超过{LONGEST_FRONT}个字"
    return None


def _fault_of_first(first: Any) -> Fault | None:
    if type(first) is not int or not 1 <= first <= LARGEST_FIRST:
        return first, f"起始流水号应为1至{LARGEST_FIRST}的整数"
    return None


def _fault_of_pattern(pattern: Any) -> Fault | None:
    """Plain fields only: a pattern is filled in by ``str.format``, which would follow attributes and keys."""
    if not isinstance(pattern, str):
        return pattern, "格式应为文字，例如" + DEFAULT_PATTERN
    try:
        parts = [part[1:] for part in Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        return pattern, "格式中的花括号不配对"
    fields = [field for field, _, _ in parts]
    if any(field not in ("front", "year", "serial") for field in fields):
        return pattern, "格式只能用{front}、{year}、{serial}三项"
    for field, width, conversion in parts:
        if conversion or (width and not (field == "serial" and _WIDTH.fullmatch(width))):
            return pattern, "只有流水号可以写位数，例如{serial:05d}"
    if fields.count("serial") != 1 or fields.count("year") != 1:
        # Serials begin anew each year: without the year the numbers of two years would be the same.
        return pattern, "格式中{serial}和{year}须各有一个"
    if fields.count("front") > 1:
        return pattern, "格式中{front}至多一个"
    return None


def _fault_of_numbers(profile: Mapping[str, Any]) -> Fault | None:
    """Try the pattern with every front that it may meet; an organ may lack the code that is asked for."""
    pattern = profile.get("pattern", DEFAULT_PATTERN)
    longest = FRONTS.get(profile.get("front", ""), 0)
    fronts = [profile["literal"]] if "literal" in profile else ["9" * max(FRONTS.values())]
    if longest:
        fronts.append("9" * longest)
    for front in fronts:
        made = pattern.format(front=front, year=2026, serial=LARGEST_FIRST)
        if not SHAPE.fullmatch(made):
            return pattern, f"由此生成的索引号“{made[:LONGEST]}”不合格式，应由字母、数字和“/”“-”组成"
        if len(made) > LONGEST:
            return pattern, f"由此生成的索引号超过{LONGEST}个字"
    return None
