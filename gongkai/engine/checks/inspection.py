"""`gongkai inspect`: the check before publication on files, without a database. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gongkai.engine.checks import documents, personal  # noqa: F401 - declares the checks
from gongkai.engine.checks.kinds import BLOCK, WARN, run
from gongkai.ground.files import refusals
from gongkai.ground.files.guard import inspect_upload
from gongkai.ground.files.properties import Property, hidden_parts, properties
from gongkai.ground.files.text import StructuredText, TextWarning
from gongkai.ground.refusal import Refused

_HIDDEN_BASIS = "发布审查：公开前清除隐藏内容和文件属性"
# The reader's warnings as types of findings.
_WARNED = {"bracket-lost": "document-number", "number-malformed": "document-number", "count-mismatch": "count"}


def inspect_paths(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """One object a file (interfaces.md): path, readable, findings. Folders are walked in the order of names."""
    for path in paths:
        if path.is_dir():
            inside = sorted(item for item in path.rglob("*") if item.is_file() and not item.name.startswith("."))
            yield from (inspect_file(item) for item in inside)
        else:
            yield inspect_file(path)


def inspect_file(path: Path) -> dict[str, Any]:
    """``{"path","readable","findings"}`` for one file; a file that cannot be read is a finding itself."""
    try:
        with path.open("rb") as file:
            guarded = inspect_upload(file, path.name, is_kept=False)
    except Refused as refusal:
        return {"path": str(path), "readable": False, "findings": [_refused(refusal)]}
    except OSError as error:
        told = f"文件打不开（{error.strerror}）。"
        return {"path": str(path), "readable": False, "findings": [_finding("unreadable", told, BLOCK)]}
    found = [_property(item) for item in properties(guarded.data, guarded.media_type)]
    found += [_property(item, "hidden-content") for item in hidden_parts(guarded.data, guarded.media_type)]
    if guarded.text is None:
        told = "这种文件没有可检查的文字，请人工查看。"
        found.append(_finding("unreadable", told, WARN))
    else:
        found += inspect_text(guarded.text)
    is_readable = guarded.text is not None and bool(guarded.text.blocks)
    return {"path": str(path), "readable": is_readable, "findings": found}


def inspect_text(text: StructuredText) -> list[dict[str, Any]]:
    """The findings in a text that was read: the reader's warnings, then those of the checks."""
    found = [_warned(warning) for warning in text.warnings if warning.code != "encoding-guessed"]
    return found + [one.as_json() for one in run(text.blocks, dict(text.labels))]


def _refused(refusal: Refused) -> dict[str, Any]:
    told = refusal.explain()
    is_mark = refusal.code == refusals.CLASSIFICATION_MARK
    kind = "classification-mark" if is_mark else "unreadable"
    return _finding(kind, told.what, BLOCK, suggestion=told.todo, basis=told.provision)


def _warned(warning: TextWarning) -> dict[str, Any]:
    kind = _WARNED.get(warning.code, "unreadable" if warning.code in {"unreadable", "truncated"} else "markup")
    return _finding(kind, warning.message or warning.found, WARN, place={"part": warning.place})


def _property(item: Property, kind: str = "metadata") -> dict[str, Any]:
    told = "公开前请清除。"
    return _finding(kind, f"{item.name}：{item.value}"[:200], WARN, {"part": item.place}, told, _HIDDEN_BASIS)


def _finding(
    kind: str,
    text: str,
    severity: str,
    place: dict[str, Any] | None = None,
    suggestion: str = "",
    basis: str = "",
) -> dict[str, Any]:
    return {
        "check": "reading" if kind in {"unreadable", "markup"} else kind,
        "type": kind,
        "severity": severity,
        "text": text,
        "place": place or {},
        "suggestion": suggestion,
        "basis": basis,
    }
