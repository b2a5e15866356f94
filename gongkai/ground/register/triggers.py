"""Database triggers that refuse to change history, for the migrations of any app.

In a migration::

    operations = [Immutable("records_edition", allow_update_when="OLD.content_hash = NEW.content_hash AND ...")]

SQLite rebuilds a table when a later migration alters it, and its triggers go with the old one: append the same
`Immutable` operation again after any AlterField on such a table. `missing` tells a verifier what is not guarded.
Triggers stop mistakes and ordinary code; whoever owns the database can drop them, and then the Merkle tree tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections, router
from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

PREFIX = "immutable_"
_TABLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FUNCTION = """
CREATE OR REPLACE FUNCTION gongkai_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END;
$body$
"""


def _message(table: str, verb: str) -> str:
    return f"{table} is append-only: {verb} refused (只增不改，拒绝修改或删除)"


def immutable_sql(vendor: str, table: str, *, allow_update_when: str = "") -> list[str]:
    """The statements that make a table append-only; repeating them is harmless.

    ``allow_update_when`` is an SQL boolean over OLD. and NEW.; an UPDATE for which it is true passes.
    """
    _known(table)
    guard = f"WHEN (({allow_update_when}) IS NOT TRUE) " if allow_update_when else ""
    statements = drop_sql(vendor, table)
    if vendor == "sqlite":
        for verb, when in (("UPDATE", guard), ("DELETE", "")):
            statements.append(
                f"CREATE TRIGGER {PREFIX}{table}_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW {when}"
                f"BEGIN SELECT RAISE(ABORT, '{_message(table, verb)}'); END"
            )
        return statements
    statements.insert(0, _FUNCTION)
    for verb, each, when in (("UPDATE", "ROW", guard), ("DELETE", "ROW", ""), ("TRUNCATE", "STATEMENT", "")):
        statements.append(
            f"CREATE TRIGGER {PREFIX}{table}_{verb.lower()} BEFORE {verb} ON {table} FOR EACH {each} {when}"
            f"EXECUTE FUNCTION gongkai_refuse_change('{_message(table, verb)}')"
        )
    return statements


def drop_sql(vendor: str, table: str) -> list[str]:
    """The statements that take the triggers of a table away."""
    _known(table)
    if vendor not in _LISTING:
        raise NotImplementedError(f"no triggers for {vendor}")
    verbs, place = ["update", "delete"], ""
    if vendor == "postgresql":
        verbs, place = [*verbs, "truncate"], f" ON {table}"
    return [f"DROP TRIGGER IF EXISTS {PREFIX}{table}_{verb}{place}" for verb in verbs]


def _known(table: str) -> None:
    """Table names are spliced into SQL; they come from migrations, and still only plain names pass."""
    if not _TABLE.fullmatch(table):
        raise ValueError(f"not a plain table name: {table!r}")


class Immutable(Operation):
    """Migration operation: the table refuses UPDATE (but where allowed), DELETE and TRUNCATE from here on."""

    reversible = True
    reduces_to_sql = True
    atomic = False

    def __init__(self, table: str, allow_update_when: str = "") -> None:
        self.table = table
        self.allow_update_when = allow_update_when

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are not part of Django's model state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *_states: ProjectState
    ) -> None:
        """Create the triggers."""
        vendor = schema_editor.connection.vendor
        self._run(app_label, schema_editor, immutable_sql(vendor, self.table, allow_update_when=self.allow_update_when))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *_states: ProjectState
    ) -> None:
        """Drop the triggers."""
        self._run(app_label, schema_editor, drop_sql(schema_editor.connection.vendor, self.table))

    def describe(self) -> str:
        """One line for `migrate`."""
        return f"Make {self.table} append-only"

    def _run(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, statements: Iterable[str]) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            for statement in statements:
                schema_editor.execute(statement, params=None)


def immutable(table: str, *, allow_update_when: str = "") -> Immutable:
    """The operation for a migration's list; the same as `Immutable(...)`."""
    return Immutable(table, allow_update_when)


_LISTING = {
    "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal AND tgenabled <> 'D'",
}


def _present(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_LISTING[connection.vendor])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [(str(table), str(name), str(sql)) for table, name, sql in rows if str(name).startswith(PREFIX)]


def missing(tables: Iterable[str], *, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Those of the tables that a trigger for UPDATE or DELETE does not guard, or no longer guards."""
    names = {name for _, name, _ in _present(connections[using])}
    return [table for table in tables if not {f"{PREFIX}{table}_update", f"{PREFIX}{table}_delete"} <= names]


@contextmanager
def lifted(table: str, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """The guards of one table off until the transaction around it ends well, for sealing its texts with a newer key.

    Other writers wait meanwhile, and a transaction that is undone brings the guards back.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError("guards are lifted inside a transaction only")
    guards = [guard for guard in _present(connection) if guard[0] == table]
    with connection.cursor() as cursor:
        for _, name, _ in guards:
            cursor.execute(
                f"DROP TRIGGER {name}"
                if connection.vendor == "sqlite"
                else f"ALTER TABLE {table} DISABLE TRIGGER {name}"
            )
        yield
        for _, name, sql in guards:
            cursor.execute(sql if connection.vendor == "sqlite" else f"ALTER TABLE {table} ENABLE TRIGGER {name}")


@contextmanager
def suspended(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """All guards off, and on again afterwards: for emptying a demonstration or test database, for nothing else."""
    connection = connections[using]
    guards = _present(connection)
    with connection.cursor() as cursor:
        for table, name, _ in guards:
            place = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER {name}{place}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, _, sql in guards:
                cursor.execute(sql)
