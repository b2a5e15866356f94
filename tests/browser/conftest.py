"""A server in threads of its own on the test's database, the city on it, and Chromium."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Browser, sync_playwright

if TYPE_CHECKING:
    from tests.browser.town import Hands, Town

ARGUMENTS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """The server's threads stand at the moment of the test; they would not inherit a frozen clock."""
    from tests.browser.town import Hands

    hands, answer = Hands(), WSGIHandler.__call__

    def answer_at_that_moment(handler: WSGIHandler, *arguments: Any) -> Iterable[bytes]:
        with hands.frozen():
            return answer(handler, *arguments)

    monkeypatch.setattr(WSGIHandler, "__call__", answer_at_that_moment)
    return hands


@pytest.fixture
def town(
    live_server: Any, browser: Browser, hands: Hands, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """Organs and people of the demonstration; no document yet."""
    from gongkai.config import env
    from gongkai.surfaces.demo.loading import load
    from tests.browser.town import Town

    monkeypatch.setattr(env, "FILES_DIR", own_folders / "files")
    with hands.frozen():
        load(small=True)
    made = Town(live_server.url, browser, hands)
    yield made
    made.keep_last_looks()
    for context in browser.contexts:
        context.close()
    assert made.complaints == []
