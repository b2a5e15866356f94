"""The editor's form, made from a kind's schema: a new kind brings its fields, and no form is written for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from annotated_types import MaxLen
from django import forms
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from gongkai.engine.records.attribute import fitting_grounds
from gongkai.engine.records.bodytext import body_of_text, rows_of_text, text_of_body, text_of_rows
from gongkai.engine.records.content import Content
from gongkai.engine.records.details import columns_of, labels_of, shape_of
from gongkai.engine.records.editions import INVALID, kind_of
from gongkai.engine.records.kinds import KINDS, Kind
from gongkai.engine.records.models import Disclosure
from gongkai.ground.refusal import Refused
from gongkai.ground.rulebook.queries import genres, subject_classes, subject_path

Choices = list[tuple[str, Any]]

ATTRIBUTE_FIELDS = ("disclosure", "disclosure_basis", "disclosure_reason")
MAIN_FIELDS = ("title", "body")
# A draft may lack them, a proposal may not.
DUE = {"disclosure": "送审前必填", "disclosure_basis": "送审前必填"}
PAIRED = ("document_number", "issuing_organ", "written_on", "issued_on", "effective_from", "effective_until")


def field_words(name: str) -> str:
    """What a field is called, whichever kind has it."""
    schemas = (Content, *(kind.schema for kind in KINDS.values()))
    info = next((schema.model_fields[name] for schema in schemas if name in schema.model_fields), None)
    return (info.title if info is not None else "") or name


class EditForm(forms.Form):
    """The content of a record as a form; ``content()`` gives it back in the schema's shape."""

    kind: Kind

    def content(self) -> dict[str, Any]:
        """What was typed, as content of the kind's schema."""
        return {name: _to_content(name, self.cleaned_data[name], self.fields[name]) for name in self.fields}

    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in MAIN_FIELDS]

    def attribute(self) -> list[forms.BoundField]:
        return [self[name] for name in ATTRIBUTE_FIELDS]

    def facts(self) -> list[forms.BoundField]:
        """The metadata that fit into narrow fields, two beside each other."""
        return [self[name] for name in PAIRED if name in self.fields]

    def own(self) -> list[forms.BoundField]:
        """What this kind adds."""
        return [self[name] for name in self.kind.own_fields]

    def others(self) -> list[forms.BoundField]:
        """Every other field."""
        shown = {*MAIN_FIELDS, *ATTRIBUTE_FIELDS, *PAIRED, *self.kind.own_fields}
        return [self[name] for name in self.fields if name not in shown]

    def take_refusal(self, refusal: Refused) -> None:
        """Put the schema's complaints at the fields they are about."""
        if refusal.code != INVALID:
            return
        names = str(refusal.facts.get("where", "")).split("、")
        problems = str(refusal.facts.get("problems", "")).split("；")
        for name, problem in zip(names, problems, strict=False):
            self.add_error(name if name in self.fields else None, self._told(problem))

    def _told(self, problem: str) -> str:
        """A place inside a table is told by its row, not by the schema's path."""
        place, _, told = problem.partition("：")
        row = next((part for part in place.split(".")[1:] if part.isdecimal()), "")
        return f"第 {int(row) + 1} 行：{told}" if row else told or problem


def edit_form(kind: Kind, **options: Any) -> EditForm:
    """The form of a kind, bound or with what it starts from."""
    return _form_class(kind.code)(**options)


@cache
def _form_class(kind_code: str) -> type[EditForm]:
    kind = kind_of(kind_code)
    made = {name: _field(name, info, labels_of(kind_code)[name]) for name, info in kind.schema.model_fields.items()}
    return type(f"{kind.schema.__name__}Form", (EditForm,), {**made, "kind": kind})


def initial_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """A content as the form starts from it."""
    return {name: _to_form(name, value) for name, value in content.items()}


def _to_form(name: str, value: Any) -> Any:
    if name == "body":
        return text_of_body(value or [])
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return text_of_rows([[_cell(item) for item in row.values()] for row in value])
    return "\n".join(value) if isinstance(value, list) else value


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _to_content(name: str, value: Any, field: forms.Field) -> Any:
    if name == "body":
        return body_of_text(value or "")
    if isinstance(value, dt.date):
        return value.isoformat()
    if getattr(field, "is_list", False):
        return [line.strip() for line in (value or "").splitlines() if line.strip()]
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


