"""Keys of each test in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def keys_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the key of blind indexes lies."""
    from gongkai.config import env

    monkeypatch.setattr(env, "KEYS_DIR", tmp_path / "keys")
    return tmp_path / "keys"
