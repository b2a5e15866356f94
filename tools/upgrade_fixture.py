"""Keeps what this version writes, so that later versions prove that they can take it over.

``python -m tools.upgrade_fixture NAME``, run in the checkout of a release, loads the demonstration city into a folder
of its own and packs database, files, keys and checkpoints into ``tests/upgrade/NAME.tar.xz``. The keys in it are of
that fictional city and open nothing else. ``tests/house/test_upgrade.py`` migrates every one of them and verifies it.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from tools.sources import ROOT

KEPT = ("files", "keys", "checkpoints")


def load_city(folder: Path) -> None:
    """The demonstration city in a database of its own, every event sealed."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"VAR_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    for command in (["setup"], ["tick"]):
        subprocess.run([sys.executable, "-P", "-m", "gongkai.config", *command], env=environment, check=True)


def pack(folder: Path, target: Path) -> None:
    """One small archive: the database as one file without its log, and what belongs to it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    copy = folder / "copy.sqlite3"
    with closing(sqlite3.connect(folder / "gongkai.sqlite3")) as source, closing(sqlite3.connect(copy)) as kept:
        source.backup(kept)
        kept.execute("PRAGMA journal_mode=DELETE")
        kept.execute("VACUUM")
    with tarfile.open(target, "w:xz") as archive:
        archive.add(copy, "gongkai.sqlite3")
        for name in KEPT:
            archive.add(folder / name, name)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        load_city(Path(name))
        pack(Path(name), ROOT / "tests" / "upgrade" / f"{sys.argv[1]}.tar.xz")
