"""Which rule is in force on a day for an organ, and what the coded lists hold on a day."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.db.models import Q

from gongkai.ground import clock
from gongkai.ground.organs.models import Organ, OrganClosure
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.rulebook.book import load
from gongkai.ground.rulebook.models import RuleOverride
from gongkai.ground.rulebook.schema import (
    MARK_NAMES,
    UNIT_NAMES,
    CodedReason,
    DisclosureAttribute,
    Genre,
    Ground,
    Provision,
    RuleEntry,
    StatutoryCategory,
    SubjectClass,
    Term,
    Unit,
)

UNKNOWN_RULE = wording(
    "rule.unknown",
    what="没有名为“{key}”的规则。",
    todo="规则名称见“规则与依据”页面，如foi.reply、disclosure.publish。",
    status=404,
)
NOT_IN_FORCE = wording(
    "rule.not_in_force",
    what="规则“{name}”在{on}尚无施行的规定。",
    todo="现有规定自{since}起施行；请核对日期。",
    status=422,
)

T = TypeVar("T", bound=Term)


@dataclass(frozen=True)
class Rule:
    """A rule as it applies on a day: the provision in force, or an operator's preset in its place."""

    key: str
    name: str
    provision: Provision
    preset_id: int | None = None

    @property
    def version(self) -> str:
        """Names the version: the day it came into force, and the preset if one applies."""
        preset = f"+preset.{self.preset_id}" if self.preset_id is not None else ""
        return f"{self.key}@{self.provision.valid_from}{preset}"

    @property
    def citation(self) -> str:
        return self.provision.citation

    def as_json(self) -> dict[str, Any]:
        """The snapshot that a deadline keeps; ``from_json`` reads it back."""
        return {
            "key": self.key,
            "name": self.name,
            "preset_id": self.preset_id,
            "provision": self.provision.model_dump(mode="json"),
        }

    @classmethod
    def from_json(cls, snapshot: dict[str, Any]) -> Rule:
        return cls(
            snapshot["key"], snapshot["name"], Provision.model_validate(snapshot["provision"]), snapshot["preset_id"]
        )


def rule(key: str, *, on: dt.date, organ: Organ | None = None) -> Rule:
    """The rule in force on the day of the event, with the preset of the organ, the nearest above it, or its region.

    Raises Refused for an unknown key, and for a day on which no version was in force.
    """
    law = law_in_force(key, on)
    if organ is None or not law.provision.is_overridable:
        return law
    override = _override(key, on, organ)
    if override is None:
        return law
    changes = {"quantity": override.quantity, "unit": Unit(override.unit), "citation": override.citation}
    return Rule(key, law.name, law.provision.model_copy(update=changes), override.pk)


def law_in_force(key: str, on: dt.date) -> Rule:
    """The rule as the rulebook has it on a day, presets left aside; needs no database."""
    entry = entry_of(key)
    for provision in entry.versions:
        if provision.is_in_force(on):
            return Rule(key, entry.name, provision)
    raise Refused(
        NOT_IN_FORCE, entry.versions[0].citation, name=entry.name, on=on, since=entry.versions[0].valid_from, where=key
    )


def entry_of(key: str) -> RuleEntry:
    """A rule key with all its versions."""
    entry = load().rules.get(key)
    if entry is None:
        raise Refused(UNKNOWN_RULE, key=key)
    return entry


def rulebook_version() -> str:
    """A fingerprint of the rulebook and the presets changed here: with another one deadlines are reckoned again."""
    changed = list(RuleOverride.objects.order_by("id").values_list("id", "valid_until"))
    return hashlib.sha256(f"{load().fingerprint}{changed}".encode()).hexdigest()[:16]


def _override(key: str, on: dt.date, organ: Organ) -> RuleOverride | None:
    in_force = Q(valid_from__lte=on) & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))
    found = RuleOverride.objects.filter(in_force, key=key).order_by("-id")
    distance = dict(OrganClosure.objects.filter(descendant=organ).values_list("ancestor_id", "depth"))
    distance[organ.pk] = 0
    near = [row for row in found if row.organ_id in distance or (row.region and row.region == organ.calendar)]
    return min(near, key=lambda row: distance.get(row.organ_id or 0, len(distance) + 99), default=None)


