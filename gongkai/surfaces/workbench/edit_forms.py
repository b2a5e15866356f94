"""The editor's form, made from a kind's schema: a new kind brings its fields, and no form is written for it."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MaxLen
from django import forms
from pydantic import StringConstraints
from pydantic.fields import FieldInfo

from gongkai.engine.records.attribute import fitting_grounds
from gongkai.engine.records.bodytext import body_of_text, text_of_body
from gongkai.engine.records.editions import INVALID, kind_of
from gongkai.engine.records.kinds import Kind
from gongkai.engine.records.models import Disclosure
from gongkai.ground.refusal import Refused
from gongkai.ground.rulebook.queries import genres, subject_classes, subject_path

Choices = list[tuple[str, Any]]

LABELS = {
    "title": "标题",
    "body": "正文",
    "disclosure": "公开属性",
    "disclosure_basis": "公开依据或不公开理由",
    "disclosure_reason": "具体理由",
    "document_number": "发文字号",
    "issuing_organ": "发布机构",
    "written_on": "成文日期",
    "issued_on": "印发日期",
    "subject_class": "主题分类",
    "genre": "体裁",
    "audience": "公开对象",
    "keywords": "主题词",
    "description": "摘要",
    "effective_from": "施行日期",
    "effective_until": "失效日期",
    "change_note": "更正说明",
    "source": "来源",
    "based_on": "制定依据",
    "register_number": "规范性文件登记号",
    "classification": "政府信息的分类",
    "arrangement": "编排体系",
    "ways_to_obtain": "获取方式",
    "work_body": "政府信息公开工作机构",
    "work_body_address": "办公地址",
    "work_body_hours": "办公时间",
    "work_body_phone": "联系电话",
    "work_body_fax": "传真号码",
    "work_body_internet": "互联网联系方式",
}
HINTS = {
    "body": "一行一段。# 开头是标题（## 是下一级）；表格每行写成 | 列一 | 列二 |，表头下加一行 | --- | --- |。",
    "disclosure_basis": "主动公开的选法定公开内容；其余的选法定理由。",
    "disclosure_reason": "依申请公开或不予公开的，写明适用该条款的具体理由；不要写入应当保密的内容。",
    "document_number": "例如 云教办〔2026〕12号；没有的留空。",
    "written_on": "以落款日期为准，例如 2026-03-02。",
    "keywords": "一行一个。",
    "based_on": "一行一件，例如 《中华人民共和国政府信息公开条例》。",
    "change_note": "更正公开时对社会公布的一句话，例如：更正报送时间。不要写入个人信息。",
}
ATTRIBUTE_FIELDS = ("disclosure", "disclosure_basis", "disclosure_reason")
MAIN_FIELDS = ("title", "body")
PAIRED = ("document_number", "issuing_organ", "written_on", "issued_on", "effective_from", "effective_until")


def labels_of(kind_code: str) -> dict[str, str]:
    """What the fields of a kind are called: the schema's own titles first, then the house's words."""
    fields = kind_of(kind_code).schema.model_fields
    return {name: info.title or LABELS.get(name, name) for name, info in fields.items()}


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

    def others(self) -> list[forms.BoundField]:
        """Every other field, the kind's own among them."""
        shown = {*MAIN_FIELDS, *ATTRIBUTE_FIELDS, *PAIRED}
        return [self[name] for name in self.fields if name not in shown]

    def take_refusal(self, refusal: Refused) -> None:
        """Put the schema's complaints at the fields they are about."""
        if refusal.code != INVALID:
            return
        names = str(refusal.facts.get("where", "")).split("、")
        problems = str(refusal.facts.get("problems", "")).split("；")
        for name, problem in zip(names, problems, strict=False):
            if name in self.fields:
                self.add_error(name, problem.partition("：")[2] or problem)


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
    return "\n".join(value) if isinstance(value, list) else value


def _to_content(name: str, value: Any, field: forms.Field) -> Any:
    if name == "body":
        return body_of_text(value or "")
    if isinstance(value, dt.date):
        return value.isoformat()
    if getattr(field, "is_list", False):
        return [line.strip() for line in (value or "").splitlines() if line.strip()]
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _field(name: str, info: FieldInfo, label: str) -> forms.Field:
    shared = {"label": label, "required": info.is_required(), "help_text": HINTS.get(name, "")}
    kind, longest, is_line = _shape(info)
    if name == "body":
        area = forms.Textarea(attrs={"class": "official", "rows": 24, "spellcheck": "false"})
        return forms.CharField(strip=False, widget=area, **(shared | {"required": False}))
    if name in _CHOICES:
        return _choice(name, shared)
    if kind is dt.date:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **shared)
    if kind is list:
        field = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **shared)
        field.is_list = True  # type: ignore[attr-defined]
        return field
    widget = forms.TextInput() if is_line else forms.Textarea(attrs={"rows": 3})
    return forms.CharField(max_length=longest, widget=widget, **shared)


def _shape(info: FieldInfo) -> tuple[Any, int | None, bool]:
    """The plain type of a field, the longest text it takes, and whether that is one line."""
    longest = [item.max_length for item in info.metadata if isinstance(item, (MaxLen, StringConstraints))]
    is_line = any(isinstance(item, StringConstraints) for item in info.metadata)
    kind = info.annotation
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is Literal:
        return str, None, True
    return get_origin(kind) or kind, next((value for value in longest if value is not None), None), is_line


def _choice(name: str, shared: dict[str, Any]) -> forms.Field:
    if name == "disclosure":
        choices = [("", "暂未认定"), *Disclosure.choices]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **(shared | {"required": False}))
    return KnownOrKeptField(choices=_CHOICES[name], **(shared | {"required": False}))


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


def _subject_choices() -> Choices:
    return [("", "请选择"), *[(path, path) for path in (subject_path(term.code) for term in subject_classes())]]


def _genre_choices() -> Choices:
    return [("", "请选择"), *[(term.name, term.name) for term in genres()]]


_CHOICES: dict[str, Any] = {
    "disclosure": None,
    "disclosure_basis": _basis_choices,
    "subject_class": _subject_choices,
    "genre": _genre_choices,
}
