"""Files in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.config import env


@pytest.fixture(autouse=True)
def own_files(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes on disk belong to one test."""
    monkeypatch.setattr(env, "FILES_DIR", own_folders / "files")
