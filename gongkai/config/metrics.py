"""``/metrics`` for Prometheus: requests, what is owed, the register, the tick. Not public, and without personal data.

Requests and ticks are counted by each process in a file of its own (``VAR_DIR/metrics``) and added up when asked; what
is owed is asked of the database. Labels are closed lists: no address, no name, no number of a record.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import time
from collections.abc import Callable, Iterator

from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from gongkai.config import env
from gongkai.config.sharing import SHARED
from gongkai.config.tick import Done
from gongkai.engine.notices.models import Dispatch, Notice
from gongkai.engine.records.models import ExpungeOrder
from gongkai.engine.records.queries import due_publications
from gongkai.ground import clock
from gongkai.ground.access.models import StaffSession
from gongkai.ground.files.storage import free_bytes
from gongkai.ground.register.models import Checkpoint, UnsealedEvent

SURFACES = ("desk", "accounts", "api", "static", "feed", "register", "r", "o", "search", "healthz", "readyz", "metrics")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

counted = CollectorRegistry()
requests_total = Counter("gongkai_requests", "Answers.", ["surface", "status"], registry=counted)
request_seconds = Histogram(
    "gongkai_request_seconds", "Time to answer.", ["surface"], buckets=SECONDS, registry=counted
)
database_errors = Counter("gongkai_database_errors", "Requests that failed at the database.", registry=counted)
tick_done = Counter("gongkai_tick_done", "Things that a step of the tick did.", ["step"], registry=counted)
tick_failures = Counter("gongkai_tick_failures", "Passes of a step that failed.", ["step"], registry=counted)
tick_last = Gauge(
    "gongkai_tick_last_pass_timestamp_seconds",
    "When a step last went well.",
    ["step"],
    registry=counted,
    multiprocess_mode="max",
)


class Measured:
    """Middleware: counts each answer by surface and status, and how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        surface = surface_of(request.path)
        requests_total.labels(surface, f"{response.status_code // 100}xx").inc()
        request_seconds.labels(surface).observe(time.perf_counter() - started)
        return response

    def process_exception(self, _request: HttpRequest, error: Exception) -> None:
        """Counts what failed at the database."""
        if isinstance(error, DatabaseError):
            database_errors.inc()


def count_step(done: Done) -> None:
    """Counts one pass of a step of the tick."""
    tick_done.labels(done.step).inc(done.count)
    if done.error:
        tick_failures.labels(done.step).inc()
    else:
        tick_last.labels(done.step).set(clock.now().timestamp())


def surface_of(address: str) -> str:
    """Which part of the site an address belongs to, from a closed list."""
    first = address.strip("/").partition("/")[0]
    return first if first in SURFACES else "portal"


class Owed:
    """What the database says at the moment of the question."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge each."""
        for name, (meaning, ask) in OWED.items():
            yield GaugeMetricFamily(f"gongkai_{name}", meaning, ask())


def _age(moment: object) -> float:
    return (clock.now() - moment).total_seconds() if moment else 0.0  # type: ignore[operator, no-any-return]


def _unsent(*, given_up: bool) -> int:
    if given_up:
        return Dispatch.objects.filter(given_up_at__isnull=False).count()
    now = clock.now()
    waiting = Dispatch.objects.filter(sent_at__isnull=True, given_up_at__isnull=True, try_at__lte=now)
    return waiting.count() + Notice.objects.filter(composed_at__isnull=True, due_at__lte=now).count()


def _last_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-pk").first()


OWED: dict[str, tuple[str, Callable[[], float]]] = {
    "events_unsealed": ("Events that no leaf holds yet.", UnsealedEvent.objects.count),
    "events_unsealed_age_seconds": (
        "Age of the oldest of them.",
        lambda: _age(UnsealedEvent.objects.order_by("event_id").values_list("event__at", flat=True).first()),
    ),
    "register_size": ("Entries under the newest checkpoint.", lambda: getattr(_last_checkpoint(), "size", 0)),
    "register_checkpoint_age_seconds": (
        "Age of the newest checkpoint; it grows while nothing happens.",
        lambda: _age(getattr(_last_checkpoint(), "at", None)),
    ),
    "publications_overdue": ("Publications whose moment has passed.", lambda: due_publications(clock.now()).count()),
    "notices_unsent": ("Notices that are due.", lambda: _unsent(given_up=False)),
    "notices_given_up": ("Notices that could not be sent.", lambda: _unsent(given_up=True)),
    "expunged_unerased": (
        "Expunged texts whose space is not overwritten yet.",
        ExpungeOrder.objects.filter(confirmed_at__isnull=False, erased_at=None).count,
    ),
    "tasks_waiting": ("Background tasks that no worker has taken.", DBTaskResult.objects.filter(status="READY").count),
    "staff_sessions_open": ("Sign-ins that have not ended.", StaffSession.objects.filter(ended_at=None).count),
    "sessions_stored": ("Sessions in the store.", Session.objects.count),
    "files_free_bytes": ("Room left on the disk of the files.", free_bytes),
}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything, for the one who may ask; nothing is here for anybody else."""
    if not may_ask(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Owed())
    told = generate_latest(_added_up()) + generate_latest(registry)
    response = HttpResponse(told, content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response


def _added_up() -> CollectorRegistry:
    """The counts of all processes, or of this one where they are not shared."""
    if SHARED not in os.environ:
        return counted
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def may_ask(request: HttpRequest) -> bool:
    """With ``METRICS_TOKEN`` whoever shows it; without, only this machine itself, not what a front server passes on."""
    if env.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), env.METRICS_TOKEN.encode())
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


urlpatterns = [path("metrics", metrics, name="metrics")]
