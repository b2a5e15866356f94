from __future__ import annotations

import base64
from pathlib import Path

import pytest

from gongkai.config import env
from gongkai.ground.refusal import Refused
from gongkai.ground.register import checkpoint, verify_register
from gongkai.ground.register.checkpoint import Statement
from gongkai.ground.register.signing import ED25519, PublicKey, Signer, has_key, parse_vkey, published_key, signer

# The example of the C2SP signed-note specification and of golang.org/x/mod/sumdb/note.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# RFC 8032, section 7.1: secret, public, message, signature.
RFC8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


def a_key(name: str = "yunzhou.example/log") -> Signer:
    private = bytes(range(32))
    return Signer(PublicKey(name, ED25519, ED25519.public(private)), private)


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC8032)
def test_ed25519_vectors_in_both_implementations(secret: str, public: str, message: str, signature: str) -> None:
    private, key, text, signed = (bytes.fromhex(part) for part in (secret, public, message, signature))
    assert ED25519.public(private) == key
    assert ED25519.sign(private, text) == signed
    for verify in (ED25519.verify, lambda k, s, m: verify_register.is_ed25519(k, m, s)):
        assert verify(key, signed, text)
        assert not verify(key, signed, text + b"x")
        assert not verify(key, signed[:-1] + b"\x7f", text)
        assert not verify(key, signed[:63], text)
        assert not verify(key[:31], signed, text)


def test_the_standalone_signature_check_is_strict() -> None:
    _, public, message, signature = RFC8032[1]
    key, text, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    scalar = int.from_bytes(signed[32:], "little") + verify_register.L
    assert not verify_register.is_ed25519(key, text, signed[:32] + scalar.to_bytes(32, "little"))
    assert not verify_register.is_ed25519(verify_register.P.to_bytes(32, "little"), text, signed)
    assert not verify_register.is_ed25519(b"\x02" + bytes(31), text, signed)  # no point has y = 2


def test_the_key_line_is_that_of_go() -> None:
    key = parse_vkey(GO_VKEY)
    assert key.vkey == GO_VKEY
    assert verify_register.read_key(GO_VKEY).key == key.key
    text, _, line = GO_NOTE.rpartition("\n\n")
    raw = base64.b64decode(line.split()[-1])
    assert raw[:4] == key.key_id
    assert key.verify(raw[4:], (text + "\n").encode())
    assert verify_register.is_signature(line.strip(), text + "\n", verify_register.read_key(GO_VKEY))


@pytest.mark.parametrize(
    "text",
    ["", "a+b", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", GO_VKEY.replace("+AR", "+BR")],
)
def test_a_mistyped_key_is_noticed(text: str) -> None:
    with pytest.raises(ValueError):
        parse_vkey(text)
    with pytest.raises(verify_register.CannotRun):
        verify_register.read_key(text)


def test_the_note_of_a_checkpoint() -> None:
    statement = Statement("yunzhou.example/log", 3, bytes(32))
    note = checkpoint.sign(statement, a_key())
    assert note.startswith(
        "yunzhou.example/log\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— yunzhou.example/log "
    )
    assert note.endswith("=\n")
    assert checkpoint.parse(note) == statement
    assert checkpoint.is_signed(note, a_key().public)
    witness = checkpoint.sign(statement, a_key("witness.example")).splitlines()[-1] + "\n"
    assert checkpoint.is_signed(note + witness, a_key().public)
    assert not checkpoint.is_signed(note.replace("\n3\n", "\n4\n"), a_key().public)
    assert not checkpoint.is_signed(note, a_key("other.example").public)
    assert not checkpoint.is_signed(statement.text + "\n" + witness, a_key().public)


@pytest.mark.parametrize(
    "note", ["", "a\n1\n", "a\n01\nAAAA\n\n— a b\n", "a\n1\nAAAA\n\n— a b\n", "a\n-1\n" + "A" * 43 + "=\n\n— a b\n"]
)
def test_other_text_is_no_checkpoint(note: str) -> None:
    with pytest.raises(ValueError, match="checkpoint"):
        checkpoint.parse(note)


def test_keys_are_made_once() -> None:
    assert not has_key("a.example")
    with pytest.raises(Refused):
        published_key("a.example")
    first = signer("a.example")
    assert signer("a.example") == first
    assert published_key("a.example") == first.public
    assert has_key("a.example")
    assert signer("b.example").private != first.private
    assert sorted(path.name for path in Path(env.KEYS_DIR).iterdir()) == [
        "register-a.example.key",
        "register-a.example.vkey",
        "register-b.example.key",
        "register-b.example.vkey",
    ]


def test_another_private_key_is_refused() -> None:
    signer("a.example")
    signer("b.example")
    folder = Path(env.KEYS_DIR)
    (folder / "register-a.example.key").write_text((folder / "register-b.example.key").read_text())
    with pytest.raises(Refused, match="不符"):
        signer("a.example")


def test_a_published_file_is_never_written_over() -> None:
    key = a_key()
    old = checkpoint.sign(Statement(key.public.name, 5, bytes(32)), key)
    other = checkpoint.sign(Statement(key.public.name, 5, bytes([1] * 32)), key)
    older = checkpoint.sign(Statement(key.public.name, 4, bytes(32)), key)
    for note in (old, other, older):
        checkpoint.write_outside(note)
    assert checkpoint.file_of(key.public.name, 5).read_text() == old
    assert checkpoint.file_of(key.public.name, 4).read_text() == older
    assert checkpoint.latest_outside(key.public.name) == old
