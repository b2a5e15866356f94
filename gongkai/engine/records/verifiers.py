"""What register verify recomputes about records: editions, projections, publications, against each other and events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from gongkai.engine.records.actions.taking import CLEARED_TITLE
from gongkai.engine.records.digests import publication_digest
from gongkai.engine.records.editions import PROJECTED, content_of, facets_of
from gongkai.engine.records.histories import Told, key_batches, readable, replay, told, unknown_records
from gongkai.engine.records.models import Edition, ExpungeOrder, Publication, Record
from gongkai.engine.records.subject import EXPUNGED
from gongkai.ground.files.models import StorageClass, StoredFile
from gongkai.ground.refusal import Refused
from gongkai.ground.register import triggers
from gongkai.ground.register.canonical import sha256_hex
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import Difference, Findings, verifier

#: Editions hold whole texts: only so many are in memory at a time.
TEXTS = 20


@verifier("editions")
def editions() -> Findings:
    """Every edition hashes to what it says and to what its events committed to; none is missing, none unrecorded."""
    count = 0
    for keys in key_batches(Record.objects.all()):
        hashes: dict[tuple[int, int], str] = {}
        refs = dict(Record.objects.filter(pk__in=keys).values_list("pk", "ref"))
        rows = Edition.objects.filter(record__in=keys).select_related("author").order_by("pk")
        for edition in rows.iterator(TEXTS):
            count += 1
            hashes[edition.record_id, edition.number] = edition.sha256
            yield from _edition_findings(edition, str(refs[edition.record_id]))
        for events in told(keys).values():
            yield from _edition_events(events, hashes)
        for record, number in sorted(hashes):
            yield Difference(_name(record, number), "edition-unrecorded", "存在没有登记的版本。")
    for table in triggers.missing(["records_edition", "records_cleanup", "records_cleanupitem"]):
        yield Difference(f"table {table}", "trigger-missing", "拒绝修改或删除的触发器不在")
    return count


def _name(record: int, number: int) -> str:
    return f"edition {number} of record {record}"


def _edition_findings(edition: Edition, ref: str) -> Iterator[Difference]:
    what = _name(edition.record_id, edition.number)
    text = readable_text(edition)
    if text is None:
        if edition.expunged_at is None or not _is_ordered(edition):
            yield Difference(what, "edition-emptied", "版本内容被清空，但没有清除记录。")
    elif sha256_hex(text.encode()) != edition.sha256:
        yield Difference(what, "edition-changed", "版本内容与其哈希不符。")
    elif columns := _differing_columns(edition, ref):
        yield Difference(what, "edition-columns-differ", f"版本的登记项与其内容不符：{'、'.join(columns)}。")


def readable_text(edition: Edition) -> str | None:
    """The canonical text; None where it was emptied, and no text at all where it does not open any more."""
    try:
        return edition.canonical
    except Refused:
        return ""


def _differing_columns(edition: Edition, ref: str) -> list[str]:
    """Columns beside the hashed content that say something else than it does."""
    try:
        said = edition.as_json()
    except ValueError:
        return ["canonical"]
    author = str(edition.author.ref) if edition.author else ""
    columns = {
        "schema": edition.schema,
        "record": ref,
        "number": edition.number,
        "author": sha256_hex(f"{edition.salt}:{author}".encode()),
        "created_at": edition.created_at.isoformat(),
        "salt": edition.salt,
    }
    return [name for name, value in columns.items() if said.get(name) != value]


def _is_ordered(edition: Edition) -> bool:
    """Did two persons order the expunging of this edition's record?"""
    return ExpungeOrder.objects.filter(record_id=edition.record_id, confirmed_at__isnull=False).exists()


def _edition_events(events: list[Event], hashes: dict[tuple[int, int], str]) -> Iterator[Difference]:
    """Each edition an event names is there with the same hash; what was named is taken out of ``hashes``."""
    seen: set[tuple[int, int]] = set()
    for event in events:
        if "edition_sha256" not in event.data or "edition" not in event.data:
            continue
        key = (int(event.subject_id), event.data["edition"])
        if key in seen:
            continue
        seen.add(key)
        found = hashes.pop(key, None)
        if found is None:
            yield Difference(_name(*key), "edition-missing", "登记过的版本已不存在。")
        elif found != event.data["edition_sha256"]:
            yield Difference(_name(*key), "edition-replaced", "版本哈希与登记时不符。")


@verifier("projections")
def projections() -> Findings:
    """A record's columns, facets and links are what its current edition and its events say."""
    count = 0
    yield from unknown_records()
    for keys in key_batches(Record.objects.all()):
        histories = told(keys)
        rows = Record.objects.filter(pk__in=keys).select_related("current", "working", "drafter").order_by("pk")
        for record in readable(
            rows.prefetch_related("facets", "links_out", "links_in__source", "co_issuers"), "record"
        ):
            count += 1
            if isinstance(record, Difference):
                yield record
                continue
            said = replay(histories[record.pk])
            yield from _column_findings(record, said)
            yield from _link_findings(record, said)
            yield from _effect_findings(record, said)
            yield from _content_findings(record)
    return count


