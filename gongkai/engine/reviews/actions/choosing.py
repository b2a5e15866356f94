"""An organ decides which preset a kind of record takes (设定审签流程). Rounds that run already are not touched."""

from __future__ import annotations

from gongkai.engine.records.kinds import KINDS
from gongkai.engine.reviews.choices import in_use, lacks_legality, usual_preset
from gongkai.engine.reviews.models import PresetChoice
from gongkai.engine.reviews.presets import preset_of
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.files.marks import refuse_marked
from gongkai.ground.gate.door import UNKNOWN, Outcome, action
from gongkai.ground.gate.table import subject
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

subject(PresetChoice, "preset_choice", organ_path="organ", read_right="organ.maintain")

BELOW_LAW = wording(
    "reviews.below_law",
    what="“{kind}”制定时须经合法性审核，“{preset}”流程没有这一环节。",
    todo="请选用完整流程；合法性审核已在本平台以外办理的，写明理由后可以选用，理由记录在案。",
    status=422,
)
NO_CHANGE = wording(
    "reviews.same_preset", what="“{kind}”现在就使用“{preset}”流程，没有变化。", todo="不需要再设定。", status=422
)


@action(
    "review.choose_preset",
    on=PresetChoice,
    title="设定审签流程",
    right="organ.maintain",
    event="review.preset_chosen",
    creates=True,
)
def choose_preset(*, actor: Actor, organ: Organ, kind: str, preset: str = "", reason: str = "") -> Outcome:
    """Set the preset that an organ uses for a kind; "" returns to what applies without a choice.

    One without the legality review that the law asks for takes a reason, which stays on record.
    """
    del actor
    if kind not in KINDS:
        raise Refused(UNKNOWN, where="类别")
    declared, before = KINDS[kind], in_use(organ, KINDS[kind])
    chosen = preset_of(preset or usual_preset(organ, declared))
    reason = reason.strip()
    refuse_marked(reason)
    if preset == (before.choice.preset if before.choice else ""):
        raise Refused(NO_CHANGE, kind=declared.name, preset=chosen.name, where="审签流程")
    is_below = lacks_legality(declared, chosen.code)
    if preset and is_below and not reason:
        raise Refused(BELOW_LAW, declared.legality_law, kind=declared.name, preset=chosen.name, where="理由")
    row = PresetChoice.objects.create(
        organ=organ, kind=kind, preset=preset, is_below_law=is_below, reason=reason, at=clock.now()
    )
    told = {"kind": kind, "preset": [before.preset, chosen.code], "is_below_law": is_below, "reason": reason}
    return Outcome(result=row, data=told)
