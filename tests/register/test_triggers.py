from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter

from gongkai.ground.register import triggers
from gongkai.ground.register.models import Checkpoint, Event, Leaf, Log
from gongkai.ground.register.triggers import Immutable, immutable

Seal = Callable[..., list[Event]]


@pytest.mark.parametrize("model", [Event, Leaf, Checkpoint, Log])
def test_history_cannot_be_changed(sealed: Seal, model: type[models.Model]) -> None:
    sealed(2)
    table = model._meta.db_table
    before = list(model._default_manager.order_by("pk").values())
    for change in (
        lambda: model._default_manager.update(id=models.F("id")),
        lambda: model._default_manager.all()._raw_delete("default"),
        lambda: connection.cursor().execute(f"DELETE FROM {table}"),
    ):
        with pytest.raises(IntegrityError, match=f"{table} is append-only"), transaction.atomic():
            change()
    assert list(model._default_manager.order_by("pk").values()) == before


@pytest.mark.postgres
def test_truncate_is_refused(sealed: Seal) -> None:
    sealed(1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute("TRUNCATE register_event")
    assert Event.objects.count() == 1


@pytest.fixture
def paper(transactional_db: None) -> object:
    """A table with content that may be expunged: bytes go, hash stays."""
    operation = immutable("paper", allow_update_when="NEW.body IS NULL AND NEW.hash = OLD.hash AND NEW.id = OLD.id")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE paper (id integer PRIMARY KEY, body text, hash text)")
        cursor.execute("INSERT INTO paper VALUES (1, '正文', 'abc'), (2, '正文', NULL)")
    state = ProjectState()
    with connection.schema_editor() as editor:
        operation.database_forwards("register", editor, state, state)
    yield operation
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE paper")


def _rows() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, body, hash FROM paper ORDER BY id")
        return list(cursor.fetchall())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE paper SET body = '改' WHERE id = 1",
        "UPDATE paper SET body = NULL, hash = 'abd' WHERE id = 1",
        "UPDATE paper SET body = NULL WHERE id = 2",  # the condition is NULL there, and NULL is not a yes
        "DELETE FROM paper WHERE id = 1",
    ],
)
def test_only_the_allowed_update_passes(paper: object, statement: str) -> None:
    before = _rows()
    with pytest.raises(IntegrityError, match="paper is append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert _rows() == before
    connection.cursor().execute("UPDATE paper SET body = NULL WHERE id = 1")
    assert _rows() == [(1, None, "abc"), (2, "正文", None)]


def test_forwards_twice_and_backwards(paper: Immutable) -> None:
    state = ProjectState()
    with connection.schema_editor() as editor:
        paper.database_forwards("register", editor, state, state)
    assert triggers.missing(["paper", "register_event", "nothing"]) == ["nothing"]
    with connection.schema_editor() as editor:
        paper.database_backwards("register", editor, state, state)
    assert triggers.missing(["paper"]) == ["paper"]
    connection.cursor().execute("DELETE FROM paper WHERE id = 1")
    assert len(_rows()) == 1


def test_suspended_puts_them_back(sealed: Seal) -> None:
    sealed(1)
    with triggers.suspended():
        assert triggers.missing(["register_event"]) == ["register_event"]
        Event.objects.update(name="x")
    assert triggers.missing(["register_event"]) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(name="y")


def test_the_operation_can_be_written_and_plain_names_only() -> None:
    operation = Immutable("records_edition", allow_update_when="OLD.a = NEW.a")
    lines, imports = OperationWriter(operation).serialize()
    assert "records_edition" in lines
    assert imports == {"import gongkai.ground.register.triggers"}
    assert operation.describe() == "Make records_edition append-only"
    for table in ("a b", "x;y", "", "A"):
        with pytest.raises(ValueError):
            triggers.immutable_sql("sqlite", table)
    with pytest.raises(NotImplementedError):
        triggers.immutable_sql("oracle", "a")
