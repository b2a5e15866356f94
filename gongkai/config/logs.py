"""The structured log: one JSON object a line, with the request's number, without personal data."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

# Keys whose values never go into a log, whatever they hold.
HIDDEN_KEYS = re.compile(
    r"password|secret|token|cookie|authorization|session|csrf|applicant|phone|mobile|email|identity", re.IGNORECASE
)
# Over-matching is right here: a log that lost an innocent long number is still a log.
PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[0-9Xx]"  # identity number
    r"|1[3-9]\d{9}"  # mobile
    r"|\d{16,19}"  # bank card
    r")(?![0-9A-Za-z])"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
)
HIDDEN = "***"


def scrubbed(value: Any) -> Any:
    """The value with personal data replaced, in depth."""
    if isinstance(value, str):
        return PERSONAL.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {key: HIDDEN if HIDDEN_KEYS.search(str(key)) else scrubbed(held) for key, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrubbed(held) for held in value]
    if isinstance(value, bool | int | float) or value is None:
        return value if not isinstance(value, int) or abs(value) < 10**10 else scrubbed(str(value))
    return scrubbed(str(value))


def scrub_personal_data(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor of structlog: the last step before an entry is rendered, tracebacks included."""
    return dict(scrubbed(dict(event)))


def name_request(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor of structlog: of a request only method and path stay; a query string may hold anything."""
    request = event.pop("request", None)
    if request is not None and hasattr(request, "method"):
        event |= {"method": request.method, "path": request.path}
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    name_request,
]


def configuration(level: str, file: Path | None = None) -> dict[str, Any]:
    """Python's logging as Django's ``LOGGING`` takes it: to standard error, or to a file for one-shot commands."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler: dict[str, Any] = {"class": "logging.StreamHandler", "formatter": "json"}
    if file is not None:
        rotating = "logging.handlers.RotatingFileHandler"
        handler = {"class": rotating, "formatter": "json", "filename": str(file), "encoding": "utf-8"}
        handler |= {"maxBytes": 5_000_000, "backupCount": 3, "delay": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    scrub_personal_data,
                    structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
                ],
            }
        },
        "handlers": {"out": handler},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            # Django's own handlers would print a second time, and mail to nobody.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # An address that does not exist, or may not be known to exist, is no event of operations.
            "django.request": {"level": "ERROR"},
            # The pool repeats every attempt; the command or the request says once that the database is away.
            "psycopg.pool": {"level": "ERROR"},
        },
    }
