"""Pictures of every main page: ``python -m tools.screens FOLDER``, of a demonstration of its own or a running one.

A page is a line below: a name or who opens it, and its address; ``{first}`` is the first row of the list that the
person sees, ``{work}``, ``{organ}`` and so on of other lists. The newest public record of each kind comes by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.sources import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PUBLIC = {
    "home": "/",
    "disclosure": "/xxgk/",
    "category": "/xxgk/content/20.01/",
    "guide": "/xxgk/guide/",
    "policy": "/policy/",
    "ledger": "/policy/ledger/",
    "search": "/search?q=学校",
    "nothing-found": "/search?q=没有这样的词",
    "foi": "/foi/",
    "rules": "/rules/",
    "organ": "/o/yunzhou-edu/",
    "register": "/register/",
    "feeds": "/feed/",
    "api": "/api/v1/docs",
    "not-found": "/r/0/404",
    "login": "/accounts/login/",
}
ACCOUNT = [
    "/accounts/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/keys/",
    "/accounts/2fa/keys/add/",
]
WORKBENCH = {
    "jyj.chengban": [
        "/desk/",
        "/desk/records/",
        "/desk/queue/drafts/",
        "/desk/new/",
        "/desk/imports/",
        "/desk/work/",
        "/desk/work/import/",
        "{work}",
        "{first}",
        "{first}edit/",
        "{first}difference/",
        "{first}papers/",
        *ACCOUNT,
    ],
    "jyj.kezhang": ["/desk/", "{first}"],
    "jyj.baomi": ["/desk/"],
    "jyj.fazhi": ["/desk/", "/desk/notices/", "/desk/notices/settings/"],
    "jyj.shenqian": [
        "/desk/",
        "/desk/ledger/",
        "/desk/clean-up/",
        "/desk/clean-up/new/",
        "{clean-up}",
        "{first}sheet/",
    ],
    "jyj.bianji": [
        "/desk/",
        "/desk/columns/",
        "/desk/reposts/",
        "/desk/prints/",
        "/desk/prints/register/",
        "/desk/prints/transfer/",
        "{first}channels/",
    ],
    "zfb.zhuguan": ["/desk/", "/desk/records/", "/desk/admin/rules/"],
    "zfb.banli": ["/desk/"],
    "zfb.kaohe": ["/desk/"],
    "qxz.chengban": ["/desk/", "/desk/new/", "{first}"],
    "qxz.shenhe": ["/desk/", "{first}"],
    "admin.xitong": [
        "/desk/admin/organs/",
        "{organ}",
        "{organ}reform/",
        "/desk/admin/people/",
        "{person}",
        "{person}hand-over/",
        "/desk/admin/calendars/",
        "/desk/admin/operations/",
    ],
    "admin.anquan": ["/desk/admin/grants/", "/desk/admin/security/", "/desk/admin/security/log/"],
    "admin.shenji": ["/desk/admin/register/", "/desk/admin/events/"],
}
# The first row of a list: the list, and what the address of a row looks like.
FIRST = {
    "first": ("/desk/records/", r"^/desk/records/\d+/$"),
    "work": ("/desk/work/", r"^/desk/work/\d+/$"),
    "clean-up": ("/desk/clean-up/", r"^/desk/clean-up/\d+/$"),
    "organ": ("/desk/admin/organs/", r"^/desk/admin/organs/\d+/$"),
    "person": ("/desk/admin/people/", r"^/desk/admin/people/\d+/$"),
}
EXPECTED = frozenset({"/r/0/404"})
MODES = {"normal": None, "elder": "gk_elder", "contrast": "gk_contrast"}


@contextlib.contextmanager
def own_city() -> Iterator[str]:
    """The address of a server with a freshly loaded city; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="gongkai-screens-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        gongkai = [str(ROOT / ".venv/bin/gongkai"), "serve", "--setup", "--port", str(port)]
        environment = os.environ | {"VAR_DIR": folder, "PUBLIC_URL": f"http://localhost:{port}"}
        server = subprocess.Popen(gongkai, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            # Browsers offer security keys on localhost, not on its number.
            base = f"http://localhost:{port}"
            await_answer(base, server)
            yield base
        finally:
            server.terminate()
            server.wait(30)


def await_answer(base: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the site answers; raises RuntimeError when the server ended or ten minutes are over."""
    for _ in range(600):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{base}/healthz")
            return
        time.sleep(1)
    raise RuntimeError("the server did not start")


def password() -> str:
    """What everybody of the demonstration logs in with; read, not imported: Django need not start here."""
    source = (ROOT / "gongkai/surfaces/look/demonstration.py").read_text(encoding="utf-8")
    found = re.search(r'^PASSWORD = "(.+?)"', source, re.MULTILINE)
    assert found is not None
    return found.group(1)


def newest_of_each_kind(base: str) -> dict[str, str]:
    """Address of the newest public record of each kind, by a name for the picture."""
    found: dict[str, str] = {}
    with urllib.request.urlopen(f"{base}/api/v1/records?limit=100") as answer:
        listed: list[dict[str, Any]] = json.load(answer)["items"]
    for row in listed:
        found.setdefault(f"record-{row['kind']}", f"/r/{row['index_number']}")
    return found


def address_of(page: Page, base: str, wanted: str) -> str:
    """The address itself, or the one of the first row of a list that this person sees; "" where there is none."""
    named = re.match(r"\{(.+)\}(.*)", wanted)
    if named is None:
        return wanted
    listing, form = FIRST[named[1]]
    page.goto(base + listing)
    links = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    found = next((link for link in links if re.match(form, link)), "")
    return found + named[2] if found else ""


def take(page: Page, base: str, wanted: str, path: Path) -> None:
    """One picture of the whole page; tells where it is wider than the screen, and where it is an error."""
    address = address_of(page, base, wanted)
    if not address:
        print(f"{path.name}  nothing to show", flush=True)
        return
    answer = page.goto(base + address)
    page.screenshot(path=str(path), full_page=True)
    too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    is_wrong = answer is not None and answer.status >= 400 and address not in EXPECTED
    told = "  wider than the screen" if too_wide else f"  answered {answer.status}" if is_wrong and answer else ""
    print(path.name + told, flush=True)


def picture(browser: Browser, base: str, folder: Path, width: int, mode: str) -> None:
    """Every page in one width and mode."""
    size: Any = {"width": width, "height": 900 if width > 600 else 844}
    cookie: Any = [{"name": MODES[mode], "value": "1", "url": base}] if MODES[mode] else []
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_cookies(cookie)
    page = context.new_page()
    for name, address in (PUBLIC | newest_of_each_kind(base)).items():
        take(page, base, address, folder / f"{name}-{mode}-{width}.png")
    context.close()
    for username, addresses in WORKBENCH.items():
        context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
        context.add_cookies(cookie)
        page = context.new_page()
        page.goto(f"{base}/accounts/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", password())
        page.locator("form:has([name=password]) [type=submit]").click()
        page.wait_for_url("**/desk/**")
        for address in addresses:
            name = re.sub(r"[{}/]+", "-", address.removeprefix("/desk/")).strip("-") or "desk"
            take(page, base, address, folder / f"{username}-{name}-{mode}-{width}.png")
        context.close()


def main() -> int:
    """Pictures into a folder."""
    parser = argparse.ArgumentParser(prog="python -m tools.screens", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--width", type=int, action="append", help="pixels; may be repeated (default 1280 and 390)")
    parser.add_argument("--mode", choices=MODES, action="append", help="may be repeated (default normal)")
    parser.add_argument("--base", help="a demonstration that runs already, instead of one of its own")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    options.folder.mkdir(parents=True, exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    city = contextlib.nullcontext(options.base.rstrip("/")) if options.base else own_city()
    with city as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--lang=zh-CN"])
        for width in options.width or [1280, 390]:
            for mode in options.mode or ["normal"]:
                picture(browser, base, options.folder, width, mode)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