def _in_force(name: str, on: dt.date | None, model: type[T]) -> tuple[T, ...]:
    day = on or clock.today()
    return tuple(term for term in load().lists[name] if isinstance(term, model) and term.is_in_force(day))


def grounds(on: dt.date | None = None) -> tuple[Ground, ...]:
    """Grounds for not disclosing (不公开理由) in force on a day (today if none is given)."""
    return _in_force("grounds", on, Ground)


def disclosure_attributes(on: dt.date | None = None) -> tuple[DisclosureAttribute, ...]:
    """Disclosure attributes (公开属性)."""
    return _in_force("disclosure_attributes", on, DisclosureAttribute)


def statutory_categories(on: dt.date | None = None) -> tuple[StatutoryCategory, ...]:
    """The categories of Articles 20 and 21 (法定主动公开内容)."""
    return _in_force("statutory_categories", on, StatutoryCategory)


def subject_classes(on: dt.date | None = None) -> tuple[SubjectClass, ...]:
    """The theme tree (主题分类), each top class followed by its second level."""
    return _in_force("subject_classes", on, SubjectClass)


def genres(on: dt.date | None = None) -> tuple[Genre, ...]:
    """Genres (体裁): fifteen official kinds and those of the platform."""
    return _in_force("genres", on, Genre)


def return_to_organ_reasons(on: dt.date | None = None) -> tuple[CodedReason, ...]:
    """Why a department's draft is returned by the government's office (退文)."""
    return _in_force("return_to_organ_reasons", on, CodedReason)


def return_for_correction_reasons(on: dt.date | None = None) -> tuple[CodedReason, ...]:
    """Why a draft goes back inside an organ (退回修改)."""
    return _in_force("return_for_correction_reasons", on, CodedReason)


def withdrawal_reasons(on: dt.date | None = None) -> tuple[CodedReason, ...]:
    """The closed list of reasons for withdrawing (撤回)."""
    return _in_force("withdrawal_reasons", on, CodedReason)


def work_record_categories(on: dt.date | None = None) -> tuple[CodedReason, ...]:
    """What kinds of work a work record is about (工作记录的类别)."""
    return _in_force("work_record_categories", on, CodedReason)


def subject_path(code: str) -> str:
    """The printed path of a subject class, such as 综合政务/政务公开; "" where the code is unknown."""
    by_code = {term.code: term for term in cast("tuple[SubjectClass, ...]", load().lists["subject_classes"])}
    term = by_code.get(code)
    if term is None:
        return ""
    return f"{by_code[term.parent].name}/{term.name}" if term.parent else term.name


def limit_in_words(provision: Provision) -> str:
    """The limit as people say it: 20个工作日, 每年1月31日前."""
    if provision.unit is Unit.YEARLY_ON:
        return f"每年{provision.month}月{provision.day}日前"
    if provision.unit is Unit.IMMEDIATELY:
        return UNIT_NAMES[provision.unit]
    least = "不少于" if provision.bound == "at_least" else ""
    before = "前" if provision.direction == "before" else ""
    return f"{least}{provision.quantity}{UNIT_NAMES[provision.unit]}{before}"


def rule_table() -> list[dict[str, Any]]:
    """Every rule with its law and versions, for the public page of rules (规则与依据) and for programs."""
    return [
        {"key": entry.key, "name": entry.name, "versions": [_version_row(entry, version) for version in entry.versions]}
        for entry in load().rules.values()
    ]


def _version_row(entry: RuleEntry, version: Provision) -> dict[str, Any]:
    return {
        "version": Rule(entry.key, entry.name, version).version,
        "citation": version.citation,
        "limit": limit_in_words(version),
        "start": version.start,
        "extension": f"{version.extension.quantity}{UNIT_NAMES[version.unit]}" if version.extension else "",
        "pauses": [reason.name for reason in version.pauses],
        "restarts": [reason.name for reason in version.restarts],
        "mark": version.mark.value,
        "mark_name": MARK_NAMES[version.mark],
        "is_overridable": version.is_overridable,
        "valid_from": version.valid_from,
        "valid_until": version.valid_until,
        "notes": version.notes,
    }


def overrides(key: str = "") -> list[RuleOverride]:
    """Presets that were changed, newest first; of one key if given."""
    rows = RuleOverride.objects.select_related("organ").order_by("-id")
    return list(rows.filter(key=key) if key else rows)
