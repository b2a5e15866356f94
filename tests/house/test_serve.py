"""``gongkai serve`` as it runs: three children, revived when they die, gone when it is told to stop or is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], object], seconds: float = 90) -> object:
    """What the condition returns once it is true; fails after a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    pytest.fail("waited in vain")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> int:
    """The status of the front page; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def children_of(pid: int) -> dict[int, str]:
    """Process id and command line of every child."""
    done = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    rows = [line.split(None, 1) for line in done.stdout.splitlines()]
    return {int(number): command for number, command in rows}


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running supervisor on a database of its own, called from a strange folder, and its port."""
    if not sys.platform.startswith("linux"):
        pytest.skip("reads /proc")
    port = free_port()
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    environment |= {"VAR_DIR": "var", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-P", "-m", "gongkai.config"]
    subprocess.run([*command, "setup", "--no-demo"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    log = (tmp_path / "out").open("w")
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port)], cwd=tmp_path, env=environment, stdout=log, stderr=log, text=True
    )
    try:
        until(lambda: answers(port))
        yield process, port
    finally:
        process.kill()
        process.wait()
        log.close()


def refuse_second(port: int) -> None:
    """A second supervisor on the same port says so and ends."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "gongkai.config", "serve", "--port", str(port)],
        env=dict(os.environ) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"gongkai: 端口 {port} 已被占用，请换一个：--port N\n"


def test_it_serves_revives_and_ends(served):
    process, port = served
    assert answers(port) == 200
    refuse_second(port)
    children = children_of(process.pid)
    assert sorted(name for name in ("granian", "worker", "tick") if any(name in one for one in children.values())) == [
        "granian",
        "tick",
        "worker",
    ]
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    fresh = until(lambda: len(found := children_of(process.pid).keys() - children.keys()) == 3 and found)
    until(lambda: answers(port) == 200)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert [pid for pid in fresh if is_alive(pid)] == []
    assert answers(port) == 0


def test_a_killed_supervisor_leaves_nobody(served):
    process, port = served
    children = children_of(process.pid)
    assert len(children) == 3
    process.kill()
    process.wait()
    until(lambda: not [pid for pid in children if is_alive(pid)])
    until(lambda: answers(port) == 0)
