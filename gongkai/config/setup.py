"""Brings the database and the static files to the state of the code; quick when nothing is to do."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import psycopg
from django.contrib.staticfiles.finders import get_finders
from django.core.cache import caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from gongkai.config import env
from gongkai.engine.records.actions.projecting import renew_facets


@dataclass(frozen=True)
class Prepared:
    """What the preparation had to do."""

    has_migrated: bool
    has_collected: bool


def prepare() -> Prepared:
    """Folders, tables, counters' cache and static files; idempotent. Refuses what Django's checks call an error."""
    require_database()
    call_command("check", fail_level="ERROR", verbosity=0, stdout=io.StringIO())
    for folder in (env.VAR_DIR, env.FILES_DIR, env.KEYS_DIR, env.CHECKPOINTS_DIR):
        folder.mkdir(parents=True, exist_ok=True)
    env.KEYS_DIR.chmod(0o700)
    return Prepared(migrate(), collect_static())


def require_database() -> None:
    """Raises OperationalError within five seconds when PostgreSQL does not answer; the pool would wait much longer."""
    if connection.vendor != "postgresql":
        return
    there = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    try:
        psycopg.connect(connect_timeout=5, **{key: there[name] for key, name in names.items() if there[name]}).close()
    except psycopg.OperationalError as error:
        raise OperationalError(str(error)) from error


def is_migrated() -> bool:
    """Whether every migration of the code is applied."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def migrate() -> bool:
    """Applies what is missing; the plan is read first, because an empty ``migrate`` costs a second."""
    if is_migrated():
        return False
    call_command("migrate", interactive=False, verbosity=0)
    if isinstance(caches["counters"], BaseDatabaseCache):
        call_command("createcachetable", verbosity=0)
    renew_facets()
    return True


def _static_stamp() -> str:
    """What the collected files are compared by: name, size and time of every source."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()


def collect_static() -> bool:
    """Collects, names by content and compresses the static files when a source changed."""
    stamp = env.VAR_DIR / "static" / "collected"
    current = _static_stamp()
    if stamp.exists() and stamp.read_text() == current:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, stdout=io.StringIO())
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(current)
    return True
