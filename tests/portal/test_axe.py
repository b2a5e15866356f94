"""axe finds nothing on any public page: normal, elder mode, high contrast, dark, phone; and no CSP violation."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.portal.town import City

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

SITE = "http://testserver"
MODES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "normal": ({}, {"viewport": {"width": 1280, "height": 900}}),
    "elder": ({"gk_elder": "1"}, {"viewport": {"width": 1280, "height": 900}}),
    "contrast": ({"gk_contrast": "1"}, {"viewport": {"width": 1280, "height": 900}}),
    "dark": ({}, {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
    "phone": ({}, {"viewport": {"width": 390, "height": 844}}),
    "phone-elder": ({"gk_elder": "1"}, {"viewport": {"width": 360, "height": 800}}),
}
# Found again by its words.
LOST = "/zwgk/机动车停放管理办法.html"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--headless"])
        yield started
        started.close()


def serve(client: Client) -> Callable[[Route], None]:
    """Answer the browser from Django in this thread and in the test's own context: its transaction and clock hold."""
    context = copy_context()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/").partition("?")[0])
            assert found, path
            kind = mimetypes.guess_type(str(found))[0] or "text/plain"
            route.fulfill(body=Path(str(found)).read_bytes(), content_type=kind)
            return
        response = context.run(client.get, path, follow=True)
        # A redirect is followed here: the browser would not ask us for the second address.
        route.fulfill(status=response.status_code, headers=dict(response.headers.items()), body=response.content)

    return answer


def addresses(city: City, mode: str) -> list[str]:
    """What is looked at in a mode: everything in the normal one, each part once in the others."""
    records = [f"/r/{city[name].index_number}" for name in ("new", "old", "fixed", "withdrawn", "down")]
    records.append(f"/r/{city['new'].index_number}.compare?with={city['old'].index_number}")
    if mode in ("dark", "phone-elder"):
        return records
    shown = [
        "/",
        "/xxgk/",
        "/policy/?theme=城乡建设、环境保护&validity=in_force",
        "/policy/?year=1999",
        "/search?q=通知",
        "/foi/",
        "/rules/",
        "/o/113300001/",
        f"/register/?index_number={city['fixed'].index_number}",
        "/r/1/404",
        LOST,
    ]
    alike = ["/xxgk/guide/", "/search", "/feed/", "/register/"] if mode == "normal" else []
    return [*shown, *alike, *records]


def expected(city: City, address: str) -> int:
    """The status each address answers with; an empty database would not pass."""
    gone = [f"/r/{city[name].index_number}" for name in ("withdrawn", "down")]
    return 404 if address in ("/r/1/404", LOST) else 410 if address in gone else 200


def trouble(page: Page, axe: Axe) -> list[str]:
    violations = axe.run(page, options=RULES).response["violations"]
    found = [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in violations]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("scrolls sideways")
    return found


@pytest.mark.parametrize("mode", MODES)
def test_every_page_in_every_mode(client: Client, city: City, browser: Browser, mode: str) -> None:
    cookies, options = MODES[mode]
    for name, value in cookies.items():
        client.cookies[name] = value
    context = browser.new_context(**options, reduced_motion="reduce")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
    page.route(f"{SITE}/**", serve(client))
    axe, found = Axe(), {}
    for address in addresses(city, mode):
        answer = page.goto(SITE + address)
        assert answer is not None
        assert answer.status == expected(city, address), address
        if problems := trouble(page, axe):
            found[address] = problems
    # The yardstick itself: a page without its heading is found.
    page.evaluate("document.querySelector('h1').setAttribute('hidden', '')")
    assert any(line.startswith("page-has-heading-one") for line in trouble(page, axe))
    context.close()
    assert found == {}
    assert refused == []


def test_switches_are_remembered_and_work_without_javascript(client: Client, city: City, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route(f"{SITE}/**", serve(client))
    page.goto(f"{SITE}/policy/?year=2026")
    page.get_by_role("button", name="长辈版").click()
    assert page.locator("html").get_attribute("class") == "elder"
    page.get_by_role("button", name="高对比").click()
    assert page.locator("html").get_attribute("class") == "elder contrast"
    page.goto(f"{SITE}/r/{city['new'].index_number}")
    assert page.locator("html").get_attribute("class") == "elder contrast"
    page.get_by_role("button", name="长辈版").click()
    assert page.locator("html").get_attribute("class") == "contrast"
    context.close()
