"""Which preset an organ uses for a kind: its own choice, or else what the kind asks of an organ of its preset."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gongkai.engine.records.kinds import KINDS, Kind
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.models import PresetChoice
from gongkai.engine.reviews.presets import preset_of
from gongkai.ground.organs.models import Organ


@dataclass(frozen=True)
class InUse:
    """The preset an organ uses for a kind; ``choice`` is the organ's own decision, ``usual`` what applies without."""

    kind: Kind
    usual: str
    choice: PresetChoice | None

    @property
    def preset(self) -> str:
        return self.choice.preset if self.choice and self.choice.preset else self.usual

    @property
    def is_chosen(self) -> bool:
        return self.choice is not None and bool(self.choice.preset)

    @property
    def is_below_law(self) -> bool:
        """Does the law ask for a legality review that this preset does not have?"""
        return lacks_legality(self.kind, self.preset)


def lacks_legality(kind: Kind, preset: str) -> bool:
    """Is this kind to be reviewed for legality, and the preset has no such step?"""
    return bool(kind.legality_law) and all(step.code != "legality" for step in preset_of(preset).steps)


def usual_preset(organ: Organ, kind: Kind) -> str:
    """What the kind asks of an organ of this preset, where the organ decided nothing for the kind."""
    return kind.presets.get(organ.review_preset, organ.review_preset)


def in_use(organ: Organ, kind: Kind, at: dt.datetime | None = None) -> InUse:
    """What an organ uses for a kind, now or at a moment."""
    rows = PresetChoice.objects.filter(organ=organ, kind=kind.code)
    if at is not None:
        rows = rows.filter(at__lte=at)
    return InUse(kind, usual_preset(organ, kind), rows.order_by("-pk").first())


def all_in_use(organ: Organ) -> list[InUse]:
    """What an organ uses for every kind, in one query."""
    newest = {row.kind: row for row in PresetChoice.objects.filter(organ=organ).order_by("pk")}
    return [InUse(kind, usual_preset(organ, kind), newest.get(kind.code)) for kind in KINDS.values()]


def preset_for_next_round(record: Record) -> str:
    """The preset of the round about to begin.

    A record that was drafted with what was in use takes what is in use by now; one whose drafter asked for more keeps
    the fuller of the two.
    """
    if record.kind not in KINDS:
        return record.preset
    now = in_use(record.organ, KINDS[record.kind]).preset
    if record.preset == in_use(record.organ, KINDS[record.kind], at=record.created_at).preset:
        return now
    return max(record.preset, now, key=lambda code: preset_of(code).persons)
