"""What tests of files share: an office, a storage of its own, and a picture of everything that is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def office(db: None) -> Any:
    """See tests.files.offices.Office."""
    from tests.files.offices import make_office

    return make_office()


@pytest.fixture(autouse=True)
def storage_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files and keys of each test in a folder of its own."""
    from gongkai.config import env

    monkeypatch.setattr(env, "FILES_DIR", tmp_path / "files")
    monkeypatch.setattr(env, "KEYS_DIR", tmp_path / "keys")
    return tmp_path / "files"


@pytest.fixture
def stored(storage_folder: Path) -> Callable[[], tuple[list[str], int, int]]:
    """Everything kept: paths on disk, rows of files, events about files."""
    from gongkai.ground.files.models import StoredFile
    from gongkai.ground.register.models import Event

    def look() -> tuple[list[str], int, int]:
        found = sorted(str(path.relative_to(storage_folder)) for path in storage_folder.rglob("*"))
        return found, StoredFile.objects.count(), Event.objects.filter(subject_type="file").count()

    return look
