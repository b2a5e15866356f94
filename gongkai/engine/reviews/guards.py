"""Who may not review: the drafter never reviews, the reviewer never signs off (architecture, Two ways in)."""

from __future__ import annotations

from gongkai.engine.records.models import Record
from gongkai.engine.reviews.models import Step, Verdict
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.queries import current_review, open_steps, weighed_steps
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import covering
from gongkai.ground.refusal import Refused, wording

SECRECY_LAW = "《保守国家秘密法》第三十五条；《政府信息公开条例》第十七条"

OWN_DRAFT = wording(
    "reviews.own_draft",
    what="起草人（含本版修改人）不能审核自己的内容，代理人也不例外。",
    todo="请由其他有审核权限的人员办理。",
    status=403,
)
REVIEWED_BEFORE = wording(
    "reviews.reviewed_before",
    what="您（或您所代理的人）已在“{step}”环节发表意见，不能再办理“{this}”。",
    todo="请由另一位有权限的人员办理；乡镇版中公开属性审核和保密审查可由同一人办理。",
    status=403,
)
NOT_OPEN = wording(
    "reviews.not_open",
    what="“{this}”环节尚未开始或已经办结。",
    todo="当前待办环节：{waiting}。",
)


def persons_acting(actor: Actor, right: str, organ_ids: list[int]) -> set[int]:
    """The persons whose hand an opinion would be: the actor, and whoever the grant used belongs to."""
    held = (covering(actor, right, organ_id) for organ_id in organ_ids)
    used = next((grant for grant in held if grant is not None), None)
    return {pk for pk in (actor.person_id, used.principal_id if used else None) if pk is not None}


def step_waiting(record: Record, code: str, actor: Actor, right: str) -> Step:
    """The open step of this code that the actor may take; refuses when none waits."""
    waiting = open_steps(record)
    mine = [step for step in waiting if step.code == code]
    held = [step for step in mine if covering(actor, right, step.organ_id) is not None]
    if not held:
        raise Refused(
            NOT_OPEN,
            this=STEP_KINDS[code].name,
            waiting="、".join(dict.fromkeys(STEP_KINDS[step.code].name for step in waiting)) or "无",
        )
    return held[0]


def _authors(record: Record) -> set[int]:
    """The drafter, and whoever wrote an edition since the public one: their words are in the text under review."""
    editions = record.editions.all()
    if record.published_at is not None and record.current is not None:
        editions = editions.filter(number__gt=record.current.number)
    written = set(editions.values_list("author_id", flat=True))
    return {pk for pk in (record.drafter_id, *written) if pk is not None}


def refuse_same_hand(record: Record, step: Step, persons: set[int]) -> None:
    """Refuse the drafter, the authors of the text, and whoever spoke in another group of this round."""
    if persons & _authors(record):
        raise Refused(OWN_DRAFT, SECRECY_LAW, where=STEP_KINDS[step.code].name)
    review = current_review(record)
    for other in weighed_steps(review) if review else []:
        if other.group == step.group:
            continue
        for opinion in other.opinions.all():
            hands = {opinion.reviewer_id, opinion.on_behalf_of_id}
            if opinion.verdict == Verdict.AGREE and persons & {pk for pk in hands if pk is not None}:
                raise Refused(
                    REVIEWED_BEFORE, SECRECY_LAW, step=STEP_KINDS[other.code].name, this=STEP_KINDS[step.code].name
                )
