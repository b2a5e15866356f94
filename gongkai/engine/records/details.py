"""What a kind adds to a record, read off its schema: labelled lines, days and tables for any page or form."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gongkai.engine.records.content import Content
from gongkai.engine.records.kinds import KINDS


@dataclass(frozen=True)
class Shape:
    """The plain type of a field; ``rows`` is the model of a line where it holds a table, ``options`` a closed list."""

    kind: type
    rows: type[BaseModel] | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Detail:
    """One field of a kind with its value, as people read it. Only one of the forms is filled."""

    name: str
    label: str
    text: str = ""
    lines: list[str] = field(default_factory=list)
    day: dt.date | None = None
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def shape_of(info: FieldInfo) -> Shape:
    """The plain type behind ``Optional``, ``Annotated``, ``Literal`` and ``list``."""
    kind = _bare(info.annotation)
    if get_origin(kind) is Literal:
        return Shape(str, options=tuple(str(value) for value in get_args(kind)))
    if get_origin(kind) is list:
        item = _bare(get_args(kind)[0])
        is_table = isinstance(item, type) and issubclass(item, BaseModel)
        return Shape(list, rows=item if is_table else None)
    return Shape(kind if isinstance(kind, type) else str)


def _bare(kind: Any) -> Any:
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        kind = _bare(next(part for part in get_args(kind) if part is not type(None)))
    return kind


def labels_of(kind_code: str) -> dict[str, str]:
    """What the schema calls the fields of a kind; of one that nobody knows any more, the fields every kind has."""
    kind = KINDS.get(kind_code)
    schema = kind.schema if kind is not None else Content
    return {name: info.title or name for name, info in schema.model_fields.items()}


def columns_of(rows: type[BaseModel]) -> dict[str, str]:
    """The columns of a table field: name and title, in order."""
    return {name: info.title or name for name, info in rows.model_fields.items()}


def details_of(kind_code: str, content: Mapping[str, Any]) -> list[Detail]:
    """Every filled-in field that the kind adds, in the schema's order; none for a kind nobody knows any more."""
    kind = KINDS.get(kind_code)
    fields = kind.own_fields if kind is not None else {}
    return [_detail(name, info, content[name]) for name, info in fields.items() if content.get(name) not in _EMPTY]


_EMPTY: tuple[Any, ...] = (None, "", [])


def _detail(name: str, info: FieldInfo, value: Any) -> Detail:
    label, shape = info.title or name, shape_of(info)
    if shape.rows is not None:
        return _table(name, label, shape.rows, value)
    if shape.kind is list:
        return Detail(name, label, lines=[str(item) for item in value])
    if shape.kind is dt.date:
        return Detail(name, label, day=dt.date.fromisoformat(value))
    return Detail(name, label, text=str(value))


def _table(name: str, label: str, model: type[BaseModel], value: list[Mapping[str, Any]]) -> Detail:
    """A column that is empty in every row is left out: the page shows no blank columns."""
    titles = columns_of(model)
    shown = [key for key in titles if any(row.get(key) not in _EMPTY for row in value)]
    rows = [[_cell(row.get(key)) for key in shown] for row in value]
    return Detail(name, label, columns=[titles[key] for key in shown], rows=rows)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def shown_value(value: Any) -> str:
    """A field's raw value in one line."""
    if isinstance(value, list):
        return "；".join(shown_value(item) for item in value)
    if isinstance(value, Mapping):
        return "，".join(text for item in value.values() if (text := _cell(item)))
    return _cell(value)
