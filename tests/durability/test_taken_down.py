"""A record taken down by another process is gone at once: page, lists, feed, search, interface; no stale copy lives."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gongkai.engine.records.attachments import file_entries
from gongkai.engine.records.models import Record
from gongkai.ground.files.actions import upload
from tests.builders import Office, public_record

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "云洲市停车场名单的公示"
ATTACHED = "安和路停车场、望湖路停车场。"
TAKE_DOWN = """
import django; django.setup()
from gongkai.engine.records.actions import {action}
from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import actor_for
from gongkai.ground.organs.models import Person
{action}(Record.objects.get(), actor=actor_for(Person.objects.get(username__endswith="-{who}")))
"""

Act = Callable[[str, str], None]


@pytest.fixture
def elsewhere(process_environment: Callable[..., dict[str, str]]) -> Act:
    """Do an action in another process."""

    def run(action: str, who: str) -> None:
        code = TAKE_DOWN.format(action=action, who=who)
        subprocess.run([sys.executable, "-c", code], env=process_environment(), check=True)

    return run


def addresses(record: Record) -> dict[str, str]:
    """Where a visitor may meet the record; the first ones are its own."""
    own = f"/r/{record.index_number}"
    return {
        "page": own,
        "json": f"{own}.json",
        "text": f"{own}.txt",
        "edition": f"{own}.edition.json",
        "attachment": f"{own}.file/1",
        "home": "/",
        "policy": "/policy/",
        "section": "/xxgk/content/",
        "organ": f"/o/{record.organ.code}/",
        "search": "/search?q=停车场",
        "feed": "/feed/all.atom",
        "table": "/feed/all.csv",
        "sitemap": "/sitemap/1.xml",
        "list of the interface": "/api/v1/records",
        "one of the interface": f"/api/v1/records/{record.index_number}",
    }


OWN = ("page", "json", "text", "edition", "attachment")
STATUS = dict.fromkeys(OWN, 410) | {"one of the interface": 404}


def shows(answer: Any, record: Record) -> bool:
    """Whether an answer tells of the record: by its title, its number or the text of its attachment."""
    text = answer.content.decode()
    told = (TITLE, json.dumps(TITLE).strip('"'), ATTACHED, f"{record.organ.code}/2")
    return any(word in text for word in told)


def test_gone_everywhere_at_once(elsewhere: Act) -> None:
    office = Office()
    officer = office.actor("officer")
    file, _ = upload(ATTACHED.encode(), "名单.txt", organ=office.organ, actor=officer)
    record = public_record(office, title=TITLE, files=file_entries([str(file.pk)], officer))
    visitor = Client()
    places = addresses(record)
    before = {name: visitor.get(url) for name, url in places.items()}
    for name, answer in before.items():
        assert (name, answer.status_code, shows(answer, record)) == (name, 200, True)
        assert "max-age" not in answer.headers.get("Cache-Control", "no-cache")

    elsewhere("take_down", "editor")

    for name, url in places.items():
        kept = before[name].headers.get("ETag", '"none"')
        answer = visitor.get(url, headers={"If-None-Match": kept})
        assert (name, answer.status_code) == (name, STATUS.get(name, 200))
        assert TITLE not in answer.content.decode() and ATTACHED not in answer.content.decode()
        assert name in OWN or not shows(answer, record)
    assert "暂停公开" in visitor.get(places["page"]).content.decode()


def test_back_again_after_the_review(elsewhere: Act) -> None:
    """Restored, the page is there again, and the copy from before is not called stale for nothing."""
    record = public_record(Office(), title=TITLE)
    url = f"/r/{record.index_number}"
    visitor = Client()
    elsewhere("take_down", "editor")
    gone = visitor.get(url)
    assert (gone.status_code, "ETag" in gone.headers) == (410, False)
    elsewhere("restore", "ogi")
    assert TITLE in visitor.get(url).content.decode()
