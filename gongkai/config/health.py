"""Addresses for operations: is the process alive, and is the platform ready to serve."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from gongkai.config import env
from gongkai.config.setup import is_migrated
from gongkai.engine.records.queries import due_publications
from gongkai.ground import clock
from gongkai.ground.register.models import UnsealedEvent

# What the tick does within seconds and has not done for so long is owed: the tick is dead or stuck.
LATE = dt.timedelta(minutes=2)


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is looked at."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when everything that serving needs is there, else 503 with the name of what is not."""
    checks = {name: holds(check) for name, check in CHECKS.items()}
    is_ready = all(checks.values())
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)


def holds(check: Callable[[], bool]) -> bool:
    """Whether a check passes; a database that does not answer fails it."""
    try:
        return check()
    except (DatabaseError, OSError):
        return False


def has_database() -> bool:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def has_files() -> bool:
    """Whether files can be written."""
    return os.access(env.FILES_DIR, os.W_OK)


def is_sealed() -> bool:
    """Whether no event has waited for the sealer for minutes."""
    return not UnsealedEvent.objects.filter(event__at__lt=clock.now() - LATE).exists()


def is_published() -> bool:
    """Whether no publication is minutes past its set time."""
    return not due_publications(clock.now() - LATE).exists()


CHECKS: dict[str, Callable[[], bool]] = {
    "database": has_database,
    "migrations": is_migrated,
    "files": has_files,
    "register": is_sealed,
    "publications": is_published,
}

urlpatterns = [path("healthz", alive, name="alive"), path("readyz", ready, name="ready")]
