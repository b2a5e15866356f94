"""In a real browser: axe finds nothing on any page of the workbench, no script breaks the CSP, the keyboard works."""

from __future__ import annotations

import datetime as dt
import mimetypes
import os
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route, sync_playwright

from gongkai.engine.records.models import EditBuffer
from tests.workbench.people import Desk
from tests.workbench.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

SITE = "http://testserver"
SIZES = {"wide": (1280, 900), "phone": (390, 844)}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Set it to a folder to keep pictures of every page.
# What the browser itself says about a refused page, and about headers that only count on https.
EXPECTED = ("Failed to load resource", "The Cross-Origin-Opener-Policy header")
SHOTS = os.environ.get("GONGKAI_SHOTS", "")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--headless"])
        yield started
        started.close()


@pytest.fixture
def scene(db: None, frozen_clock: dt.datetime) -> Scene:
    del db, frozen_clock
    return Scene()


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
        context.run(_fulfil, client, route, path)

    return answer


def _fulfil(client: Client, route: Route, path: str) -> None:
    sent = route.request
    headers = {"Accept": sent.headers.get("accept", "*/*")}
    if sent.method == "POST":
        kind = sent.headers.get("content-type", "")
        response = client.generic("POST", path, sent.post_data_buffer or b"", kind, headers=headers, follow=True)
    else:
        response = client.get(path, headers=headers, follow=True)
    route.fulfill(status=response.status_code, headers=dict(response.headers.items()), body=response.content)


def open_page(browser: Browser, client: Client, size: str) -> tuple[Page, list[str]]:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai")
    page.route("**/*", serve(client))
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def visits(scene: Scene) -> list[tuple[str, str, str]]:
    """A name, who opens it, and the address."""
    return [
        ("desk", "editor", "/desk/"),
        ("desk-officer", "officer", "/desk/"),
        ("desk-empty", "legality", "/desk/"),
        ("records", "officer", "/desk/records/"),
        ("records-found", "officer", "/desk/records/?q=学校&state=drafting"),
        ("records-none", "officer", "/desk/records/?q=没有这个词"),
        ("queue", "officer", "/desk/queue/drafts/"),
        ("new", "officer", "/desk/new/"),
        ("new-township", "township", "/desk/new/"),
        ("item-editing", "township", f"/desk/records/{scene.items['editing'].pk}/"),
        ("item-review", "township-review", f"/desk/records/{scene.items['review'].pk}/"),
        ("dossier-review", "secrecy", scene.path("review")),
        ("dossier-draft", "officer", scene.path("draft")),
        ("dossier-public", "sign_off", scene.path("public")),
        ("dossier-down", "ogi", scene.path("down")),
        ("difference", "section", scene.path("review", "difference/")),
        ("edit", "officer", scene.path("draft", "edit/")),
        ("edit-under-review", "officer", scene.path("review", "edit/")),
        ("opinion", "section", scene.path("review", "do/review.section/")),
        ("return", "section", scene.path("review", "do/review.return_for_correction/")),
        ("refused-form", "secrecy", scene.path("review", "do/review.secrecy/")),
        ("publish", "editor", scene.path("signed", "do/record.publish/")),
        ("schedule", "editor", scene.path("signed", "do/record.schedule/")),
        ("withdraw", "sign_off", scene.path("public", "do/record.withdraw/")),
        ("link", "officer", scene.path("draft", "do/record.link/")),
        ("unknown", "officer", "/desk/records/999999/"),
        ("forbidden", "secrecy", "/desk/new/"),
        ("organs", "system", "/desk/admin/organs/"),
        ("organ", "system", f"/desk/admin/organs/{scene.office.organ.pk}/"),
        ("person", "system", f"/desk/admin/people/{scene.people['officer'].pk}/"),
        ("person-grants", "security", f"/desk/admin/people/{scene.people['section'].pk}/"),
        ("establish", "system", "/desk/admin/do/organ.establish/"),
        ("operations", "system", "/desk/admin/operations/"),
        ("calendars", "system", "/desk/admin/calendars/"),
        ("notice", "system", "/desk/admin/calendars/notice/"),
        ("grants", "security", "/desk/admin/grants/"),
        ("grant", "security", "/desk/admin/do/access.grant/"),
        ("people", "system", "/desk/admin/people/"),
        ("security", "security", "/desk/admin/security/"),
        ("security-log", "security", "/desk/admin/security/log/"),
        ("rules", "ogi", "/desk/admin/rules/"),
        ("register", "audit", "/desk/admin/register/"),
        ("events", "audit", "/desk/admin/events/"),
    ]


def test_axe_finds_nothing_and_no_page_complains(browser: Browser, scene: Scene) -> None:
    problems: list[str] = []
    for name, who, address in visits(scene):
        page, complaints = open_page(browser, Desk(scene.office).client(scene.people[who]), "wide")
        page.goto(SITE + address)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            found = Axe().run(page, options=RULES).response["violations"]
            problems += [f"{name}: {item['id']} {[node['target'] for node in item['nodes']][:3]}" for item in found]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                problems.append(f"{name}-{size}: wider than the screen")
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}-{size}.png", full_page=True)
        problems += [f"{name}: {text}" for text in complaints if not text.startswith(EXPECTED)]
        page.close()
    assert not problems, "\n".join(dict.fromkeys(problems))


