"""The periodic review of what is not proactively disclosed (公开属性定期审查): kept withheld, or taken up again."""

from __future__ import annotations

import datetime as dt

from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import DRAFTING, NOT_PUBLISHED
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action

RECHECK_LAW = "《政府信息公开条例》第十八条"


def a_year_after(day: dt.date) -> dt.date:
    """The day on which what was looked at today is looked at again."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@action(
    "record.keep_withheld",
    on=Record,
    title="复查：维持不公开",
    right="record.submit",
    states=(NOT_PUBLISHED,),
    event="record.kept_withheld",
    citation=RECHECK_LAW,
)
def keep_withheld(record: Record, *, actor: Actor) -> Outcome:
    """Confirm that attribute, ground and reason of a withheld record still hold; it is looked at again in a year.

    Where the reason has changed, the record is taken up again instead (``reopen``): reasons are part of an edition.
    """
    record.review_again_on = a_year_after(clock.today())
    return Outcome(
        data={
            "disclosure": record.disclosure,
            "basis": record.disclosure_basis,
            "again_on": record.review_again_on.isoformat(),
        }
    )


@action(
    "record.reopen",
    on=Record,
    title="重新认定公开属性",
    right="record.draft",
    states=(NOT_PUBLISHED,),
    to=(DRAFTING,),
    event="record.reopened",
    citation=RECHECK_LAW,
)
def reopen(record: Record, *, actor: Actor) -> Outcome:
    """Take a withheld record up again, because circumstances changed (动态调整)."""
    record.state, record.review_again_on = DRAFTING, None
    return Outcome()
