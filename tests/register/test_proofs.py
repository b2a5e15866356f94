from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongkai.ground.refusal import Refused
from gongkai.ground.register import log, proofs, verify_register
from gongkai.ground.register.models import Event
from gongkai.ground.register.signing import ED25519, PublicKey
from tests.register.makers import MOMENT, new_event, published

ORIGIN = "gongkai.yunzhou.example/register"
CONTENT = '{"题名":"关于推进“一网通办”的通知"}'.encode()
CHANGED = CONTENT.replace("推进".encode(), "停止".encode())
Seal = Callable[..., list[Event]]


@pytest.fixture
def published_event(sealed: Seal) -> Event:
    """A published record somewhere inside a tree of 14."""
    sealed(6)
    (event,) = sealed(events=[published(900, CONTENT)])
    sealed(7)
    return event


def test_the_shape_of_a_proof(published_event: Event, django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(4):  # leaf with log, checkpoint, leaves, nodes
        proof = proofs.event_proof(published_event)
    assert list(proof) == [
        "version",
        "log",
        "leaf",
        "leaf_index",
        "tree_size",
        "path",
        "public",
        "public_salt",
        "checkpoint",
    ]
    assert (proof["version"], proof["log"], proof["leaf_index"], proof["tree_size"]) == (1, ORIGIN, 6, 14)
    assert len(proof["path"]) == 4
    assert proof["public"]["index_number"] == "YZ001-2026-00900"
    assert published_event.salt not in json.dumps(proof)
    assert "person:0001" not in json.dumps(proof)


@pytest.mark.sqlite
def test_a_proof_reads_by_index_alone(published_event: Event) -> None:
    with CaptureQueriesContext(connection) as captured:
        proofs.event_proof(published_event)
    with connection.cursor() as cursor:
        steps = []
        for query in captured.captured_queries:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"])
            steps += [row[3] for row in cursor.fetchall()]
    assert not [step for step in steps if "SCAN" in step]
    nodes = [step for step in steps if "SEARCH register_treenode" in step]
    assert len(nodes) == 2  # one search for each of the levels 1 and 2
    assert all("(log_id=? AND level=? AND index=?)" in step for step in nodes)


def test_what_is_not_proven(sealed: Seal) -> None:
    (closed,) = sealed(1)
    with pytest.raises(Refused, match="没有公开内容"):
        proofs.event_proof(closed)
    (fresh,) = log.append([published(1, CONTENT)])
    with pytest.raises(Refused, match="尚未写入"):
        proofs.event_proof(fresh)


def test_proofs_of_a_subject(sealed: Seal, django_assert_num_queries: Callable[..., Any]) -> None:
    withdrawn = published(5, CONTENT, name="trial.withdrawn")
    sealed(3, events=[published(5, CONTENT), new_event(5), published(6, CONTENT), withdrawn])
    log.append([published(5, CHANGED)])
    with django_assert_num_queries(5):
        found = proofs.subject_proofs("trial", "5")
    assert [proof["leaf_index"] for proof in found] == [3, 6]
    assert [proof["leaf_index"] for proof in proofs.subject_proofs("trial", "5", names=["trial.withdrawn"])] == [6]
    assert proofs.subject_proofs("trial", "unknown") == []


def test_public_days(sealed: Seal) -> None:
    late = MOMENT.replace(hour=16)  # midnight in China: the next day
    log.append([published(1, CONTENT), published(2, CONTENT), published(3, CONTENT, at=late), new_event(4)])
    second, third = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
    assert proofs.public_days(second, third) == {second: 2, third: 1}
    assert proofs.public_days(third, third) == {third: 1}


def test_keys_and_newest_checkpoint(sealed: Seal) -> None:
    assert proofs.newest_checkpoint() is None
    assert proofs.public_keys() == []
    sealed(2, 1)
    newest = proofs.newest_checkpoint()
    assert newest is not None
    assert newest.size == 3
    ((opened, vkey),) = proofs.public_keys()
    assert (opened.origin, vkey.split("+")[0]) == (ORIGIN, ORIGIN)


def test_consistency_is_refused_where_there_is_no_checkpoint(sealed: Seal) -> None:
    with pytest.raises(Refused):
        proofs.consistency_proof(1, 2)
    sealed(2, 3)
    with pytest.raises(Refused, match="条数为 4 "):
        proofs.consistency_proof(2, 4)
    with pytest.raises(Refused):
        proofs.consistency_proof(5, 2)
    assert proofs.consistency_proof(2, 2)["path"] == []


class Citizen:
    """Somebody with Python and three files: no package, no environment, no repository."""

    def __init__(self, folder: Path, proof: Any) -> None:
        self.folder = folder
        script = Path(verify_register.__file__).read_bytes()
        (folder / "verify_register.py").write_bytes(script)
        (folder / "content").write_bytes(CONTENT)
        ((_, vkey),) = proofs.public_keys()
        (folder / "key").write_text(vkey + "\n")
        self.write(proof)

    def write(self, proof: Any) -> None:
        (self.folder / "proof").write_text(json.dumps(proof))

    def run(self, *arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", "verify_register.py", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env={"LC_ALL": "C"}, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    def check(self) -> tuple[int, str]:
        return self.run("proof", "content", "--key", "key")


@pytest.fixture
def citizen(tmp_path: Path, published_event: Event) -> Citizen:
    folder = tmp_path / "citizen"
    folder.mkdir()
    return Citizen(folder, proofs.event_proof(published_event))


def test_a_citizen_verifies(citizen: Citizen) -> None:
    code, said = citizen.check()
    assert code == 0
    assert said.count("[通过 ok]") == 4
    assert "结论：核验通过。 / Result: everything verifies." in said
    assert "YZ001-2026-00900" in said
    line = (citizen.folder / "key").read_text().strip()
    assert citizen.run("proof", "content", "--key", line)[0] == 0
    other = PublicKey("other.example", ED25519, ED25519.public(bytes(32))).vkey
    (citizen.folder / "key").write_text(f"# 公开登记簿公钥\n\n{other}\n{line}\n")
    assert citizen.check()[0] == 0
    (citizen.folder / "key").write_text("# 没有公钥\n")
    assert citizen.check()[0] == 2


def test_one_proof_of_a_list(citizen: Citizen, sealed: Seal) -> None:
    sealed(events=[published(900, CHANGED), published(900, CONTENT, name="trial.withdrawn")])
    citizen.write(proofs.subject_proofs("trial", "900"))
    code, said = citizen.check()
    assert code == 0
    assert said.count("第 6 条") == said.count("第 15 条") == 1
    assert "第 14 条" not in said
    (citizen.folder / "content").write_bytes(b"{}")
    code, said = citizen.check()
    assert (code, "内容与登记不一致" in said) == (1, True)


def _other_checkpoint(proof: dict[str, Any]) -> None:
    head, _, tail = proof["checkpoint"].partition("\n14\n")
    proof["checkpoint"] = f"{head}\n15\n{tail}"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda proof: proof["public"].update(edition_sha256="00" * 32), "内容与登记不一致"),
        (lambda proof: proof["public"].update(note="更正"), "公开内容与叶不一致"),
        (lambda proof: proof.update(public_salt="00" * 32), "公开内容与叶不一致"),
        (lambda proof: proof.update(leaf=proof["leaf"].replace('"v":1', '"v":2')), "叶的格式不对"),
        (lambda proof: proof.update(leaf=" " + proof["leaf"]), "叶的格式不对"),
        (
            lambda proof: proof.update(
                leaf=json.dumps(json.loads(proof["leaf"]) | {"closed": ""}, separators=(",", ":"))
            ),
            "叶不在检查点所述的登记簿中",
        ),
        (lambda proof: proof.update(leaf_index=7), "叶不在检查点所述的登记簿中"),
        (lambda proof: proof["path"].reverse(), "叶不在检查点所述的登记簿中"),
        (lambda proof: proof["path"].pop(), "叶不在检查点所述的登记簿中"),
        (lambda proof: proof.update(tree_size=13), "条数或名称不同"),
        (lambda proof: proof.update(log="other"), "条数或名称不同"),
        (_other_checkpoint, "签名不是此公钥所签"),
        (lambda proof: proof.update(checkpoint="x"), "检查点格式不对"),
        (lambda proof: proof.update(path=["zz"]), "格式不对"),
        (lambda proof: proof.pop("leaf"), "格式不对"),
    ],
)
def test_each_check_is_named(citizen: Citizen, change: Callable[[dict[str, Any]], object], named: str) -> None:
    proof = json.loads((citizen.folder / "proof").read_text())
    change(proof)
    citizen.write(proof)
    code, said = citizen.check()
    assert code == 1
    assert named in said.partition("[未通过 FAILED]")[2]
    assert "does NOT verify" in said


