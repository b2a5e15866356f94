"""Keys: added, everything sealed anew, backed up apart, destroyed; algorithms stand side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, transaction

from gongkai.config import env, keys
from gongkai.config.cli import main
from gongkai.engine.records.models import Edition
from gongkai.ground.files import keyring, storage
from gongkai.ground.files.crypto import blind_index, commitment, is_committed, open_text, seal_text
from gongkai.ground.files.models import StoredFile
from gongkai.ground.files.rewrapping import encrypted_columns, sealed_rows
from gongkai.ground.refusal import Refused
from gongkai.ground.register.log import seal
from gongkai.ground.register.verify import verify_all
from gongkai.surfaces.workbench.accounts.adapters import BOUND
from tests.durability.town import SEALED_TEXT, Town, build_town

SM3_OF_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.fixture
def town(transactional_db: None) -> Town:
    return build_town()


def starts() -> set[str]:
    """Cipher and key of everything sealed in the database."""
    found = set()
    for model, field in encrypted_columns():
        found |= {".".join(row.token.split(".")[:3]) for row in sealed_rows(model, field.attname)}
    found |= {".".join(text.split(".")[:3]) for text in Authenticator.objects.values_list("data__secret", flat=True)}
    wrapped = StoredFile.objects.exclude(wrapped_key="").values_list("wrapped_key", flat=True)
    return found | {".".join(text.split(".")[:3]) for text in wrapped}


def test_a_rotation_seals_everything_anew_and_changes_nothing(town: Town, monkeypatch, capsys) -> None:
    texts = dict(Edition.objects.values_list("pk", "sha256"))
    Authenticator.objects.create(
        user=town.office.people["editor"], type="totp", data={"secret": seal_text("columns", b"JBSWY3DP", BOUND)}
    )
    assert starts() == {"v1.aes-256-gcm.k0001"}
    monkeypatch.setattr(env, "CRYPTO_SUITE", "national")
    assert main(["keys", "rotate"]) == 0
    said = capsys.readouterr().out
    assert "files：新密钥 k0002\ncolumns：新密钥 k0002\n" in said
    assert starts() == {"v1.sm4-gcm.k0002"}
    assert {edition.pk: edition.sha256 for edition in Edition.objects.all() if edition.canonical} == texts
    town.sealed_file.refresh_from_db()
    assert (town.sealed_file.key_id, storage.file_bytes(town.sealed_file)) == ("k0002", SEALED_TEXT)
    assert open_text("columns", Authenticator.objects.get().data["secret"], BOUND) == b"JBSWY3DP"
    assert verify_all().differences == []
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Edition.objects.update(sha256="0" * 64)


def test_an_interrupted_rotation_goes_on_and_adds_no_third_key(town: Town, monkeypatch, capsys) -> None:
    monkeypatch.setattr("gongkai.ground.files.rewrapping.BATCH", 2)
    assert keys.rotate("columns") == ("k0002", True)
    steps = keys.rewrap()
    for _ in range(2):
        next(steps)
    steps.close()
    assert starts() == {"v1.aes-256-gcm.k0001", "v1.aes-256-gcm.k0002"}
    assert verify_all().differences == []
    assert main(["keys", "rotate", "columns"]) == 0
    assert "columns：上次轮换未完成，继续换用 k0002\n" in capsys.readouterr().out
    assert [key.id for key in keyring.keys("columns")] == ["k0001", "k0002"]
    assert keys.sealed_by("columns", "k0001") == 0
    assert keys.rotate("columns") == ("k0003", True)


def test_what_does_not_open_is_named_and_keeps_nothing_else(town: Town, capsys) -> None:
    town.sealed_file.wrapped_key = town.sealed_file.wrapped_key[:-8] + "AAAAAAAA"
    StoredFile.objects.filter(pk=town.sealed_file.pk).update(wrapped_key=town.sealed_file.wrapped_key)
    assert main(["keys", "rotate"]) == 1
    assert f"files.storedfile {town.sealed_file.pk}：无法打开，没有换封\n" in capsys.readouterr().out
    assert keys.sealed_by("columns", "k0001") == 0


def test_a_key_is_destroyed_only_when_nothing_needs_it(town: Town, capsys) -> None:
    assert main(["keys", "destroy", "columns/k0001"]) == 2
    assert "当前密钥" in capsys.readouterr().err
    keys.rotate("columns")
    assert main(["keys", "destroy", "columns/k0001"]) == 2
    assert "仍封存" in capsys.readouterr().err
    assert main(["keys", "rewrap"]) == 0
    assert main(["keys", "destroy", "columns/k0001"]) == 0
    assert [key.id for key in keyring.keys("columns")] == ["k0002"]
    assert main(["keys", "destroy", "indexes/k0001"]) == 2
    assert main(["keys", "rotate", "indexes"]) == 2
    assert verify_all().differences == []


def test_the_list_tells_no_secret(town: Town, capsys) -> None:
    assert main(["keys", "list", "--json"]) == 0
    out = capsys.readouterr().out
    told = json.loads(out)
    by_name = {f"{one['purpose']}/{one['id']}": one for one in told["keys"]}
    assert by_name["files/k0001"]["sealed"] == 1
    assert by_name["columns/k0001"] | {"sealed": 0, "fingerprint": ""} == {
        "purpose": "columns",
        "id": "k0001",
        "cipher": "aes-256-gcm",
        "is_current": True,
        "sealed": 0,
        "fingerprint": "",
    }
    assert by_name["columns/k0001"]["sealed"] > 4
    assert told["register"][0].startswith("testserver+")
    for path in env.KEYS_DIR.rglob("*.key"):
        secret = path.read_text().strip().replace(":", " ").split(" ")[-1]
        assert secret not in out


def test_keys_are_backed_up_apart_and_come_back(town: Town, tmp_path: Path, monkeypatch, capsys) -> None:
    folder = tmp_path / "apart"
    assert main(["keys", "backup", str(folder)]) == 0
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert {"columns/k0001.key", "files/k0001.key", "register-testserver.key", "register-testserver.vkey"} <= set(names)
    assert (folder / "columns" / "k0001.key").stat().st_mode & 0o077 == 0
    keys.rotate("columns")
    keys.rotate_register()
    assert len(keys.back_up(folder)) == 4  # the new key, the signing key and its public half, the old public half
    old = env.KEYS_DIR
    monkeypatch.setattr(env, "KEYS_DIR", tmp_path / "elsewhere")
    assert main(["keys", "restore", str(folder)]) == 0
    assert {path: (env.KEYS_DIR / path).read_bytes() for path in keys.key_files()} == {
        path.relative_to(old): path.read_bytes() for path in old.rglob("*") if path.is_file()
    }
    (folder / "columns" / "k0001.key").write_text("aes-256-gcm:AAAA\n")
    capsys.readouterr()
    assert main(["keys", "restore", str(folder)]) == 2
    assert "密钥备份不完整或已损坏" in capsys.readouterr().err
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.json").write_text("{}")
    with pytest.raises(keys.KeysError, match="分开存放"):
        keys.back_up(tmp_path / "data")


def test_a_new_suite_leaves_old_data_readable(monkeypatch) -> None:
    old, salt = blind_index("a.b", "张三"), "00" * 32
    old_commitment = commitment(salt, b"abc")
    monkeypatch.setattr(env, "CRYPTO_SUITE", "national")
    assert blind_index("a.b", " 张三 ") == old
    new_commitment = commitment(salt, b"abc")
    assert new_commitment.startswith("sm3:")
    assert (len(old_commitment), len(new_commitment)) == (64, 68)
    for text in (old_commitment, new_commitment):
        assert is_committed(text, salt, b"abc")
        assert not is_committed(text, salt, b"abd")
    assert not is_committed("md5:00", salt, b"abc")
    assert commitment("", b"abc") == f"sm3:{SM3_OF_ABC}"
    monkeypatch.setattr(env, "KEYS_DIR", env.KEYS_DIR / "new")
    assert blind_index("a.b", "张三") != old
    assert {purpose: keyring.current_key(purpose).cipher for purpose in keyring.PURPOSES} == {
        "files": "sm4-gcm",
        "columns": "sm4-gcm",
        "indexes": "hmac-sm3",
    }


def test_a_new_signing_key_stands_under_the_signature_of_the_old(town: Town, client, capsys) -> None:
    from gongkai.ground.register.models import Checkpoint, Event

    (old,) = client.get("/register/key").content.decode().splitlines()
    before = Checkpoint.objects.latest("pk")
    assert main(["keys", "rotate", "register"]) == 0
    new, kept = client.get("/register/key").content.decode().splitlines()
    assert (kept, new != old) == (old, True)
    event = Event.objects.get(name="register.key_changed")
    assert (event.public["old_key"], event.public["new_key"]) == (old, new)
    assert Checkpoint.objects.latest("pk").size == before.size + 1
    assert len([path for path in env.KEYS_DIR.iterdir() if path.name.startswith("register-")]) == 3
    assert verify_all().differences == []
    assert seal() == 0


def test_an_old_signing_key_signs_nothing_later(town: Town) -> None:
    from gongkai.ground.register import checkpoint
    from gongkai.ground.register.models import Checkpoint
    from gongkai.ground.register.signing import signer
    from tests.durability.town import master_access

    stolen = signer("testserver")
    keys.rotate_register()
    from gongkai.ground.files.actions import record_refused_mark

    record_refused_mark(organ=town.office.organ, actor=town.office.actor("editor"))
    seal()
    last = Checkpoint.objects.latest("pk")
    forged = checkpoint.sign(checkpoint.parse(last.note), stolen)
    with master_access():
        Checkpoint.objects.filter(pk=last.pk).update(note=forged)
    assert "signature-invalid" in {one.problem for one in verify_all().differences}


def test_an_interrupted_change_of_the_signing_key_goes_on(town: Town) -> None:
    from gongkai.ground.register import rotation, signing
    from gongkai.ground.register.log import current_log
    from gongkai.ground.register.models import Event

    begun, old = signing.new_signer("testserver"), signing.published_key("testserver")
    log = current_log()
    assert log is not None
    rotation._announce(log, old, begun.public, "system")
    # It died between the two halves of the key: nobody signs until the rotation is finished.
    (env.KEYS_DIR / "register-testserver.key").write_text((env.KEYS_DIR / "register-testserver.next.key").read_text())
    with pytest.raises(Refused, match="不符"):
        signing.signer("testserver")
    assert keys.rotate_register() == begun.public.vkey
    assert signing.signer("testserver") == begun
    assert signing.next_signer("testserver") is None
    assert Event.objects.filter(name="register.key_changed").count() == 1
    assert [key for key, _ in signing.accepted_keys("testserver")] == [begun.public, old]
    assert verify_all().differences == []


def test_sm2_signs_checkpoints_and_the_program_of_the_standard_library_says_plainly_that_it_cannot(
    transactional_db: None, tmp_path: Path, monkeypatch, capsys
) -> None:
    pytest.importorskip("gmalg", reason="the extra sm is not installed")
    from gongkai.ground.register import verify_register
    from gongkai.ground.register.proofs import public_keys, subject_proofs

    monkeypatch.setattr(env, "REGISTER_SIGNATURE", "sm2")
    town = build_town()
    assert verify_all().differences == []
    ((_, line),) = public_keys()
    proof, content = tmp_path / "proof.json", tmp_path / "content.json"
    proof.write_text(json.dumps(subject_proofs("record", str(town.rule.pk))))
    content.write_text(str(town.shown.canonical), encoding="utf-8")
    capsys.readouterr()
    assert main(["register", "check", str(proof), str(content), "--key", line]) == 0
    assert "结论：核验通过。" in capsys.readouterr().out
    assert verify_register.main([str(proof), str(content), "--key", line]) == 2
    assert "本程序只用 Python 标准库，不能核验 SM2 签名" in capsys.readouterr().err
    found = json.loads(proof.read_text())
    for one in found:
        one["checkpoint"] = one["checkpoint"].replace("\n\n", "x\n\n")
    proof.write_text(json.dumps(found))
    assert main(["register", "check", str(proof), str(content), "--key", line]) == 1


# GM/T 0003.5, appendix A: the key and the signature of "message digest" that the standard prints.
SM2_VECTOR = (
    (
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    ),
    (
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    ),
)


def test_sm2_verifies_what_the_standard_prints() -> None:
    pytest.importorskip("gmalg", reason="the extra sm is not installed")
    from gongkai.ground.register.signing import SM2

    public, signature = (bytes.fromhex(text) for text in SM2_VECTOR)
    assert SM2.verify(b"\x04" + public, signature, b"message digest")
    assert not SM2.verify(b"\x04" + public, signature, b"message digest.")
    assert not SM2.verify(b"\x04" + public, signature[:-1], b"message digest")
