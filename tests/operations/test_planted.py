"""Personal data and secrets are planted wherever somebody can write; afterwards nothing in the open has them.

Looked through: the log of every path, failures included; every column of the database, events, notices and the security
log among them; the clear parts of a backup.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client

from gongkai.config import env, logs, tick
from gongkai.config.backup.making import make
from gongkai.engine.records.actions import ask_expunge, edit
from gongkai.ground.access.roles import Role
from gongkai.ground.files.actions import upload
from gongkai.ground.refusal import Refused
from gongkai.ground.register.log import seal
from tests.builders import Office, draft_record, person, public_record

IDENTITY, MOBILE, CARD, MAIL = "11010119900307451X", "13800138000", "6222020200112233445", "zhang.san@example.cn"
PASSWORD, TOKEN = "Planted-Password-2026", "planted-token-0123456789abcdef"
PLANTED = (IDENTITY, MOBILE, CARD, MAIL, PASSWORD, TOKEN)
SENTENCE = f"当事人 {IDENTITY}，电话 {MOBILE}，账号 {CARD}，邮箱 {MAIL}。"
# Columns that hold what a person is reached at, or what is searched in: theirs by purpose, never in a notice or event.
THEIRS = {"organs_person.email", "organs_organ.email", "organs_organ.phone"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(settings: Any) -> Iterator[io.StringIO]:
    """Everything that any logger writes, through the formatter of the site."""
    import logging.config

    told = io.StringIO()
    configuration = logs.configuration("DEBUG")
    configuration["handlers"]["out"] |= {"stream": told}
    configuration["root"]["level"] = "INFO"
    logging.config.dictConfig(configuration)
    yield told
    logging.config.dictConfig(settings.LOGGING)


def everywhere(client: Client) -> None:
    """Requests that carry what was planted in every part that a server or a library might log."""
    headers = {"Authorization": f"Bearer {TOKEN}", "User-Agent": SENTENCE, "Referer": f"https://x.cn/?q={IDENTITY}"}
    for path in ("/search", "/api/v1/records", f"/r/{IDENTITY}", f"/o/{MOBILE}/", "/nothing-here", "/accounts/login/"):
        client.get(path, {"q": SENTENCE, "document_number": IDENTITY}, headers={"Referer": headers["Referer"]})
    for _ in range(6):
        client.post("/accounts/login/", {"login": f"chen{MOBILE}", "password": PASSWORD})
    body = json.dumps({"organ_code": "x", "kind": "x", "content": {"title": SENTENCE}})
    for path in ("/api/v1/drafts", "/api/v1/work/1/actions/record.submit"):
        client.post(path, body, content_type="application/json", headers=headers | {"Idempotency-Key": "key-00000001"})
    client.post("/api/v1/drafts", f'{{"broken": "{IDENTITY}"', content_type="application/json", headers=headers)


def failing(client: Client) -> None:
    """A request that ends in a traceback whose every line may hold what was planted."""
    table = "records_record"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO records_record_away")
    try:
        client.raise_request_exception = False
        answer = client.get("/api/v1/records", {"document_number": IDENTITY})
        assert answer.status_code == 500
        assert IDENTITY not in answer.content.decode()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE records_record_away RENAME TO {table}")


def plant(office: Office) -> None:
    """A draft, its autosave, a file and an order with reasons that hold personal data."""
    officer = office.actor("officer")
    record = draft_record(office, title="补助公示")
    assert record.working is not None
    body = [{"type": "paragraph", "text": SENTENCE}]
    edit(record, actor=officer, content=record.working.content | {"body": body})
    upload(SENTENCE.encode(), f"名单{IDENTITY}.txt", organ=office.organ, actor=officer)
    with pytest.raises(Refused):
        upload(f"绝密★ {SENTENCE}".encode(), "a.txt", organ=office.organ, actor=officer)
    ask_expunge(record, actor=office.actor("sign_off"), ground="personal_data", note=SENTENCE)
    public_record(office)


def rows_of(model: Any) -> Iterator[tuple[str, str]]:
    """Every value of every column, as it lies in the database."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description or ()]
        for row in cursor.fetchall():
            yield from ((f"{table}.{name}", str(value)) for name, value in zip(names, row, strict=True))


def test_what_was_planted_is_found_nowhere_in_the_open(log: io.StringIO, tmp_path: Path, monkeypatch: Any) -> None:
    cache.clear()
    monkeypatch.setattr(env, "EMAIL_URL", "")
    office = Office()
    clerk = person("clerk", office.organ, Role.OFFICER)
    clerk.email = MAIL
    clerk.save(update_fields=["email"])
    plant(office)
    client = Client()
    everywhere(client)
    failing(client)
    logging.getLogger("any").warning("call %s back", MOBILE, extra={"applicant": SENTENCE, "row": {"mail": MAIL}})
    for step in ("seal", "notices", "remind"):
        tick.run_step(next(one for one in tick.STEPS if one.name == step))
    seal()

    said = log.getvalue()
    assert "records_record" in said, "the failure itself is in the log"
    assert '"event": "call *** back"' in said
    for planted in PLANTED:
        assert planted not in said

    # Whoever failed to log in may have typed anything for a name: the security log keeps it, and only that.
    theirs = THEIRS | {"access_securityevent.username"} | {name for name, _ in axes_columns()}
    found = {
        (name, planted)
        for model in apps.get_models()
        for name, value in rows_of(model)
        for planted in PLANTED
        if planted in value and name not in theirs
    }
    assert found == set()
    assert not any(PASSWORD in value or TOKEN in value for model in apps.get_models() for _, value in rows_of(model))

    make(tmp_path / "data")
    facts = (tmp_path / "data" / "configuration.json").read_text() + (tmp_path / "data" / "manifest.json").read_text()
    assert not any(planted in facts for planted in PLANTED)


def axes_columns() -> Iterator[tuple[str, str]]:
    """What the lock-out counts by: names and agents as they came, kept in its own tables."""
    for model in apps.get_app_config("axes").get_models():
        yield from ((f"{model._meta.db_table}.{field.column}", "") for field in model._meta.local_concrete_fields)
