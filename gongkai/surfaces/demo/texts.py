"""The documents of the city: a head in YAML, a body in the workbench's plain form, days relative to the writing."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

from gongkai.engine.records.bodytext import body_of_text
from gongkai.engine.records.content import Content
from gongkai.ground.rulebook.queries import subject_path

FOLDER = Path(__file__).parent / "texts"
_DAYS = re.compile(r"([di])(\d+)")
_NAMED = re.compile(r"^=== (\S+)\n", re.MULTILINE)


class Words(dict[str, str]):
    """What a text says of days: ``written``, ``year``, ``last_year``, ``next_year``, ``d30`` (30 days later).

    ``i30`` is the same day as fields take it.
    """

    def __init__(self, written_on: dt.date) -> None:
        year = written_on.year
        super().__init__(
            written=in_chinese(written_on), year=str(year), last_year=str(year - 1), next_year=str(year + 1)
        )
        self.written_on = written_on

    def __missing__(self, key: str) -> str:
        found = _DAYS.fullmatch(key)
        if found is None:
            raise KeyError(key)
        day = self.written_on + dt.timedelta(days=int(found.group(2)))
        return in_chinese(day) if found.group(1) == "d" else day.isoformat()


def in_chinese(day: dt.date) -> str:
    """A day as documents print it: 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def _sources() -> dict[str, tuple[str, str]]:
    """Head and body of every text. A file is one text, or several, each below a line ``=== name``."""
    found = {}
    for path in sorted(FOLDER.glob("*.txt")):
        whole = path.read_text(encoding="utf-8")
        parts = _NAMED.split(whole)[1:] if whole.startswith("===") else [path.stem, whole]
        for key, text in zip(parts[::2], parts[1::2], strict=True):
            _, head, body = text.split("---\n", 2)
            found[key] = (head, body)
    return found


def source(key: str) -> tuple[str, str]:
    """Head and body of a text as written."""
    return _sources()[key]


def names() -> list[str]:
    """The name of every text."""
    return sorted(_sources())


def head_of(key: str, written_on: dt.date) -> dict[str, Any]:
    """What the head says, with its days filled in."""
    head: dict[str, Any] = yaml.safe_load(Template(source(key)[0]).substitute(Words(written_on)))
    return head


def body_of(key: str, written_on: dt.date) -> list[dict[str, Any]]:
    """The blocks of a text written on a day."""
    return body_of_text(Template(source(key)[1]).substitute(Words(written_on)))


def content_of(key: str, written_on: dt.date, issuing_organ: str) -> dict[str, Any]:
    """The content of an edition: the head's fields that a record has, and the body."""
    head = head_of(key, written_on)
    content: dict[str, Any] = {name: value for name, value in head.items() if name in Content.model_fields}
    content |= head.get("fields", {})
    content |= {
        "body": body_of(key, written_on),
        "issuing_organ": issuing_organ,
        "written_on": written_on.isoformat(),
        "subject_class": subject_path(head["subject"]) if "subject" in head else "",
    }
    if "effective_after" in head:
        starts = written_on + dt.timedelta(days=head["effective_after"])
        content["effective_from"] = starts.isoformat()
    if "expires_after" in head:
        content["effective_until"] = (written_on + dt.timedelta(days=head["expires_after"])).isoformat()
    return {"disclosure": "proactive"} | content
