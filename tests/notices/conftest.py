"""A mailbox and a robot, configured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gongkai.config import env
from tests.notices.peers import Mailbox, Peer, running


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    monkeypatch.setattr(env, "EMAIL_URL", box.url)
    with running(box):
        yield box


@pytest.fixture
def robot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    peer = Peer()
    monkeypatch.setattr(env, "WEBHOOK_URL", f"{peer.url}/hook")
    with running(peer):
        yield peer
