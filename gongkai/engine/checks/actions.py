"""Running the checks on an edition, and a person's decision on each finding.

Signatures other packages rely on (engine/records/actions/writing.py, migrating.py): keep them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q

from gongkai.engine.checks import documents, personal  # noqa: F401 - declares the checks
from gongkai.engine.checks.kinds import CHECKS, WARN, Found, run
from gongkai.engine.checks.models import Decision, Finding, FindingDecision
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.files.crypto import blind_index
from gongkai.ground.files.marks import CITATION, refuse_marked
from gongkai.ground.files.text import Block
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.gate.table import subject
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.canonical import sha256_hex

#: Checks of a document's own correctness; an attachment may be a form, a list, a drawing.
ABOUT_THE_TEXT = frozenset({"written-on", "impossible-date", "count", "document-number"})
IN_FILE = "请换成已经遮盖的附件，或者移除附件；确需保留的，由审核人写明理由。"
UNREAD = "附件中没有可以检查的文字（扫描件、图片等），请人工查看。"
READ_BASIS = "《政府信息公开条例》第十七条"
#: Decisions that hold for the same text in a later edition; the others are fulfilled by the text being gone.
CARRIED = (Decision.ACCEPTED, Decision.FALSE_POSITIVE)
NO_REASON = wording("checks.no_reason", what="没有写明处理理由。", todo="请用一句话说明理由，将记入留痕。", status=422)
UNKNOWN_DECISION = wording(
    "checks.unknown_decision",
    what="没有“{decision}”这种处理决定。",
    todo="可选：已遮盖、已改正、属实予以保留、误报。",
    status=422,
)
ALREADY_DECIDED = wording("checks.already_decided", what="这个问题已有处理决定。", todo="请刷新页面查看最新处理情况。")
MARK_STANDS = wording(
    "checks.mark_stands",
    what="疑似密级标志只能认定为误报，不能保留。",
    todo="不是误报的，请立即停止处理，按保密规定线下办理，并清除本条信息。",
)

subject(Finding, "finding", read_right="record.read")


def check_edition(
    *,
    subject_type: str,
    subject_id: str,
    organ_id: int,
    edition_number: int,
    edition_sha256: str,
    blocks: tuple[Block, ...],
    metadata: Mapping[str, Any],
    attachments: Sequence[tuple[Block, ...] | None] = (),
) -> None:
    """Run every check on an edition in the caller's transaction and write what was found, without personal text.

    ``attachments`` are the texts of its files in order; None where a file holds no text that could be checked.
    """
    check_editions(
        [
            {
                "subject_type": subject_type,
                "subject_id": subject_id,
                "organ_id": organ_id,
                "edition_number": edition_number,
                "edition_sha256": edition_sha256,
                "blocks": blocks,
                "metadata": metadata,
                "attachments": attachments,
            }
        ]
    )


def check_editions(editions: Sequence[Mapping[str, Any]]) -> None:
    """The same for many editions with a constant number of statements (imports)."""
    rows = [_row(edition, found) for edition in editions for found in _found(edition)]
    if not rows:
        return
    decided = _decided_before(editions)
    for row in rows:
        earlier = decided.get((row.subject_type, row.subject_id, row.check_code, row.digest))
        if earlier is not None:
            row.is_decided, row.decided_by_id = True, earlier
    Finding.objects.bulk_create(rows, batch_size=500)


def check_again(**edition: Any) -> None:
    """Run every check on an edition that was checked before: what is found now stands, what was decided stays so."""
    renew_findings(edition, {*CHECKS, "attachment-text"}, list(_found(edition)))


def renew_findings(edition: Mapping[str, Any], checks: Collection[str], found: Sequence[Found]) -> None:
    """Let exactly these findings of some checks stand on an edition, in the caller's transaction.

    For checks that look beyond the edition (its relations): their answer changes while the text does not. A finding
    that somebody decided about stays as it is.
    """
    standing = Finding.objects.filter(
        subject_type=edition["subject_type"],
        subject_id=edition["subject_id"],
        edition_sha256=edition["edition_sha256"],
        check_code__in=checks,
    )
    standing.filter(is_decided=False).delete()
    known = set(standing.values_list("check_code", "digest"))
    rows = [row for row in (_row(edition, one) for one in found) if (row.check_code, row.digest) not in known]
    decided = _decided_before([edition]) if rows else {}
    for row in rows:
        earlier = decided.get((row.subject_type, row.subject_id, row.check_code, row.digest))
        row.is_decided, row.decided_by_id = earlier is not None, earlier
    Finding.objects.bulk_create(rows)


def _found(edition: Mapping[str, Any]) -> Iterator[Found]:
    """What the checks find in body, metadata and attachments. A file is looked through for what may not be shown:
    its dates, counts and numbers are the body's business."""
    yield from run(edition["blocks"], edition["metadata"])
    for number, blocks in enumerate(edition.get("attachments", ())):
        if blocks is None:
            yield Found("attachment-text", "unreadable", WARN, "", {"file": number}, UNREAD, READ_BASIS)
            continue
        for found in run(blocks, {}):
            if found.check not in ABOUT_THE_TEXT:
                yield replace(found, place={"file": number, **found.place}, suggestion=IN_FILE)


