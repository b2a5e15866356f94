"""One moment of the database, copied while the platform goes on: SQLite by its backup interface, PostgreSQL by pg_dump.

Sessions and counters stay behind: whoever is logged in here is not logged in on another machine.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from gongkai.config.backup.contents import BackupError

LEFT_OUT = ("django_session", "counter_cache")
Rows = Callable[[str], Sequence[tuple[Any, ...]]]


def file_name() -> str:
    """How the copy of the database is called."""
    return "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"


@contextmanager
def snapshot(target: Path) -> Iterator[Rows]:
    """Copy one moment of the database to a file; inside, that same moment can be asked with SQL."""
    target.unlink(missing_ok=True)
    with _sqlite_snapshot(target) if connection.vendor == "sqlite" else _postgres_snapshot(target) as rows:
        yield rows


@contextmanager
def _sqlite_snapshot(target: Path) -> Iterator[Rows]:
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(f"file:{name}?mode=ro", uri=True)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        present = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in set(LEFT_OUT) & present:
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        copy.commit()
        copy.execute("VACUUM")
        yield lambda sql: copy.execute(sql).fetchall()


@contextmanager
def _postgres_snapshot(target: Path) -> Iterator[Rows]:
    with psycopg.connect(**_psycopg_arguments()) as source:
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        source.read_only = True
        row = source.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
        call("pg_dump", "-Fc", "--no-owner", "--no-privileges", f"--snapshot={row[0]}", *left_out, f"--file={target}")
        yield lambda sql: source.execute(sql).fetchall()


def put_back(source: Path) -> None:
    """Fill the empty database from the copy, all or nothing."""
    connection.close()
    if connection.vendor == "sqlite":
        place = Path(connection.settings_dict["NAME"])
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".draft-{place.name}")
        shutil.copyfile(source, draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        for suffix in ("-wal", "-shm"):
            Path(f"{place}{suffix}").unlink(missing_ok=True)
        draft.replace(place)
        return
    name = connection.settings_dict["NAME"]
    call("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", f"--dbname={name}", str(source))


def is_empty() -> bool:
    """Whether the database holds no table yet."""
    return not connection.introspection.table_names()


def call(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs; the password goes through the environment, which no list of processes shows."""
    there = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = dict(os.environ) | {key: str(there[name]) for key, name in names.items() if there[name]}
    try:
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BackupError(f"本机没有 {program}，请安装与服务器同版本的 postgresql-client") from None
    if done.returncode:
        raise BackupError(f"{program} 失败：{(done.stderr.strip() or '没有说明').splitlines()[-1]}")


def _psycopg_arguments() -> dict[str, Any]:
    there = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {key: there[name] for key, name in names.items() if there[name]} | {"connect_timeout": 5}
