#!/usr/bin/env python3
"""Check a proof of the public register (发布存证) without trusting the site that gave it.

    python3 verify_register.py PROOF CONTENT --key KEY
    python3 verify_register.py --consistency FILE --key KEY

PROOF    the proof: a JSON file with one proof or a list of proofs (/register/proof/<index number>)
CONTENT  the published content: the bytes of /r/<index number>.edition.json, exactly as downloaded
KEY      the public key of the register: the line printed on paper or shown at /register/key, or a file with that line
         (a file may hold several lines, one for each register; lines that begin with # are left out)
FILE     a JSON file with a consistency proof between two checkpoints

Exit code: 0 everything is right, 1 it does not verify (the check that failed is named), 2 it could not be run.

This one file needs nothing but Python 3.8 or newer: no package, no network, no other file. Read it before you
believe it. It answers one question: "Is this content, byte for byte, what the organ once entered into its register,
and does that register stand under the organ's signature?" To be sure that everybody was shown the same register,
compare checkpoints that were obtained at different times or by different people, with --consistency.

The standards: RFC 9162 section 2.1 (Merkle tree), RFC 8032 (Ed25519), C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations  # newer type hints on older Python

import argparse
import base64
import binascii
import hashlib
import io
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

# ruff: noqa: T201, PTH123


class DoesNotVerify(Exception):
    """A check failed: this is not what the organ signed."""


class CannotRun(Exception):
    """The question cannot be answered: a file is missing, or is not what it should be."""


# ---------------------------------------------------------------------------------------------------------------------
# Ed25519 signatures, RFC 8032. Points of the curve are kept as (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
# Only verification: nothing here is secret, so nothing here must run in constant time.
# ---------------------------------------------------------------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


class Point(NamedTuple):
    """A point of the curve."""

    x: int
    y: int
    z: int
    t: int


def add(a: Point, b: Point) -> Point:
    """The sum of two points."""
    e = (a.y - a.x) * (b.y - b.x) % P
    f = (a.y + a.x) * (b.y + b.x) % P
    g = 2 * a.t * b.t * D % P
    h = 2 * a.z * b.z % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return Point(i * j % P, k * m % P, j * k % P, i * m % P)


def multiply(number: int, point: Point) -> Point:
    """A point added to itself ``number`` times."""
    result = Point(0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def same(a: Point, b: Point) -> bool:
    """Whether two points are the same point."""
    return (a.x * b.z - b.x * a.z) % P == 0 and (a.y * b.z - b.y * a.z) % P == 0


def recover(y: int, is_odd: int) -> Point | None:
    """The point with this y and this parity of x; None when there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_M1 % P
    if (x * x - square) % P or (x == 0 and is_odd):
        return None
    if x & 1 != is_odd:
        x = P - x
    return Point(x, y, 1, x * y % P)


def decode_point(data: bytes) -> Point | None:
    """The point that 32 bytes stand for."""
    number = int.from_bytes(data, "little")
    return recover(number & (2**255 - 1), number >> 255)


