"""Pages that web processes keep: an act in one process empties the shelves of all."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from gongkai.engine.records.actions import restore, take_down, withdraw
from gongkai.ground.register.log import seal
from gongkai.surfaces.portal.kept import Kept, KeptAnswers
from tests.builders import Office, draft_record, public_record
from tests.portal.town import corrected

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "云洲市停车场名单的公示"
# A web process: answers each address it reads with status, text and whether its shelf held the answer.
WEB = """
import json, sys
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
import django; django.setup()
from django.test import Client
from gongkai.surfaces.portal.kept import KeptAnswers
found, plain = [], KeptAnswers.find
def find(self, state, key):
    kept = plain(self, state, key)
    found.append(kept is not None)
    return kept
KeptAnswers.find = find
visitor = Client()
print("ready", flush=True)
for line in sys.stdin:
    answer = visitor.get(line.strip())
    print(json.dumps([answer.status_code, answer.content.decode(), any(found)]), flush=True)
    found.clear()
"""

Web = Callable[[str], tuple[int, str, bool]]


@pytest.fixture
def webs(process_environment: Callable[..., dict[str, str]]) -> Iterator[list[Web]]:
    """Three web processes on the test's database."""
    command = [sys.executable, "-c", WEB]
    started = [
        subprocess.Popen(command, env=process_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    def asking(process: subprocess.Popen[str]) -> Web:
        def ask(address: str) -> tuple[int, str, bool]:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(address + "\n")
            process.stdin.flush()
            return tuple(json.loads(process.stdout.readline()))

        return ask

    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    yield [asking(process) for process in started]
    for process in started:
        process.kill()
        process.wait()


def test_no_kept_page_survives_an_act_elsewhere(webs: list[Web]) -> None:
    office = Office()
    record = public_record(office, title=TITLE)
    seal()
    own = f"/r/{record.index_number}"
    lists = ["/", "/policy/", "/xxgk/", f"/o/{office.organ.code}/", "/search?q=停车场", "/feed/all.atom"]

    def all_say(status: int, words: str, *, in_lists: bool) -> None:
        for ask in webs:
            code, text, _ = ask(own)
            assert (code, words in text) == (status, True)
            for address in lists:
                assert (TITLE in ask(address)[1]) is in_lists, address

    all_say(200, TITLE, in_lists=True)
    assert all(ask(address)[2] for ask in webs for address in [own, *lists])
    corrected(office, record, "名单有误，现予更正。")
    all_say(200, "名单有误，现予更正。", in_lists=True)
    take_down(record, actor=office.actor("editor"))
    all_say(410, "暂停公开", in_lists=False)
    restore(record, actor=office.actor("ogi"))
    all_say(200, TITLE, in_lists=True)
    seal()
    assert not webs[0](own)[2]
    assert webs[0](own)[2]
    withdraw(record, actor=office.actor("editor"), reason="published_in_error", note="误发布的一份名单")
    all_say(410, "已撤回", in_lists=False)


def test_nothing_is_kept_for_visitors_with_other_cookies(webs: list[Web]) -> None:
    """The shelf answers by address, display and day alone."""
    from django.test import Client

    office = Office()
    public_record(office, title=TITLE)
    assert not webs[0]("/policy/")[2]
    assert webs[0]("/policy/")[2]
    draft_record(office, title="另一份草稿")
    assert not webs[0]("/policy/")[2]
    visitor, elder = Client(), Client()
    plain = visitor.get("/policy/").content
    elder.cookies["gk_elder"] = "1"
    assert b'class="elder"' in elder.get("/policy/").content
    assert visitor.get("/policy/").content == plain
    visitor.cookies["messages"] = "x"
    assert visitor.get("/policy/").status_code == 200


def test_a_slow_answer_is_not_kept_under_a_newer_state() -> None:
    shelf, kept = KeptAnswers(), Kept(b"", (), '"e"')
    assert shelf.find("one", "/") is None
    assert shelf.find("two", "/") is None
    shelf.keep("one", "/", kept)
    assert shelf.find("two", "/") is None
    shelf.keep("two", "/", kept)
    assert shelf.find("two", "/") is kept
    assert shelf.find("three", "/") is None
