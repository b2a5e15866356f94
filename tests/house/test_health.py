"""Addresses for operations."""

from __future__ import annotations

import datetime as dt

import pytest

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.register.log import NewEvent, append, seal


@pytest.fixture(autouse=True)
def folder():
    env.FILES_DIR.mkdir(parents=True, exist_ok=True)


def test_alive_needs_no_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_ready_says_what_is_not(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    names = ["database", "migrations", "files", "register", "publications"]
    assert answer.json() == {"ready": True, "checks": dict.fromkeys(names, True)}
    append([NewEvent("house", "1", "house.happened", "system", at=clock.now() - dt.timedelta(minutes=1))])
    assert client.get("/readyz").status_code == 200
    append([NewEvent("house", "1", "house.happened", "system", at=clock.now() - dt.timedelta(minutes=3))])
    late = client.get("/readyz")
    assert late.status_code == 503
    assert [name for name, passes in late.json()["checks"].items() if not passes] == ["register"]
    seal()
    assert client.get("/readyz").status_code == 200
