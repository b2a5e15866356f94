"""What register verify recomputes about records: editions, projections, publications, against each other and events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gongkai.engine.records.digests import publication_digest
from gongkai.engine.records.editions import PROJECTED, content_of, facets_of
from gongkai.engine.records.models import Edition, ExpungeOrder, Facet, Publication, Record, Validity
from gongkai.engine.records.subject import EXPUNGED
from gongkai.ground.register.canonical import sha256_hex
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import Difference, Findings, verifier

BATCH = 500


@verifier("editions")
def editions() -> Findings:
    """Every edition hashes to what it says and to what its event committed to; none is missing."""
    count = 0
    for edition in Edition.objects.order_by("pk").iterator(BATCH):
        count += 1
        if edition.canonical is None:
            if edition.expunged_at is None or not ordered(edition):
                yield Difference(f"edition {edition.pk}", "edition-emptied", "版本内容被清空，但没有清除记录。")
        elif sha256_hex(edition.canonical.encode()) != edition.sha256:
            yield Difference(f"edition {edition.pk}", "edition-changed", "版本内容与其哈希不符。")
    yield from _edition_events()
    return count


def ordered(edition: Edition) -> bool:
    """Did two persons order the expunging of this edition's record?"""
    return ExpungeOrder.objects.filter(record_id=edition.record_id, confirmed_at__isnull=False).exists()


def _edition_events() -> Iterator[Difference]:
    """Each event that names an edition finds it with the same hash; each edition is named by some event."""
    told: set[tuple[int, int]] = set()
    hashes = {
        (record, number): digest
        for record, number, digest in Edition.objects.values_list("record_id", "number", "sha256").iterator(BATCH)
    }
    for event in Event.objects.filter(subject_type="record").order_by("pk").iterator(BATCH):
        if "edition_sha256" not in event.data:
            continue
        key = (int(event.subject_id), int(event.data["edition"]))
        if hashes.get(key) is None:
            if key not in told:
                yield Difference(f"edition {key[1]} of record {key[0]}", "edition-missing", "登记过的版本已不存在。")
        elif hashes[key] != event.data["edition_sha256"] and key not in told:
            yield Difference(f"edition {key[1]} of record {key[0]}", "edition-replaced", "版本哈希与登记时不符。")
        told.add(key)
    for record, number in sorted(set(hashes) - told):
        yield Difference(f"edition {number} of record {record}", "edition-unrecorded", "存在没有登记的版本。")


@verifier("projections")
def projections() -> Findings:
    """A record's columns and facets are those of its current edition, its visibility that of its publications."""
    count = 0
    for record in Record.objects.select_related("current").order_by("pk").iterator(BATCH):
        count += 1
        if record.state == EXPUNGED:
            continue
        yield from _column_differences(record)
        is_standing = record.publications.filter(until_at__isnull=True).exists()
        if is_standing != record.is_visible:
            yield Difference(f"record {record.pk}", "visibility-differs", "对外可见标志与发布登记不符。")
        if record.validity != expected_validity(record):
            yield Difference(f"record {record.pk}", "validity-differs", "有效性与关联的修改、废止文件不符。")
    return count


def _column_differences(record: Record) -> Iterator[Difference]:
    edition = record.current
    if edition is None or edition.record_id != record.pk:
        yield Difference(f"record {record.pk}", "edition-foreign", "信息没有指向自己的版本。")
        return
    if edition.canonical is None or sha256_hex(edition.canonical.encode()) != edition.sha256:
        return
    content = content_of(record, edition)
    for name in PROJECTED:
        if getattr(record, name) != getattr(content, name):
            yield Difference(f"record {record.pk}", "projection-differs", f"“{name}”与当前版本不符。")
    stored = sorted(_facet_rows(Facet.objects.filter(record=record)))
    if stored != sorted(_facet_rows(facets_of(record, content))):
        yield Difference(f"record {record.pk}", "facets-differ", "检索项与当前版本不符。")


def _facet_rows(facets: Any) -> Iterator[tuple[str, str, str, str]]:
    for facet in facets:
        yield (facet.key, facet.text, str(facet.number), str(facet.date))


def expected_validity(record: Record) -> str:
    """What links from records that were published make of this one; the strongest counts."""
    kinds = set(
        record.links_in.filter(source__published_at__isnull=False, source__publications__isnull=False)
        .values_list("kind", flat=True)
        .distinct()
    )
    if kinds & {"repeals", "replaces"}:
        return str(Validity.REPEALED)
    return str(Validity.AMENDED) if "amends" in kinds else str(Validity.IN_FORCE)


@verifier("publications")
def publications() -> Findings:
    """Every publication is as the last event about it said; none is missing, none unrecorded."""
    count = 0
    told: dict[int, str] = {}
    for event in Event.objects.filter(subject_type="record").order_by("pk").iterator(BATCH):
        told.update(_told_publications(event.data))
    for publication in Publication.objects.order_by("pk").iterator(BATCH):
        count += 1
        digest = told.pop(publication.pk, None)
        if digest is None:
            yield Difference(f"publication {publication.pk}", "publication-unrecorded", "存在没有登记的发布。")
        elif digest != publication_digest(publication):
            yield Difference(f"publication {publication.pk}", "publication-changed", "发布登记与当时记录不符。")
    for pk in sorted(told):
        yield Difference(f"publication {pk}", "publication-missing", "登记过的发布已不存在。")
    return count


def _told_publications(data: dict[str, Any]) -> dict[int, str]:
    """What an event says about publications: the one it made, and those it ended."""
    told: dict[int, str] = {}
    if "publication" in data:
        told[data["publication"]] = data["publication_sha256"]
    told.update(zip(data.get("ended", ()), data.get("ended_sha256", ()), strict=True))
    return told
