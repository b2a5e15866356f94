"""Files in a folder of the test's own, and other processes on the test's database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongkai.config import env

GONGKAI = "from gongkai.config.cli import main; raise SystemExit(main())"


@pytest.fixture(autouse=True)
def own_files(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes on disk belong to one test."""
    monkeypatch.setattr(env, "FILES_DIR", own_folders / "files")


@pytest.fixture
def gongkai(process_environment: Callable[..., dict[str, str]]) -> Callable[..., Any]:
    """Run ``gongkai`` in a process of its own; standard error stays empty."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", GONGKAI, *arguments]
        done = subprocess.run(command, env=process_environment(), capture_output=True, text=True, check=False)
        assert done.stderr == "", done.stderr
        return done

    return run