def _row(edition: Mapping[str, Any], found: Found) -> Finding:
    names = ("subject_type", "subject_id", "organ_id", "edition_number", "edition_sha256")
    return Finding(
        **{name: edition[name] for name in names},
        check_code=found.check,
        type=found.type,
        severity=found.severity,
        place=dict(found.place),
        shown=found.text[:200],
        digest=blind_index("finding.value", found.value or found.text),
        suggestion=found.suggestion[:200],
        basis=found.basis[:200],
        created_at=clock.now(),
    )


def _decided_before(editions: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str, str], int]:
    """Decisions on the same text of the same subject that still hold: (subject, check, digest) to the decision."""
    later = [edition for edition in editions if edition["edition_number"] > 1]
    if not later:
        return {}
    kinds = {edition["subject_type"] for edition in later}
    ids = {edition["subject_id"] for edition in later}
    rows = (
        Finding.objects.filter(Q(subject_type__in=kinds, subject_id__in=ids), decided_by__decision__in=CARRIED)
        .order_by("pk")
        .values_list("subject_type", "subject_id", "check_code", "digest", "decided_by_id")
    )
    return {(kind, pk, code, digest): decision for kind, pk, code, digest, decision in rows if decision is not None}


def _refuse_decided(finding: Finding, actor: Actor) -> None:
    del actor
    if finding.is_decided:
        raise Refused(ALREADY_DECIDED)


@action(
    "finding.decide",
    on=Finding,
    title="处理校核问题",
    right="review.return",
    event="finding.decided",
    guards=(_refuse_decided,),
    citation="《个人信息保护法》第二十五条",
)
def decide(finding: Finding, *, actor: Actor, decision: str, reason: str) -> Outcome:
    """A reviewer's decision on a finding, with the reason (处理决定). The same text in later editions stays settled."""
    if decision not in Decision.values:
        raise Refused(UNKNOWN_DECISION, decision=decision)
    if not reason.strip():
        raise Refused(NO_REASON)
    refuse_marked(reason)
    if finding.check_code == "classification-mark" and decision != Decision.FALSE_POSITIVE:
        raise Refused(MARK_STANDS, CITATION)
    made = FindingDecision.objects.create(
        finding=finding, decision=decision, reason=reason.strip(), by_id=actor.person_id, at=clock.now()
    )
    finding.is_decided, finding.decided_by = True, made
    facts = {
        "subject": f"{finding.subject_type} {finding.subject_id}",
        "edition_sha256": finding.edition_sha256,
        "check": finding.check_code,
        "decision": decision,
        "reason_sha256": sha256_hex(made.reason.encode()),
    }
    return Outcome(made, data=facts)