def _column_findings(record: Record, said: Told) -> Iterator[Difference]:
    what = f"record {record.pk}"
    for event in said.breaks:
        yield Difference(what, "history-broken", f"事件 {event} 之前的状态与上一事件之后的状态不符。")
    drafter = f":{record.drafter.ref}" if record.drafter else ""
    columns: dict[str, tuple[Any, Any]] = {
        "state": (record.state, said.state),
        "organ": (record.organ_id, said.organ_id),
        "drafter": (drafter, said.drafter[said.drafter.find(":") :] if ":" in said.drafter else ""),
        "co_issuers": (sorted(organ.pk for organ in record.co_issuers.all()), said.co_issuers),
        "index_number": (record.index_number, said.index_number),
        "is_visible": (record.is_visible, said.is_visible),
        "published_at": (record.published_at, said.published_at),
        "scheduled_for": (record.scheduled_for, said.scheduled_for),
        "validity": (record.validity, said.validity),
        "working": (record.working.number if record.working else None, said.working),
        "current": (record.current.number if record.current else None, said.current),
    }
    if said.preset is not None:
        columns["preset"] = (record.preset, said.preset)
    for name, (found, expected) in columns.items():
        if found != expected:
            yield Difference(f"{what}.{name}", "projection-differs", f"“{name}”与登记的事件不符。")


def _link_findings(record: Record, said: Told) -> Iterator[Difference]:
    found = {(link.target_id, link.kind) for link in record.links_out.all()}
    for problem, message, links in (
        ("link-missing", "登记过的关联已不存在。", said.links - found),
        ("link-unrecorded", "存在没有登记的关联。", found - said.links),
    ):
        for target, kind in sorted(links):
            yield Difference(f"link {kind} of record {record.pk} to record {target}", problem, message)


def _effect_findings(record: Record, said: Told) -> Iterator[Difference]:
    """The days since which others have had effect on this record: what was in force when depends on them."""
    for link in record.links_in.all():
        day = said.effects.get((str(link.source.index_number), link.kind))
        found = link.took_effect_on.isoformat() if link.took_effect_on else None
        if day is not None and found != day:
            what = f"link {link.kind} of record {link.source_id} to record {record.pk}"
            yield Difference(what, "link-effect-differs", "关联的生效日期与登记的事件不符。")


def _content_findings(record: Record) -> Iterator[Difference]:
    """Columns, facets and attachments against the current edition."""
    what = f"record {record.pk}"
    if any(edition is not None and edition.record_id != record.pk for edition in (record.current, record.working)):
        yield Difference(what, "edition-foreign", "信息没有指向自己的版本。")
        return
    edition = record.current
    text = readable_text(edition) if edition is not None else None
    if record.state == EXPUNGED or edition is None or text is None:
        if record.state == EXPUNGED and record.title != CLEARED_TITLE:
            yield Difference(f"{what}.title", "projection-differs", "“title”与清除的事件不符。")
        return
    if sha256_hex(text.encode()) != edition.sha256:
        return
    if edition.schema.split("/")[0] != record.kind:
        yield Difference(f"{what}.kind", "projection-differs", "“kind”与当前版本不符。")
        return
    content = content_of(record, edition)
    for name in PROJECTED:
        if getattr(record, name) != getattr(content, name):
            yield Difference(f"{what}.{name}", "projection-differs", f"“{name}”与当前版本不符。")
    facets = _facet_rows(record.facets.all())
    expected = _facet_rows(facets_of(record, content))
    for key in sorted({row[0] for row in (facets - expected) + (expected - facets)}):
        yield Difference(f"facet {key} of record {record.pk}", "facet-differs", "检索项与当前版本不符。")
    yield from _attachment_findings(edition)


def _facet_rows(facets: Any) -> Counter[tuple[str, str, str, str]]:
    return Counter((facet.key, facet.text, str(facet.number), str(facet.date)) for facet in facets)


def _attachment_findings(edition: Edition) -> Iterator[Difference]:
    """A stored file is what the edition that names it says; that its row is there at all is looked at with the
    files."""
    entries = {entry["id"]: entry for entry in edition.files}
    if not entries:
        return
    for file in StoredFile.objects.filter(pk__in=entries).defer("sealed_name").order_by("pk"):
        entry = entries[str(file.pk)]
        found = {"digest": file.commitment, "salt": file.salt, "size": file.size, "media_type": file.media_type}
        if file.storage_class == StorageClass.PUBLIC and file.destroyed_at is None:
            found["name"] = file.name
        if any(entry[name] != value for name, value in found.items()):
            yield Difference(f"file {file.pk}", "file-changed", "附件的登记与版本所述不符")


@verifier("publications")
def publications() -> Findings:
    """Every publication is as the last event about it said; none is missing, none unrecorded."""
    count = 0
    for keys in key_batches(Record.objects.all()):
        digests: dict[int, str] = {}
        for events in told(keys).values():
            for event in events:
                digests.update(_told_publications(event.data))
        for found in readable(Publication.objects.filter(record__in=keys).order_by("pk"), "publication"):
            count += 1
            if isinstance(found, Difference):
                yield found
                continue
            digest = digests.pop(found.pk, None)
            if digest is None:
                yield Difference(f"publication {found.pk}", "publication-unrecorded", "存在没有登记的发布。")
            elif digest != publication_digest(found):
                yield Difference(f"publication {found.pk}", "publication-changed", "发布登记与当时记录不符。")
        for pk in sorted(digests):
            yield Difference(f"publication {pk}", "publication-missing", "登记过的发布已不存在。")
    return count


def _told_publications(data: dict[str, Any]) -> dict[int, str]:
    """What an event says about publications: the one it made, those it ended, those whose reason it changed."""
    said: dict[int, str] = {}
    for what in ("ended", "changed"):
        said |= dict(zip(data.get(what, ()), data.get(f"{what}_sha256", ()), strict=True))
    for ended, digest in (("unplaced", "unplaced_sha256"), ("also", "also_sha256")):
        said |= dict(zip(data.get(ended, ()), data.get(digest, ()), strict=True))
    if "publication" in data:
        said[data["publication"]] = data["publication_sha256"]
    return said
