"""Taking over pages that were public elsewhere: drafted, opined on and published in one batch through the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import OuterRef, Subquery

from gongkai.engine.channels.targets import PORTAL
from gongkai.engine.checks.actions import check_editions
from gongkai.engine.checks.queries import blocking
from gongkai.engine.records.actions.opening import opened
from gongkai.engine.records.actions.writing import author_of, new_record, parse_unmarked
from gongkai.engine.records.attachments import files_of, texts_of
from gongkai.engine.records.content import Content
from gongkai.engine.records.digests import publication_digest
from gongkai.engine.records.editions import build_edition, facets_of, kind_of
from gongkai.engine.records.index_numbers import next_index_numbers, refuse_unfit_index_number
from gongkai.engine.records.models import Disclosure, Edition, Facet, Publication, Record
from gongkai.engine.records.subject import PUBLIC
from gongkai.engine.reviews.actions.rounds import migrated_opinions
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM, Actor
from gongkai.ground.files.actions import release
from gongkai.ground.gate.door import Outcome, action
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording

BLOCKED = wording(
    "records.blocked_migration",
    what="{named}含有身份证号码等须先处理的内容，不能直接迁移公开。",
    todo="请作为草稿导入，遮盖并经审核后公开。",
    status=422,
)
NAMED_AT_ONCE = 5
NOTHING_SAID = wording(
    "records.nothing_said",
    what="没有说明这些信息此前在哪里公开。",
    todo="请写明原公开网址或者依据，作为迁移意见留存。",
    status=422,
)


@action(
    "record.migrate",
    on=Record,
    title="迁移已公开信息",
    right="import.run",
    to=(PUBLIC,),
    event="record.published",
    creates=True,
)
def migrate(*, actor: Actor, organ: Organ, item: Mapping[str, Any], already_public: str) -> Outcome:
    """Take over one page that was public elsewhere. ``item`` holds kind, content, files, index_number, published_at."""
    return _migrate([item], actor=actor, organ=organ, already_public=already_public)[0][1]


@migrate.bulk
def migrate_many(
    items: Sequence[Mapping[str, Any]], *, actor: Actor, organ: Organ, already_public: str
) -> list[tuple[Record, Outcome]]:
    """The same for many, with a constant number of statements."""
    return _migrate(items, actor=actor, organ=organ, already_public=already_public)


def _migrate(
    items: Sequence[Mapping[str, Any]], *, actor: Actor, organ: Organ, already_public: str
) -> list[tuple[Record, Outcome]]:
    if not already_public.strip():
        raise Refused(NOTHING_SAID, where="--already-public")
    contents = [parse_unmarked(item["kind"], _as_public(item)) for item in items]
    records = _records(items, contents, organ, actor)
    author = author_of(actor)
    editions = [
        build_edition(record, 1, content, list(item.get("files", ())), author)
        for record, content, item in zip(records, contents, items, strict=True)
    ]
    Edition.objects.bulk_create(editions)
    for record, edition in zip(records, editions, strict=True):
        record.current = record.working = edition
    _stand_on_first_edition(records)
    Facet.objects.bulk_create(
        facet for record, content in zip(records, contents, strict=True) for facet in facets_of(record, content)
    )
    opinions = migrated_opinions(records, actor, already_public)
    shown = Publication.objects.bulk_create(
        Publication(record=record, edition=record.current, channel=PORTAL, from_at=_since(record)) for record in records
    )
    for file in files_of([edition for edition, item in zip(editions, items, strict=True) if item.get("files")]):
        if file.state == "sealed":
            release(file, actor=SYSTEM)
    check_editions(
        [
            {
                "subject_type": "record",
                "subject_id": str(record.pk),
                "organ_id": record.organ_id,
                "edition_number": 1,
                "edition_sha256": edition.sha256,
                "blocks": content.blocks(),
                "metadata": content.model_dump(mode="json", exclude={"body"}),
                "attachments": texts_of(edition.files) if item.get("files") else (),
            }
            for record, edition, content, item in zip(records, editions, contents, items, strict=True)
        ]
    )
    _refuse_blocking(records)
    return [
        (record, _outcome(record, edition, publication, opinion))
        for record, edition, publication, opinion in zip(records, editions, shown, opinions, strict=True)
    ]


def _refuse_blocking(records: Sequence[Record]) -> None:
    """What nobody reviewed here is not published with an identity number in it, wherever it stood before."""
    found = blocking("record", [str(record.pk) for record in records])
    if found:
        titles = {str(record.pk): record.title for record in records}
        named = "、".join(dict.fromkeys(f"《{titles[pk]}》" for pk in found[:NAMED_AT_ONCE]))
        raise Refused(
            BLOCKED, "《个人信息保护法》第二十五条；《政府信息公开条例》第十五条", named=named, where="正文或附件"
        )


def _as_public(item: Mapping[str, Any]) -> dict[str, Any]:
    """What stood before the public is proactive disclosure; where its ground is not known, its kind's category is."""
    basis = item["content"].get("disclosure_basis") or kind_of(item["kind"]).statutory_category
    return {**item["content"], "disclosure": str(Disclosure.PROACTIVE), "disclosure_basis": basis}


def _stand_on_first_edition(records: Sequence[Record]) -> None:
    """In one statement: a bulk_update spells out a case for each row and takes a third of an import's time."""
    first = Subquery(Edition.objects.filter(record=OuterRef("pk"), number=1).values("pk")[:1])
    for start in range(0, len(records), 500):
        keys = [record.pk for record in records[start : start + 500]]
        Record.objects.filter(pk__in=keys).update(current=first, working=first)


def _records(
    items: Sequence[Mapping[str, Any]], contents: Sequence[Content], organ: Organ, actor: Actor
) -> list[Record]:
    now = clock.now()
    made = []
    for item, content in zip(items, contents, strict=True):
        refuse_unfit_index_number(item.get("index_number") or "")
        record = new_record(
            organ=organ,
            kind_code=item["kind"],
            content=content,
            preset="",
            state=PUBLIC,
            drafter_id=actor.person_id,
            index_number=item.get("index_number"),
        )
        record.published_at, record.is_visible, record.version = item.get("published_at") or now, True, 1
        made.append(record)
    unnumbered: dict[int, list[Record]] = {}
    for record in made:
        if record.index_number is None:
            published_at = record.published_at or now
            unnumbered.setdefault(clock.day_of(published_at).year, []).append(record)
    for year, records in unnumbered.items():
        for record, number in zip(records, next_index_numbers(organ, year, len(records)), strict=True):
            record.index_number = number
    return Record.objects.bulk_create(made, batch_size=500)


def _outcome(record: Record, edition: Edition, publication: Publication, opinion: Mapping[str, Any]) -> Outcome:
    return Outcome(
        result=record,
        data={
            "edition": 1,
            "edition_sha256": edition.sha256,
            "publication": publication.pk,
            "publication_sha256": publication_digest(publication),
            "migrated": True,
            **opinion,
        },
        public=opened(
            record,
            "record.published",
            clock.now(),
            edition=1,
            edition_sha256=edition.sha256,
            channel=PORTAL,
            public_since=_since(record).isoformat(),
        ),
    )


def _since(record: Record) -> dt.datetime:
    """Since when the page has been public, here or where it stood before."""
    return (record.published_at or clock.now()).astimezone(dt.UTC)
