"""The city of the demonstration behind a real server, people with a browser of their own, a clock that goes on."""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from gongkai.config.tick import Done, once
from gongkai.ground import clock
from gongkai.ground.access.actions import appoint
from gongkai.ground.access.actors import actor_for
from gongkai.ground.organs.models import Person
from gongkai.surfaces.demo.founding import PASSWORD

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=clock.SHANGHAI)
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Set it to a folder to keep a picture of every step.
SHOTS = os.environ.get("GONGKAI_SHOTS", "")
# What the browser itself says about a refused page, and about headers that only count on https.
EXPECTED = ("Failed to load resource", "The Cross-Origin-Opener-Policy header")


@dataclass
class Hands:
    """The clock of the whole city: the server's threads and the test read the same moment."""

    moment: dt.datetime = MONDAY

    def go_on(self, minutes: int = 1) -> None:
        self.moment += dt.timedelta(minutes=minutes)

    def frozen(self) -> Any:
        return clock.frozen(self.moment)


@dataclass
class Town:
    """The server's address, its browser, and everybody who has opened a window."""

    address: str
    browser: Browser
    hands: Hands
    windows: dict[str, Page] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    shots: int = 0

    def window(self, **options: Any) -> Page:
        """A browser of its own: no cookie is shared with any other."""
        context = self.browser.new_context(
            base_url=self.address, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE, **options
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda line: self._hear(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self._hear(str(error)))
        page.on("response", lambda got: self._hear(f"{got.status} {got.url}") if got.status >= 500 else None)
        return page

    def _hear(self, words: str) -> None:
        if not words.startswith(EXPECTED):
            self.complaints.append(words)

    def at_desk(self, username: str, **options: Any) -> Page:
        """The desk of a person, through the login page where the session is new or has ended; a minute has passed."""
        self.hands.go_on()
        if username not in self.windows:
            self.windows[username] = self.window(**options)
        page = self.windows[username]
        page.goto("/desk/")
        if "/accounts/login/" in page.url:
            page.get_by_label("用户名").fill(username)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
        page.get_by_role("heading", level=1, name="待办").wait_for()
        return page

    def look(self, page: Page, name: str) -> None:
        """Nothing is wider than a phone; a picture of it for whoever asked for pictures."""
        self.shots += 1
        for size, viewport in (("phone", PHONE), ("wide", WIDE)):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            is_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            if is_wide:
                self.complaints.append(f"{name}: wider than the {size} screen")
            if SHOTS:
                page.screenshot(path=str(Path(SHOTS) / f"{self.shots:02}-{name}-{size}.png"), full_page=True)

    def keep_last_looks(self) -> None:
        """Where everybody stood at the end, for whoever asks why a test failed."""
        for name, page in self.windows.items() if SHOTS else ():
            page.screenshot(path=str(Path(SHOTS) / f"end-{name}.png"), full_page=True)

    def tick(self) -> list[Done]:
        """One pass of the reconciler at the city's moment."""
        with self.hands.frozen():
            return once()

    def deputise(self, principal: str, deputy: str) -> None:
        """A deputy for the days around the story (AB 角)."""
        with self.hands.frozen():
            person = Person.objects.get(username=principal)
            appoint(
                actor=actor_for(Person.objects.get(username="admin.anquan")),
                organ=person.organ,
                principal=person,
                deputy=Person.objects.get(username=deputy),
                valid_from=MONDAY.date(),
                valid_until=MONDAY.date() + dt.timedelta(days=14),
                reason="参加脱产培训",
            )


def queue(page: Page, title: str) -> Locator:
    """A queue of the desk by its heading."""
    return page.get_by_role("region", name=title)


def press(page: Page, name: str) -> None:
    """Press the button, or follow the link, of exactly this name."""
    page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True)).click()


def word_file(lines: Iterable[str]) -> bytes:
    """A DOCX of paragraphs."""
    document = docx.Document()
    document.core_properties.author = ""
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def saved(context: BrowserContext, path: str, target: Path) -> Path:
    """What a visitor downloads, written to a file."""
    answer = context.request.get(path)
    assert answer.status == 200, path
    target.write_bytes(answer.body())
    return target


def tab_to(page: Page, is_there: str, most: int = 120) -> None:
    """Press Tab until the focused element fulfils a condition on ``it``."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(() => {{ const it = document.activeElement; return {is_there}; }})()"):
            return
    raise AssertionError(f"Tab does not reach {is_there}")
