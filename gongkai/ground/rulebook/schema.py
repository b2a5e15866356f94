"""What a rule and a coded term look like in the rulebook's YAML. Unknown fields are refused."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Unit(StrEnum):
    """What a limit is counted in."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"
    HOUR = "hour"
    IMMEDIATELY = "immediately"
    YEARLY_ON = "yearly_on"


UNIT_NAMES = {
    Unit.WORKING_DAY: "个工作日",
    Unit.CALENDAR_DAY: "日",
    Unit.MONTH: "个月",
    Unit.HOUR: "小时",
    Unit.IMMEDIATELY: "当日",
    Unit.YEARLY_ON: "每年固定日期",
}


class Mark(StrEnum):
    """How sure we are of a provision: read in full, read in an excerpt, known, local, from practice."""

    READ = "V"
    EXCERPT = "Vp"
    KNOWN = "K"
    LOCAL = "L"
    PRACTICE = "P"


MARK_NAMES = {
    Mark.READ: "已核对全文",
    Mark.EXCERPT: "已核对摘录",
    Mark.KNOWN: "待核实",
    Mark.LOCAL: "地方规定",
    Mark.PRACTICE: "工作惯例",
}
PRESET_MARKS = frozenset({Mark.KNOWN, Mark.LOCAL, Mark.PRACTICE})


class Strict(BaseModel):
    """Base of every entry: frozen, and a field nobody knows is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(Strict):
    """Something in force between two days, both included; no end means until further notice."""

    citation: Text
    valid_from: dt.date
    valid_until: dt.date | None = None
    notes: str = ""

    def is_in_force(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    @model_validator(mode="after")
    def _ordered(self) -> Self:  # noqa: N804 - an "after" validator is an instance method
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self


class Reason(Strict):
    """A coded reason inside a rule: why a clock stops, starts again or is extended."""

    code: Text
    name: Text
    citation: Text


class Extension(Strict):
    """By how much a limit may be extended, counted from the end of the first period, and who consents."""

    quantity: Annotated[int, Field(gt=0)]
    approver: Text
    condition: Text


class Provision(Dated):
    """One version of a rule: the limit that a provision sets, as data.

    ``bound``: ``at_most`` is a deadline, ``at_least`` a minimum period. ``direction``: ``before`` counts back from the
    start event. ``is_rolled``: the end moves to the next working day when it falls on a day off (民法典 Article 203).
    """

    mark: Mark
    unit: Unit
    quantity: Annotated[int, Field(gt=0)] | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    start: Text
    bound: Literal["at_most", "at_least"] = "at_most"
    direction: Literal["after", "before"] = "after"
    is_rolled: bool = False
    is_overridable: bool = False
    extension: Extension | None = None
    pauses: tuple[Reason, ...] = ()
    restarts: tuple[Reason, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Self:  # noqa: N804 - an "after" validator is an instance method
        if self.unit in (Unit.IMMEDIATELY, Unit.YEARLY_ON):
            if self.quantity is not None:
                raise ValueError(f"unit {self.unit} takes no quantity")
        elif self.quantity is None:
            raise ValueError("quantity is missing")
        if (self.unit is Unit.YEARLY_ON) != (self.month is not None and self.day is not None):
            raise ValueError("month and day belong to the unit yearly_on, and only to it")
        if self.month is not None and self.day is not None:
            dt.date(2025, self.month, self.day)
        if self.is_rolled and self.unit not in (Unit.CALENDAR_DAY, Unit.MONTH):
            raise ValueError(f"a limit in {self.unit} is not rolled")
        if self.is_overridable and self.mark not in PRESET_MARKS:
            raise ValueError(f"mark {self.mark} is law and cannot be overridable")
        codes = [reason.code for reason in (*self.pauses, *self.restarts)]
        if len(codes) != len(set(codes)):
            raise ValueError("a reason's code stands twice")
        return self


class RuleEntry(Strict):
    """A rule key with its versions."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z]+(-[a-z]+)*$")]
    name: Text
    versions: Annotated[tuple[Provision, ...], Field(min_length=1)]


class RuleFile(Strict):
    """One file of ``rules/``."""

    rules: tuple[RuleEntry, ...]


class Term(Dated):
    """A coded value from the law or from practice."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]+$")]
    name: Text
    mark: Mark


class Ground(Term):
    """A ground for not disclosing (不公开理由). ``nature``: must, must unless consent or public interest, or may.

    ``use``: ``withhold`` for a record or a reply; ``offline`` where the content may not enter this platform at all;
    ``application`` only for replies to an application.
    """

    nature: Literal["mandatory", "third_party", "discretionary", "pointer"]
    use: Literal["withhold", "offline", "application"]
    annual_report_row: str = ""
    proviso: str = ""


class DisclosureAttribute(Term):
    """A disclosure attribute (公开属性). What is withheld needs a coded ground; all but proactive need a reason."""

    needs_ground: bool
    needs_reason: bool
    printed_mark: str = ""


class StatutoryCategory(Term):
    """A category of what must be disclosed (法定主动公开内容, Articles 20 and 21)."""

    levels: Annotated[tuple[Literal["province", "city", "county", "town"], ...], Field(min_length=1)]


class SubjectClass(Term):
    """A class of the national theme tree (主题分类); ``parent`` "" for the top."""

    parent: str = ""


class Genre(Term):
    """A genre (体裁): one of the fifteen official document kinds or a genre of the platform."""

    group: Literal["official", "platform"]


class CodedReason(Term):
    """A reason from a closed list, for returning, withdrawing and the like."""

    needs_note: bool = False
    public_note: str = ""


class Topic(Strict):
    """A top class with its second level, as the file writes it."""

    code: Text
    name: Text
    below: dict[str, str] = Field(default_factory=dict)


class SubjectFile(Strict):
    """The theme tree: one citation and date for all."""

    citation: Text
    mark: Mark
    valid_from: dt.date
    classes: tuple[Topic, ...]
