"""What the opinions say about a record; the gate decides on nothing else."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from gongkai.engine.records.models import Record
from gongkai.engine.reviews.models import Opinion, Review, Step, Verdict
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import reach


def current_review(record: Record) -> Review | None:
    """The latest round of review of a record."""
    return record.reviews.order_by("-round").first()


def steps_of(review: Review) -> list[Step]:
    """The steps of a round, in order, with their opinions, and organs and people by name: what a page shows."""
    return list(review.steps.select_related("organ").prefetch_related("opinions__reviewer", "opinions__on_behalf_of"))


def weighed_steps(review: Review) -> list[Step]:
    """The steps of a round, in order, with their opinions: what the gate weighs, in two queries."""
    return list(review.steps.prefetch_related("opinions"))


def is_satisfied(step: Step, edition_sha256: str) -> bool:
    """Has the step an agreeing opinion on exactly this edition, not followed by a return?"""
    last = None
    for opinion in step.opinions.all():
        if opinion.edition_sha256 == edition_sha256:
            last = opinion
    return last is not None and last.verdict == Verdict.AGREE


def unsatisfied_steps(record: Record) -> list[Step]:
    """The required steps without an agreeing opinion on the working edition's hash; all of them without a review."""
    review = current_review(record)
    if review is None or record.working is None:
        return []
    digest = record.working.sha256
    return [step for step in weighed_steps(review) if not is_satisfied(step, digest)]


def open_steps(record: Record) -> list[Step]:
    """The steps waiting for an opinion now: those of the lowest order that is not satisfied."""
    return first_of(unsatisfied_steps(record))


def first_of(missing: list[Step]) -> list[Step]:
    """The steps of the lowest order among those not satisfied."""
    return [step for step in missing if step.order == missing[0].order]


def earlier_opinion(step: Step, person_id: int | None) -> Opinion | None:
    """What this person agreed to in this step on an earlier edition: that is what is reaffirmed."""
    mine = [o for o in step.opinions.all() if o.reviewer_id == person_id and o.verdict == Verdict.AGREE]
    return mine[-1] if mine else None


def steps_for(actor: Actor) -> QuerySet[Step]:
    """The open steps this actor has the right to take, for the desk (待我审)."""
    rule = Q(pk__in=[])
    for kind in STEP_KINDS.values():
        if actor.holds(kind.right):
            rule |= Q(code=kind.code, organ__in=reach(actor, kind.right))
    return Step.objects.filter(rule, is_open=True)
