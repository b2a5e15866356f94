"""Subjects are written by actions only: finds every other ``save``, ``delete``, ``create``, ``update`` on a model.

An action is a function of an ``actions`` module, called through the gate, so that nothing changes without a right, a
state and an event. Infrastructure tables may be written by the module that owns them; those stand in ``OWNERS``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.sources import ROOT, Problem, parsed, python_files, report

# Module -> the infrastructure it owns, and why that is no subject.
OWNERS: dict[str, str] = {
    "gongkai/ground/register/log.py": "events and tree nodes: the register itself, called by the gate",
    "gongkai/ground/gate/door.py": "the gate itself: sets the state that an action of the table leads to",
    "gongkai/ground/gate/idempotency.py": "keys of repeated requests: infrastructure of the gate",
    "gongkai/config/bench/comparison.py": "the peer of a benchmark: bare inserts on a scratch database",
    "gongkai/config/tick.py": "ended login sessions",
    "gongkai/config/retention.py": "what the lock-out counted, after its time",
    "gongkai/ground/files/rewrapping.py": "the same texts and keys, sealed with a newer key; no content changes",
    "gongkai/config/keys.py": "secrets of one-time codes, sealed with a newer key",
    "gongkai/config/backup/databases.py": "sessions are left out of the copy of a backup",
    "gongkai/engine/notices/outbox.py": "the outbox: what is owed to people and when it was sent; called by actions",
    "gongkai/engine/notices/composing.py": "the outbox: messages written from notices that are due",
    "gongkai/domains/documents/intake/ledger.py": "what was delivered and imported, with the record it made",
    "gongkai/engine/records/index_numbers.py": "counters of index numbers, drawn inside actions",
}

CREATES = frozenset({"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"})
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
SAVE_OPTIONS = frozenset({"update_fields", "using", "force_insert", "force_update"})
WRITING_SQL = ("insert ", "update ", "delete ", "truncate ", "replace ")


def is_allowed(path: Path) -> bool:
    """Whether a module may write: actions, and the owners of infrastructure."""
    inside = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return path.stem == "actions" or "actions" in inside.parts or inside.as_posix() in OWNERS


def _chain(node: ast.expr) -> list[str]:
    """The names of a call chain from its root: ``Organ.objects.filter(…).update`` → Organ, objects, filter, update."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            names.append(node.id if isinstance(node, ast.Name) else "")
            return names[::-1]


def _is_write(call: ast.Call, verb: str, chain: list[str]) -> bool:
    """Whether the call writes rows; ``dict.update``, ``cache.delete(key)``, ``image.save(path)`` differ by shape."""
    options = {keyword.arg for keyword in call.keywords}
    if verb in CREATES:
        return True
    if verb == "save":
        return not call.args and (not options or options <= SAVE_OPTIONS)
    if verb == "delete":
        return not call.args and not options
    if verb == "update":
        return bool(MANAGERS & set(chain)) or (not call.args and bool(options) and None not in options)
    return False


def _is_writing_sql(call: ast.Call, verb: str) -> bool:
    if verb not in {"execute", "executemany"} or not call.args:
        return False
    first = call.args[0]
    if isinstance(first, ast.JoinedStr) and first.values:
        first = first.values[0]
    text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    return text.lstrip().lower().startswith(WRITING_SQL)


def actions_on() -> dict[str, list[str]]:
    """Model name → the actions declared on it (``@action("name", on=Model)``), read from the source."""
    found: dict[str, list[str]] = {}
    for path in python_files("gongkai"):
        for node in ast.walk(parsed(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "action"):
                continue
            on = next((k.value.id for k in node.keywords if k.arg == "on" and isinstance(k.value, ast.Name)), "")
            if node.args and isinstance(node.args[0], ast.Constant):
                found.setdefault(on, []).append(str(node.args[0].value))
    return found


def advice(path: Path, chain: list[str], actions: dict[str, list[str]]) -> str:
    """The function to use instead: the actions on the model, else the actions module of the package."""
    if names := actions.get(chain[0]):
        return f"use an action on {chain[0]}: {', '.join(sorted(names))}"
    beside = path.parent / "actions"
    if beside.is_dir() or beside.with_suffix(".py").exists():
        return f"use a function of {beside.relative_to(ROOT) if beside.is_relative_to(ROOT) else beside}"
    return "write it as an action in this package's actions.py and call that"


def problems_in(path: Path, actions: dict[str, list[str]]) -> Iterator[Problem]:
    """Every write outside an action in one file."""
    for node in ast.walk(parsed(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        chain = _chain(node.func)
        verb = chain[-1].removeprefix("a") if chain[-1] in {"asave", "adelete", "acreate", "aupdate"} else chain[-1]
        if _is_write(node, verb, chain) or _is_writing_sql(node, verb):
            yield Problem(path, node.lineno, f"{'.'.join(chain)}() outside an action; {advice(path, chain, actions)}")


def problems() -> Iterator[Problem]:
    """Every write outside an action in the checkout."""
    actions = actions_on()
    for path in python_files("gongkai"):
        if not is_allowed(path):
            yield from problems_in(path, actions)


if __name__ == "__main__":
    raise SystemExit(report("subject_writes", problems()))
