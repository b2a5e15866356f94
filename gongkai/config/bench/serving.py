"""``bench http`` and ``bench growth``: public pages of the real server, warm and cold, and what more records cost.

*Cold*: nobody has asked for the page since the last act anywhere; *warm*: the same pages asked for again. All are asked
one after the other over loopback, by turns with an empty view behind the same middleware and with nginx, which serves
the very bytes from files.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.config.bench.comparison import Comparison
from gongkai.config.bench.pages import SEED, Seeded, drawn
from gongkai.config.bench.peers import Served, Visitor, nginx, rate, server, static_server

ROUNDS = 5
PAGES = ("record", "list", "home")
#: How much of the empty view's rate is promised.
LEAST = {"record warm": 0.5, "record cold": 0.2, "list warm": 0.3, "list cold": 0.1}
MOST_QUERIES = 6
#: What a page may cost with many records, as a multiple of what it costs with few.
MOST_GROWTH, FEW = 1.3, 1_000


@dataclass(frozen=True)
class Page:
    """One page, warm or cold: answers a second, as parts of the empty view and of nginx (None without it)."""

    rate: float
    of_empty: float
    of_nginx: float | None
    queries: int

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        beside = None if self.of_nginx is None else round(self.of_nginx, 4)
        return {
            "rate": round(self.rate, 1),
            "of_empty": round(self.of_empty, 3),
            "of_nginx": beside,
            "queries": self.queries,
        }


@dataclass(frozen=True)
class Pages(Comparison):
    """The comparison page by page."""

    pages: dict[str, Page] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """How near the worst page comes to what is promised for it; 1 or more is good."""
        queries = max(page.queries for page in self.pages.values())
        return min(MOST_QUERIES / queries, *(self.pages[name].of_empty / least for name, least in LEAST.items()))

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**super().as_json(), "pages": {name: page.as_json() for name, page in self.pages.items()}}

    def lines(self) -> list[str]:
        """The table for people."""
        told = [f"{'page':<12} {'per second':>10} {'of empty view':>14} {'promised':>9} {'of nginx':>9} {'queries':>8}"]
        for name, page in self.pages.items():
            least = f"{LEAST[name]:.2f}" if name in LEAST else "-"
            beside = "-" if page.of_nginx is None else f"{page.of_nginx:.3f}"
            told.append(
                f"{name:<12} {page.rate:>10.0f} {page.of_empty:>14.3f} {least:>9} {beside:>9} {page.queries:>8}"
            )
        if not nginx():
            told.append("nginx is not installed here: no comparison with it")
        return [*told, f"queries: the most of any page asked, cold; at most {MOST_QUERIES}"]


@dataclass(frozen=True)
class Growth(Comparison):
    """What each page costs with many records, as a multiple of what it costs with few (both against the empty view)."""

    costs: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**super().as_json(), "costs": {name: round(value, 3) for name, value in self.costs.items()}}

    def lines(self) -> list[str]:
        """Each page for people."""
        return [
            f"{name}: costs {value:.2f} times as much (at most {MOST_GROWTH})" for name, value in self.costs.items()
        ]


def serve_pages(size: int) -> Pages:
    """Load records through the gate, start Granian as ``serve`` does, and ask."""
    seeded = Seeded()
    seeded.grow(size)
    return measured(seeded)


def grow_pages(size: int) -> Growth:
    """The same pages with a thousand records and with so many."""
    seeded = Seeded()
    seeded.grow(min(FEW, size))
    few = measured(seeded).pages
    seeded.grow(size)
    many = measured(seeded).pages
    costs = {name: few[name].of_empty / many[name].of_empty for name in many}
    worst = max(costs, key=lambda name: costs[name])
    peer = f"{worst} with {min(FEW, size)} records"
    return Growth(
        "growth", "records", size, many[worst].of_empty, peer, few[worst].of_empty, 1 / MOST_GROWTH, costs=costs
    )


def measured(seeded: Seeded) -> Pages:
    """What is asked in each round, and the medians."""
    size = seeded.size
    call_command("collectstatic", interactive=False, verbosity=0)
    draw = random.Random(SEED)  # noqa: S311 - a draw of pages, the same each time
    rates: dict[str, list[float]] = {}
    queries = _queries(drawn(draw, seeded.themes))
    with ExitStack() as stack:
        port = stack.enter_context(server())
        beside = stack.enter_context(static_server(nginx())) if nginx() else None
        for _ in range(ROUNDS):
            seeded.act()
            for name, found in _round(drawn(draw, seeded.themes), port, beside):
                rates.setdefault(name, []).append(found)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    pages = {
        f"{page} {state}": Page(
            medians[f"{page} {state}"],
            statistics.median(_parts(rates[f"{page} {state}"], rates[f"{page} empty"])),
            medians[f"{page} {state}"] / medians[f"{page} nginx"] if beside else None,
            queries[page],
        )
        for page in PAGES
        for state in ("cold", "warm")
    }
    return Pages(
        "http",
        "records",
        size,
        medians["record warm"],
        "an empty view",
        medians["record empty"],
        1.0,
        pages=pages,
    )


def _parts(ours: Sequence[float], peers: Sequence[float]) -> list[float]:
    return [mine / other for mine, other in zip(ours, peers, strict=True)]


def _round(pages: Any, port: int, beside: Served | None) -> Iterator[tuple[str, float]]:
    for name, addresses in pages.items():
        yield f"{name} empty", rate(port, ["/bench/empty"] * max(len(addresses), 100))
        yield f"{name} cold", rate(port, addresses)
        yield f"{name} warm", rate(port, addresses)
        if beside is not None:
            visitor = Visitor(port)
            bodies = [visitor.get(address) for address in addresses]
            visitor.close()
            yield f"{name} nginx", beside.rate(bodies)


def _queries(pages: Any) -> dict[str, int]:
    """The most queries that any of the pages takes when nothing is kept."""
    found = {}
    for name, addresses in pages.items():
        counts = []
        for address in addresses[:20]:
            with CaptureQueriesContext(connection) as seen:
                assert Client(headers={"host": "127.0.0.1"}).get(address).status_code == 200, address
            counts.append(len(seen))
        found[name] = max(counts)
    return found
