"""One term, one identifier: every model and every member of an enumeration stands in docs/glossary.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.sources import ROOT, Problem, parsed, python_files, report

GLOSSARY = ROOT / "docs" / "glossary.md"
ENUMS = frozenset({"StrEnum", "Enum", "IntEnum", "TextChoices", "IntegerChoices"})


def words(text: str) -> frozenset[str]:
    """Every identifier inside backticks, split at commas, slashes, dots and brackets, in lower case.

    Case is the use's: ``section_head`` in the glossary is the member ``SECTION_HEAD`` and the value ``section_head``.
    """
    quoted = re.findall(r"`([^`]+)`", text)
    return frozenset(word.lower() for code in quoted for word in re.findall(r"[A-Za-z_][A-Za-z0-9_]*", code))


def _bases(node: ast.ClassDef) -> set[str]:
    """Last names of a class's bases: ``models.Model`` and ``Model`` are both Model."""
    return {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}


def _is_abstract(node: ast.ClassDef) -> bool:
    meta = [inner for inner in node.body if isinstance(inner, ast.ClassDef) and inner.name == "Meta"]
    return any("abstract = True" in ast.unparse(inner) for inner in meta)


def terms_in(path: Path) -> Iterator[tuple[str, int]]:
    """Names that must be in the glossary: concrete models (and public enumerations with their members)."""
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        bases = _bases(node)
        if bases & {"Model", "AbstractBaseUser"} and not _is_abstract(node):
            yield node.name, node.lineno
        if bases & ENUMS:
            for statement in node.body:
                if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                    yield statement.targets[0].id, statement.lineno


def problems(glossary: Path = GLOSSARY) -> Iterator[Problem]:
    """Every name the glossary does not know."""
    known = words(glossary.read_text(encoding="utf-8"))
    for path in python_files("gongkai"):
        for name, line in terms_in(path):
            if name.lower() not in known:
                yield Problem(path, line, f"{name} is not in docs/glossary.md: one term, one identifier")


if __name__ == "__main__":
    raise SystemExit(report("glossary", problems()))
