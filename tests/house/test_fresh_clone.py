"""A stranger's machine: a fresh clone, a clean environment, a path with a space. Needs git and a package index."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def call(program: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program with nothing in the environment but PATH and HOME, called from another folder."""
    path = os.pathsep.join([str(Path(sys.executable).resolve().parent), "/usr/local/bin", "/usr/bin", "/bin"])
    environment = {"PATH": path, "HOME": str(home)}
    return subprocess.run(
        [str(program), *arguments], cwd=home, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.full
def test_run_in_a_fresh_clone_and_again(tmp_path):
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    clone = tmp_path / "a clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    first = call(clone / "run", tmp_path, "--setup-only")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "安装依赖" in first.stdout
    assert "loading the demonstration city" in first.stdout
    again = call(clone / "run", tmp_path, "--setup-only")
    assert again.returncode == 0
    assert "安装依赖" not in again.stdout
    assert "demonstration" not in again.stdout
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True
    ).stdout
    assert status == "", "what belongs to a machine lies in ignored folders"
    verified = call(clone / ".venv" / "bin" / "gongkai", tmp_path, "register", "verify")
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [["--port"], ["--port", "http"], ["--what"], ["--port="]])
def test_bad_arguments_are_one_line(tmp_path, arguments):
    done = call(ROOT / "run", tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "用法 · usage: ./run [--port N] [--setup-only]\n"


def test_without_a_python_it_names_the_package(tmp_path):
    """A PATH with tools but no Python of a version that is supported, and a checkout without .venv."""
    for name in ("run", "test", "tools"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "env", "dirname"):
        (tools / name).symlink_to(str(shutil.which(name)))
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)
    done = subprocess.run(
        [str(tmp_path / "run")], env={"PATH": str(tools)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "需要 Python 3.11 至 3.13，请安装：apt install python3 python3-venv · Python 3.11 to 3.13 is needed\n"
    )
