"""Writing a new edition: scanned for classification marks first, hashed, checked, projected. Called by actions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max

from gongkai.engine.checks.actions import check_edition
from gongkai.engine.records.actions.cautions import note_cautions
from gongkai.engine.records.attachments import texts_of
from gongkai.engine.records.content import Content
from gongkai.engine.records.editions import build_edition, facets_of, kind_of, parse_content, project
from gongkai.engine.records.models import Edition, Facet, Record, Validity
from gongkai.engine.reviews.choices import in_use
from gongkai.engine.reviews.presets import preset_of
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.files.marks import refuse_marked
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused, wording

TOO_LIGHT = wording(
    "records.preset_too_light",
    what="本机关对这类信息使用“{usual}”流程，不能改用环节更少的“{preset}”。",
    todo="请使用规定的流程，或者选择更完整的流程。",
    status=422,
)


def parse_unmarked(kind_code: str, raw: Mapping[str, Any]) -> Content:
    """Content by its kind's schema, refused before anything is written if it bears a classification mark."""
    refuse_any_mark(raw)
    return parse_content(kind_of(kind_code), dict(raw))


def refuse_any_mark(raw: Mapping[str, Any]) -> None:
    """Refuse a content that bears a classification mark in any of its fields."""
    refuse_marked(_every_text(raw))


def _every_text(value: Any) -> str:
    """All strings of a raw content, a line each: a mark may stand in any field."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "\n".join(_every_text(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return "\n".join(_every_text(item) for item in value)
    return ""


def new_record(
    *,
    organ: Organ,
    kind_code: str,
    content: Content,
    preset: str,
    state: str,
    drafter_id: int | None,
    index_number: str | None,
) -> Record:
    """An unsaved record whose columns follow from a content."""
    kind = kind_of(kind_code)
    usual = in_use(organ, kind).preset
    chosen = preset or usual
    if preset_of(chosen).persons < preset_of(usual).persons:
        raise Refused(TOO_LIGHT, preset=preset_of(chosen).name, usual=preset_of(usual).name, where="审签流程")
    now = clock.now()
    record = Record(
        kind=kind_code,
        organ=organ,
        state=state,
        preset=chosen,
        drafter_id=drafter_id,
        index_number=index_number or None,
        validity=Validity.IN_FORCE,
        created_at=now,
        changed_at=now,
    )
    project(record, content)
    return record


def author_of(actor: Actor) -> Person | None:
    """The person behind an actor; None for the system."""
    return Person.objects.get(pk=actor.person_id) if actor.person_id is not None else None


def add_edition(record: Record, content: Content, files: Sequence[Mapping[str, Any]], actor: Actor) -> Edition:
    """Write the next edition of a saved record, run the checks on it, and project it while nothing is public."""
    # Not the working edition's number: an abandoned correction leaves newer editions behind.
    newest: int | None = record.editions.aggregate(newest=Max("number"))["newest"]
    number = (newest or 0) + 1
    author = author_of(actor)
    edition = build_edition(record, number, content, [dict(entry) for entry in files], author)
    edition.save(force_insert=True)
    record.working = edition
    record.changed_at = clock.now()
    if not record.published_at:
        make_current(record, edition, content)
    check_edition(
        subject_type="record",
        subject_id=str(record.pk),
        organ_id=record.organ_id,
        edition_number=number,
        edition_sha256=edition.sha256,
        blocks=content.blocks(),
        metadata=content.model_dump(mode="json", exclude={"body"}),
        attachments=texts_of(files),
    )
    note_cautions(record)
    if actor.person_id is not None:
        record.buffers.filter(person_id=actor.person_id).delete()
    return edition


def make_current(record: Record, edition: Edition, content: Content) -> None:
    """Let the record's columns and facets stand on this edition."""
    record.current = edition
    project(record, content)
    record.facets.all().delete()
    Facet.objects.bulk_create(facets_of(record, content))
