"""The side panel 随文办理: what travels with a document, each a tick with its legal basis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gongkai.engine.checks.queries import undecided
from gongkai.engine.records.attribute import fitting_grounds, refuse_unfit_attribute
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import LinkKind, Record
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.queries import current_review, is_satisfied, steps_of
from gongkai.ground.refusal import Refused

GROUND_LAW = "《政府信息公开条例》第十四条至第十六条、第二十条"


@dataclass(frozen=True)
class Tick:
    """One thing to be handled with the document: done or open, and why it is asked for."""

    name: str
    words: str
    basis: str
    is_done: bool


def ticks(record: Record) -> list[Tick]:
    """The ticks of a record as its working edition stands."""
    content = record.working.content if record.working else {}
    found = [*_attribute(record, content), *_reviews(record)]
    if record.kind in KINDS and KINDS[record.kind].is_policy:
        found.append(_interpretation(record))
    found.append(_deidentification(record))
    return found


def is_attribute_fit(record: Record) -> bool:
    """Are attribute, ground and reason of the working edition what the law asks for?"""
    try:
        refuse_unfit_attribute(record)
    except Refused:
        return False
    return True


def _attribute(record: Record, content: dict[str, Any]) -> list[Tick]:
    disclosure, basis = str(content.get("disclosure", "")), str(content.get("disclosure_basis", ""))
    try:
        refuse_unfit_attribute(record)
        problem = ""
    except Refused as refusal:
        problem = refusal.explain().what
    is_fit = bool(basis) and basis in fitting_grounds(disclosure)
    return [
        Tick(
            "公开属性",
            "已认定" if disclosure else "还没有认定",
            "《政府信息公开条例》第十三条；国办发〔2016〕80号",
            bool(disclosure),
        ),
        Tick(
            "公开依据", problem or "已填写", "《政府信息公开条例》第十四条至第十六条、第二十条", is_fit or not problem
        ),
    ]


def _reviews(record: Record) -> list[Tick]:
    review = current_review(record)
    if review is None or record.working is None:
        return [Tick("保密审查", "送审后办理", STEP_KINDS["secrecy"].citation, False)]
    found = []
    for step in steps_of(review):
        kind = STEP_KINDS.get(step.code)
        if kind is not None:
            is_done = is_satisfied(step, record.working.sha256)
            found.append(
                Tick(kind.name, "已对当前版同意" if is_done else "还没有对当前版的意见", kind.citation, is_done)
            )
    return found


def _interpretation(record: Record) -> Tick:
    is_linked = record.links_in.filter(kind=LinkKind.INTERPRETS).exists()
    words = "已关联解读" if is_linked else "还没有关联的解读；解读与文件同步起草、同步审签、同步公开"
    return Tick("政策解读", words, "国办发〔2016〕80号", is_linked)


def _deidentification(record: Record) -> Tick:
    left = undecided("record", str(record.pk), record.working.sha256) if record.working else []
    words = f"还有 {len(left)} 个问题没有处理决定" if left else "没有待处理的问题"
    return Tick("去标识化和校核", words, "《个人信息保护法》第二十五条", not left)
