"""Queries compiled once and asked often: what the database is asked stays a queryset, only the values change.

Putting a queryset together and compiling it costs more than the database needs to answer it. Here both are done at the
first question in each process; every other one sends the same SQL with its own values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
Rows = list[tuple[Any, ...]]

#: Values that stand in a compiled query for those to come; no row and no condition holds them by itself.
_FIRST_NUMBER = 8_070_605_040_302_010


@dataclass(frozen=True)
class _Plan:
    """A compiled query: SQL, its parameters, and which of them are ours (their place among the values, or -1)."""

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[int, ...]
    compiler: Any
    converters: dict[int, Any]

    def filled(self, values: Sequence[Any]) -> list[Any]:
        """The parameters with these values."""
        return [
            values[place] if place >= 0 else given for given, place in zip(self.parameters, self.places, strict=True)
        ]


class Prepared(Generic[M]):
    """A queryset as a function of plain values (``int`` or ``str``), compiled at the first question.

    ``build`` must use each value as it is, in conditions only. A value it changes or leaves out raises ``ValueError``
    at the first question, and so would a value that decides which conditions there are.
    """

    def __init__(self, build: Callable[..., QuerySet[M, Any]], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._plans: dict[str, _Plan] = {}

    def rows(self, *values: Any) -> Rows:
        """What the database answers, as it comes. One query."""
        plan = self._plan()
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, plan.filled(values))
            return cursor.fetchall()  # type: ignore[no-any-return]

    def values(self, rows: Rows) -> Iterable[Sequence[Any]]:
        """Rows with each value as its field reads it."""
        plan = self._plan()
        return plan.compiler.apply_converters(rows, plan.converters) if plan.converters else rows

    def instances(self, rows: Rows) -> list[M]:
        """The instances that rows stand for, with what ``select_related`` named."""
        compiler = self._plan().compiler
        known, select = compiler.klass_info, compiler.select
        first, last = known["select_fields"][0], known["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[first:last]]
        populators = get_related_populators(known, select, connection.alias)  # type: ignore[call-arg] # stubs of a later Django
        found: list[M] = []
        for row in self.values(rows):
            instance = known["model"].from_db(connection.alias, names, row[first:last])
            for populator in populators:
                populator.populate(row, instance)
            found.append(instance)
        return found

    def _plan(self) -> _Plan:
        plan = self._plans.get(connection.vendor)
        if plan is None:
            plan = self._plans[connection.vendor] = self._compiled()
        return plan

    def _compiled(self) -> _Plan:
        stand_ins = [
            _FIRST_NUMBER + place if kind is int else f"\x01{place}\x01" for place, kind in enumerate(self._kinds)
        ]
        queryset = self._build(*stand_ins)
        compiler = queryset.query.get_compiler(using=connection.alias)
        sql, parameters = compiler.as_sql()
        places = tuple(_place(given, stand_ins) for given in parameters)
        if set(places) - {-1} != set(range(len(stand_ins))):
            raise ValueError("a prepared query must use every value as it is given")
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        return _Plan(sql, tuple(parameters), places, compiler, compiler.get_converters(columns))


def _place(given: Any, stand_ins: Sequence[Any]) -> int:
    return next((place for place, mark in enumerate(stand_ins) if type(mark) is type(given) and mark == given), -1)


class Asked:
    """What was asked for one answer, and the digest of everything the database said to it."""

    def __init__(self) -> None:
        self._answers: list[Rows] = []

    def rows(self, query: Prepared[Any], *values: Any) -> Rows:
        """The rows, which count for the digest."""
        rows = query.rows(*values)
        self._answers.append(rows)
        return rows

    def instances(self, query: Prepared[M], *values: Any) -> list[M]:
        """The instances, whose rows count for the digest."""
        return query.instances(self.rows(query, *values))

    def digest(self) -> str:
        """The same only where every row asked for so far is the same, in every column."""
        told = repr([[tuple(row) for row in rows] for rows in self._answers])
        return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
