"""From a draft or a signed document to a proposal: draft, receive, edit, submit, and the ways back to the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError

from gongkai.engine.channels.targets import PORTAL
from gongkai.engine.records.actions.cautions import note_cautions
from gongkai.engine.records.actions.clocks import cancel_clocks, start_clocks
from gongkai.engine.records.actions.rechecking import a_year_after
from gongkai.engine.records.actions.writing import add_edition, new_record, parse_unmarked, refuse_any_mark
from gongkai.engine.records.attribute import refuse_unfit_attribute
from gongkai.engine.records.editions import kind_of
from gongkai.engine.records.guards import (
    has_fixed_words,
    has_undisclosed_attribute,
    is_hidden,
    is_shown,
    refuse_changed_words,
)
from gongkai.engine.records.index_numbers import TAKEN, refuse_unfit_index_number
from gongkai.engine.records.models import Disclosure, Link, LinkKind, Record
from gongkai.engine.records.subject import (
    CORRECTING,
    DISCARDED,
    DRAFTING,
    EDITABLE,
    IN_REVIEW,
    NOT_PUBLISHED,
    PROPOSED,
    PUBLIC,
    RETURNED,
    SIGNED_OFF,
)
from gongkai.engine.reviews.actions.rounds import close_round, open_round, settle
from gongkai.engine.reviews.choices import preset_for_next_round
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import Outcome, action, visible
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

ATTRIBUTE_LAW = "《政府信息公开条例》第十三条至第十七条；国办发〔2016〕80号"

UNSAVED = wording(
    "records.unsaved", what="还有自动保存但没有提交的修改。", todo="请先打开编辑页，保存或者放弃这些修改，再送审。"
)
NO_TEXT = wording("records.no_text", what="正文和附件都是空的。", todo="请填写正文或上传附件后再送审。", status=422)
NO_NOTE = wording("records.no_note", what="更正没有写明更正说明。", todo="请写一句对外公布的更正说明。", status=422)
NOTHING_NEW = wording("records.nothing_new", what="更正后的内容还没有保存。", todo="请先编辑并保存更正后的内容。")
# What a clean-up says about a document is said by the clean-up, never by a draft.
DRAFTED_LINKS = frozenset(LinkKind.values) - {LinkKind.KEEPS, LinkKind.TO_AMEND}
NO_TARGET = wording(
    "records.no_target", what="没有找到要关联的信息，或者您无权知悉。", todo="请用索引号或标题重新查找。", status=422
)


def _start(
    *,
    actor: Actor,
    organ: Organ,
    kind: str,
    content: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    co_issuers: Sequence[Organ],
    preset: str,
    index_number: str,
    state: str,
) -> Record:
    parsed = parse_unmarked(kind, content)
    refuse_unfit_index_number(index_number)
    record = new_record(
        organ=organ,
        kind_code=kind,
        content=parsed,
        preset=preset,
        state=state,
        drafter_id=actor.person_id,
        index_number=index_number,
    )
    try:
        record.save(force_insert=True)
    except IntegrityError:
        # Somebody else took the same number between the look and the write.
        raise Refused(TAKEN, "国办秘函〔2009〕6号", found=index_number, where="索引号") from None
    record.co_issuers.set(co_issuers)
    add_edition(record, parsed, files, actor)
    record.save()
    return record


def _edition_facts(record: Record) -> dict[str, Any]:
    assert record.working is not None
    return {"edition": record.working.number, "edition_sha256": record.working.sha256}


def _origin_facts(record: Record) -> dict[str, Any]:
    """What a record starts with beside its text; register verify compares the columns with it."""
    facts = {"preset": record.preset, "co_issuers": sorted(organ.pk for organ in record.co_issuers.all())}
    return _edition_facts(record) | facts | ({"index_number": record.index_number} if record.index_number else {})


@action(
    "record.draft", on=Record, title="起草", right="record.draft", to=(DRAFTING,), event="record.drafted", creates=True
)
def draft(
    *,
    actor: Actor,
    organ: Organ,
    kind: str,
    content: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]] = (),
    co_issuers: Sequence[Organ] = (),
    preset: str = "",
    index_number: str = "",
) -> Outcome:
    """Start a record with its first edition. Attribute and ground may still be missing; submitting asks for them."""
    record = _start(
        actor=actor,
        organ=organ,
        kind=kind,
        content=content,
        files=files,
        co_issuers=co_issuers,
        preset=preset,
        index_number=index_number,
        state=DRAFTING,
    )
    return Outcome(result=record, data=_origin_facts(record))


@action(
    "record.receive",
    on=Record,
    title="接收已签发文件",
    right="record.submit",
    to=(PROPOSED,),
    event="record.received",
    creates=True,
)
def receive(
    *,
    actor: Actor,
    organ: Organ,
    kind: str,
    content: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]] = (),
    co_issuers: Sequence[Organ] = (),
    preset: str = "",
    index_number: str = "",
) -> Outcome:
    """Take in a document signed in the OA system and put it before the reviewers at once (两条入口之一).

    What it lacks is not repaired: a reviewer returns it, with a coded reason.
    """
    record = _start(
        actor=actor,
        organ=organ,
        kind=kind,
        content=content,
        files=files,
        co_issuers=co_issuers,
        preset=preset,
        index_number=index_number,
        state=PROPOSED,
    )
    _refuse_empty(record)
    open_round(record, disclosure=record.disclosure)
    start_clocks(record, actor)
    return Outcome(result=record, data=_origin_facts(record))


@action("record.edit", on=Record, title="编辑", right="record.draft", states=EDITABLE, event="record.edited")
def edit(
    record: Record, *, actor: Actor, content: Mapping[str, Any], files: Sequence[Mapping[str, Any]] | None = None
) -> Outcome:
    """Save a new edition while the record lies with its drafter."""
    return _save_edition(record, actor, content, files)


@action(
    "record.revise",
    on=Record,
    title="审核中修改",
    right="record.draft",
    states=(PROPOSED, IN_REVIEW, SIGNED_OFF),
    to=(PROPOSED, IN_REVIEW),
    event="record.revised",
)
def revise(
    record: Record, *, actor: Actor, content: Mapping[str, Any], files: Sequence[Mapping[str, Any]] | None = None
) -> Outcome:
    """Save a new edition under review: every earlier opinion must be reaffirmed on it, parallel steps start anew.

    A policy document that is now to be withheld, or no longer, takes other steps: its review starts anew.
    """
    was_withheld = _is_withheld_policy(record)
    outcome = _save_edition(record, actor, content, files)
    if record.is_visible:
        _refuse_no_note(record)
    if _is_withheld_policy(record) != was_withheld:
        close_round(record)
        open_round(record, disclosure=_disclosure(record))
        record.state = PROPOSED
        return outcome
    if record.state == SIGNED_OFF:
        open_again(record)
        record.state = IN_REVIEW
    settle(record)
    return outcome


def _refuse_no_note(record: Record) -> None:
    """A correction says to the public what was corrected, from its proposal on."""
    if record.working is None or not record.working.content.get("change_note"):
        raise Refused(NO_NOTE, "《政府信息公开条例》第六条", where="更正说明")


def _disclosure(record: Record) -> str:
    return str(record.working.content.get("disclosure", "")) if record.working else ""


def _is_withheld_policy(record: Record) -> bool:
    return kind_of(record.kind).is_policy and _disclosure(record) == Disclosure.WITHHELD


def open_again(record: Record) -> None:
    """A round that was complete runs again when the text changed after the sign-off."""
    latest = record.reviews.order_by("-round").first()
    if latest is not None:
        latest.closed_at = None
        latest.save(update_fields=["closed_at"])


@action(
    "record.renew",
    on=Record,
    title="按来源更新",
    right="record.draft",
    states=EDITABLE,
    event="record.renewed",
    guards=[has_fixed_words],
)
def renew(record: Record, *, actor: Actor, read: Mapping[str, Any]) -> Outcome:
    """Save a new edition of a repost with what was read from its source; everything else stays as it is."""
    assert record.working is not None
    content = record.working.content | {key: value for key, value in read.items() if value}
    return _save_edition(record, actor, content, None, is_renewed=True)


def _save_edition(
    record: Record,
    actor: Actor,
    content: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]] | None,
    *,
    is_renewed: bool = False,
) -> Outcome:
    parsed = parse_unmarked(record.kind, content)
    if not is_renewed:
        refuse_changed_words(record, parsed)
    kept = record.working.files if files is None and record.working else list(files or [])
    add_edition(record, parsed, kept, actor)
    return Outcome(result=record.working, data=_edition_facts(record))


def is_ready_for_review(record: Record, actor: Actor) -> None:
    """Nothing is missing that reviewers need: text, attribute and ground, and what was typed is saved."""
    if actor.person_id is not None and record.buffers.filter(person_id=actor.person_id).exists():
        raise Refused(UNSAVED)
    _refuse_empty(record)
    if record.is_visible:
        if record.working_id == record.current_id:
            raise Refused(NOTHING_NEW)
        _refuse_no_note(record)
    refuse_unfit_attribute(record)


@action(
    "record.submit",
    on=Record,
    title="送审",
    right="record.submit",
    states=EDITABLE,
    to=(PROPOSED,),
    event="record.submitted",
    guards=[is_ready_for_review],
    citation=ATTRIBUTE_LAW,
)
def submit(record: Record, *, actor: Actor) -> Outcome:
    """Propose a record for review. Refused without attribute and ground, with unsaved work, or without any text."""
    before, record.preset = record.preset, preset_for_next_round(record)
    open_round(record, disclosure=_disclosure(record))
    note_cautions(record)
    record.state = PROPOSED
    start_clocks(record, actor)
    changed = {"preset": record.preset} if record.preset != before else {}
    return Outcome(data=_edition_facts(record) | changed)


def _refuse_empty(record: Record) -> None:
    edition = record.working
    if edition is None or (not edition.content.get("body") and not edition.files):
        raise Refused(NO_TEXT, where="正文")


@action(
    "record.discard",
    on=Record,
    title="作废",
    right="record.draft",
    states=(DRAFTING, RETURNED),
    to=(DISCARDED,),
    event="record.discarded",
    guards=[is_hidden],
)
def discard(record: Record, *, actor: Actor) -> Outcome:
    """Give up a draft that was never public; its editions and opinions stay on record."""
    close_round(record)
    cancel_clocks(record, actor, "discarded")
    record.state = DISCARDED
    return Outcome()


@action(
    "record.correct",
    on=Record,
    title="更正",
    right="record.correct",
    states=(PUBLIC,),
    to=(CORRECTING,),
    event="record.correction_begun",
    citation="《政府信息公开条例》第六条",
)
def correct(record: Record, *, actor: Actor) -> Outcome:
    """Begin a correction: the public edition stands until the corrected one is reviewed and published."""
    record.state = CORRECTING
    return Outcome()


@action(
    "record.abandon_correction",
    on=Record,
    title="放弃更正",
    right="record.correct",
    states=(CORRECTING, RETURNED),
    to=(PUBLIC,),
    event="record.correction_abandoned",
    guards=[is_shown],
)
def abandon_correction(record: Record, *, actor: Actor) -> Outcome:
    """Give up a correction; what is public stays as it is."""
    close_round(record)
    cancel_clocks(record, actor, "correction_abandoned")
    record.state, record.working = PUBLIC, record.current
    record.buffers.all().delete()
    return Outcome()


@action(
    "record.conclude",
    on=Record,
    title="按不主动公开办结",
    right="record.submit",
    states=(SIGNED_OFF,),
    to=(NOT_PUBLISHED,),
    event="record.concluded",
    guards=[is_hidden, has_undisclosed_attribute],
    citation="《政府信息公开条例》第十四条至第十六条、第十八条",
)
def conclude(record: Record, *, actor: Actor) -> Outcome:
    """End the handling of a reviewed record that is not proactively disclosed; it is looked at again in a year."""
    record.state, record.review_again_on = NOT_PUBLISHED, a_year_after(clock.today())
    cancel_clocks(record, actor, "not_proactive")
    return Outcome(data={"disclosure": record.disclosure, "basis": record.disclosure_basis})


@action(
    "record.link",
    on=Record,
    title="建立关联",
    right="record.draft",
    states=(DRAFTING, RETURNED, PROPOSED, CORRECTING),
    event="record.linked",
)
def link(
    record: Record,
    *,
    actor: Actor,
    target: Record | int,
    kind: str,
    note: str = "",
    takes_effect_on: dt.date | None = None,
) -> Outcome:
    """Relate this record to another; repealing and replacing take effect when this one is published, or on a day.

    Not once somebody has given an opinion: what a document does to others is among what reviewers agree to.
    """
    refuse_any_mark({"note": note})
    pk = target.pk if isinstance(target, Record) else target
    # What is public may be linked by anybody; a draft only by who may know of it.
    found = Record.objects.filter(pk=pk, is_visible=True).first() or visible(Record, actor).filter(pk=pk).first()
    if found is None or found.pk == record.pk or kind not in DRAFTED_LINKS:
        raise Refused(NO_TARGET, where="关联")
    made, _ = Link.objects.get_or_create(
        source=record,
        target=found,
        kind=kind,
        defaults={"note": note[:200], "created_at": clock.now(), "takes_effect_on": takes_effect_on},
    )
    note_cautions(record)
    day = {"takes_effect_on": takes_effect_on.isoformat()} if takes_effect_on else {}
    return Outcome(result=made, data={"target": found.pk, "kind": kind, **day})


@action(
    "record.unlink",
    on=Record,
    title="取消关联",
    right="record.draft",
    states=(DRAFTING, RETURNED, PROPOSED, CORRECTING),
    event="record.unlinked",
)
def unlink(record: Record, *, actor: Actor, link_id: int) -> Outcome:
    """Take back a relation before it was published; one that the public has seen stays."""
    removed = record.links_out.filter(pk=link_id)
    standing = record.publications.filter(until_at__isnull=True, channel=PORTAL).order_by("pk").last()
    if standing is not None:
        removed = removed.filter(created_at__gt=standing.from_at)
    data = {"links": list(removed.values("target_id", "kind"))}
    removed.delete()
    note_cautions(record)
    return Outcome(data=data)
