"""The Python files of the checkout, parsed once, and how a linter reports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Problem:
    """A rule broken at a place."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        shown = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{shown}:{self.line}: {self.message}"


def python_files(*folders: str, with_migrations: bool = False) -> Iterator[Path]:
    """The Python files under the folders (relative to the checkout), in order."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if with_migrations or "migrations" not in path.parts:
                yield path


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def report(name: str, problems: Iterable[Problem]) -> int:
    """Print the problems; the exit status of the linter."""
    found = list(problems)
    for problem in found:
        print(problem)
    print(f"{name}: {len(found)} problem(s)" if found else f"{name}: ok", file=sys.stderr)
    return 1 if found else 0
