"""Changing a preset of the rulebook for an organ or a region (调整规则预设). Statutes cannot be changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering, explain
from gongkai.ground.calendars.queries import UNKNOWN_REGION, regions
from gongkai.ground.gate.door import NO_RIGHT, Outcome, action
from gongkai.ground.gate.table import subject
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.rulebook.models import RuleOverride
from gongkai.ground.rulebook.queries import law_in_force
from gongkai.ground.rulebook.schema import Unit

STATUTE = wording(
    "rule.statute",
    what="“{name}”由法律、法规或者国家规定确定，不能调整。",
    todo="本地另有更严要求的，请作为内部提醒办理；法律修改后由规则文件更新。",
)
BAD_PRESET = wording("rule.bad_preset", what="规则预设有误：{fault}。", todo="请改正后重新提交。", status=422)

subject(RuleOverride, "rule_override", organ_path="", read_right="rule.preset")

_COUNTED = frozenset({Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH, Unit.HOUR})


@action(
    "rule.override_preset",
    on=RuleOverride,
    title="调整规则预设",
    right="rule.preset",
    event="rule.preset_overridden",
    creates=True,
)
def override_preset(
    *,
    actor: Actor,
    organ: Organ | None = None,
    region: str = "",
    key: str,
    quantity: int,
    unit: str = "",
    citation: str,
    reason: str,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
) -> Outcome:
    """Set another limit for an organ with those below it, or for a region.

    Refused for a statute (citing it), for both or neither of organ and region, and without basis or reason.
    """
    law = law_in_force(key, valid_from)
    if not law.provision.is_overridable:
        raise Refused(STATUTE, law.citation, name=law.name, where=key)
    if (organ is None) == (not region):
        raise Refused(BAD_PRESET, law.citation, fault="须指定一个机构或者一个地区", where="适用范围")
    if region and region not in regions():
        raise Refused(UNKNOWN_REGION, region=region)
    _check(law.citation, quantity, unit or law.provision.unit, citation, reason, valid_from, valid_until)
    row = RuleOverride.objects.create(
        key=key,
        organ=organ,
        region=region,
        quantity=quantity,
        unit=unit or law.provision.unit.value,
        citation=citation.strip(),
        reason=reason.strip(),
        valid_from=valid_from,
        valid_until=valid_until,
        entered_at=clock.now(),
        entered_by=actor.ref,
    )
    return Outcome(result=row, data=_told(row, law.provision.quantity))


def _told(row: RuleOverride, before: int | None) -> dict[str, Any]:
    return {
        "key": row.key,
        "organ_id": row.organ_id,
        "region": row.region,
        "quantity": [before, row.quantity],
        "unit": row.unit,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "reason": row.reason,
    }


def _check(
    law: str, quantity: int, unit: str, citation: str, reason: str, valid_from: dt.date, valid_until: dt.date | None
) -> None:
    if not 1 <= quantity <= 366:
        raise Refused(BAD_PRESET, law, fault="数量须在1至366之间", where="数量")
    if unit not in _COUNTED:
        raise Refused(BAD_PRESET, law, fault=f"单位“{unit}”不能使用", where="单位")
    if not citation.strip() or not reason.strip():
        raise Refused(BAD_PRESET, law, fault="须写明依据和理由", where="依据、理由")
    if valid_until is not None and valid_until < valid_from:
        raise Refused(BAD_PRESET, law, fault="终止日期早于起始日期", where="终止日期")


@action(
    "rule.end_override",
    on=RuleOverride,
    title="终止规则预设调整",
    right="rule.preset",
    event="rule.override_ended",
    # Who could make it for its organ can end it; one for a region or for all belongs to the whole platform.
    organs=lambda row: [row.organ_id],
)
def end_override(row: RuleOverride, *, actor: Actor, last_day: dt.date, reason: str) -> Outcome:
    """Let an override end on a day; the rulebook's own preset applies from the next. Needs a reason."""
    if not actor.is_system and covering(actor, "rule.preset", row.organ_id) is None:
        raise Refused(NO_RIGHT, title="终止规则预设调整", roles=explain("rule.preset"))
    if last_day < row.valid_from or (row.valid_until is not None and last_day > row.valid_until):
        raise Refused(BAD_PRESET, fault="终止日期不在适用期间内", where="终止日期")
    if not reason.strip():
        raise Refused(BAD_PRESET, fault="须写明理由", where="理由")
    row.valid_until = last_day
    return Outcome(result=row, data={"key": row.key, "valid_until": last_day.isoformat(), "reason": reason.strip()})
