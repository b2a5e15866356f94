"""Opinions: one action for each kind of step, and the two ways of sending a record back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from gongkai.engine.checks.queries import undecided
from gongkai.engine.notices.outbox import queue_notice
from gongkai.engine.records.actions.cautions import note_cautions
from gongkai.engine.records.actions.writing import refuse_any_mark
from gongkai.engine.records.attribute import refuse_unfit_attribute
from gongkai.engine.records.guards import refuse_past
from gongkai.engine.records.models import Record
from gongkai.engine.records.references import reference
from gongkai.engine.records.subject import IN_REVIEW, PROPOSED, RETURNED, SCHEDULED, SIGNED_OFF
from gongkai.engine.reviews.actions.rounds import close_round, settle
from gongkai.engine.reviews.digests import opinion_digest
from gongkai.engine.reviews.guards import persons_acting, refuse_same_hand, step_waiting
from gongkai.engine.reviews.models import Opinion, Step, Verdict
from gongkai.engine.reviews.presets import STEP_KINDS, StepKind
from gongkai.engine.reviews.queries import current_review, earlier_opinion, open_steps
from gongkai.engine.reviews.reasons import refuse_unknown_reason
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor, HeldGrant
from gongkai.ground.access.rules import covering
from gongkai.ground.gate.door import Action, Outcome, action
from gongkai.ground.refusal import Refused, wording

REVIEWABLE = (PROPOSED, IN_REVIEW)
RETURN_LAW = "《党政机关公文处理工作条例》；《政府信息公开条例》第十七条"

UNDECIDED = wording(
    "reviews.undecided_findings",
    what="校核发现的 {count} 个问题还没有处理决定。",
    todo="请逐项改正、遮盖，或者写明理由予以保留，再审签。",
)


def _organs_waiting(code: str) -> Any:
    """The organs whose reviewer a step of this code waits for; the record's own where none waits."""

    def organs(record: Record) -> Iterable[int]:
        return [step.organ_id for step in open_steps(record) if step.code == code] or [record.organ_id]

    return organs


def _not_same_hand(kind: StepKind) -> Any:
    """The guard of a step: it waits, and the actor is none of those who may not take it."""

    def guard(record: Record, actor: Actor) -> None:
        step = step_waiting(record, kind.code, actor, kind.right)
        refuse_same_hand(record, step, persons_acting(actor, kind.right, [step.organ_id]))

    return guard


def _agree(record: Record, *, actor: Actor, code: str, text: str, publish_at: dt.datetime | None) -> Outcome:
    kind = STEP_KINDS[code]
    step = step_waiting(record, code, actor, kind.right)
    if publish_at is not None:
        refuse_past(publish_at)
    refuse_any_mark({"text": text})
    refuse_unfit_attribute(record)
    if code == "sign_off":
        _refuse_undecided(record)
    earlier = earlier_opinion(step, actor.person_id)
    opinion = _write(record, step, actor, Verdict.AGREE, text or f"同意。{kind.certifies}。", reaffirms=earlier)
    is_complete = settle(record)
    # Whoever is next sees the relations as they are by now: what is cited may have been repealed since.
    note_cautions(record)
    record.state = IN_REVIEW
    if is_complete:
        close_round(record)
        record.state = SIGNED_OFF
        if publish_at is not None:
            record.state, record.scheduled_for = SCHEDULED, publish_at
    moment = {"for": publish_at.isoformat()} if is_complete and publish_at is not None else {}
    return Outcome(result=opinion, data=_facts(opinion) | moment, event="record.reaffirmed" if earlier else "")


def _write(
    record: Record,
    step: Step,
    actor: Actor,
    verdict: Verdict,
    text: str,
    *,
    reason_code: str = "",
    reaffirms: Opinion | None = None,
    grant: HeldGrant | None = None,
) -> Opinion:
    edition = record.working
    assert edition is not None
    grant = grant or covering(actor, STEP_KINDS[step.code].right, step.organ_id)
    principal = grant.principal_id if grant is not None and grant.principal_id != actor.person_id else None
    return Opinion.objects.create(
        step=step,
        edition=edition,
        edition_sha256=edition.sha256,
        reviewer_id=actor.person_id,
        on_behalf_of_id=principal,
        verdict=verdict,
        reason_code=reason_code,
        text=text,
        at=clock.now(),
        reaffirms=reaffirms,
    )


