"""Files in a folder of the test's own, and other processes on the test's database."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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


class Nursery:
    """The process of `nursery.py`, and what its children said."""

    def __init__(self, environment: dict[str, str]) -> None:
        script = Path(__file__).with_name("nursery.py")
        # Its backends on PostgreSQL are told from the test's own by this name.
        self.process = subprocess.Popen(
            [sys.executable, str(script)],
            env=environment | {"PGAPPNAME": "nursery"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self.line() == ["ready"]

    def line(self) -> list[str]:
        """The next thing said; nobody may have failed."""
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split(" ", 2)
        assert words[0] not in {"", "failed", "failed\n"}, words
        return [word.strip() for word in words]

    def bear(self, *jobs: str) -> list[int]:
        """Let children be born; their process ids."""
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(jobs) + "\n")
        pids: list[int] = []
        self.heard: list[list[str]] = []
        while len(pids) < len(jobs):
            words = self.line()
            if words[0] == "born":
                pids.append(int(words[1]))
            else:
                self.heard.append(words)
        return pids

    def hear(self, count: int) -> None:
        """Wait until the children have said so many things."""
        while len(self.heard) < count:
            self.heard.append(self.line())

    def rest(self) -> list[list[str]]:
        """Everything the children said, when the last of them has ended."""
        while (words := self.line()) != ["ended"]:
            self.heard.append(words)
        _wait_for_backends()
        return self.heard

    def end(self) -> None:
        """No more children."""
        self.process.kill()
        self.process.wait()


def _wait_for_backends() -> None:
    """PostgreSQL notices a moment later that a client is dead: its last commit may still be under way."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'nursery' "
                "AND datname = current_database()"
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.01)


@pytest.fixture
def nursery(process_environment: Callable[..., dict[str, str]]) -> Iterator[Nursery]:
    """Children that work on the test's database and may be killed."""
    made = Nursery(process_environment())
    yield made
    made.end()