def test_other_content_or_key(citizen: Citizen) -> None:
    (citizen.folder / "content").write_bytes(CHANGED)
    assert citizen.check()[0] == 1
    (citizen.folder / "content").write_bytes(CONTENT)
    other = PublicKey(ORIGIN, ED25519, ED25519.public(bytes(32)))
    code, said = citizen.run("proof", "content", "--key", other.vkey)
    assert (code, "签名不是此公钥所签" in said) == (1, True)
    named_otherwise = PublicKey("other.example", ED25519, ED25519.public(bytes(32)))
    code, said = citizen.run("proof", "content", "--key", named_otherwise.vkey)
    assert (code, "公钥属于 other.example" in said) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("proof", "--key", "key"),
        ("proof", "content"),
        ("nothing", "content", "--key", "key"),
        ("proof", "nothing", "--key", "key"),
        ("content2", "content", "--key", "key"),
        ("empty", "content", "--key", "key"),
        ("proof", "content", "--key", "nothing"),
        ("proof", "content", "--key", "proof"),
        ("proof", "content", "--key", "a+b+c"),
        ("proof", "content", "--consistency", "proof", "--key", "key"),
    ],
)
def test_cannot_run(citizen: Citizen, arguments: tuple[str, ...]) -> None:
    (citizen.folder / "content2").write_bytes(b"{")
    (citizen.folder / "empty").write_bytes(b"[]")
    code, said = citizen.run(*arguments)
    assert code == 2
    assert said


def test_consistency_for_a_citizen(citizen: Citizen) -> None:
    proof = proofs.consistency_proof(6, 14)
    citizen.write(proof)
    code, said = citizen.run("--consistency", "proof", "--key", "key")
    assert (code, "前 6 条在后一检查点中原样保留" in said) == (0, True)
    citizen.write(proof | {"path": proof["path"][::-1]})
    code, said = citizen.run("--consistency", "proof", "--key", "key")
    assert (code, "历史被改写" in said) == (1, True)
    citizen.write(proof | {"old": proof["old"].replace("\n6\n", "\n5\n")})
    assert citizen.run("--consistency", "proof", "--key", "key")[0] == 1


def test_the_script_is_old_python_and_standard_library_only() -> None:
    import ast

    source = Path(verify_register.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names
    new_in_3_9 = {"removeprefix", "removesuffix", "bit_count", "batched", "pairwise"}
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & new_in_3_9
