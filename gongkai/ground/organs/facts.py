"""What may be said of an organ: the fields people fill in, cleaned and checked before they are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import models

from gongkai.ground.calendars.plans import shipped_regions
from gongkai.ground.calendars.queries import regions
from gongkai.ground.organs.codes import check_credit_code, check_organisation_code, clean_code, is_division_code
from gongkai.ground.organs.index_profiles import fault_of
from gongkai.ground.organs.models import Organ, OrganLevel, OrganType
from gongkai.ground.refusal import Refused, wording

MALFORMED = wording("organs.malformed", what="“{field}”不能填“{value}”：{why}。", todo="请核对后重新填写。", status=422)
UNKNOWN_FIELD = wording("organs.unknown_field", what="机构没有“{field}”这一项。", todo="请核对栏目名称。", status=422)

CODES_LAW = "GB 11714—1997；GB 32100—2015；GB/T 2260"
INDEX_LAW = "国办秘函〔2009〕6号"
#: The codes of the review presets; what each is, the reviews say, a floor above.
REVIEW_PRESETS = ("township", "usual", "full")
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")
#: What ``update`` may change; the name changes by ``rename``, the place in the tree by ``move``.
FACTS = frozenset(
    [
        "short_name",
        "type",
        "level",
        "organisation_code",
        "credit_code",
        "division_code",
        "document_prefixes",
        "index_profile",
        "calendar",
        "review_preset",
        "address",
        "office_hours",
        "phone",
        "fax",
        "email",
        "website",
        "work_body",
        "valid_from",
    ]
)
_CHECKS = {
    "organisation_code": (check_organisation_code, "校验位不符（GB 11714）"),
    "credit_code": (check_credit_code, "校验位不符（GB 32100）"),
    "division_code": (is_division_code, "应为6位、9位或12位行政区划代码（GB/T 2260）"),
}


def _column(field: str) -> models.Field[Any, Any]:
    column = Organ._meta.get_field(field)
    assert isinstance(column, models.Field)
    return column


def refuse(field: str, value: object, why: str, citation: str = "") -> Refused:
    """The refusal of one value, naming the field by its Chinese label."""
    label = str(_column(field).verbose_name)
    return Refused(MALFORMED, citation, field=label, value=value, why=why, where=label)


def clean_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of an organ ready to be kept; raises Refused for an unknown field, a wrong code or an overlong text."""
    cleaned: dict[str, Any] = {}
    for field, value in facts.items():
        if field not in FACTS:
            raise Refused(UNKNOWN_FIELD, field=field)
        cleaned[field] = _clean(field, value)
    organisation, credit = cleaned.get("organisation_code", ""), cleaned.get("credit_code", "")
    if organisation and credit and credit[8:17] != organisation:
        raise refuse("credit_code", credit, "第9至17位应与组织机构代码一致", CODES_LAW)
    return cleaned


def _clean(field: str, value: Any) -> Any:
    if field in _CHECKS:
        return _clean_code(field, str(value))
    if field == "type" and value not in OrganType.values:
        raise refuse(field, value, "不在机构类型之内")
    if field == "level" and value not in OrganLevel.values:
        raise refuse(field, value, "不在机构层级之内")
    if field == "document_prefixes":
        return _clean_prefixes(value)
    if field == "index_profile":
        return _clean_profile(value)
    if field == "review_preset" and value not in REVIEW_PRESETS:
        raise refuse(field, value, f"审签流程应为{'、'.join(REVIEW_PRESETS)}之一")
    # Those entered here are asked for only when it is not a delivered one: thousands of organs come in at once.
    if field == "calendar" and value not in list(shipped_regions()) and value not in list(regions()):
        raise refuse(field, value, "没有这个工作日历，请使用CN、CN-63这类编号，或先录入该地区的放假安排")
    return clean_text(field, value) if isinstance(value, str) else value


def _clean_profile(value: Any) -> dict[str, Any]:
    fault = fault_of(value)
    if fault is not None:
        found, why = fault
        raise refuse("index_profile", str(found)[:60], why, INDEX_LAW)
    return dict(value)


def clean_text(field: str, value: str) -> str:
    """A text without outer blanks; refused when it is longer than its column."""
    text = value.strip()
    limit = _column(field).max_length
    if limit is not None and len(text) > limit:
        raise refuse(field, text[:20] + "…", f"不能超过{limit}个字")
    return text


def _clean_code(field: str, value: str) -> str:
    code = clean_code(value)
    if field == "organisation_code":
        code = code.replace("-", "")
    check, why = _CHECKS[field]
    if code and not check(code):
        raise refuse(field, value, why, CODES_LAW)
    return code


def _clean_prefixes(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) and part.strip() for part in value):
        raise refuse("document_prefixes", value, "应为一个或几个机关代字，例如云政发")
    return list(dict.fromkeys(part.strip() for part in value))
