"""Papers that are kept with a record and never published: the review sheet (审签单), the signed original."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from gongkai.engine.records.actions.writing import refuse_any_mark
from gongkai.engine.records.models import Edition, Purpose, Record, SealedPaper
from gongkai.engine.records.signatures import parse_signatures
from gongkai.engine.records.subject import DISCARDED, EXPUNGED, STATE_NAMES
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM, Actor
from gongkai.ground.files.actions import destroy
from gongkai.ground.files.models import StorageClass, StoredFile
from gongkai.ground.gate.door import Outcome, action, visible
from gongkai.ground.refusal import Refused, wording

PUBLIC_PAPER = wording(
    "records.public_paper",
    what="这个文件已经作为附件公开或者列入附件，不能作为随附材料。",
    todo="请另行上传审签单；随附材料加密保存，永不公开。",
    status=422,
)
NO_PAPER = wording(
    "records.no_paper",
    what="没有找到要归入的文件，或者您无权使用。",
    todo="请重新上传审签单，并使用上传后得到的编号。",
    status=422,
)


@action(
    "record.file_paper",
    on=Record,
    title="归入材料",
    right="record.submit",
    states=[code for code in STATE_NAMES if code not in (DISCARDED, EXPUNGED)],
    event="record.paper_filed",
)
def file_paper(
    record: Record,
    *,
    actor: Actor,
    file: StoredFile | str,
    purpose: str = Purpose.REVIEW_SHEET,
    signatures: Sequence[Mapping[str, Any]] = (),
    number: str = "",
    dated_on: dt.date | None = None,
) -> Outcome:
    """Keep a sealed file with a record for good; it is never released. The event names neither people nor file."""
    kept = parse_signatures(signatures)
    refuse_any_mark({"signatures": kept, "number": number})
    stored = _usable(record, file, actor)
    paper = SealedPaper(record=record, file=stored, purpose=Purpose(purpose), filed_at=clock.now())
    paper.number, paper.dated_on = number.strip(), dated_on
    paper.sealed_signatures = json.dumps(kept, ensure_ascii=False) if kept else ""
    paper.filed_by_id = actor.person_id
    paper.save(force_insert=True)
    facts = {"purpose": str(paper.purpose), "commitment": stored.commitment, "signatures": len(kept)}
    return Outcome(result=paper, data=facts)


def _usable(record: Record, file: StoredFile | str, actor: Actor) -> StoredFile:
    """The file, sealed, of this organ, named by no edition of any record and no other paper."""
    pk = file.pk if isinstance(file, StoredFile) else file
    found: StoredFile | None = visible(StoredFile, actor).filter(pk=pk, organ_id=record.organ_id).first()
    if found is None or found.destroyed_at is not None:
        raise Refused(NO_PAPER, where="审签单")
    # An edition can name only what was there before it; its list of files is sealed with the rest of it.
    since = Edition.objects.filter(created_at__gte=found.created_at, expunged_at__isnull=True).iterator()
    # Read to the end: a cursor left open would outlive the refusal's rollback.
    named = str(found.pk) in {entry["id"] for edition in since for entry in edition.files}
    if found.storage_class != StorageClass.SEALED or named or SealedPaper.objects.filter(file=found).exists():
        raise Refused(PUBLIC_PAPER, where="审签单")
    return found


def shred_papers(record: Record, ground: str) -> int:
    """Destroy the papers of a record and what was signed on them (清除); how many."""
    papers = list(record.papers.select_related("file"))
    for paper in papers:
        if paper.file.destroyed_at is None:
            destroy(paper.file, actor=SYSTEM, reason=ground)
        paper.sealed_signatures = ""
        paper.save(update_fields=["sealed_signatures"])
    return len(papers)
