"""``gongkai import``: files to drafts, or to published records where they were public elsewhere; or only read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai.domains.documents.intake.likeness import content_key
from gongkai.ground.refusal import Refused
from gongkai.surfaces.exchange.sources import Source, duplicate_warning, line_of, read_sources

if TYPE_CHECKING:
    from gongkai.ground.access.actors import Actor
    from gongkai.ground.organs.models import Organ
    from gongkai.surfaces.exchange.running import Run

_BATCH = 500


def read_paths(paths: Iterable[str | Path]) -> Iterator[dict[str, Any]]:
    """The JSON line of every document, without a database (``--dry-run``)."""
    firsts: dict[str, str] = {}
    for source in read_sources(paths):
        yield line_of(_warned(source, firsts)[0])


def import_paths(
    paths: Iterable[str | Path],
    organ_code: str = "",
    *,
    dry_run: bool = False,
    already_public: str = "",
    username: str = "",
    batch: str = "",
) -> Iterator[dict[str, Any]]:
    """Import files; one JSON line each (interfaces.md), with ``record`` the key of the record that holds it.

    Drafts are made one by one, each in its own transaction, so that a refused file stops no other. With
    ``already_public`` (an address or a note) batches of 500 are published through the gate with that opinion.
    A ``batch`` has a ledger: started again under the same name after it was killed, it goes on and doubles nothing.
    Raises Refused before anything is read where organ, account or a path is wrong.
    """
    if dry_run:
        yield from read_paths(paths)
        return
    # The dry run must work without a database, so what needs one is imported here.
    from gongkai.surfaces.exchange.drafting import importing_actor, organ_of
    from gongkai.surfaces.exchange.running import run_of

    organ = organ_of(organ_code)
    actor = importing_actor(organ, username, is_published=bool(already_public))
    run = run_of(organ, actor, already_public, batch)
    yield from _published(run, paths) if already_public else _drafted(run, paths)
    run.close()


def is_failed(line: dict[str, Any]) -> bool:
    """Whether a line tells of a file that could not be taken: unreadable, marked, or refused by the gate."""
    return line.get("error") is not None


def exit_code(lines: Iterable[dict[str, Any]]) -> int:
    """1 when any file could not be taken, else 0; warnings alone are 0."""
    return int(any(is_failed(line) for line in lines))


def _warned(source: Source, firsts: dict[str, str]) -> tuple[Source, str]:
    """The source, warned when the same document came in another format before; and that first path ("")."""
    if source.document is None:
        return source, ""
    first = firsts.setdefault(content_key(source.document), source.path)
    if first == source.path:
        return source, ""
    document = replace(source.document, warnings=(*source.document.warnings, duplicate_warning(first)))
    return replace(source, document=document), first


def _drafted(run: Run, paths: Iterable[str | Path]) -> Iterator[dict[str, Any]]:
    firsts: dict[str, str] = {}
    records: dict[str, str] = {}
    for given in read_sources(paths, run.known):
        if given.line is not None:
            yield given.line
            continue
        source, first = _warned(given, firsts)
        if source.document is None:
            yield _unread(run, source)
        elif first:
            line = _resolved(line_of(source, records.get(first)), source, run.organ)
            yield run.keep(source, line, is_twin=True)
        else:
            yield _one_drafted(run, source, records)


def _one_drafted(run: Run, source: Source, records: dict[str, str]) -> dict[str, Any]:
    from gongkai.surfaces.exchange.drafting import draft_of, record_of

    try:
        with run.together():
            before = record_of(source, run.organ)
            found = before or draft_of(source, run.organ, run.actor)
            line = _resolved(line_of(source, str(found.pk)), source, run.organ)
            run.keep(source, line, is_twin=before is not None)
    except Refused as refusal:
        return run.keep(source, _refused(source, refusal))
    records[source.path] = str(found.pk)
    return line


def _published(run: Run, paths: Iterable[str | Path]) -> Iterator[dict[str, Any]]:
    from gongkai.surfaces.exchange.drafting import record_of

    firsts: dict[str, str] = {}
    records: dict[str, str] = {}
    waiting: list[Source] = []
    for given in read_sources(paths, run.known):
        if given.line is not None:
            yield given.line
            continue
        source, first = _warned(given, firsts)
        if source.document is None:
            yield _unread(run, source)
        elif first:
            yield from _flushed(run, waiting, records)
            yield run.keep(source, line_of(source, records.get(first)), is_twin=True)
        elif (found := record_of(source, run.organ)) is not None:
            records[source.path] = str(found.pk)
            yield run.keep(source, line_of(source, records[source.path]), is_twin=True)
        else:
            waiting.append(source)
            if len(waiting) == _BATCH:
                yield from _flushed(run, waiting, records)
    yield from _flushed(run, waiting, records)


def _flushed(run: Run, waiting: list[Source], records: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Publish what waits, in one batch; where the batch is refused, one by one, so that only the faulty one is out."""
    sources, waiting[:] = list(waiting), []
    try:
        lines = _all_published(run, sources) if sources else []
    except Refused as refusal:
        if len(sources) == 1:
            yield run.keep(sources[0], _refused(sources[0], refusal))
            return
        for source in sources:
            yield from _flushed(run, [source], records)
        return
    records.update({source.path: line["record"] for source, line in zip(sources, lines, strict=True)})
    yield from lines


def _all_published(run: Run, sources: list[Source]) -> list[dict[str, Any]]:
    from gongkai.surfaces.exchange.drafting import publish_all

    with run.together():
        made = publish_all(sources, run.organ, run.actor, run.already_public)
        return [
            run.keep(source, _resolved(line_of(source, str(record.pk)), source, run.organ))
            for source, record in zip(sources, made, strict=True)
        ]


def _unread(run: Run, source: Source) -> dict[str, Any]:
    _note_mark(source, run.organ, run.actor)
    return run.keep(source, line_of(source))


def _resolved(line: dict[str, Any], source: Source, organ: Organ) -> dict[str, Any]:
    """The line with the issuing organ by the register's name; the printed one stays in the evidence."""
    from gongkai.domains.documents.intake.material import organ_name

    assert source.document is not None
    return line | {"issuing_organ": organ_name(source.document, organ)}


def _refused(source: Source, refusal: Refused) -> dict[str, Any]:
    return line_of(source) | {"error": {"code": refusal.code, "message": str(refusal)}}


def _note_mark(source: Source, organ: Organ, actor: Actor) -> None:
    """A refused classification mark is an event that says nothing of the file (保守国家秘密法 Articles 31, 57)."""
    if source.is_marked:
        from gongkai.ground.files.actions import record_refused_mark

        record_refused_mark(organ=organ, actor=actor)
