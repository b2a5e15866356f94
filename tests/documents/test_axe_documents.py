"""axe finds nothing on the pages of the kinds, the ledger, clean-up and work records; nothing is wider than a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from gongkai.domains.workrecords.actions import enter
from gongkai.domains.workrecords.entries import Entry
from gongkai.engine.records.actions import declare, migrate
from gongkai.engine.records.clean_ups import Named
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from tests.builders import Office, content
from tests.documents.samples import OWN
from tests.portal.test_axe import RULES, SITE, serve
from tests.workbench.people import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.usefixtures("frozen_clock")]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--headless"])
        yield started
        started.close()


def one_of_each(office: Office) -> list[Record]:
    items = [
        {"kind": kind, "content": content(title=f"{KINDS[kind].name}示例", **own), "files": [], "index_number": ""}
        for kind, own in OWN.items()
    ]
    made: list[Record] = migrate.batch(items, actor=office.actor("ogi"), organ=office.organ, already_public="原网站")
    return made


def looked_at(browser: Browser, client: Client, paths: list[str], width: int) -> list[str]:
    """What axe and the width of the page complain about, page by page."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=True)
    page = context.new_page()
    page.route("**/*", serve(client))
    complaints = []
    for path in paths:
        page.goto(SITE + path)
        found = Axe().run(page, options=RULES)
        complaints += [
            f"{path}: {item['id']} {item['nodes'][0]['html'][:120]}" for item in found.response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            complaints.append(f"{path} is wider than {width}")
    context.close()
    return complaints


def test_pages_of_kinds_and_the_ledger(browser: Browser) -> None:
    records = one_of_each(Office())
    paths = [f"/r/{record.index_number}" for record in records] + ["/policy/ledger/", "/policy/?on=2026-03-01"]
    assert looked_at(browser, Client(), paths, 390) == []


def test_pages_of_the_desk(browser: Browser) -> None:
    office = Office()
    records = one_of_each(office)
    officer, editor = Desk(office).client("officer"), Desk(office).client("editor")
    line = Entry(dt.date(2026, 3, 1), "training", "保密审查培训", office.people["officer"], "32 人参加")
    entered = enter(actor=office.actor("officer"), organ=office.organ, item=line)
    normative = next(record for record in records if record.kind == "normative_document")
    lines = [Named(normative.index_number or "", "repealed")]
    done = declare(
        actor=office.actor("editor"), organ=office.organ, title="清理决定", decided_on=dt.date(2026, 3, 1), lines=lines
    )
    mine = ["/desk/ledger/", "/desk/work/", "/desk/work/import/", f"/desk/work/{entered.pk}/"]
    theirs = ["/desk/clean-up/", "/desk/clean-up/new/", f"/desk/clean-up/{done.pk}/"]
    assert looked_at(browser, officer, mine, 390) == []
    assert looked_at(browser, editor, theirs, 1280) == []
