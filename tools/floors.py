"""What import-linter cannot see: Django's web parts and the request stay on the surfaces.

import-linter knows an installed package only as a whole (``django``), hence this check of the submodules.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.sources import Problem, parsed, python_files, report

BELOW = ("gongkai/ground", "gongkai/engine", "gongkai/domains")
FORBIDDEN = (
    "django.views",
    "django.forms",
    "django.http",
    "django.shortcuts",
    "django.urls",
    "django.contrib.messages",
    "django.contrib.admin",
    "django.db.models.signals",
    "ninja",
)


def _imports(node: ast.AST) -> list[str]:
    """The modules that an import statement names, submodules included (``from django import forms``)."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def problems_in(path: Path) -> Iterator[Problem]:
    """Imports and arguments that belong on a surface."""
    for node in ast.walk(parsed(path)):
        for name in _imports(node):
            found = next((bad for bad in FORBIDDEN if name == bad or name.startswith(f"{bad}.")), "")
            if found:
                yield Problem(path, getattr(node, "lineno", 1), f"{found} lives on the surfaces only")
                break
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            if any(argument.arg == "request" for argument in arguments):
                yield Problem(path, node.lineno, f"{node.name}() takes a request: pass the actor and the values")


def problems() -> Iterator[Problem]:
    """Every window somebody climbed through."""
    for path in python_files(*BELOW):
        yield from problems_in(path)


if __name__ == "__main__":
    raise SystemExit(report("floors", problems()))