class RowsField(forms.CharField):
    """A table as text: a line a row, cells between bars or tabs. Its value is the rows by the model's names."""

    def __init__(self, model: type[BaseModel], **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 5, "class": "rows", "spellcheck": "false"}), **options)
        self.columns = columns_of(model)

    def clean(self, value: Any) -> list[dict[str, str]]:
        """The rows; a row with more cells than the table has columns is named."""
        names = list(self.columns)
        rows = rows_of_text(super().clean(value) or "")
        for place, row in enumerate(rows, start=1):
            if len(row) > len(names):
                raise forms.ValidationError(
                    f"第 {place} 行有 {len(row)} 格，应为：{' | '.join(self.columns.values())}。"
                )
        return [{name: cell for name, cell in zip(names, row, strict=False) if cell} for row in rows]


def _field(name: str, info: FieldInfo, label: str) -> forms.Field:
    shared = {"label": label, "required": info.is_required(), "help_text": info.description or ""}
    shape = shape_of(info)
    if name == "body":
        area = forms.Textarea(attrs={"class": "official", "rows": 24, "spellcheck": "false"})
        return forms.CharField(strip=False, widget=area, **(shared | {"required": False}))
    if name in _CHOICES:
        return _choice(name, shared)
    if shape.rows is not None:
        return RowsField(shape.rows, **shared)
    if shape.options:
        options = [(value, value or "请选择") for value in shape.options]
        return forms.ChoiceField(choices=options, **shared)
    if shape.kind is dt.date:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **shared)
    if shape.kind is int:
        return forms.IntegerField(**shared)
    if shape.kind is list:
        field = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **shared)
        field.is_list = True  # type: ignore[attr-defined]
        return field
    longest, is_line = _length(info)
    widget = forms.TextInput() if is_line else forms.Textarea(attrs={"rows": 3})
    return forms.CharField(max_length=longest, widget=widget, **shared)


def _length(info: FieldInfo) -> tuple[int | None, bool]:
    """The longest text a field takes, and whether that is one line."""
    longest = [item.max_length for item in info.metadata if isinstance(item, (MaxLen, StringConstraints))]
    is_line = any(isinstance(item, StringConstraints) for item in info.metadata)
    return next((value for value in longest if value is not None), None), is_line


def _choice(name: str, shared: dict[str, Any]) -> forms.Field:
    if name == "disclosure":
        choices = [("", "暂未认定"), *Disclosure.choices]
        found: forms.Field = forms.ChoiceField(
            choices=choices, widget=forms.RadioSelect, **(shared | {"required": False})
        )
    else:
        found = KnownOrKeptField(choices=_CHOICES[name], **(shared | {"required": False}))
    if name in DUE:
        found.due = DUE[name]  # type: ignore[attr-defined]
    return found


class KnownOrKeptField(forms.ChoiceField):
    """A choice that keeps a value no list knows today: old editions are read with theirs."""

    def valid_value(self, value: str) -> bool:  # noqa: ARG002 - Django's own signature
        return True


def _basis_choices() -> Choices:
    proactive = fitting_grounds("proactive")
    return [
        ("", "请选择"),
        (
            "主动公开：法定主动公开内容",
            [(code, f"{code} {name}") for code, name in proactive.items()],
        ),
        ("依申请公开、不予公开：法定理由", list(fitting_grounds("withheld").items())),
    ]


def subject_choices() -> Choices:
    """The subject classes (主题分类) as paths, top class first."""
    return [("", "请选择"), *[(path, path) for path in (subject_path(term.code) for term in subject_classes())]]


def _genre_choices() -> Choices:
    return [("", "请选择"), *[(term.name, term.name) for term in genres()]]


_CHOICES: dict[str, Any] = {
    "disclosure": None,
    "disclosure_basis": _basis_choices,
    "subject_class": subject_choices,
    "genre": _genre_choices,
}
