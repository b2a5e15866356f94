"""The report of doubts of an import (疑点报告): each warning with place, found and expected, the gravest first."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

FORMS = (".html", ".csv", ".json")
HEADS = ("序号", "文件", "标题", "发文字号", "信息编号", "疑点", "位置", "所见", "应为", "说明")


class Report:
    """Gathers the lines of an import and writes those with doubts, the refused first, then the most doubtful."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.doubtful: list[dict[str, Any]] = []

    def add(self, line: dict[str, Any]) -> None:
        """One line of the import."""
        self.count += 1
        if line["warnings"] or line.get("error"):
            names = ("path", "title", "document_number", "record", "warnings", "error")
            self.doubtful.append({name: line.get(name) for name in names})

    @property
    def ordered(self) -> list[dict[str, Any]]:
        """What needs a person first comes first."""
        return sorted(self.doubtful, key=lambda line: (line["error"] is None, -len(line["warnings"])))

    def write(self, batch: str = "") -> None:
        """Write the report whole or not at all."""
        form = self.path.suffix.lower()
        text = {".html": self._html, ".csv": self._csv, ".json": self._json}[form](batch)
        draft = self.path.with_name(f".{self.path.name}.draft")
        draft.write_text(text, encoding="utf-8-sig" if form == ".csv" else "utf-8", newline="")
        draft.replace(self.path)

    def summary(self, batch: str) -> dict[str, Any]:
        """How many were looked at, refused, doubtful."""
        refused = sum(line["error"] is not None for line in self.doubtful)
        return {"batch": batch, "files": self.count, "refused": refused, "doubtful": len(self.doubtful) - refused}

    def _json(self, batch: str) -> str:
        return json.dumps(self.summary(batch) | {"items": self.ordered}, ensure_ascii=False, indent=1, default=str)

    def _html(self, batch: str) -> str:
        context = {"items": self.ordered, **self.summary(batch)}
        context["clean"] = context["files"] - context["refused"] - context["doubtful"]
        return render_to_string("exchange/doubts.html", context)

    def _csv(self, batch: str) -> str:
        del batch
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(HEADS)
        for number, line in enumerate(self.ordered, 1):
            known = [number, line["path"], line["title"], line["document_number"], line["record"]]
            for warning in line["warnings"]:
                told = [warning[name] for name in ("code", "place", "found", "expected", "message")]
                writer.writerow([_plain(value) for value in (*known, *told)])
        return table.getvalue()


def _plain(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
