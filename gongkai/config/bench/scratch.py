"""A process of its own with a scratch database and folders, for benchmarks: what is in use is never touched."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gongkai.config import env

_FOLDERS = ("FILES_DIR", "KEYS_DIR", "CHECKPOINTS_DIR", "SECRET_KEY_FILE", "REDIS_URL", "EMAIL_URL", "WEBHOOK_URL")


def in_scratch(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run ``gongkai`` with these arguments on SQLite in a temporary folder, or beside DATABASE_URL_BENCH.

    On PostgreSQL a database named ``test_<name>`` is made on that server and dropped afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if name not in _FOLDERS}
        environment |= {"VAR_DIR": folder, "DATABASE_URL": env.DATABASE_URL_BENCH}
        command = [sys.executable, "-m", "gongkai.config", *arguments, "--in-scratch"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@contextmanager
def scratch_database() -> Iterator[None]:
    """The child's database, made here and gone afterwards."""
    from django.db import connection

    from gongkai.config.setup import migrate

    if connection.vendor == "sqlite":
        migrate()
        yield
        return
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
