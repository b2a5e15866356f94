"""What is expunged is gone: no byte of it in the database, its log or the files; what was proven stays provable."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction

from gongkai.config import env
from gongkai.engine.checks.actions import decide
from gongkai.engine.checks.models import Finding
from gongkai.engine.records.actions import ask_expunge, correct, expunge, link, publish, shredding, submit, take_down
from gongkai.engine.records.actions.buffers import keep_buffer
from gongkai.engine.records.actions.shredding import erase_expunged
from gongkai.engine.records.attachments import file_entries
from gongkai.engine.records.models import ExpungeOrder, Record
from gongkai.ground import clock
from gongkai.ground.access.actors import actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.files.models import StoredFile
from gongkai.ground.gate.models import IdempotencyKey
from gongkai.ground.register import verify_register
from gongkai.ground.register.log import seal
from gongkai.ground.register.proofs import public_keys, subject_proofs
from gongkai.ground.register.verify import verify_all
from gongkai.surfaces.api.files import store
from tests.builders import Office, agree_to_all, draft_record, person, public_record

pytestmark = pytest.mark.django_db(transaction=True)

MARKER = "玄鸟衔枝七四九"
TICKS = 40
TRACES = [MARKER.encode(), json.dumps(MARKER).strip('"').encode(), MARKER.encode("utf-16-le")]


def stored_bytes() -> Iterator[tuple[str, bytes]]:
    """Every file below VAR_DIR and the test's own folders; on PostgreSQL every relation as it lies on disk, too."""
    for folder in {env.VAR_DIR, env.FILES_DIR, env.KEYS_DIR, env.CHECKPOINTS_DIR}:
        for path in folder.rglob("*"):
            if path.is_file() and "static" not in path.parts:
                yield str(path), path.read_bytes()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute(
                "SELECT relname, pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class "
                "WHERE relkind IN ('r', 'i', 't') AND relpersistence = 'p' AND pg_relation_filenode(oid) IS NOT NULL"
            )
            for name, data in cursor.fetchall():
                yield str(name), bytes(data)


def traces() -> set[str]:
    """Where the marker can be found."""
    return {Path(name).name for name, data in stored_bytes() if any(trace in data for trace in TRACES)}


def marked_record(office: Office) -> tuple[Record, StoredFile]:
    """A public record that bears the marker wherever a person can write one."""
    officer = office.actor("officer")
    sent = SimpleUploadedFile(f"{MARKER}.txt", f"附件写着{MARKER}。".encode(), "text/plain")
    answer = store(sent, office.organ, officer, "key-of-the-upload")
    file = StoredFile.objects.get(pk=answer["id"])
    record = draft_record(
        office,
        title=f"关于{MARKER}的通知",
        body=[{"type": "paragraph", "text": f"正文写着{MARKER}，经办人证件号码为330110{'19900307'}{'2135'}。"}],
        document_number=f"云{MARKER[:2]}发2026第{MARKER}号",
        keywords=[MARKER],
        subject_class=f"{MARKER}/{MARKER}",
        files=file_entries([str(file.pk)], officer),
    )
    findings = Finding.objects.filter(subject_type="record", subject_id=str(record.pk))
    findings.update(shown=MARKER, suggestion=MARKER)
    for found in findings.filter(is_decided=False):
        decide(found, actor=office.actor("secrecy"), decision="accepted", reason="已核对")
    link(record, actor=officer, target=public_record(office, title="另一件"), kind="based_on", note=MARKER)
    submit(record, actor=officer)
    agree_to_all(office, record)
    publish(record, actor=office.actor("editor"))
    correct(record, actor=office.actor("editor"))
    assert record.working is not None
    keep_buffer(record, actor=officer, content=record.working.content | {"source": MARKER})
    return record, file


def taken_and_expunged(office: Office, record: Record) -> None:
    """Taken down by one person, expunged by two."""
    first, second = (actor_for(person(name, office.organ, Role.OGI_OFFICE)) for name in ("jia", "yi"))
    take_down(record, actor=office.actor("editor"))
    ask_expunge(record, actor=first, ground="published_in_error", note="误公开")
    expunge(record, actor=second)


def settled_by_ticks(most: int = TICKS) -> int:
    """What the first tick settled that settled anything: tests of other databases of the server may look back, too."""
    return next((settled for settled in (erase_expunged() for _ in range(most)) if settled), 0)


def checked_offline(folder: Path, proofs: list[dict[str, Any]], content: bytes) -> int:
    """What the verifier says who has nothing but Python."""
    files = {"proof.json": json.dumps(proofs).encode(), "content.json": content, "key": public_keys()[0][1].encode()}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    names = [str(folder / "proof.json"), str(folder / "content.json"), "--key", str(folder / "key")]
    command = [sys.executable, "-I", "-S", str(verify_register.__file__), *names]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_nothing_is_left(own_folders: Path, gongkai: Callable[..., Any], frozen_clock: Any) -> None:
    office = Office()
    record, file = marked_record(office)
    assert record.current is not None
    content = (record.current.canonical or "").encode()
    seal()
    before = subject_proofs("record", str(record.pk), names=["record.published"])
    assert checked_offline(own_folders, before, content) == 0
    assert traces() != set()
    taken_and_expunged(office, record)
    order = ExpungeOrder.objects.get()
    assert (order.confirmed_at, order.erased_at) == (clock.now(), None)

    assert IdempotencyKey.objects.get().answer == {"id": str(file.pk)}
    # On PostgreSQL another database's transaction may still look back: the tick comes again, here as in life.
    for _ in range(TICKS):
        connections.close_all()
        assert gongkai("tick").returncode == 0
        order.refresh_from_db()
        if order.erased_at is not None:
            break
    assert order.erased_at is not None
    connections.close_all()
    assert traces() == set()

    file.refresh_from_db()
    assert (file.state, file.name, file.wrapped_key) == ("destroyed", "", "")
    after = subject_proofs("record", str(record.pk), names=["record.published"])
    assert [proof["leaf"] for proof in after] == [proof["leaf"] for proof in before]
    assert checked_offline(own_folders, after, content) == 0
    assert checked_offline(own_folders, before, content) == 0
    assert checked_offline(own_folders, after, content + b" ") == 1
    assert verify_all().differences == []


def test_erasing_is_owed_until_it_is_done(frozen_clock: Any) -> None:
    """It is not part of the transaction that ordered it, and it is done once."""
    office = Office()
    record, _ = marked_record(office)
    taken_and_expunged(office, record)
    with transaction.atomic():
        assert erase_expunged() == 0
    assert settled_by_ticks() == 1
    assert erase_expunged() == 0


@pytest.mark.postgres
def test_who_still_sees_the_old_text_delays_the_erasing(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """VACUUM keeps what an older transaction sees and says nothing; then nothing is settled yet."""
    office = Office()
    record, _ = marked_record(office)
    monkeypatch.setattr(shredding, "PATIENCE", 3)
    settings = connection.get_connection_params()
    named = {key: settings[key] for key in ("dbname", "user", "password", "host", "port") if settings.get(key)}
    with psycopg.connect(**named) as looking:
        looking.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # A view of the whole database, and no lock on any table that is to be rewritten.
        looking.execute("SELECT count(*) FROM register_log").fetchone()
        taken_and_expunged(office, record)
        assert shredding.erase_expunged() == 0
        assert ExpungeOrder.objects.get().erased_at is None
    assert settled_by_ticks(TICKS * 20) == 1
    assert traces() == set()
