"""What ``./test`` does inside the environment: every linter, all their findings, then pytest, whose summary ends it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tools.sources import ROOT

PY = sys.executable
IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
# Scripts of .venv/bin carry its path in their first line, which fails where the path has a space: modules are called.
LINTERS: dict[str, list[str]] = {
    "mypy": [PY, "-m", "mypy"],
    "migrations": [PY, "-m", "django", "makemigrations", "--check", "--dry-run"],
    "generated docs": [PY, "-m", "tools.docs", "--check"],
    "imports": [PY, "-c", IMPORTS],
    "templates": [PY, "-m", "djlint", "gongkai", "--lint", "--quiet"],
    "ruff": [PY, "-m", "ruff", "check", "."],
    "format": [PY, "-m", "ruff", "format", "--check", "."],
    "subject writes": [PY, "-m", "tools.subject_writes"],
    "floors": [PY, "-m", "tools.floors"],
    "sizes": [PY, "-m", "tools.sizes"],
    "glossary": [PY, "-m", "tools.glossary"],
}


@dataclass(frozen=True)
class Outcome:
    """What one linter said."""

    name: str
    status: int
    output: str
    seconds: float


def run_linter(name: str, var_dir: str) -> Outcome:
    """One linter, with a folder of its own for whatever Django wants to write."""
    environment = os.environ | {
        "VAR_DIR": var_dir,
        "DJANGO_SETTINGS_MODULE": "gongkai.config.settings",
        "NO_COLOR": "1",
    }
    environment.pop("DATABASE_URL", None)
    started = time.monotonic()
    done = subprocess.run(LINTERS[name], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return Outcome(name, done.returncode, (done.stdout + done.stderr).strip(), time.monotonic() - started)


def lint() -> bool:
    """Runs every linter, two at a time; prints all that failed. True when the house is clean."""
    with tempfile.TemporaryDirectory(prefix="gongkai-lint-") as folder, ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda name: run_linter(name, f"{folder}/{name.replace(' ', '-')}"), LINTERS))
    for outcome in outcomes:
        print(f"{'ok  ' if outcome.status == 0 else 'FAIL'} {outcome.name} ({outcome.seconds:.1f} s)", flush=True)
    failed = [outcome for outcome in outcomes if outcome.status]
    for outcome in failed:
        print(f"\n--- {outcome.name}\n{outcome.output}", flush=True)
    if failed:
        print(f"\nlinters that failed: {', '.join(outcome.name for outcome in failed)}\n", flush=True)
    return not failed


def pytest_arguments(patterns: Sequence[str], further: Sequence[str]) -> list[str]:
    """The command line of pytest: paths as they are, words as one expression; a part runs in one process."""
    paths = [one for one in patterns if (ROOT / one.split("::")[0]).exists()]
    words = [one for one in patterns if one not in paths]
    command = [PY, "-m", "pytest", "-q", *further, *paths]
    if words:
        command += ["-k", " or ".join(words)]
    return command if paths else [*command, "-n", "2"]


def main() -> int:
    """Linters, then tests; 1 when either found something."""
    parser = argparse.ArgumentParser(prog="./test", epilog="further options go to pytest")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN", help="a path, or a word of the tests' names")
    parser.add_argument("--full", action="store_true", help="the long tests too")
    parser.add_argument("--lint", action="store_true", help="only the linters")
    parser.add_argument("--tests-only", action="store_true", help="no linters")
    options, further = parser.parse_known_args()
    if options.full:
        os.environ["GONGKAI_FULL"] = "1"
    is_clean = True
    if not options.patterns and not options.tests_only:
        is_clean = lint()
    if options.lint:
        return 0 if is_clean else 1
    status = subprocess.run(pytest_arguments(options.patterns, further), cwd=ROOT, check=False).returncode
    return status or (0 if is_clean else 1)


if __name__ == "__main__":
    raise SystemExit(main())
