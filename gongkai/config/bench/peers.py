"""Who answers in ``bench http``: the real server with an empty view beside the site, and nginx with the same bytes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from gongkai.config import env

APPLICATION = "gongkai.config.bench.empty:application"
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")
_NGINX = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/errors;
events {{ worker_connections 64; }}
http {{
  access_log off;
  default_type "text/html; charset=utf-8";
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  keepalive_requests 100000;
  server {{ listen 127.0.0.1:{port}; root {folder}/pages; }}
}}
"""


class Visitor:
    """One connection that stays open, read with little effort: the client must not be what is measured."""

    def __init__(self, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, address: str) -> bytes:
        """The body at an address; AssertionError unless the answer is 200."""
        self._socket.sendall(f"GET {address} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())
        head, _, body = self._more(b"").partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        assert lines[0].split()[1] == b"200", f"{address} answered {lines[0].decode()}"
        named = dict(line.lower().split(b": ", 1) for line in lines[1:])
        length = int(named[b"content-length"])
        parts, missing = [body], length - len(body)
        while missing > 0:
            parts.append(self._received())
            missing -= len(parts[-1])
        return b"".join(parts)

    def _more(self, found: bytes) -> bytes:
        while b"\r\n\r\n" not in found:
            found += self._received()
        return found

    def _received(self) -> bytes:
        found = self._socket.recv(1 << 18)
        if not found:
            raise ConnectionError("the server closed the connection")
        return found

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def rate(port: int, addresses: Sequence[str]) -> float:
    """Answers a second, one after the other."""
    visitor = Visitor(port)
    started = time.perf_counter()
    for address in addresses:
        visitor.get(address)
    duration = time.perf_counter() - started
    visitor.close()
    return len(addresses) / duration


@contextmanager
def server() -> Iterator[int]:
    """One web process on a free port of loopback, with the benchmark's empty view beside the site."""
    port = free_port()
    command = [sys.executable, "-P", "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--no-ws", "--http", "1", "--log-level", "error"]
    # One thread, so that what was kept by one request is found by the next.
    command += ["--blocking-threads", "1", APPLICATION]
    environment = os.environ | {"PYTHONPATH": str(env.ROOT), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    if connection.vendor == "postgresql":
        environment["DATABASE_URL"] = f"{env.DATABASE_URL.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    with _running(command, lambda: rate(port, ["/bench/empty"]), env.ROOT, environment):
        yield port


def nginx() -> str:
    """Where nginx is; "" where it is not installed."""
    return shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), *_PLACES])) or ""


class Served:
    """nginx on a free port with a folder of its own, as an ordinary user."""

    def __init__(self, folder: Path, port: int) -> None:
        self.pages, self.port = folder / "pages", port

    def rate(self, bodies: Sequence[bytes]) -> float:
        """Answers a second with exactly these bytes, each a file of its own."""
        for place, body in enumerate(bodies):
            (self.pages / str(place)).write_bytes(body)
        addresses = [f"/{place}" for place in range(len(bodies))]
        rate(self.port, addresses)
        return rate(self.port, addresses)


@contextmanager
def static_server(program: str) -> Iterator[Served]:
    """nginx, started and stopped here."""
    with tempfile.TemporaryDirectory(prefix="gongkai-nginx-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        (folder / "pages").mkdir()
        (folder / "pages" / "ready").write_bytes(b"ready")
        (folder / "conf").write_text(_NGINX.format(folder=folder, port=port))
        command = [program, "-c", str(folder / "conf"), "-p", name, "-e", str(folder / "errors")]
        with _running(command, lambda: rate(port, ["/ready"]), folder, dict(os.environ)):
            yield Served(folder, port)


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    command: list[str], ask: Callable[[], object], folder: Path, environment: dict[str, str]
) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                ask()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()
