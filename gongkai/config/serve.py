"""``gongkai serve``: web, one worker and the tick as child processes; a dead child is started again."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType

from gongkai.config import env
from gongkai.config.sharing import forget_counts

GRACE_SECONDS = 15.0
PR_SET_PDEATHSIG = 1
PATHS = ("VAR_DIR", "FILES_DIR", "KEYS_DIR", "CHECKPOINTS_DIR", "SECRET_KEY_FILE")


def _end_with_parent() -> None:
    """On Linux a child gets SIGTERM when the supervisor dies, even by kill -9; elsewhere it stays."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = field(default=0.0)

    def start(self) -> None:
        """Starts the process now."""
        self.started = time.monotonic()
        # A session of its own: Ctrl-C reaches the supervisor only, and what a killed child leaves can be ended whole.
        # The checkout as folder: Granian imports from its folder first, which must not be wherever we were called from.
        self.process = subprocess.Popen(
            self.command,
            cwd=env.ROOT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - the supervisor has no thread but its own
        )

    def revive(self) -> None:
        """Starts a process that ended; one that keeps dying waits longer each time, at most 30 seconds."""
        if self.process is None or self.process.poll() is None:
            return
        self.end_rest()
        lived = time.monotonic() - self.started
        self.wait = 0.5 if lived > 60 else min(30.0, max(0.5, self.wait * 2))
        if lived >= self.wait:
            self.start()

    def end_rest(self) -> None:
        """Ends what is left of the child's session, such as web workers whose master was killed."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def children(host: str, port: int) -> list[Child]:
    """The three processes of one machine."""
    here = [sys.executable, "-P", "-m", "gongkai.config"]
    web = [sys.executable, "-P", "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += ["--workers", str(env.WEB_PROCESSES), "--no-ws", "--http", "1", "--respawn-failed-workers"]
    web += ["--log-level", "warning", "--blocking-threads", "4", "gongkai.config.wsgi:application"]
    return [Child("web", web), Child("worker", [*here, "worker"]), Child("tick", [*here, "tick", "--forever"])]


def is_free(host: str, port: int) -> bool:
    """Whether the address can be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_listening(host: str, port: int) -> bool:
    """Whether somebody answers at the address."""
    try:
        with socket.create_connection((host if host not in {"0.0.0.0", "::"} else "127.0.0.1", port), timeout=1):  # noqa: S104
            return True
    except OSError:
        return False


class Supervisor:
    """Keeps the children running until SIGTERM or SIGINT."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.children = children(host, port)
        self.is_stopping = threading.Event()

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_stopping.set()

    def start(self) -> bool:
        """Starts everything; true once the web answers (false: stopped, or not within a minute)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        # The children run in the checkout: relative paths of the environment are settled here.
        os.environ |= {name: str(getattr(env, name)) for name in PATHS}
        os.environ["PYTHONPATH"] = str(env.ROOT)
        forget_counts()
        for child in self.children:
            child.start()
        until = time.monotonic() + 60
        while time.monotonic() < until and not self.is_stopping.is_set():
            if is_listening(self.host, self.port):
                return True
            self.is_stopping.wait(0.1)
        return False

    def watch(self) -> None:
        """Revives what dies until told to stop; then ends every child, by force after a grace."""
        while not self.is_stopping.wait(0.5):
            for child in self.children:
                child.revive()
        self.end()

    def end(self) -> None:
        """SIGTERM to all, SIGKILL to those who stay."""
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        for child in self.children:
            child.end_rest()