def _facts(opinion: Opinion) -> dict[str, Any]:
    return {
        "step": opinion.step.code,
        "opinion": opinion.pk,
        "opinion_sha256": opinion_digest(opinion),
        "edition": opinion.edition.number,
        "edition_sha256": opinion.edition_sha256,
    }


def _refuse_undecided(record: Record) -> None:
    assert record.working is not None
    count = len(undecided("record", str(record.pk), record.working.sha256))
    if count:
        raise Refused(UNDECIDED, "《个人信息保护法》第二十五条；《政府信息公开条例》第十五条", count=count)


def _declare(kind: StepKind) -> Action[Record]:
    @action(
        f"review.{kind.code}",
        on=Record,
        title=kind.name,
        right=kind.right,
        states=REVIEWABLE,
        to=(IN_REVIEW, SIGNED_OFF, SCHEDULED) if kind.code == "sign_off" else (IN_REVIEW, SIGNED_OFF),
        event="record.signed_off" if kind.code == "sign_off" else "record.reviewed",
        guards=[_not_same_hand(kind)],
        citation=kind.citation,
        organs=_organs_waiting(kind.code),
    )
    def give(record: Record, *, actor: Actor, text: str = "", publish_at: dt.datetime | None = None) -> Outcome:
        """Agree in writing to the working edition; a second time on a newer edition it is a reaffirmation."""
        return _agree(record, actor=actor, code=kind.code, text=text, publish_at=publish_at)

    return give


REVIEW_ACTIONS: dict[str, Action[Record]] = {code: _declare(kind) for code, kind in STEP_KINDS.items()}


def agree(record: Record, code: str, *, actor: Actor, text: str = "", publish_at: dt.datetime | None = None) -> Opinion:
    """Agree in the step of a code. ``publish_at`` (sign-off only) schedules the publication in the same act."""
    opinion: Opinion = REVIEW_ACTIONS[code](record, actor=actor, text=text, publish_at=publish_at)
    return opinion


def _return(record: Record, *, actor: Actor, reason: str, text: str, list_name: str, right: str) -> Outcome:
    refuse_unknown_reason(list_name, reason, text)
    refuse_any_mark({"text": text})
    waiting = open_steps(record)
    held = [step for step in waiting if covering(actor, STEP_KINDS[step.code].right, step.organ_id)]
    # Whoever returns without a step of the round says why at the step that waits, or at the last one.
    review = current_review(record)
    step = next(iter([*held, *waiting]), None) or (review.steps.last() if review else None)
    data: dict[str, Any] = {"reason": reason}
    if step is not None:
        grant = None if held else covering(actor, right, record.organ_id)
        opinion = _write(record, step, actor, Verdict.RETURN, text, reason_code=reason, grant=grant)
        data |= _facts(opinion)
    settle(record)
    close_round(record)
    record.state, record.scheduled_for = RETURNED, None
    if record.drafter is not None:
        queue_notice(
            [record.drafter],
            subject_type="record",
            subject_id=str(record.pk),
            text=f"您承办的一件信息被退回：{reference(record)}，{clock.today():%Y-%m-%d}。请登录查看原因。",
        )
    return Outcome(data=data)


def _own_and_consenting_organs(record: Record) -> Iterable[int]:
    return [record.organ_id, *[step.organ_id for step in open_steps(record)]]


@action(
    "review.return_for_correction",
    on=Record,
    title="退回修改",
    right="review.return",
    states=(PROPOSED, IN_REVIEW, SIGNED_OFF, SCHEDULED),
    to=(RETURNED,),
    event="record.returned_for_correction",
    citation=RETURN_LAW,
    organs=_own_and_consenting_organs,
)
def return_for_correction(record: Record, *, actor: Actor, reason: str, text: str) -> Outcome:
    """Send a record back to its drafter inside the organ (退回修改), with a coded reason and a written opinion."""
    return _return(
        record, actor=actor, reason=reason, text=text, list_name="return_for_correction", right="review.return"
    )


@action(
    "review.return_to_organ",
    on=Record,
    title="退文",
    right="record.return_to_organ",
    states=(PROPOSED, IN_REVIEW, SIGNED_OFF, SCHEDULED),
    to=(RETURNED,),
    event="record.returned_to_organ",
    citation=RETURN_LAW,
)
def return_to_organ(record: Record, *, actor: Actor, reason: str, text: str) -> Outcome:
    """Send a department's draft back to the submitting organ (退文) for lack of attribute, ground or interpretation."""
    return _return(
        record, actor=actor, reason=reason, text=text, list_name="return_to_organ", right="record.return_to_organ"
    )
