"""A small city for tests: organs, and people with the roles that the three presets need."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import Actor, actor_for
from gongkai.ground.access.models import Deputy, Grant
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.models import Organ, OrganClosure, Person

LONG_AGO = dt.date(2016, 1, 1)


def organ(code: str, name: str, parent: Organ | None = None, **fields: Any) -> Organ:
    """An organ with its closure rows."""
    defaults = {"type": "department", "level": "city", "organisation_code": "", "review_preset": "usual"}
    made = Organ.objects.create(code=code, name=name, parent=parent, **(defaults | fields))
    above = list(OrganClosure.objects.filter(descendant=parent)) if parent else []
    OrganClosure.objects.bulk_create(
        [OrganClosure(ancestor=made, descendant=made, depth=0)]
        + [OrganClosure(ancestor=row.ancestor, descendant=made, depth=row.depth + 1) for row in above]
    )
    return made


def person(username: str, at: Organ, *roles: Role, with_subtree: bool = False, name: str = "") -> Person:
    """A person with roles in an organ."""
    made = Person.objects.create(username=username, name=name or username, organ=at)
    for role in roles:
        Grant.objects.create(person=made, role=role, organ=at, with_subtree=with_subtree, valid_from=LONG_AGO)
    return made


def deputy(principal: Person, who: Person, start: dt.date = LONG_AGO, end: dt.date = dt.date(2099, 12, 31)) -> Deputy:
    """A dated deputy."""
    return Deputy.objects.create(principal=principal, deputy=who, valid_from=start, valid_until=end)


class Office:
    """One organ with a person for each step; ``actor("secrecy")`` resolves the grants of today."""

    ROLES = {
        "officer": Role.OFFICER,
        "section": Role.SECTION_HEAD,
        "attribute": Role.ATTRIBUTE_REVIEWER,
        "secrecy": Role.SECRECY_REVIEWER,
        "legality": Role.LEGALITY_REVIEWER,
        "consent": Role.CO_ISSUER,
        "sign_off": Role.SIGNER,
        "editor": Role.SITE_EDITOR,
        "ogi": Role.OGI_OFFICE,
    }

    def __init__(self, code: str = "11330000001", name: str = "云洲市教育局", **fields: Any) -> None:
        self.organ = organ(code, name, **fields)
        self.people = {key: person(f"{code}-{key}", self.organ, role) for key, role in self.ROLES.items()}

    def actor(self, key: str) -> Actor:
        return actor_for(self.people[key])


def content(title: str = "关于做好校园食品安全工作的通知", **fields: Any) -> dict[str, Any]:
    """A complete content, ready to be proposed."""
    return {
        "title": title,
        "body": [
            {"type": "paragraph", "text": "各学校："},
            {"type": "heading", "level": 1, "text": "一、总体要求"},
            {"type": "paragraph", "text": "请各校开展食堂自查，并于月底前报送结果。"},
        ],
        "disclosure": "proactive",
        "disclosure_basis": "20.13",
        "document_number": "云教办〔2026〕12号",
        "written_on": "2026-03-02",
        "subject_class": "科技、教育/教育",
        "genre": "通知",
        "issuing_organ": "云洲市教育局",
    } | fields


def draft_record(office: Office, kind: str = "other_document", **fields: Any) -> Record:
    """A draft of the office's officer."""
    from gongkai.engine.records.actions import draft

    extra = {key: fields.pop(key) for key in ("preset", "co_issuers", "index_number", "files") if key in fields}
    return draft(actor=office.actor("officer"), organ=office.organ, kind=kind, content=content(**fields), **extra)


def reviewed_record(office: Office, **fields: Any) -> Record:
    """A record that has every opinion of its preset."""
    from gongkai.engine.records.actions import submit

    record = draft_record(office, **fields)
    submit(record, actor=office.actor("officer"))
    agree_to_all(office, record)
    return record


def agree_to_all(office: Office, record: Record) -> None:
    """Every open step is taken by the person for it."""
    from gongkai.engine.reviews.actions import agree
    from gongkai.engine.reviews.queries import open_steps

    while steps := open_steps(record):
        agree(record, steps[0].code, actor=office.actor(steps[0].code))
        record.refresh_from_db()


def public_record(office: Office, **fields: Any) -> Record:
    """A record that stands before the public."""
    from gongkai.engine.records.actions import publish

    record = reviewed_record(office, **fields)
    publish(record, actor=office.actor("editor"))
    return record
