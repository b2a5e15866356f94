"""What an approval sheet (审查呈批单) says: who read which edition, what they said, when, and for whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gongkai.engine.records.attribute import fitting_grounds
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Disclosure, Edition, Record
from gongkai.engine.reviews.models import Opinion, Step, Verdict
from gongkai.engine.reviews.presets import MIGRATION, PRESETS, STEP_KINDS
from gongkai.engine.reviews.queries import current_review, is_satisfied, steps_of


@dataclass(frozen=True)
class SheetOpinion:
    """An opinion as the sheet prints it; ``hand`` reads 乙代甲 for a deputy's."""

    verdict: str
    text: str
    hand: str
    at: dt.datetime
    edition: int
    is_on_working: bool


@dataclass(frozen=True)
class SheetStep:
    """One step with what was said in it; ``waiting`` says why the place for the signature is empty."""

    name: str
    organ: str
    certifies: str
    citation: str
    opinions: list[SheetOpinion]
    waiting: str


@dataclass(frozen=True)
class ApprovalSheet:
    """Everything on the sheet, read from the opinions and the working edition alone."""

    record: Record
    edition: Edition
    kind: str
    disclosure: str
    ground: str
    reason: str
    co_issuers: str
    round: int
    preset: str
    submitted_at: dt.datetime | None
    steps: list[SheetStep]


def approval_sheet(record: Record) -> ApprovalSheet:
    """The sheet of the current round; before a first round it has no steps."""
    edition = record.working
    assert edition is not None
    content = edition.content
    attribute, basis = str(content.get("disclosure", "")), str(content.get("disclosure_basis", ""))
    review = current_review(record)
    return ApprovalSheet(
        record=record,
        edition=edition,
        kind=KINDS[record.kind].name if record.kind in KINDS else record.kind,
        disclosure=Disclosure(attribute).label if attribute else "未认定",
        ground=f"{basis} {fitting_grounds(attribute).get(basis, '')}".strip() if attribute else "",
        reason=str(content.get("disclosure_reason", "")),
        co_issuers="、".join(organ.name for organ in record.co_issuers.all()),
        round=review.round if review else 0,
        preset=PRESETS[review.preset].name if review and review.preset in PRESETS else "",
        submitted_at=review.opened_at if review else None,
        steps=[_step(step, edition) for step in steps_of(review)] if review else [],
    )


def _step(step: Step, edition: Edition) -> SheetStep:
    kind = STEP_KINDS.get(step.code)
    opinions = list(step.opinions.select_related("reviewer", "on_behalf_of", "edition").defer("edition__canonical"))
    return SheetStep(
        name=kind.name if kind else ("迁移入库" if step.code == MIGRATION else step.code),
        organ=step.organ.name,
        certifies=kind.certifies if kind else "",
        citation=kind.citation if kind else "",
        opinions=[_opinion(opinion, edition) for opinion in opinions],
        waiting="" if is_satisfied(step, edition.sha256) else _why_empty(step, opinions),
    )


def _why_empty(step: Step, opinions: list[Opinion]) -> str:
    if step.is_open:
        return "待对当前版重新确认" if opinions else "待办"
    return "" if opinions else "未到此环节"


def _opinion(opinion: Opinion, edition: Edition) -> SheetOpinion:
    name = opinion.reviewer.name if opinion.reviewer else "系统"
    return SheetOpinion(
        verdict=("重新确认：" if opinion.reaffirms_id else "") + str(Verdict(opinion.verdict).label),
        text=opinion.text,
        hand=f"{name}代{opinion.on_behalf_of.name}" if opinion.on_behalf_of else name,
        at=opinion.at,
        edition=opinion.edition.number,
        is_on_working=opinion.edition_sha256 == edition.sha256,
    )
