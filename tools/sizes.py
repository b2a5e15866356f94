"""No file over 600 lines, no function over 50, no file whose name says nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.sources import ROOT, Problem, parsed, python_files, report

FILE_LIMIT = 600
FUNCTION_LIMIT = 50
EMPTY_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "services", "misc"}
)
OTHER_SUFFIXES = ("*.html", "*.css", "*.js", "*.sh")
VENDORED = ("vendor",)


def problems_in(path: Path) -> Iterator[Problem]:
    """What is too long, or badly named, about one Python file."""
    if path.stem in EMPTY_NAMES or (path.stem == "__init__" and path.parent.name in EMPTY_NAMES):
        yield Problem(path, 1, f"the name {path.stem!r} says nothing: name the file after what it does")
    yield from length_of(path)
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LIMIT:
                yield Problem(path, node.lineno, f"{node.name}() has {lines} lines, {FUNCTION_LIMIT} is the stop")


def length_of(path: Path) -> Iterator[Problem]:
    """Whether a file of any language is too long."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > FILE_LIMIT:
        yield Problem(path, 1, f"{lines} lines, {FILE_LIMIT} is the stop: split it by verb or by subject")


def problems() -> Iterator[Problem]:
    """Every problem of size in the checkout."""
    for path in python_files("gongkai", "tools", "tests"):
        yield from problems_in(path)
    for pattern in OTHER_SUFFIXES:
        for path in sorted((ROOT / "gongkai").rglob(pattern)):
            if not set(VENDORED) & set(path.parts):
                yield from length_of(path)


if __name__ == "__main__":
    raise SystemExit(report("sizes", problems()))
