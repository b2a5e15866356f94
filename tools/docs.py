"""Writes the reference pages that code already says, and checks that they are up to date.

``python -m tools.docs`` writes them; ``--check`` (in ``./test``) fails when a page differs from the code.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from tools.sources import ROOT

REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- Written by `python -m tools.docs` from {source}; do not edit. -->\n"


def cell(value: object) -> str:
    """A value inside a Markdown table."""
    return str(value).replace("|", "\\|").replace("\n", " ").strip()


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *([cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def settings_page() -> str:
    """Every variable of the environment."""
    from gongkai.config.env import SETTINGS

    rows = [
        (f"`{one.name}`", f"`{one.default}`" if one.default else "(empty)", one.meaning) for one in SETTINGS.values()
    ]
    return (
        "# Settings\n\nThe platform is configured by environment variables only. Secrets are files in `KEYS_DIR`, made "
        "on the first start.\n\n" + table(["variable", "default", "meaning"], rows)
    )


def rules_page() -> str:
    """Every rule of the rulebook with its law and versions."""
    from gongkai.ground.rulebook.queries import rule_table

    rows = []
    for rule in rule_table():
        for version in rule["versions"]:
            until = version["valid_until"] or "…"
            limit = version["limit"] + (f"（可延长 {version['extension']}）" if version["extension"] else "")
            may = "yes" if version["is_overridable"] else ""
            period = f"{version['valid_from']} – {until}"
            rows.append((f"`{rule['key']}`", rule["name"], limit, version["start"], version["citation"], period))
            rows[-1] += (version["mark"], may)
    head = ["key", "规则", "期限", "起算", "依据", "in force", "mark", "preset"]
    return (
        "# Rules\n\nThe limits that the law sets, as the rulebook (`gongkai/ground/rulebook/rules/*.yaml`) holds them. "
        "The date of the event chooses the version. Marks: V read in full, Vp read in an excerpt, K known, L local, "
        "P practice. *preset*: an operator may change it, with a reason.\n\n" + table(head, rows)
    )


def lifecycle_page() -> str:
    """States and transitions of every subject, from the table of the gate."""
    from gongkai.ground.gate.table import SUBJECTS

    parts = ["# Lifecycles\n\nThe table of the gate: which action leads from which state to which, and who may.\n"]
    for model, kind in sorted(SUBJECTS.items(), key=lambda pair: pair[1].name):
        parts.append(f"\n## {model._meta.verbose_name} · {kind.name}\n\n")
        if kind.states:
            parts.append(diagram_of(model))
        parts.append(table(["action", "动作", "right", "from", "to", "event", "依据"], action_rows(model)))
    return "".join(parts)


def diagram_of(model: type) -> str:
    """The states as a Mermaid diagram; one arrow for all actions between the same two states."""
    from gongkai.ground.gate.table import SUBJECTS, transitions

    kind = SUBJECTS[model]
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"  {state.code}: {state.name}" for state in kind.states]
    arrows: dict[tuple[str, str], list[str]] = {}
    for start, spec, end in transitions(model):
        if start != end:
            arrows.setdefault((start or "[*]", end), []).append(spec.title)
    lines += [f"  {start} --> {end}: {'、'.join(titles)}" for (start, end), titles in arrows.items()]
    lines += [f"  {state.code} --> [*]" for state in kind.states if state.is_final]
    return "\n".join([*lines, "```", "", ""])


def action_rows(model: type) -> Iterator[tuple[str, ...]]:
    """One row for each action on a model."""
    from gongkai.ground.gate.table import SUBJECTS, actions_of

    names = SUBJECTS[model].state_names
    for spec in actions_of(model):
        start = "(new)" if spec.creates else said(spec.states, names, "any")
        end = said(spec.to, names, "same")
        yield f"`{spec.name}`", spec.title, f"`{spec.right}`", start, end, f"`{spec.event}`", spec.citation


def said(codes: frozenset[str] | None, names: dict[str, str], otherwise: str) -> str:
    """State names in the order they are declared."""
    if codes is None:
        return otherwise if names else ""
    return "、".join(name for code, name in names.items() if code in codes)


def commands_page() -> str:
    """Every command with its arguments; written from the parser itself, not from its help, which differs by Python."""
    from gongkai.config.cli import build_parser

    about = (
        "`gongkai` lies in `.venv/bin`. Exit status: 0 done, 1 found something wrong, 2 cannot run or bad arguments, "
        "then with one line on standard error. `--json` prints one object or JSON lines."
    )
    parts = [f"# Command line\n\n{about}\n"]
    for name, parser, about in commands_in(build_parser(), "gongkai"):
        parts.append(f"\n## {name}\n\n{about}\n")
        told = [one for one in parser._actions if one.dest != "help" and one.help != argparse.SUPPRESS]
        rows = [(f"`{' '.join(one.option_strings) or one.dest}`", one.metavar or "", one.help) for one in told]
        parts.append("\n" + table(["argument", "value", "说明"], rows) if rows else "")
    return "".join(parts)


def commands_in(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Every command that does something, with its full name and its help."""
    for group in parser._actions:
        if isinstance(group, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in group._choices_actions}
            for word, inner in group.choices.items():
                below = list(commands_in(inner, f"{name} {word}"))
                yield from below or [(f"{name} {word}", inner, helps.get(word, ""))]


def refusals_page() -> str:
    """Every refusal with its words."""
    from gongkai.ground.refusal import WORDINGS

    # Some are worded where they are raised, on the surfaces.
    import_module("gongkai.config.urls")
    rows = [(f"`{code}`", words.status, words.what, words.todo) for code, words in sorted(WORDINGS.items())]
    return (
        "# Refusals\n\nEvery lawful no: its code in problem+json, its HTTP status, what it says and what to do. "
        "Words in braces are facts of the case.\n\n" + table(["code", "status", "什么", "怎么办"], rows)
    )


PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "settings.md": ("gongkai/config/env.py", settings_page),
    "rules.md": ("gongkai/ground/rulebook", rules_page),
    "commands.md": ("the parser of the command line", commands_page),
    "refusals.md": ("the wordings beside the code that refuses", refusals_page),
    "lifecycle.md": ("the tables of the gate", lifecycle_page),
}


def pages() -> dict[Path, str]:
    """Path and text of every generated page."""
    return {REFERENCE / name: NOTE.format(source=source) + page() for name, (source, page) in PAGES.items()}


def stale() -> list[Path]:
    """The pages that differ from the code."""
    return [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def main(arguments: Sequence[str]) -> int:
    """Writes the pages, or with ``--check`` only compares."""
    if "--check" not in arguments:
        REFERENCE.mkdir(parents=True, exist_ok=True)
        for path, text in pages().items():
            path.write_text(text, encoding="utf-8")
        return 0
    found = stale()
    for path in found:
        print(f"{path.relative_to(ROOT)} is not what the code says: run .venv/bin/python -m tools.docs")
    return 1 if found else 0


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongkai.config.settings"
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("VAR_DIR", folder)
        import django

        django.setup()
        raise SystemExit(main(sys.argv[1:]))