def test_axe_finds_nothing_on_forms_that_were_refused(browser: Browser, scene: Scene) -> None:
    problems: list[str] = []
    for who, address, button in (
        ("section", scene.path("review", "do/review.return_for_correction/"), "退回修改"),
        ("sign_off", scene.path("public", "do/record.withdraw/"), "撤回"),
        ("system", "/desk/admin/do/organ.establish/", "设立机构"),
        ("officer", scene.path("draft", "edit/"), "保存"),
    ):
        page, _ = open_page(browser, Desk(scene.office).client(scene.people[who]), "phone")
        page.goto(SITE + address)
        if address.endswith("/edit/"):
            page.fill("#id_title", "")
        page.get_by_role("button", name=button, exact=True).click()
        page.locator("#errors:focus").wait_for()
        found = Axe().run(page, options=RULES).response["violations"]
        problems += [f"{address}: {item['id']} {[node['target'] for node in item['nodes']][:3]}" for item in found]
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/wrong-{who}-phone.png", full_page=True)
        page.close()
    assert not problems, "\n".join(problems)


def test_axe_finds_nothing_on_a_dry_run_and_its_outcome(browser: Browser, scene: Scene) -> None:
    problems: list[str] = []
    page, _ = open_page(browser, Desk(scene.office).client("officer"), "phone")
    page.goto(f"{SITE}/desk/records/?state=drafting")
    page.locator(".pick").first.check()
    page.locator(".pick").last.check()
    page.select_option("#bulk-act", "submit")
    for button, name in (("先看会怎样", "plan"), ("送审", "done")):
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", level=1).wait_for()
        found = Axe().run(page, options=RULES).response["violations"]
        problems += [f"{name}: {item['id']} {[node['target'] for node in item['nodes']][:3]}" for item in found]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            problems.append(f"{name}: wider than the screen")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/bulk-{name}-phone.png", full_page=True)
    assert page.get_by_text("已办理").first.is_visible()
    page.close()
    assert not problems, "\n".join(problems)


def in_mode(browser: Browser, scene: Scene, mode: str, pages: list[tuple[str, str, str]], size: str) -> list[str]:
    problems: list[str] = []
    for name, who, address in pages:
        client = Desk(scene.office).client(scene.people[who])
        client.cookies[mode] = "1"
        page, _ = open_page(browser, client, size)
        page.emulate_media(color_scheme="dark" if mode == "dark" else "light")
        page.goto(SITE + address)
        found = Axe().run(page, options=RULES).response["violations"]
        problems += [f"{mode} {name}: {item['id']} {item['nodes'][0]['target']}" for item in found]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            problems.append(f"{mode} {name}: wider than the screen")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{mode}.png", full_page=True)
        page.close()
    return problems


def test_axe_finds_nothing_in_elder_mode_high_contrast_and_dark(browser: Browser, scene: Scene) -> None:
    chosen = {"desk-officer", "dossier-draft", "edit", "item-review"}
    pages = [visit for visit in visits(scene) if visit[0] in chosen]
    problems = [
        told for mode in ("gk_elder", "gk_contrast", "dark") for told in in_mode(browser, scene, mode, pages, "wide")
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.full
@pytest.mark.parametrize("mode", ["gk_elder", "gk_contrast"])
def test_axe_finds_nothing_on_any_page_in_either_mode(browser: Browser, scene: Scene, mode: str) -> None:
    problems = in_mode(browser, scene, mode, visits(scene), "phone")
    assert not problems, "\n".join(problems)


def test_the_keyboard_walks_the_desk(browser: Browser, scene: Scene) -> None:
    page, _ = open_page(browser, Desk(scene.office).client("officer"), "wide")
    page.goto(f"{SITE}/desk/records/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("[...document.querySelectorAll('.desk-rows > li')].findIndex(row => row.matches('.at'))") == 1
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(f"{SITE}/desk/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{SITE}/desk/records/**")
    page.close()


def test_a_spreadsheet_pastes_as_a_table_and_the_text_is_shown_as_it_will_stand(browser: Browser, scene: Scene) -> None:
    page, complaints = open_page(browser, Desk(scene.office).client("officer"), "wide")
    page.goto(SITE + scene.path("draft", "edit/"))
    page.fill("textarea[name=body]", "一、总体要求\n认真落实。\n")
    page.get_by_role("button", name="识别标题").click()
    page.evaluate(
        """() => { const box = document.querySelector("textarea[name=body]");
        box.setSelectionRange(box.value.length, box.value.length);
        const data = new DataTransfer();
        data.setData("text/plain", 'A\\tB\\n1\\t"x\\ny|z"\\n');
        box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    text = page.input_value("textarea[name=body]")
    assert text == "# 一、总体要求\n认真落实。\n| A | B |\n| --- | --- |\n| 1 | x\\ny\\|z |\n\n"
    page.get_by_role("button", name="边写边看").click()
    page.locator("#preview table").wait_for()
    assert page.locator("#preview h2, #preview h3").filter(has_text="总体要求").count() == 1
    assert [text for text in complaints if not text.startswith(EXPECTED)] == []
    page.close()


def test_the_editor_keeps_what_is_typed(browser: Browser, scene: Scene) -> None:
    page, complaints = open_page(browser, Desk(scene.office).client("officer"), "wide")
    page.goto(SITE + scene.path("draft", "edit/"))
    page.fill("#id_title", "打到一半的标题")
    page.locator("#saved", has_text="已自动保存").wait_for(timeout=20_000)
    assert EditBuffer.objects.get().content["title"] == "打到一半的标题"
    assert [text for text in complaints if not text.startswith(EXPECTED)] == []
    page.close()
