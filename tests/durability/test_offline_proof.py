"""From publication to a stranger's desk: proof, content, key and verifier are downloaded and agree without us."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongkai.ground.register.log import seal
from tests.builders import Office, public_record

pytestmark = pytest.mark.django_db

Verify = Callable[..., int]


@pytest.fixture
def downloaded(tmp_path: Path, frozen_clock: object) -> Path:
    """What a stranger has: four files from the portal."""
    office = Office()
    public_record(office, title="早先的一件")
    record = public_record(office, title="云洲市停车收费办法")
    public_record(office, title="后来的一件")
    seal()
    folder = tmp_path / "stranger"
    folder.mkdir()
    for name, url in {
        "proof.json": f"/register/proof/{record.index_number}",
        "content.json": f"/r/{record.index_number}.edition.json",
        "key": "/register/key",
        "verify_register.py": "/register/verify_register.py",
    }.items():
        answer = Client().get(url)
        assert answer.status_code == 200
        (folder / name).write_bytes(answer.content)
    return folder


@pytest.fixture
def verify(downloaded: Path) -> Verify:
    """Run the downloaded verifier with Python's standard library alone."""

    def run() -> int:
        command = [sys.executable, "-I", "-S", "verify_register.py", "proof.json", "content.json", "--key", "key"]
        return subprocess.run(command, cwd=downloaded, capture_output=True, check=False).returncode

    return run


def test_what_is_downloaded_agrees(verify: Verify) -> None:
    assert verify() == 0


@pytest.mark.parametrize("place", [0, 100, -1])
def test_one_byte_of_the_content(downloaded: Path, verify: Verify, place: int) -> None:
    path = downloaded / "content.json"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))
    assert verify() == 1


FORGERIES: dict[str, dict[str, Any]] = {
    "what happened": {"public": {"event": "record.withdrawn"}},
    "the leaf": {"leaf": '{"v":1}'},
    "its place": {"leaf_index": 0},
    "the path": {"path": []},
    "the salt": {"public_salt": "00" * 32},
}


@pytest.mark.parametrize("what", FORGERIES)
def test_the_proof_forged(downloaded: Path, verify: Verify, what: str) -> None:
    path = downloaded / "proof.json"
    proofs = json.loads(path.read_text())
    path.write_text(json.dumps([proof | FORGERIES[what] for proof in proofs]))
    assert verify() == 1


def test_the_key_of_another_register(downloaded: Path, verify: Verify) -> None:
    path = downloaded / "key"
    line = path.read_text()
    name, _, rest = line.partition("+")
    path.write_text(f"{name}x+{rest}")
    assert verify() in {1, 2}
