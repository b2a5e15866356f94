"""Whatever somebody with the database's password and the disk changes or deletes, ``register verify`` names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from gongkai.config.cli import main
from gongkai.engine.records import histories, verifiers
from gongkai.engine.records.models import Edition, Facet, Link, Publication, Record
from gongkai.engine.reviews.models import Opinion
from gongkai.ground.files import keyring, storage
from gongkai.ground.files import verifiers as file_verifiers
from gongkai.ground.files.crypto import seal_text
from gongkai.ground.files.fields import SealedValue
from gongkai.ground.files.models import StoredFile
from gongkai.ground.register.canonical import canonical_json
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from tests.durability.town import Town, build_town, master_access, undone

Change = Callable[[Town], Any]
Named = Callable[[Town], set[tuple[str, str]]]


@pytest.fixture
def town(db: None, frozen_clock: Any) -> Town:
    return build_town()


def verified(capsys: pytest.CaptureFixture[str]) -> tuple[int, set[tuple[str, str]]]:
    """The status of ``gongkai register verify --json`` and what it names."""
    capsys.readouterr()
    status = main(["register", "verify", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["sound"] is (status == 0)
    return status, {(difference["what"], difference["problem"]) for difference in told["differences"]}


def named_after(town: Town, capsys: pytest.CaptureFixture[str], change: Change) -> set[tuple[str, str]]:
    """What is named after a change; before it everything is sound."""
    assert verified(capsys) == (0, set())
    with undone():
        with master_access():
            change(town)
        status, named = verified(capsys)
        assert status == (1 if named else 0)
    return named


def sealed(edition: Edition, text: str) -> SealedValue:
    """A text as the column holds it: whoever holds the keys can write it."""
    field = Edition._meta.get_field("canonical")
    return SealedValue(seal_text(keyring.COLUMNS, text.encode(), field.bound_to(edition)))


def written(edition: Edition, **fields: Any) -> None:
    """Overwrite columns, by somebody who has the keys of encrypted ones as well."""
    for name, value in fields.items():
        setattr(edition, name, value)
    edition.save(update_fields=[*fields])


def rehashed(town: Town) -> None:
    """Another text under a hash of its own: edition and hash agree with each other."""
    forged = town.shown.as_json()
    forged["content"]["body"][0]["text"] = "各停车场："
    data = canonical_json(forged)
    digest = hashlib.sha256(data).hexdigest()
    Edition.objects.filter(pk=town.shown.pk).update(canonical=sealed(town.shown, data.decode()), sha256=digest)


def forged_text(town: Town) -> None:
    forged = (town.shown.canonical or "").replace("各学校", "各园区")
    assert forged != town.shown.canonical
    Edition.objects.filter(pk=town.shown.pk).update(canonical=sealed(town.shown, forged))


def damaged_bytes(town: Town) -> None:
    """What lies in the column does not open any more."""
    Edition.objects.filter(pk=town.shown.pk).update(canonical=SealedValue("1.aes-256-gcm.k0001.AAAA"))


def opinions_on(edition: Edition) -> set[tuple[str, str]]:
    return {(f"opinion {opinion.pk}", "opinion-unbound") for opinion in Opinion.objects.filter(edition=edition)}


EDITIONS: dict[str, tuple[Change, Named]] = {
    "text": (forged_text, lambda t: {(f"edition 2 of record {t.rule.pk}", "edition-changed")}),
    "bytes": (damaged_bytes, lambda t: {(f"edition 2 of record {t.rule.pk}", "edition-changed")}),
    "text and hash": (
        rehashed,
        lambda t: {(f"edition 2 of record {t.rule.pk}", "edition-replaced")} | opinions_on(t.shown),
    ),
    "emptied": (
        lambda t: written(t.shown, canonical=None, expunged_at=t.shown.created_at),
        lambda t: {(f"edition 2 of record {t.rule.pk}", "edition-emptied")},
    ),
    "author": (
        lambda t: Edition.objects.filter(pk=t.shown.pk).update(author=t.office.people["secrecy"]),
        lambda t: {(f"edition 2 of record {t.rule.pk}", "edition-columns-differ")},
    ),
    "salt": (
        lambda t: Edition.objects.filter(pk=t.shown.pk).update(salt="00" * 32),
        lambda t: {(f"edition 2 of record {t.rule.pk}", "edition-changed")},
    ),
    "salt, sealed anew": (
        lambda t: written(t.shown, canonical=t.shown.canonical, salt="00" * 32),
        lambda t: {(f"edition 2 of record {t.rule.pk}", "edition-columns-differ")},
    ),
    "time": (
        lambda t: Edition.objects.filter(pk=t.shown.pk).update(created_at="2020-01-01T00:00:00Z"),
        lambda t: {(f"edition 2 of record {t.rule.pk}", "edition-columns-differ")},
    ),
    "number": (
        lambda t: Edition.objects.filter(pk=t.draft.current_id).update(number=7),
        lambda t: {
            (f"edition 1 of record {t.draft.pk}", "edition-missing"),
            (f"edition 7 of record {t.draft.pk}", "edition-unrecorded"),
            (f"edition 7 of record {t.draft.pk}", "edition-columns-differ"),
            (f"record {t.draft.pk}.current", "projection-differs"),
            (f"record {t.draft.pk}.working", "projection-differs"),
        },
    ),
    "added": (
        lambda t: Edition.objects.create(
            record=t.draft, number=2, schema="x/1", canonical="{}", sha256="0", salt="0", created_at=t.draft.created_at
        ),
        lambda t: {
            (f"edition 2 of record {t.draft.pk}", "edition-changed"),
            (f"edition 2 of record {t.draft.pk}", "edition-unrecorded"),
        },
    ),
}

COLUMNS: dict[str, Any] = {
    "state": "withdrawn",
    "organ": None,
    "kind": "guide",
    "title": "另一个标题",
    "index_number": "113300001/2026-99999",
    "document_number": "云政发〔2026〕99号",
    "written_on": "2026-03-01",
    "disclosure": "withheld",
    "disclosure_basis": "20.01",
    "subject_class": "综合政务",
    "genre": "决定",
    "effective_from": "2026-05-01",
    "effective_until": "2026-05-01",
    "validity": "in_force",
    "is_visible": False,
    "published_at": "2020-01-01T00:00:00Z",
    "scheduled_for": "2026-03-02T02:00:00Z",
    "preset": "township",
}


def _rows(model: Any, pick: Callable[[Town], Any], **fields: Any) -> Change:
    return lambda town: model.objects.filter(pk=pick(town).pk).update(**fields)


ROWS: dict[str, tuple[Change, Named]] = {
    "facet": (
        lambda t: Facet.objects.filter(pk=t.facet.pk).update(text="别的"),
        lambda t: {(f"facet {t.facet.key} of record {t.rule.pk}", "facet-differs")},
    ),
    "co-issuers": (
        lambda t: t.rule.co_issuers.add(t.office.organ),
        lambda t: {(f"record {t.rule.pk}.co_issuers", "projection-differs")},
    ),
    "the edition before the public": (
        lambda t: Record.objects.filter(pk=t.rule.pk).update(current=t.rule.editions.get(number=1)),
        lambda t: {(f"record {t.rule.pk}.current", "projection-differs")},
    ),
    "an edition of another record": (
        lambda t: Record.objects.filter(pk=t.draft.pk).update(working=t.shown),
        lambda t: {
            (f"record {t.draft.pk}", "edition-foreign"),
            (f"record {t.draft.pk}.working", "projection-differs"),
        },
    ),
    "drafter": (
        lambda t: Record.objects.filter(pk=t.rule.pk).update(drafter=t.office.people["secrecy"]),
        lambda t: {(f"record {t.rule.pk}.drafter", "projection-differs")},
    ),
    "link": (
        lambda t: Link.objects.filter(source=t.repealing).update(kind="interprets"),
        lambda t: {
            (f"link repeals of record {t.repealing.pk} to record {t.rule.pk}", "link-missing"),
            (f"link interprets of record {t.repealing.pk} to record {t.rule.pk}", "link-unrecorded"),
        },
    ),
    "publication": (
        lambda t: Publication.objects.filter(pk=t.publication.pk).update(from_at="2020-01-01T00:00:00Z"),
        lambda t: {(f"publication {t.publication.pk}", "publication-changed")},
    ),
    "opinion": (
        lambda t: Opinion.objects.filter(pk=t.opinion.pk).update(text="不同意。"),
        lambda t: {(f"opinion {t.opinion.pk}", "opinion-changed")},
    ),
    "opinion on another edition": (
        lambda t: Opinion.objects.filter(pk=t.opinion.pk).update(edition=t.shown),
        lambda t: {(f"opinion {t.opinion.pk}", "opinion-changed"), (f"opinion {t.opinion.pk}", "opinion-unbound")},
    ),
    "event": (
        lambda t: Event.objects.filter(pk=t.event("record.corrected").pk).update(actor="person:somebody"),
        lambda t: {(f"event {t.event('record.corrected').pk}", "event-changed")},
    ),
    "file's digest": (
        _rows(StoredFile, lambda t: t.public_file, sha256="00" * 32),
        lambda t: {(f"file {t.public_file.pk}", "file-missing"), (f"file {t.public_file.pk}", "file-changed")},
    ),
    "file's key": (
        lambda t: StoredFile.objects.filter(pk=t.sealed_file.pk).update(wrapped_key="v1.aes-256-gcm.k0001.AAAA"),
        lambda t: {(f"file {t.sealed_file.pk}", "file-changed")},
    ),
}

FILE_COLUMNS: dict[str, Any] = {
    "commitment": "00" * 32,
    "salt": "00" * 32,
    "size": 7,
    "media_type": "application/pdf",
    "name": "另一份.txt",
}


@pytest.mark.parametrize("case", EDITIONS)
def test_an_edition_changed(town: Town, capsys: pytest.CaptureFixture[str], case: str) -> None:
    change, expected = EDITIONS[case]
    assert named_after(town, capsys, change) == expected(town)


@pytest.mark.parametrize("case", ROWS)
def test_a_row_changed(town: Town, capsys: pytest.CaptureFixture[str], case: str) -> None:
    change, expected = ROWS[case]
    assert named_after(town, capsys, change) == expected(town)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_of_a_record_changed(town: Town, capsys: pytest.CaptureFixture[str], column: str) -> None:
    value = COLUMNS[column]
    if column == "organ":
        from tests.builders import organ

        value = organ("113300009", "云洲市财政局")
    named = named_after(town, capsys, _rows(Record, lambda t: t.rule, **{column: value}))
    assert named == {(f"record {town.rule.pk}.{column}", "projection-differs")}


@pytest.mark.parametrize("column", FILE_COLUMNS)
def test_a_column_of_a_file_changed(town: Town, capsys: pytest.CaptureFixture[str], column: str) -> None:
    change = _rows(StoredFile, lambda t: t.public_file, **{column: FILE_COLUMNS[column]})
    assert named_after(town, capsys, change) == {(f"file {town.public_file.pk}", "file-changed")}


@pytest.mark.sqlite
def test_a_value_that_cannot_be_read(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    def change(town: Town) -> None:
        with master_access() as cursor:
            cursor.execute("UPDATE records_record SET written_on = '2026-13-77' WHERE id = %s", [town.rule.pk])

    assert named_after(town, capsys, change) == {(f"record {town.rule.pk}", "record-unreadable")}


@pytest.mark.parametrize("kind", ["public_file", "sealed_file"])
@pytest.mark.parametrize("is_gone", [False, True])
def test_bytes_on_disk(town: Town, capsys: pytest.CaptureFixture[str], kind: str, is_gone: bool) -> None:
    file = getattr(town, kind)
    path = storage.public_path(file.sha256) if kind == "public_file" else storage.sealed_path(file.pk)

    def change(_town: Town) -> None:
        if is_gone:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1] + b"?")

    problem = "file-missing" if is_gone else "file-changed"
    assert named_after(town, capsys, change) == {(f"file {file.pk}", problem)}


DELETED: dict[str, tuple[Callable[[Town], tuple[str, int | str]], Named]] = {
    "edition": (
        lambda t: ("records_edition", t.draft.current_id or 0),
        lambda t: {
            (f"edition 1 of record {t.draft.pk}", "edition-missing"),
            (f"record {t.draft.pk}.current", "projection-differs"),
            (f"record {t.draft.pk}.working", "projection-differs"),
        },
    ),
    "facet": (
        lambda t: ("records_facet", t.facet.pk),
        lambda t: {(f"facet {t.facet.key} of record {t.rule.pk}", "facet-differs")},
    ),
    "record": (
        lambda t: ("records_record", t.draft.pk),
        lambda t: {(f"record {t.draft.pk}", "record-missing")},
    ),
    "link": (
        lambda t: ("records_link", Link.objects.get(source=t.repealing).pk),
        lambda t: {(f"link repeals of record {t.repealing.pk} to record {t.rule.pk}", "link-missing")},
    ),
    "publication": (
        lambda t: ("records_publication", t.publication.pk),
        lambda t: {(f"publication {t.publication.pk}", "publication-missing")},
    ),
    "opinion": (
        lambda t: ("reviews_opinion", t.opinion.pk),
        lambda t: {(f"opinion {t.opinion.pk}", "opinion-missing")},
    ),
    "file": (
        lambda t: ("files_storedfile", str(t.public_file.pk)),
        lambda t: {(f"file {t.public_file.pk}", "file-row-missing")},
    ),
    "event": (
        lambda t: ("register_event", t.event("record.submitted", t.repealing).pk),
        lambda t: {
            (f"event {t.event('record.submitted', t.repealing).pk}", "event-missing"),
            (f"record {t.repealing.pk}", "history-broken"),
        },
    ),
}


@pytest.mark.parametrize("case", DELETED)
def test_a_row_deleted(town: Town, capsys: pytest.CaptureFixture[str], case: str) -> None:
    where, expected = DELETED[case]
    told = expected(town)

    def change(town: Town) -> None:
        table, key = where(town)
        with master_access() as cursor:
            if table == "files_storedfile":
                StoredFile.objects.filter(pk=key)._raw_delete("default")
            else:
                cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])
            assert cursor.rowcount != 0

    assert named_after(town, capsys, change) == told


def test_many_small_batches(town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Verifiers read by key, some at a time: the seams lose nothing and count nothing twice."""
    whole = verify_all()
    monkeypatch.setattr(histories, "BATCH", 1)
    monkeypatch.setattr(verifiers, "TEXTS", 1)
    monkeypatch.setattr(file_verifiers, "_BATCH", 1)
    parts = verify_all()
    assert parts == whole
    assert {name: parts.checked[name] for name in ("editions", "projections", "publications", "opinions", "files")} == {
        "editions": Edition.objects.count(),
        "projections": 3,
        "publications": 3,
        "opinions": Opinion.objects.count(),
        "files": 2,
    }
    named = named_after(town, capsys, forged_text)
    assert named == {(f"edition 2 of record {town.rule.pk}", "edition-changed")}


@pytest.mark.django_db(transaction=True)
def test_as_a_command_of_its_own(gongkai: Callable[..., Any], frozen_clock: Any) -> None:
    """The command in a process of its own: 0 and nothing, then 1 and the name."""
    town = build_town()

    def verify() -> tuple[int, list[str]]:
        done = gongkai("register", "verify", "--json")
        return done.returncode, [found["what"] for found in json.loads(done.stdout)["differences"]]

    assert verify() == (0, [])
    with master_access():
        forged_text(town)
    assert verify() == (1, [f"edition 2 of record {town.rule.pk}"])
