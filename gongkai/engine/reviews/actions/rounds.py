"""Opening a round of review and keeping its steps in line with the opinions. Called by actions only."""

from __future__ import annotations

from typing import Any

from gongkai.engine.notices.outbox import people_with, queue_notice
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Disclosure, Record
from gongkai.engine.records.references import reference
from gongkai.engine.reviews.digests import opinion_digest
from gongkai.engine.reviews.models import Opinion, Review, Step, Verdict
from gongkai.engine.reviews.presets import MIGRATION, STEP_KINDS, StepKind, planned_steps
from gongkai.engine.reviews.queries import current_review, first_of, unsatisfied_steps
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor


def open_round(record: Record, *, disclosure: str) -> Review:
    """Open the next round with the steps that the record's preset, attribute and co-issuers ask for."""
    co_issuers = list(record.co_issuers.all())
    planned = planned_steps(
        record.preset,
        is_withheld_policy=disclosure == Disclosure.WITHHELD and KINDS[record.kind].is_policy,
        co_issuers=len(co_issuers),
    )
    previous = current_review(record)
    review = Review.objects.create(
        record=record,
        round=previous.round + 1 if previous else 1,
        preset=record.preset,
        opened_at=clock.now(),
    )
    consenting = iter(co_issuers)
    Step.objects.bulk_create(
        Step(
            review=review,
            organ=next(consenting) if step.code == "consent" else record.organ,
            order=step.order,
            code=step.code,
            group=step.group,
        )
        for step in planned
    )
    settle(record)
    return review


def settle(record: Record) -> bool:
    """Bring the steps' flags in line with the opinions on the working edition; True when all are satisfied."""
    review = current_review(record)
    if review is None:
        return False
    missing = unsatisfied_steps(record)
    undone, waiting = {step.pk for step in missing}, {step.pk for step in first_of(missing)}
    steps = list(review.steps.select_related("organ"))
    opened = [step for step in steps if step.pk in waiting and not step.is_open]
    changed = [step for step in steps if (step.is_done, step.is_open) != (step.pk not in undone, step.pk in waiting)]
    for step in changed:
        step.is_done, step.is_open = step.pk not in undone, step.pk in waiting
    Step.objects.bulk_update(changed, ["is_done", "is_open"])
    _tell_reviewers(record, opened)
    return not missing


def _tell_reviewers(record: Record, opened: list[Step]) -> None:
    for step in opened:
        kind = STEP_KINDS[step.code]
        queue_notice(
            people_with(kind.right, step.organ),
            subject_type="record",
            subject_id=str(record.pk),
            text=_call(record, step, kind),
        )


def _call(record: Record, step: Step, kind: StepKind) -> str:
    """What a reviewer is told: a first reading, or another one because the text changed after the opinion."""
    is_again = any(opinion.verdict == Verdict.AGREE for opinion in step.opinions.all())
    lead = "审核后又有修改，请对新版本重新确认" if is_again else "有一件信息待您办理"
    return f"{lead}“{kind.name}”：{reference(record)}，{clock.today():%Y-%m-%d}。"


def close_round(record: Record) -> None:
    """End the current round: nothing waits in it any more."""
    review = current_review(record)
    if review is not None and review.closed_at is None:
        review.closed_at = clock.now()
        review.save(update_fields=["closed_at"])
        review.steps.update(is_open=False)


def migrated_opinions(records: list[Record], actor: Actor, text: str) -> list[dict[str, Any]]:
    """The round of pages that were public elsewhere: one step, one opinion that says where; the facts for the events.

    The records hold their working editions. Written in bulk: an import takes over thousands.
    """
    now = clock.now()
    reviews = Review.objects.bulk_create(
        (Review(record=record, round=1, preset=MIGRATION, opened_at=now, closed_at=now) for record in records),
        batch_size=500,
    )
    steps = Step.objects.bulk_create(
        (
            Step(review=review, organ=review.record.organ, order=60, code=MIGRATION, group=MIGRATION, is_done=True)
            for review in reviews
        ),
        batch_size=500,
    )
    opinions = Opinion.objects.bulk_create(
        (
            Opinion(
                step=step,
                edition=record.working,
                edition_sha256=record.working.sha256,
                reviewer_id=actor.person_id,
                verdict=Verdict.AGREE,
                text=text,
                at=now,
            )
            for step, record in zip(steps, records, strict=True)
            if record.working is not None
        ),
        batch_size=500,
    )
    return [{"opinion": opinion.pk, "opinion_sha256": opinion_digest(opinion)} for opinion in opinions]
