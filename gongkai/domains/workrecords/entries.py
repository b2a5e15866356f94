"""Lines as people type or paste them, read as work records: what each becomes, and why one cannot be entered."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.domains.workrecords.models import WorkRecord
from gongkai.ground import clock
from gongkai.ground.files.crypto import blind_index
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.rulebook.queries import work_record_categories

COLUMNS = {"done_on": "日期", "category": "类别", "matter": "事项", "handler": "经办人", "result": "结果"}
# What workbooks of offices call the columns.
ALIASES = {"时间": "done_on", "办理日期": "done_on", "类型": "category", "内容": "matter", "工作内容": "matter"} | {
    title: name for name, title in COLUMNS.items()
}
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?: 00:00:00)?")
LONGEST_MATTER = 200


@dataclass(frozen=True)
class Entry:
    """A work record before it is entered."""

    done_on: dt.date
    category: str
    matter: str
    handler: Person
    result: str = ""

    def fingerprint(self, organ: Organ) -> str:
        """The same for the same line of the same organ, and nothing about the line."""
        parts = (organ.pk, self.done_on, self.category, self.matter, self.handler.pk, self.result)
        return blind_index("workrecord.line", "\n".join(str(part) for part in parts))


@dataclass(frozen=True)
class PlannedEntry:
    """A line with what it becomes, or why it cannot be entered; ``is_known``: it has been entered before."""

    number: int
    cells: Mapping[str, str]
    entry: Entry | None = None
    problem: str = ""
    is_known: bool = False


def category_names() -> dict[str, str]:
    """Code and name of the categories in force today."""
    return {term.code: term.name for term in work_record_categories()}


def columns_in(titles: Sequence[str]) -> list[str]:
    """The field of each column by its title; "" for one nobody knows. The house's own order where no title is known."""
    found = [ALIASES.get(title.strip(), "") for title in titles]
    return found if "matter" in found else []


def planned(rows: Sequence[Mapping[str, str]], *, organ: Organ, actor_person: Person) -> list[PlannedEntry]:
    """The dry run of an import; a fixed number of queries for any number of rows."""
    names = {str(row.get("handler", "")).strip() for row in rows} - {""}
    people = _people(organ, names)
    categories = category_names()
    plan = [
        _planned(number, row, people, categories, actor_person) for number, row in enumerate(rows, start=1) if any(row)
    ]
    prints = {line.number: line.entry.fingerprint(organ) for line in plan if line.entry is not None}
    rows_known = WorkRecord.objects.filter(organ=organ, state="entered", fingerprint__in=set(prints.values()))
    seen = set(rows_known.values_list("fingerprint", flat=True))
    done = []
    for line in plan:
        mark = prints.get(line.number)
        is_known = mark is not None and mark in seen
        if mark is not None:
            seen.add(mark)
        done.append(PlannedEntry(line.number, line.cells, line.entry, line.problem, is_known))
    return done


def _people(organ: Organ, names: set[str]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in Person.objects.filter(organ=organ, is_active=True).order_by("pk"):
        for word in {person.username, person.name} & names:
            found.setdefault(word, []).append(person)
    return found


def _planned(
    number: int,
    row: Mapping[str, str],
    people: Mapping[str, list[Person]],
    categories: Mapping[str, str],
    actor_person: Person,
) -> PlannedEntry:
    cells = {name: str(row.get(name, "")).strip() for name in COLUMNS}
    day = day_of(cells["done_on"])
    category = next((code for code, name in categories.items() if cells["category"] in (code, name)), "")
    handlers = people.get(cells["handler"], []) if cells["handler"] else [actor_person]
    problem = _problem(cells, day, category, handlers, categories)
    if problem or day is None:
        return PlannedEntry(number, cells, problem=problem)
    return PlannedEntry(number, cells, Entry(day, category, cells["matter"], handlers[0], cells["result"]))


def _problem(
    cells: Mapping[str, str],
    day: dt.date | None,
    category: str,
    handlers: list[Person],
    categories: Mapping[str, str],
) -> str:
    if day is None or day > clock.today():
        return f"日期“{cells['done_on']}”不能识别，或者在今天之后"
    if not category:
        return f"没有类别“{cells['category']}”；可选：{'、'.join(categories.values())}"
    if not cells["matter"] or len(cells["matter"]) > LONGEST_MATTER:
        return f"事项没有填写，或者超过 {LONGEST_MATTER} 字"
    if len(handlers) != 1:
        return f"{'有多人' if handlers else '本单位没有人'}名为“{cells['handler']}”，请写用户名"
    return ""


def day_of(text: str) -> dt.date | None:
    """A day in any usual way of writing it, or None."""
    found = _DAY.fullmatch(text.strip())
    try:
        return dt.date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def as_row(entry: Entry) -> dict[str, Any]:
    """The columns of a work record that an entry fills."""
    return {
        "done_on": entry.done_on,
        "category": entry.category,
        "matter": entry.matter,
        "handler": entry.handler,
        "result": entry.result,
    }
