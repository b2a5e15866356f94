"""How an edition is built and hashed, and how a record's columns follow from it."""

from __future__ import annotations

import secrets
from typing import Any

from pydantic import ValidationError

from gongkai.engine.records.content import Content, FileEntry
from gongkai.engine.records.kinds import KINDS, Kind
from gongkai.engine.records.models import Edition, Facet, Record
from gongkai.ground import clock
from gongkai.ground.organs.models import Person
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register.canonical import C14N_VERSION, canonical_json, sha256_hex

INVALID = wording(
    "records.invalid",
    what="填写的内容有误：{problems}",
    todo="请按提示改正后重新保存；已填内容不会丢失。",
    status=422,
)
NO_KIND = wording("records.no_kind", what="没有“{kind}”这类信息。", todo="请从列出的类别中选择。", status=422)

EDITION_VERSION = 1
# The columns a record takes over from its current edition; register verify compares exactly these.
PROJECTED = (
    "title",
    "document_number",
    "written_on",
    "disclosure",
    "disclosure_basis",
    "subject_class",
    "genre",
    "effective_from",
    "effective_until",
)
_PROBLEMS = {
    "string_too_long": "超过长度限制",
    "string_too_short": "不能为空",
    "missing": "必须填写",
    "date_from_datetime_parsing": "日期格式应为 年-月-日",
    "date_parsing": "日期格式应为 年-月-日",
    "literal_error": "不在可选范围内",
    "extra_forbidden": "没有这一项",
    "int_parsing": "应填写整数",
    "greater_than_equal": "数值太小",
    "less_than_equal": "数值太大",
}


def kind_of(code: str) -> Kind:
    """The registered kind of a code, or a refusal."""
    if code not in KINDS:
        raise Refused(NO_KIND, kind=code, where="kind")
    return KINDS[code]


def parse_content(kind: Kind, raw: dict[str, Any]) -> Content:
    """Content by the kind's schema, or a refusal that names each field and what is wrong with it."""
    try:
        return kind.schema.model_validate(raw)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in item['loc']) or '内容'}：{_problem(item['type'], item['msg'])}"
            for item in error.errors()
        ]
        places = [str(item["loc"][0]) if item["loc"] else "内容" for item in error.errors()]
        raise Refused(INVALID, problems="；".join(problems), where="、".join(places)) from None


def _problem(code: str, told: str) -> str:
    """A schema's own words stand after the library's lead."""
    return told.partition(", ")[2] if code == "value_error" else _PROBLEMS.get(code, told)


def build_edition(
    record: Record, number: int, content: Content, files: list[dict[str, Any]], author: Person | None
) -> Edition:
    """An unsaved edition of a record, hashed over content, metadata, files, author, schema and canonical form.

    The author enters as a salted commitment: the bytes are public, the person is not.
    """
    salt = secrets.token_hex(32)
    created_at = clock.now()
    kind = kind_of(record.kind)
    whole = {
        "v": EDITION_VERSION,
        "c14n": C14N_VERSION,
        "schema": kind.schema_name,
        "record": str(record.ref),
        "number": number,
        "content": content.model_dump(mode="json"),
        "files": [FileEntry.model_validate(entry).model_dump(mode="json") for entry in files],
        "author": sha256_hex(f"{salt}:{author.ref if author else ''}".encode()),
        "created_at": created_at.isoformat(),
        "salt": salt,
    }
    data = canonical_json(whole)
    return Edition(
        record=record,
        number=number,
        schema=kind.schema_name,
        canonical=data.decode(),
        sha256=sha256_hex(data),
        salt=salt,
        author=author,
        created_at=created_at,
    )


def project(record: Record, content: Content) -> None:
    """Set the record's columns from a content."""
    for name in PROJECTED:
        setattr(record, name, getattr(content, name))


def facets_of(record: Record, content: Content) -> list[Facet]:
    """The unsaved facets of a content."""
    return [
        Facet(record=record, key=value.key, text=value.text[:200], number=value.number, date=value.date)
        for value in kind_of(record.kind).facets(content)
    ]


def content_of(record: Record, edition: Edition) -> Content:
    """The typed content of an edition; old editions are read with their fields, never migrated."""
    return kind_of(record.kind).schema.model_validate(edition.content)
