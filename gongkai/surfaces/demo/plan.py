"""What city.yaml says: organs, people, who does which task."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

# Which account does a task, where the organ does not say otherwise.
_TASKS = {
    "officer": "chengban",
    "section": "kezhang",
    "attribute": "gongkai",
    "secrecy": "baomi",
    "legality": "fazhi",
    "consent": "huiqian",
    "sign_off": "shenqian",
    "editor": "bianji",
}


@cache
def plan() -> dict[str, Any]:
    """The whole file."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "city.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def organ_row(code: str) -> dict[str, Any]:
    """What the file says of an organ."""
    row: dict[str, Any] = next(row for row in plan()["organs"] if row["code"] == code)
    return row


def account(organ: str, task: str) -> str:
    """The user name of whoever does a task (a step's code, ``officer``, ``editor``) in an organ."""
    row = organ_row(organ)
    return f"{row['team']}.{row.get('tasks', {}).get(task, _TASKS[task])}"
