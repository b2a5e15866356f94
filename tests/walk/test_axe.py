"""axe over every page of the table, as somebody who may see it; and the public pages without JavaScript.

A page is looked at in one way in the usual run, the way of its place in the table; in every way with ``--full``.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.walk.table import OUTSIDE, PUBLIC, TABLE, TOKEN
from tests.walk.test_walk import Town, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

SITE = "http://testserver"
WAYS: dict[str, tuple[dict[str, str], tuple[int, int]]] = {
    "normal": ({}, (1280, 900)),
    "elder": ({"gk_elder": "1"}, (1280, 900)),
    "contrast": ({"gk_contrast": "1"}, (1280, 900)),
    "phone": ({}, (390, 844)),
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# In this order, whoever is first allowed to see a page looks at it.
LOOKERS = (
    "anonymous",
    "right role",
    "wrong role",
    "system administrator",
    "security administrator",
    "audit administrator",
)
IS_FULL = os.environ.get("GONGKAI_FULL") == "1"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--headless"])
        yield started
        started.close()


def serve(client: Client) -> Callable[[Route], None]:
    """Answer the browser from Django in this thread and in the test's own context: its transaction holds."""
    context = copy_context()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path.startswith("/static/"):
            found = Path(str(finders.find(path.removeprefix("/static/").partition("?")[0])))
            route.fulfill(body=found.read_bytes(), content_type=mimetypes.guess_type(found.name)[0] or "text/plain")
            return
        response = context.run(client.get, path, follow=True)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        route.fulfill(status=response.status_code, headers=dict(response.headers.items()), body=body)

    return answer


def is_page(answer: Any) -> bool:
    """A whole page: what another site puts into its own page (a fragment) has no head and no heading of its own."""
    is_html = answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html")
    return is_html and b"<html" in answer.content


def pages(town: Town, clients: dict[str, Client]) -> Iterator[tuple[str, str, str]]:
    """Name, address and looker of every page of the table that somebody sees."""
    for name, row in TABLE.items():
        if row.rule in (TOKEN, OUTSIDE):
            continue
        address = town.address(name, row)
        for looker in LOOKERS:
            if is_page(clients[looker].get(address, town.query(row))):
                query = "&".join(f"{key}={value}" for key, value in town.query(row).items())
                yield name, f"{address}?{query}" if query else address, looker
                break


def trouble(page: Page, axe: Axe) -> list[str]:
    violations = axe.run(page, options=RULES).response["violations"]
    found = [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in violations]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("scrolls sideways")
    return found


def test_axe_finds_nothing_on_any_page_of_the_table(browser: Browser) -> None:
    town = Town()
    clients = {looker: client_of(town.visitors[looker]) for looker in LOOKERS}
    shown = list(pages(town, clients))
    # The yardstick itself: fewer pages would mean that somebody was sent to the login page instead.
    assert {"portal:record", "workbench:desk", "workbench:edit", "workbench:events"} <= {name for name, *_ in shown}
    problems: dict[str, list[str]] = {}
    for number, way in enumerate(WAYS):
        cookies, (width, height) = WAYS[way]
        for looker, client in clients.items():
            mine = [page for place, page in enumerate(shown) if page[2] == looker and (IS_FULL or place % 4 == number)]
            if not mine:
                continue
            for cookie in ("gk_elder", "gk_contrast"):
                client.cookies[cookie] = cookies.get(cookie, "")
            context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
            tab, axe = context.new_page(), Axe()
            tab.route("**/*", serve(client))
            for name, address, _ in mine:
                answer = tab.goto(SITE + address)
                assert answer is not None and answer.status == 200, address
                if found := trouble(tab, axe):
                    problems[f"{name} · {way}"] = found
            context.close()
    assert problems == {}


def words(page: Page) -> set[str]:
    """The lines that a person reads in the main part."""
    return {line.strip() for line in page.locator("main").inner_text().splitlines() if line.strip()}


def test_public_pages_say_the_same_without_javascript(browser: Browser) -> None:
    town = Town()
    anonymous = client_of(None)
    tabs = []
    for has_script in (True, False):
        tab = browser.new_context(java_script_enabled=has_script).new_page()
        tab.route("**/*", serve(anonymous))
        tabs.append(tab)
    missing: dict[str, set[str]] = {}
    for name, row in TABLE.items():
        address = town.address(name, row)
        if row.rule != PUBLIC or not is_page(anonymous.get(address, town.query(row))):
            continue
        scripted, plain = tabs
        for tab in tabs:
            tab.goto(SITE + address)
        assert plain.get_by_role("heading", level=1).is_visible(), name
        # A script adds buttons; what is to be read stands there without it.
        if lost := words(scripted) - words(plain):
            missing[name] = lost
    for tab in tabs:
        tab.context.close()
    assert missing == {}
