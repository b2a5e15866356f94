"""Several processes count for ``/metrics``; each in a file of its own, added up when asked."""

from __future__ import annotations

import os

from gongkai.config import env

#: Read by prometheus_client when it is imported.
SHARED = "PROMETHEUS_MULTIPROC_DIR"


def share_counts() -> None:
    """Let this process count where the others can add it up; called before the metrics are imported."""
    folder = env.VAR_DIR / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault(SHARED, str(folder))


def forget_counts() -> None:
    """A new start counts from nothing; the files of ended processes go."""
    for path in (env.VAR_DIR / "metrics").glob("*.db"):
        path.unlink(missing_ok=True)
