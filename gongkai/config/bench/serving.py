"""``bench http``: public pages of the real server, warm and cold, against an empty view behind the same middleware."""

from __future__ import annotations

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.core.management import call_command
from django.db import connection

from gongkai.config import env
from gongkai.config.bench.comparison import Comparison, chunks
from gongkai.config.bench.importing import importing_office, through_gate
from gongkai.engine.records.models import Record
from gongkai.ground.register.log import seal
from gongkai.surfaces.portal.paging import token_of

ROUNDS = 3
#: Requests of one measurement; every page of a round has another address.
REQUESTS = 100
LEAST = {"record warm": 0.5, "record cold": 0.2, "list warm": 0.3, "list cold": 0.1}
APPLICATION = "gongkai.config.bench.empty:application"


@dataclass(frozen=True)
class Pages(Comparison):
    """The comparison, with the ratio of each page to the empty view; those below what is promised are named."""

    ratios: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """How near the worst page comes to what is promised for it; 1 or more is good."""
        return min(self.ratios[name] / least for name, least in LEAST.items())

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**super().as_json(), "pages": {name: round(value, 3) for name, value in self.ratios.items()}}

    def lines(self) -> list[str]:
        """Each page for people."""
        promised = {name: f" (at least {least})" for name, least in LEAST.items()}
        return [f"{name}: {value:.3f} of the empty view{promised.get(name, '')}" for name, value in self.ratios.items()]


def serve_pages(size: int) -> Comparison:
    """Load records through the gate, start Granian as ``serve`` does, and ask one after the other over loopback."""
    organ, actor = importing_office()
    for part in chunks(range(size)):
        through_gate(part, organ, actor)
    while seal():
        pass
    call_command("collectstatic", interactive=False, verbosity=0)
    records = list(Record.objects.filter(is_visible=True).only("index_number", "published_at"))
    rates: dict[str, list[float]] = {}
    with server(PAGE_CACHE_MB="64") as warm, server(PAGE_CACHE_MB="0") as cold:
        for _ in range(ROUNDS):
            for name, port, addresses in _measurements(records, warm, cold):
                rates.setdefault(name, []).append(_rate(port, addresses))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    empty = medians.pop("empty")
    ratios = {name: rate / empty for name, rate in medians.items()}
    return Pages("http", "records", size, medians["record warm"], "an empty view", empty, 1.0, ratios=ratios)


def _measurements(records: Sequence[Record], warm: int, cold: int) -> Iterator[tuple[str, int, list[str]]]:
    """What is asked in one round: each page's addresses are drawn from all records, the empty view before each."""
    drawn = random.sample(records, min(REQUESTS, len(records)))
    pages = {
        "record": [f"/r/{quote(record.index_number or '')}" for record in drawn],
        "list": [f"/xxgk/content/?after={token_of(record)}" for record in drawn],
        "home": [f"/?drawn={record.pk}" for record in drawn],
    }
    for name, addresses in pages.items():
        yield "empty", warm, ["/bench/empty"] * len(addresses)
        yield f"{name} cold", cold, addresses
        _rate(warm, addresses)
        yield f"{name} warm", warm, addresses


def _rate(port: int, addresses: Sequence[str]) -> float:
    """Answers a second over one connection that stays open; each must be 200."""
    visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    visitor.connect()
    started = time.perf_counter()
    for address in addresses:
        visitor.request("GET", address)
        answer = visitor.getresponse()
        answer.read()
        if answer.status != 200:
            raise AssertionError(f"{address} answered {answer.status}")
    duration = time.perf_counter() - started
    visitor.close()
    return len(addresses) / duration


@contextmanager
def server(**settings: str) -> Iterator[int]:
    """One web process on a free port of loopback, with the benchmark's empty view beside the site."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-P", "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--no-ws", "--http", "1", "--log-level", "error"]
    # One thread, so that what was kept by one request is found by the next.
    command += ["--blocking-threads", "1", APPLICATION]
    environment = os.environ | settings | {"PYTHONPATH": str(env.ROOT), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    if connection.vendor == "postgresql":
        environment["DATABASE_URL"] = f"{env.DATABASE_URL.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    process = subprocess.Popen(command, cwd=env.ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(lambda: _rate(port, ["/bench/empty"]) > 0)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(answers: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            answers()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
