"""Prepares the checkout with nothing but Python's standard library: ``.venv``, the hashed lock, the launcher.

Called by ``./run`` (base) and ``./test`` (dev). Installs only when the lock changed, so that a second start is quick.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "gongkai-installed"
SYSTEM_STAMP = VENV / "gongkai-system"
LAUNCHER = """#!/bin/sh
# The command line of this checkout, from any folder (-P: whatever lies in that folder) and in paths with spaces.
exec "$(dirname "$(readlink -f "$0")")/python" -P -m gongkai.config "$@"
"""


def say(chinese: str, english: str) -> None:
    """One short line for both readers."""
    print(f"{chinese} · {english}", flush=True)


def stop(chinese: str, english: str) -> None:
    """Says what is missing and ends with status 2."""
    print(f"{chinese} · {english}", file=sys.stderr)
    raise SystemExit(2)


def lock_of(name: str) -> Path:
    """The hashed lock: base.txt for running, dev.txt (a superset) for testing."""
    return ROOT / "requirements" / f"{name}.txt"


def digest_of(name: str) -> str:
    """What an installed environment is compared by: the lock and the Python."""
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{name}:{version}:{hashlib.sha256(lock_of(name).read_bytes()).hexdigest()}"


def version_of_venv() -> tuple[int, int] | None:
    """Python of the environment, or None where it is missing or broken (moved, its Python removed)."""
    if not PYTHON.exists():
        return None
    code = "import sys, pip; print(*sys.version_info[:2])"
    done = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    major, minor = done.stdout.split()
    return int(major), int(minor)


def make_venv() -> None:
    """Makes ``.venv`` when there is none that works."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        stop(f"缺少 venv 和 pip，请安装：apt install {package}", f"venv or pip is missing, install {package}")
    say("创建运行环境 .venv", f"making .venv with Python {sys.version.split()[0]}")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if done.returncode or version_of_venv() is None:
        stop(f"创建 .venv 失败，请安装：apt install {package}", f"could not make .venv, install {package}")


def install(name: str) -> None:
    """Installs the lock, each file checked against its hash, and notes that it is done."""
    say("安装依赖（按锁定文件校验）", f"installing requirements/{name}.txt, hashes checked")
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--prefer-binary", "--no-input"]
    command += ["--disable-pip-version-check", "--no-warn-script-location", "-q", "-r", str(lock_of(name))]
    if subprocess.run(command, check=False).returncode:
        stop("依赖安装失败，见上方信息", "pip could not install the lock, see above")
    # dev is a superset of base, pinned alike (tests/house): after it nothing is left to install for ./run.
    STAMP.write_text("\n".join(digest_of(done) for done in {"base", name}) + "\n")


def link_checkout() -> None:
    """Makes the checkout importable and ``.venv/bin/gongkai`` callable, without a build."""
    (packages,) = VENV.glob("lib/python3.*/site-packages")
    pth = packages / "gongkai.pth"
    if not pth.exists() or pth.read_text() != f"{ROOT}\n":
        pth.write_text(f"{ROOT}\n")
    launcher = VENV / "bin" / "gongkai"
    if not launcher.exists() or launcher.read_text() != LAUNCHER:
        launcher.write_text(LAUNCHER)
        launcher.chmod(0o755)


def missing_packages(purpose: str) -> list[str]:
    """Debian packages that PDF output (base) or the browser tests (dev) still need on this machine."""
    missing = []
    if not ctypes.util.find_library("pango-1.0") or not ctypes.util.find_library("pangoft2-1.0"):
        missing += ["libpango-1.0-0", "libpangoft2-1.0-0"]
    fonts = (
        subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False) if shutil.which("fc-list") else None
    )
    if fonts is None or not fonts.stdout:
        missing += ["fontconfig", "fonts-noto-cjk"]
    if purpose == "dev" and not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        missing.append("chromium")
    return missing


def install_system(purpose: str) -> None:
    """As root on Debian, tries once to install what is missing; else says which feature stays off."""
    missing = missing_packages(purpose)
    if not missing:
        return
    told = " ".join(missing)
    tried = SYSTEM_STAMP.read_text().split() if SYSTEM_STAMP.exists() else []
    if os.geteuid() == 0 and shutil.which("apt-get") and not set(missing) <= set(tried):
        say(f"安装系统软件包：{told}", "installing Debian packages")
        SYSTEM_STAMP.write_text(told)
        apt_get("update")
        apt_get("install", "-y", "--no-install-recommends", *missing)
        missing = missing_packages(purpose)
    if "chromium" in missing:
        say("没有浏览器，浏览器测试将跳过", "no Chromium: browser tests are skipped (apt install chromium)")
    if rest := [name for name in missing if name != "chromium"]:
        say("缺少排版库或中文字体，PDF 功能关闭", f"PDF is off (apt install {' '.join(rest)})")


def apt_get(*arguments: str) -> None:
    """One quiet apt-get; failing is no error here, what is still missing is told afterwards."""
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(["apt-get", "-qq", *arguments], env=settings, check=False, timeout=300, capture_output=True)
    except subprocess.TimeoutExpired:
        say("软件包下载超时", "apt-get timed out")


def main(purpose: str) -> None:
    """Prepares for ``base`` (running) or ``dev`` (testing)."""
    if version_of_venv() != sys.version_info[:2]:
        make_venv()
    if not STAMP.exists() or digest_of(purpose) not in STAMP.read_text().split():
        install(purpose)
    link_checkout()
    install_system(purpose)


if __name__ == "__main__":
    main(sys.argv[1])
