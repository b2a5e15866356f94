"""What a clean-up would do, before anybody does it: each named document found, what is wrong, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.lineage import CLEANED, VOID
from gongkai.engine.records.models import CleanUpOutcome, LinkKind, Record, Validity
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import can, visible

LINKS: dict[CleanUpOutcome, LinkKind] = {
    CleanUpOutcome.REPEALED: LinkKind.REPEALS,
    CleanUpOutcome.LAPSED: LinkKind.LAPSES,
    CleanUpOutcome.KEPT: LinkKind.KEEPS,
    CleanUpOutcome.TO_AMEND: LinkKind.TO_AMEND,
}
UNKNOWN = "没有找到已公开的这份文件"
AMBIGUOUS = "有多份已公开的文件用这个文号，请写索引号"
TWICE = "同一份文件列了两次"
IS_DECISION = "清理决定不能清理自己"


@dataclass(frozen=True)
class Named:
    """A line of a clean-up as somebody wrote it: an index number or document number, the outcome, a note."""

    number: str
    outcome: str
    note: str = ""


@dataclass(frozen=True)
class Planned:
    """A line with the document found, the validity before and after, and why it cannot be ("" where it can)."""

    named: Named
    record: Record | None
    before: Validity | None = None
    after: Validity | None = None
    problem: str = ""


def planned(lines: Sequence[Named], actor: Actor, decision: Record | None = None) -> list[Planned]:
    """The dry run: every line looked up and checked, in their order; nothing is written. Two queries for all lines."""
    found = _found([line.number for line in lines], actor)
    plan: list[Planned] = []
    seen: set[int] = set()
    for line in lines:
        records = found.get(line.number.strip(), [])
        problem = _problem(line, records, actor, decision)
        record = records[0] if len(records) == 1 else None
        if record is not None and record.pk in seen:
            problem = problem or TWICE
        if record is None or problem:
            plan.append(Planned(line, record, problem=problem))
            continue
        seen.add(record.pk)
        before = Validity(record.validity)
        after = CLEANED.get(CleanUpOutcome(line.outcome), before)
        plan.append(Planned(line, record, before, after))
    return plan


def _found(numbers: Sequence[str], actor: Actor) -> dict[str, list[Record]]:
    wanted = {number.strip() for number in numbers if number.strip()}
    rows = visible(Record, actor).filter(
        Q(index_number__in=wanted) | Q(document_number__in=wanted), published_at__isnull=False
    )
    found: dict[str, list[Record]] = {}
    for record in rows.select_related("organ").order_by("pk"):
        for number in {record.index_number or "", record.document_number} & wanted:
            found.setdefault(number, []).append(record)
    return found


def _problem(line: Named, records: list[Record], actor: Actor, decision: Record | None) -> str:
    if not records:
        return UNKNOWN
    if len(records) > 1:
        return AMBIGUOUS
    record = records[0]
    if decision is not None and record.pk == decision.pk:
        return IS_DECISION
    return unfit(record, line.outcome) or can("record.clean_up", record, actor).reason


def unfit(record: Record, outcome: str) -> str:
    """Why an outcome does not fit a document; "" where it does."""
    kind = KINDS.get(record.kind)
    if outcome not in CleanUpOutcome.values:
        return "处理结果应为：废止、宣布失效、继续有效、拟修改"
    if kind is None or not kind.has_validity or not record.published_at:
        return "这类信息没有有效性，或者尚未公开"
    if record.validity in VOID:
        return f"已经{Validity(record.validity).label}，不能再作“{CleanUpOutcome(outcome).label}”处理"
    return ""
