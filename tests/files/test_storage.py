"""Stored files: sealed until released, verified, destroyed for good; keys rotate and live apart."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import stat
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.files import actions, crypto, keyring, storage
from gongkai.ground.files.models import StoredFile
from gongkai.ground.files.verifiers import files as verify_files
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.files.offices import Office

Look = Callable[[], tuple[list[str], int, int]]
TEXT = "云洲市学校布局方案（征求意见稿）".encode()


def problems() -> list[tuple[str, str]]:
    return [(found.what, found.problem) for found in verify_files()]


def kept(office: Office, data: bytes = TEXT, name: str = "方案.txt", *, is_public: bool = False) -> StoredFile:
    file, _ = actions.upload(data, name, organ=office.organ, actor=office.officer, is_public=is_public)
    return StoredFile.objects.get(pk=file.pk)


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_sealed_file_reads_back_and_shows_nothing(office: Office, storage_folder: Path) -> None:
    file = kept(office)
    assert storage.file_bytes(file) == TEXT
    assert file.original_name == "方案.txt"
    assert (file.state, file.sha256, file.name) == ("sealed", "", "")
    assert TEXT not in every_byte(storage_folder)
    assert storage.sealed_path(file.pk).read_bytes() != TEXT
    raw = StoredFile.objects.filter(pk=file.pk).values_list("sealed_name", flat=True).get()
    assert repr(raw) == "<sealed>"
    assert "方案" not in raw.token


def test_event_of_a_sealed_file_tells_no_digest_of_it(office: Office) -> None:
    file = kept(office)
    event = Event.objects.get(name="file.stored")
    assert (event.subject_id, event.organ_id, event.actor) == (str(file.pk), office.organ.pk, office.officer.ref)
    assert event.public == {}
    assert hashlib.sha256(TEXT).hexdigest() not in str(event.data)
    assert event.data["commitment"] == hashlib.sha256(bytes.fromhex(file.salt) + TEXT).hexdigest()


def test_public_file_lies_under_its_digest_once(office: Office, storage_folder: Path) -> None:
    first, second = kept(office, is_public=True), kept(office, is_public=True)
    digest = hashlib.sha256(TEXT).hexdigest()
    assert first.sha256 == second.sha256 == digest
    paths = [path for path in storage_folder.rglob("*") if path.is_file()]
    assert [str(path.relative_to(storage_folder)) for path in paths] == [f"public/{digest[:2]}/{digest[2:4]}/{digest}"]
    assert storage.file_bytes(first) == TEXT


def test_release_makes_public_and_destroys_the_sealed_copy(
    office: Office, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    file = kept(office)
    with django_capture_on_commit_callbacks(execute=True):
        actions.release(file, actor=office.editor)
    assert (file.state, file.name, file.sealed_name, file.wrapped_key) == ("public", "方案.txt", "", "")
    assert not storage.sealed_path(file.pk).exists()
    assert storage.file_bytes(StoredFile.objects.get(pk=file.pk)) == TEXT
    assert Event.objects.get(name="file.released").data["sha256"] == file.sha256
    assert problems() == []


def test_release_needs_the_right_and_changes_nothing_without_it(office: Office, stored: Look) -> None:
    file = kept(office)
    before = stored()
    for actor in (office.officer, office.stranger):
        with pytest.raises(Refused):
            actions.release(file, actor=actor)
    assert stored() == before
    assert StoredFile.objects.get(pk=file.pk).state == "sealed"


@pytest.mark.parametrize("is_public", [False, True])
def test_destroyed_file_leaves_commitment_and_no_byte(
    is_public: bool, office: Office, storage_folder: Path, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    file = kept(office, is_public=is_public)
    commitment = file.commitment
    with django_capture_on_commit_callbacks(execute=True):
        actions.destroy(file, actor=office.signer, reason="错误上传")
    file = StoredFile.objects.get(pk=file.pk)
    assert (file.state, file.commitment, file.wrapped_key, file.original_name) == ("destroyed", commitment, "", "")
    assert [path for path in storage_folder.rglob("*") if path.is_file()] == []
    with pytest.raises(Refused) as refused:
        storage.file_bytes(file)
    assert refused.value.code == "files.destroyed"
    assert problems() == []
    with pytest.raises(Refused) as again:
        actions.destroy(file, actor=office.signer, reason="再次")
    assert again.value.code == "gate.wrong_state"


def test_bytes_that_another_file_counts_on_stay(
    office: Office, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    first, second = kept(office, is_public=True), kept(office, is_public=True)
    with django_capture_on_commit_callbacks(execute=True):
        actions.destroy(first, actor=office.signer, reason="重复")
    assert storage.file_bytes(second) == TEXT
    assert problems() == []


def test_row_undone_leaves_an_orphan_that_the_sweep_removes_after_an_hour(office: Office, storage_folder: Path) -> None:
    with transaction.atomic():
        kept(office)
        transaction.set_rollback(True)
    wanted = kept(office, is_public=True)
    draft = storage_folder / "public" / ".draft-dead"
    draft.write_bytes(b"half")
    assert StoredFile.objects.count() == 1
    assert storage.sweep_orphans() == 0
    with clock.frozen(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1, minutes=1)):
        assert storage.sweep_orphans() == 2
        assert storage.sweep_orphans() == 0
    assert storage.file_bytes(wanted) == TEXT


def test_orphan_that_is_uploaded_again_is_not_swept(office: Office) -> None:
    digest = storage.put_public(TEXT)
    old = storage.public_path(digest)
    os.utime(old, (1, 1))
    kept(office, is_public=True)
    assert old.stat().st_mtime > 1


def test_damaged_public_bytes_are_replaced_by_the_same_upload(office: Office) -> None:
    digest = storage.put_public(TEXT)
    storage.public_path(digest).write_bytes(b"damaged")
    assert storage.file_bytes(kept(office, is_public=True)) == TEXT


def break_public(file: StoredFile) -> None:
    storage.public_path(file.sha256).write_bytes(b"other")


def break_sealed(file: StoredFile) -> None:
    path = storage.sealed_path(file.pk)
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def remove_bytes(file: StoredFile) -> None:
    (storage.public_path(file.sha256) if file.sha256 else storage.sealed_path(file.pk)).unlink()


def change_row(file: StoredFile) -> None:
    StoredFile.objects.filter(pk=file.pk).update(commitment="0" * 64)


def change_size(file: StoredFile) -> None:
    StoredFile.objects.filter(pk=file.pk).update(size=1)


def hide_row(file: StoredFile) -> None:
    StoredFile.objects.filter(pk=file.pk).update(destroyed_at=clock.now())


def remove_row(file: StoredFile) -> None:
    StoredFile.objects.filter(pk=file.pk).delete()


def remove_key(file: StoredFile) -> None:
    (env.KEYS_DIR / "files" / f"{file.key_id}.key").unlink()


def swap(file: StoredFile) -> None:
    digest = storage.put_public(b"another text")
    StoredFile.objects.filter(pk=file.pk).update(sha256=digest, size=12)


@pytest.mark.parametrize(
    ("is_public", "harm", "problem"),
    [
        (True, break_public, "file-changed"),
        (False, break_sealed, "file-changed"),
        (True, remove_bytes, "file-missing"),
        (False, remove_bytes, "file-missing"),
        (True, change_row, "file-changed"),
        (False, change_row, "file-changed"),
        (True, change_size, "file-changed"),
        (False, hide_row, "file-changed"),
        (True, remove_row, "file-row-missing"),
        (False, remove_row, "file-row-missing"),
        (False, remove_key, "file-key-missing"),
        (True, swap, "file-changed"),
    ],
)
def test_verification_names_every_harm(
    is_public: bool, harm: Callable[[StoredFile], None], problem: str, office: Office
) -> None:
    file = kept(office, is_public=is_public)
    kept(office, b"untouched", "b.txt", is_public=True)
    assert problems() == []
    harm(file)
    assert (f"file {file.pk}", problem) in problems()
    assert {what for what, _ in problems()} == {f"file {file.pk}"}


def test_verification_names_bytes_that_belong_to_nothing(office: Office, storage_folder: Path) -> None:
    kept(office)
    stray = storage_folder / "public" / "aa" / "stray"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"stray")
    with clock.frozen(dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)):
        assert problems() == [("bytes stray", "file-unknown")]


def test_file_without_event_is_named(office: Office) -> None:
    file = StoredFile(organ=office.organ, storage_class="public", created_at=clock.now(), size=len(TEXT))
    file.sha256, file.salt, file.media_type = storage.put_public(TEXT), "00" * 32, "text/plain"
    file.commitment = crypto.commitment(file.salt, TEXT)
    file.save()
    assert problems() == [(f"file {file.pk}", "file-unrecorded")]


def test_ciphertext_moved_to_another_file_does_not_open(office: Office) -> None:
    first, second = kept(office), kept(office, b"other text", "b.txt")
    storage.sealed_path(second.pk).write_bytes(storage.sealed_path(first.pk).read_bytes())
    StoredFile.objects.filter(pk=second.pk).update(wrapped_key=first.wrapped_key)
    with pytest.raises(Refused) as refused:
        storage.file_bytes(StoredFile.objects.get(pk=second.pk))
    assert refused.value.code == "files.damaged"


def test_name_moved_to_another_row_does_not_open(office: Office) -> None:
    first, second = kept(office), kept(office, b"other text", "b.txt")
    token = StoredFile.objects.filter(pk=first.pk).values_list("sealed_name", flat=True).get()
    StoredFile.objects.filter(pk=second.pk).update(sealed_name=token)
    with pytest.raises(Refused):
        _ = StoredFile.objects.get(pk=second.pk).sealed_name


def test_encrypted_column_refuses_what_would_leak() -> None:
    with pytest.raises(TypeError, match="encrypted"):
        StoredFile.objects.filter(sealed_name="方案").exists()
    with pytest.raises(TypeError, match="encrypted"):
        StoredFile.objects.update(sealed_name="方案")


@pytest.mark.parametrize(("cipher", "size"), [("aes-256-gcm", 32), ("sm4-gcm", 16)])
def test_keys_rotate_and_old_ones_still_open(cipher: str, size: int, office: Office) -> None:
    old = kept(office)
    keyring.new_key(keyring.FILES, cipher, size)
    keyring.new_key(keyring.COLUMNS, cipher, size)
    new = kept(office, b"new text", "新.txt")
    assert (old.key_id, new.key_id) == ("k0001", "k0002")
    assert (storage.file_bytes(old), storage.file_bytes(new)) == (TEXT, b"new text")
    assert (old.original_name, new.original_name) == ("方案.txt", "新.txt")
    assert problems() == []


def test_keys_are_made_once_and_only_for_the_owner() -> None:
    first = keyring.current_key(keyring.FILES)
    assert keyring.current_key(keyring.FILES) == first
    path = env.KEYS_DIR / "files" / "k0001.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["k0001.key"]
    with pytest.raises(Refused) as refused:
        keyring.key(keyring.FILES, "k0009")
    assert refused.value.code == "files.key_missing"


@pytest.mark.parametrize("name", ["aes-256-gcm", "sm4-gcm"])
def test_sealing_is_bound_to_its_name(name: str) -> None:
    sealer = crypto.SEALERS[name]
    key = b"k" * sealer.key_size
    sealed = sealer.seal(key, b"text", b"file:1")
    assert crypto.open_bytes(sealer, key, sealed, "file:1") == b"text"
    for wrong in (sealed[:-1], sealed[:-1] + b"x", b"", b"short"):
        with pytest.raises(Refused):
            crypto.open_bytes(sealer, key, wrong, "file:1")
    with pytest.raises(Refused):
        crypto.open_bytes(sealer, key, sealed, "file:2")


@pytest.mark.parametrize("token", ["", "v1.aes-256-gcm.k0001", "v2.aes-256-gcm.k0001.AAAA", "v1.rot13.k0001.AAAA"])
def test_texts_that_are_no_sealing_are_refused(token: str) -> None:
    keyring.current_key(keyring.COLUMNS)
    with pytest.raises(Refused):
        crypto.open_text(keyring.COLUMNS, token, "a.b.1")


def test_blind_index_finds_the_whole_value_only() -> None:
    index = crypto.blind_index("applicant.phone", " １３９００００００００")
    assert index == crypto.blind_index("applicant.phone", "13900000000")
    assert index != crypto.blind_index("applicant.name", "13900000000")
    assert index != crypto.blind_index("applicant.phone", "1390000000")
    keyring.new_key(keyring.INDEXES)
    assert index == crypto.blind_index("applicant.phone", "13900000000")


def test_sealed_path_is_the_random_id() -> None:
    file_id = uuid.UUID("12345678-1234-4234-8234-123456789abc")
    assert storage.sealed_path(file_id).name == file_id.hex
