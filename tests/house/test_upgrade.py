"""What an older version wrote is taken over: its demonstration city is migrated, and everything in it verifies.

Each release adds an archive (``python -m tools.upgrade_fixture NAME``); nothing but the checkout is needed.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

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


def rows(folder: Path, asked: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(folder / "gongkai.sqlite3")) as database, database:
        return list(database.execute(asked))


def days_of_effect(folder: Path) -> dict[int, str | None]:
    """Since when each link did something to its target, by its key."""
    return dict(rows(folder, "SELECT id, took_effect_on FROM records_link ORDER BY id"))


def without_days(folder: Path) -> dict[int, str | None]:
    """What the upgrade must make of the links of a version that kept no days: those that did something did it on the
    day, in China, on which their document was published."""
    if any(name == "took_effect_on" for _, name, *_ in rows(folder, "PRAGMA table_info(records_link)")):
        return days_of_effect(folder)
    found = (
        "SELECT l.id, l.kind, datetime(s.published_at, '+8 hours'), t.validity FROM records_link l"
        " JOIN records_record s ON s.id = l.source_id JOIN records_record t ON t.id = l.target_id ORDER BY l.id"
    )
    made = {"repeals": "repealed", "replaces": "repealed", "amends": "amended"}
    days = {key: day[:10] if made.get(kind) == validity else None for key, kind, day, validity in rows(folder, found)}
    assert any(days.values()) and not all(days.values()), "the archive holds links with and without effect"
    return days


def test_there_is_something_to_take_over() -> None:
    assert ARCHIVES


@pytest.mark.sqlite
@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def test_the_data_of_an_older_version_is_taken_over(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    before = without_days(tmp_path)
    done = call(tmp_path, "-m", "gongkai.config", "setup", "--no-demo")
    assert done.returncode == 0, done.stderr
    assert "数据库已就绪" in done.stdout, "there was something to migrate"
    verified = call(tmp_path, "-m", "gongkai.config", "register", "verify", "--json")
    assert json.loads(verified.stdout)["differences"] == [], verified.stdout
    assert (verified.returncode, verified.stderr) == (0, "")
    assert days_of_effect(tmp_path) == before
    looked = call(tmp_path, "-c", LOOK)
    found = json.loads(looked.stdout)
    assert found["pages"], found
    assert found["public"] > 10
    assert found["texts"] >= found["records"] - 1, "all but what was expunged"
    assert found["files"] > 0
    ticked = call(tmp_path, "-m", "gongkai.config", "tick", "--json")
    assert (ticked.returncode, ticked.stderr) == (0, ""), ticked.stdout
