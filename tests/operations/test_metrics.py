"""The figures of operations: counted in every process, asked only by whom they concern, without personal data."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gongkai.config import env, metrics
from gongkai.config.tick import Done
from gongkai.ground import clock
from gongkai.ground.register.log import NewEvent, append, seal
from tests.builders import Office, draft_record

pytestmark = pytest.mark.django_db


def figures(text: str) -> dict[str, float]:
    """Name with labels → value."""
    lines = [line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_what_is_owed_is_counted(client, frozen_clock):
    append([NewEvent("house", "1", "house.happened", "system", at=clock.now() - dt.timedelta(minutes=3))])
    told = figures(client.get("/metrics").content.decode())
    assert (told["gongkai_events_unsealed"], told["gongkai_events_unsealed_age_seconds"]) == (1, 180)
    seal()
    with clock.frozen(clock.now() + dt.timedelta(seconds=90)):
        told = figures(client.get("/metrics").content.decode())
    assert (told["gongkai_events_unsealed"], told["gongkai_events_unsealed_age_seconds"]) == (0, 0)
    assert (told["gongkai_register_size"], told["gongkai_register_checkpoint_age_seconds"]) == (1, 90)
    assert told["gongkai_publications_overdue"] == 0
    assert told["gongkai_files_free_bytes"] > 0


def test_a_publication_past_its_moment_is_counted(client, frozen_clock):
    from gongkai.engine.records.actions import schedule
    from tests.builders import reviewed_record

    office = Office()
    schedule(reviewed_record(office), actor=office.actor("editor"), at=clock.now() + dt.timedelta(hours=1))
    assert figures(client.get("/metrics").content.decode())["gongkai_publications_overdue"] == 0
    with clock.frozen(clock.now() + dt.timedelta(hours=2)):
        assert figures(client.get("/metrics").content.decode())["gongkai_publications_overdue"] == 1


def test_answers_are_counted_by_surface_and_status_and_nothing_else(client):
    draft_record(Office())
    before = figures(client.get("/metrics").content.decode())
    client.get("/api/v1/records?document_number=11010119900307451X")
    client.get("/o/13800138000/")
    text = client.get("/metrics").content.decode()
    after = figures(text)
    for name in (
        'gongkai_requests_total{status="2xx",surface="api"}',
        'gongkai_requests_total{status="4xx",surface="o"}',
    ):
        assert after[name] - before.get(name, 0) == 1
    assert "11010119900307451X" not in text
    assert "13800138000" not in text


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, 404),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({"REMOTE_ADDR": "not an address"}, 404),
        ({"REMOTE_ADDR": "::1"}, 200),
    ],
)
def test_only_the_machine_itself_may_ask(client, extra, status):
    assert client.get("/metrics", **extra).status_code == status


def test_with_a_token_nobody_else_may_ask(client, monkeypatch):
    monkeypatch.setattr(env, "METRICS_TOKEN", "a-long-secret")
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}, **far).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-long-secret"}, **far).status_code == 200


def test_a_failed_step_of_the_tick_is_counted():
    metrics.count_step(Done("test-step", 3))
    metrics.count_step(Done("test-step", 0, "ValueError: no"))
    told = figures(metrics.generate_latest(metrics.counted).decode())
    assert told['gongkai_tick_done_total{step="test-step"}'] == 3
    assert told['gongkai_tick_failures_total{step="test-step"}'] == 1


def test_the_counts_of_several_processes_are_added_up(tmp_path: Path):
    code = (
        "import django; django.setup()\n"
        "from gongkai.config import metrics, sharing\n"
        "metrics.requests_total.labels('api', '2xx').inc(2)\n"
        "print(metrics.generate_latest(metrics._added_up()).decode())"
    )
    folder = tmp_path / "metrics"
    folder.mkdir()
    environment = dict(os.environ) | {
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "gongkai.config.settings",
    }
    said = ""
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        said = done.stdout
    assert figures(said)['gongkai_requests_total{status="2xx",surface="api"}'] == 4
