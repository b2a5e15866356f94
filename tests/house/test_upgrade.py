"""What an older version wrote is taken over: its demonstration city is migrated, and everything in it verifies.

Each release adds an archive (``python -m tools.upgrade_fixture NAME``); nothing but the checkout is needed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARCHIVES = sorted((ROOT / "tests" / "upgrade").glob("*.tar.xz"))
LOOK = """
import json, django; django.setup()
from django.test import Client
from gongkai.engine.records.models import Edition, Record
from gongkai.ground.files.models import StoredFile
from gongkai.ground.files.storage import file_bytes
from gongkai.ground.organs.models import Person
public = Record.objects.filter(is_visible=True, index_number__isnull=False).order_by("pk")
print(json.dumps({
    "records": Record.objects.count(), "public": public.count(), "people": Person.objects.count(),
    "texts": sum(bool(edition.canonical) for edition in Edition.objects.all()),
    "files": sum(len(file_bytes(file)) == file.size for file in StoredFile.objects.filter(destroyed_at=None)),
    "pages": {Client().get(f"/r/{one.index_number}").status_code for one in public} == {200},
}))
"""


def call(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A process of this version on the data of the older one."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"VAR_DIR": str(folder), "PYTHONPATH": str(ROOT), "PUBLIC_URL": "http://testserver"}
    environment |= {"DJANGO_SETTINGS_MODULE": "gongkai.config.settings"}
    return subprocess.run(
        [sys.executable, "-P", *command], env=environment, capture_output=True, text=True, check=False
    )


def test_there_is_something_to_take_over() -> None:
    assert ARCHIVES


@pytest.mark.sqlite
@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def test_the_data_of_an_older_version_is_taken_over(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    done = call(tmp_path, "-m", "gongkai.config", "setup", "--no-demo")
    assert done.returncode == 0, done.stderr
    assert "数据库已就绪" in done.stdout, "there was something to migrate"
    verified = call(tmp_path, "-m", "gongkai.config", "register", "verify", "--json")
    assert json.loads(verified.stdout)["differences"] == [], verified.stdout
    assert (verified.returncode, verified.stderr) == (0, "")
    looked = call(tmp_path, "-c", LOOK)
    found = json.loads(looked.stdout)
    assert found["pages"], found
    assert found["public"] > 10
    assert found["texts"] >= found["records"] - 1, "all but what was expunged"
    assert found["files"] > 0
    ticked = call(tmp_path, "-m", "gongkai.config", "tick", "--json")
    assert (ticked.returncode, ticked.stderr) == (0, ""), ticked.stdout
