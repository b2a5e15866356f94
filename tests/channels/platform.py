"""A province's platform on this machine: it takes pushes, shows pages, and keeps or garbles them as told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gongkai.config import env
from tests.notices.peers import Peer


class Platform(Peer):
    """Takes JSON at /push; shows at /page/<id> what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, str] = {}
        self.serve = self._show

    def _show(self, path: str, _headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path == "/push":
            told = json.loads(self.asked[-1]["body"])
            if told["act"] == "take_back":
                self.pages.pop(told["id"], None)
            else:
                body = told["html"].replace("</p>", "</p>\n<span> </span>")
                self.pages[told["id"]] = f"<html><body><nav>首页</nav>{body}<script>1</script></body></html>"
            return 200, {}, json.dumps({"url": f"{self.url}/page/{told['id']}"}).encode()
        page = self.pages.get(path.removeprefix("/page/"))
        return (200, {}, page.encode()) if page is not None else (404, {}, b"")

    def told(self) -> list[dict[str, Any]]:
        """Every package that arrived, oldest first."""
        return [json.loads(one["body"]) for one in self.asked if one["path"] == "/push"]


def configure(monkeypatch: pytest.MonkeyPatch, folder: Path, *targets: dict[str, Any]) -> None:
    """Let these be the operator's targets."""
    file = folder / "targets.json"
    file.write_text(json.dumps(list(targets)), encoding="utf-8")
    monkeypatch.setattr(env, "TARGETS_FILE", file)


def http_target(platform: Platform, **facts: Any) -> dict[str, Any]:
    """The platform as a target that reads back."""
    return {
        "code": "province",
        "name": "省集约化平台",
        "kind": "http",
        "url": f"{platform.url}/push",
        "token": "t0ken",
        "read_back_hosts": ["127.0.0.1"],
    } | facts