def is_ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` over ``message`` was made with the private half of ``key``."""
    base = recover(4 * pow(5, P - 2, P) % P, 0)
    if base is None or len(key) != 32 or len(signature) != 64:
        return False
    public, nonce = decode_point(key), decode_point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or nonce is None or scalar >= L:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    challenge = int.from_bytes(digest, "little") % L
    return same(multiply(scalar, base), add(nonce, multiply(challenge, public)))


# ---------------------------------------------------------------------------------------------------------------------
# The Merkle tree, RFC 9162 section 2.1.
# ---------------------------------------------------------------------------------------------------------------------
def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: one zero byte goes before the data, so that no node can pass for a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours: one byte 1 goes before them."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf at ``index`` to the root of the tree with ``size`` leaves (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            result = node_hash(sibling, result)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and result == root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the old tree is the beginning of the new one (2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new:
        return False
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


# ---------------------------------------------------------------------------------------------------------------------
# The public key and the signed checkpoint.
# ---------------------------------------------------------------------------------------------------------------------
class Key(NamedTuple):
    """The public key of a register."""

    name: str
    key_id: bytes
    key: bytes

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature over the message was made with this key."""
        return is_ed25519(self.key, message, signature)


class Checkpoint(NamedTuple):
    """What a checkpoint states: the register ``origin`` had ``size`` entries, and this root over them."""

    origin: str
    size: int
    root: bytes


def read_key(text: str) -> Key:
    """The key from its line ``name+keyid+base64``. The key id is the beginning of a hash over name and key."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise CannotRun(f"公钥格式不对 / this is not a public key line: {text[:80]!r}") from None
    if raw[:1] == b"\xff":
        raise CannotRun(
            "这是 SM2 公钥：本程序只用 Python 标准库，不能核验 SM2 签名，请用 gongkai register check（附加组件 sm）"
            " / this is an SM2 key: a program of the standard library alone cannot check it,"
            " use `gongkai register check` with the extra sm"
        )
    if len(raw) != 33 or raw[0] != 1:
        raise CannotRun("不是 Ed25519 公钥 / the key is not an Ed25519 key")
    expected = hashlib.sha256(name.encode("utf-8") + b"\n" + raw).digest()[:4]
    if expected.hex() != key_id:
        raise CannotRun("公钥编号不符，可能抄错 / the key id does not fit the key; was it mistyped?")
    return Key(name, expected, raw[1:])


def check_note(note: str, keys: Sequence[Key], say: Reporter) -> Checkpoint:
    """Check the signature of a checkpoint, and read it."""
    body, gap, signatures = note.partition("\n\n")
    lines = body.split("\n")
    if not gap or len(lines) < 3 or not lines[1].isdigit():
        raise DoesNotVerify("检查点格式不对 / the checkpoint is malformed")
    named = [key for key in keys if key.name == lines[0]]
    if not named:
        names = ", ".join(key.name for key in keys)
        raise DoesNotVerify(
            f"检查点属于登记簿 {lines[0]}，公钥属于 {names} / the checkpoint is of another register than the key"
        )
    if not any(is_signature(line, body + "\n", key) for key in named for line in signatures.splitlines()):
        raise DoesNotVerify("检查点的签名不是此公钥所签 / the checkpoint is not signed with this key")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except binascii.Error:
        raise DoesNotVerify("检查点格式不对 / the checkpoint is malformed") from None
    say(
        f"检查点由登记簿 {lines[0]} 签名，共 {lines[1]} 条",
        f"the checkpoint of {lines[1]} entries is signed by the register {lines[0]}",
    )
    return Checkpoint(lines[0], int(lines[1]), root)


def is_signature(line: str, text: str, key: Key) -> bool:
    """Whether one signature line ``— name base64(keyid || signature)`` is a good one of this key."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or parts[1] != key.name:
        return False
    try:
        raw = base64.b64decode(parts[2], validate=True)
    except binascii.Error:
        return False
    return raw[:4] == key.key_id and key.verify(raw[4:], text.encode("utf-8"))


# ---------------------------------------------------------------------------------------------------------------------
# The checks themselves.
# ---------------------------------------------------------------------------------------------------------------------
class Reporter:
    """Prints each check that passed, in Chinese and in English."""

    def __call__(self, chinese: str, english: str) -> None:
        print(f"[通过 ok] {chinese} / {english}")


def canonical_json(value: Any) -> bytes:
    """The one way to write a JSON value as bytes: UTF-8, keys sorted, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def check_proof(proof: dict[str, Any], content_hash: str, keys: Sequence[Key]) -> None:
    """The five checks of a proof; raises DoesNotVerify at the first that fails."""
    say = Reporter()
    public = proof["public"]
    if public.get("edition_sha256") != content_hash:
        raise DoesNotVerify(
            f"内容与登记不一致：文件的 SHA-256 是 {content_hash}，登记的是 {public.get('edition_sha256')}"
            " / the content is not the registered content"
        )
    say(f"内容的 SHA-256 与登记一致：{content_hash}", "the SHA-256 of the content is the registered one")

    leaf = json.loads(proof["leaf"])
    if canonical_json(leaf) != proof["leaf"].encode("utf-8") or leaf.get("v") != 1:
        raise DoesNotVerify("叶的格式不对 / the leaf is not in its one canonical form")
    commitment = hashlib.sha256(bytes.fromhex(proof["public_salt"]) + canonical_json(public)).hexdigest()
    if leaf.get("public") != commitment:
        raise DoesNotVerify("公开内容与叶不一致 / the public statement is not the one committed to in the leaf")
    say("公开内容与叶中的承诺一致", "the leaf commits to the public statement")

    checkpoint = check_note(proof["checkpoint"], keys, say)
    if checkpoint.size != proof["tree_size"] or checkpoint.origin != proof["log"]:
        raise DoesNotVerify("证明与检查点的条数或名称不同 / proof and checkpoint differ in size or name")

    hashed = leaf_hash(proof["leaf"].encode("utf-8"))
    path = [bytes.fromhex(step) for step in proof["path"]]
    if not is_included(hashed, proof["leaf_index"], checkpoint.size, path, checkpoint.root):
        raise DoesNotVerify("叶不在检查点所述的登记簿中 / the path does not lead from the leaf to the signed root")
    say(f"第 {proof['leaf_index']} 条在登记簿中", f"entry {proof['leaf_index']} is in the register")
    print("         登记内容 / registered: " + json.dumps(public, ensure_ascii=False, sort_keys=True))


def check_consistency(proof: dict[str, Any], keys: Sequence[Key]) -> None:
    """Whether the newer checkpoint only added to the older."""
    say = Reporter()
    old, new = check_note(proof["old"], keys, say), check_note(proof["new"], keys, say)
    path = [bytes.fromhex(step) for step in proof["path"]]
    if not is_consistent(old.size, old.root, new.size, new.root, path):
        raise DoesNotVerify(
            "两个检查点不相容：历史被改写 / the checkpoints contradict each other: history was rewritten"
        )
    say(
        f"前 {old.size} 条在后一检查点中原样保留，其后只有增加",
        f"the first {old.size} entries are unchanged in the newer checkpoint; entries were only added",
    )


def choose(proofs: list[dict[str, Any]], content_hash: str) -> list[dict[str, Any]]:
    """Those proofs of a list that speak of this content: a record has one for each edition. All, when none does."""
    return [proof for proof in proofs if proof["public"].get("edition_sha256") == content_hash] or proofs[-1:]


# ---------------------------------------------------------------------------------------------------------------------
# Reading files and arguments.
# ---------------------------------------------------------------------------------------------------------------------
def read_bytes(name: str) -> bytes:
    """A file's bytes."""
    try:
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        raise CannotRun(f"无法读取 / cannot read {name}: {error.strerror}") from None


def read_json(name: str) -> Any:
    """A JSON file."""
    try:
        return json.loads(read_bytes(name).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise CannotRun(f"不是 JSON 文件 / not a JSON file: {name}") from None


def key_argument(text: str, read: Callable[[str], Any]) -> list[Any]:
    """The key from the command line: the line itself, or the name of a file that holds it, or several."""
    if text.count("+") < 2:
        text = read_bytes(text).decode("utf-8-sig", "replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [read(line) for line in lines] or [read("")]


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="核验发布存证证明 / check a proof of the public register",
        epilog="退出码 exit code: 0 通过 verified, 1 未通过 does not verify, 2 无法运行 cannot run",
    )
    parser.add_argument("proof", nargs="?", metavar="PROOF", help="证明 JSON / the proof")
    parser.add_argument("content", nargs="?", metavar="CONTENT", help="下载的 .edition.json / the content bytes")
    parser.add_argument("--key", required=True, help="公钥（一行文字或文件）/ the public key, as a line or a file")
    parser.add_argument("--consistency", metavar="FILE", help="两个检查点的一致性证明 / a consistency proof")
    options = parser.parse_args(given)
    if bool(options.consistency) == bool(options.proof) or bool(options.proof) != bool(options.content):
        parser.error("需要 PROOF 与 CONTENT，或 --consistency FILE / give PROOF and CONTENT, or --consistency FILE")
    return options


def check(options: argparse.Namespace, read: Callable[[str], Any]) -> None:
    """Do what the command line asks; raises DoesNotVerify or CannotRun."""
    keys = key_argument(options.key, read)
    try:
        if options.consistency:
            check_consistency(read_json(options.consistency), keys)
            return
        content_hash = hashlib.sha256(read_bytes(options.content)).hexdigest()
        found = read_json(options.proof)
        proofs = found if isinstance(found, list) else [found]
        if not proofs:
            raise CannotRun("文件中没有证明 / the file holds no proof")
        for proof in choose(proofs, content_hash):
            check_proof(proof, content_hash, keys)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DoesNotVerify(f"证明缺少内容或格式不对 / the proof is incomplete or malformed ({error!r})") from None


def main(given: Sequence[str] | None = None, read: Callable[[str], Any] = read_key) -> int:
    """Run; returns the exit code. ``read`` makes a key of its line: `gongkai register check` knows more kinds."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot print Chinese must not stop the check
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        check(arguments(given), read)
    except DoesNotVerify as no:
        print(f"[未通过 FAILED] {no}")
        print("结论：未通过核验。 / Result: this does NOT verify.")
        return 1
    except CannotRun as problem:
        print(f"无法核验 / cannot run: {problem}", file=sys.stderr)
        return 2
    print("结论：核验通过。 / Result: everything verifies.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
