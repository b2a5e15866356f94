"""From a read document to a draft, or, for pages public elsewhere, to a published record. All through the gate."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.domains.documents.intake.material import (
    KEPT,
    co_issuers_of,
    content_of,
    free_index_number,
    kind_of,
    twin_of,
)
from gongkai.engine.records.actions import draft, migrate
from gongkai.engine.records.attachments import entry_of
from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import Actor, actor_for
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import Role, roles_with
from gongkai.ground.access.rules import covering
from gongkai.ground.clock import SHANGHAI
from gongkai.ground.files import media
from gongkai.ground.files.actions import upload
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused, wording
from gongkai.surfaces.exchange.sources import Source

NO_ORGAN = wording(
    "exchange.no_organ",
    what="没有代码为“{code}”的机构。",
    todo="请核对 --organ；机构由系统管理员在机构维护中登记。",
    status=404,
)
NO_ACCOUNT = wording(
    "exchange.no_account",
    what="机构“{organ}”没有可用于导入的账号。",
    todo="请安全管理员给本机构（或上级，含下级）的接口账号授权，或者用 --as 指定有导入权限的用户名。",
    status=403,
)


def organ_of(code: str) -> Organ:
    """The organ of a code; Refused where there is none."""
    organ = Organ.objects.filter(code=code).first()
    if organ is None:
        raise Refused(NO_ORGAN, code=code, where="--organ")
    return organ


def importing_actor(organ: Organ, username: str = "", *, is_published: bool = False) -> Actor:
    """Who imports for an organ: the person named, else the service account (接口账号) whose grant reaches it.

    The command line cannot ask for a password, so it never takes somebody's name by itself. Taking over what was
    public elsewhere passes the reviewers by and takes a right of its own.
    """
    right = "import.run" if is_published else "record.draft"
    if username:
        person = Person.objects.filter(username=username, is_active=True).first()
        actor = actor_for(person) if person is not None else None
        if actor is None or covering(actor, right, organ.pk) is None:
            raise Refused(NO_ACCOUNT, organ=organ.name, where="--as")
        return actor
    assert Role.SERVICE in roles_with(right)
    held = Grant.objects.filter(role=Role.SERVICE, person__is_active=True).select_related("person").order_by("pk")
    for grant in held:
        actor = actor_for(grant.person, prefix="service")
        if covering(actor, right, organ.pk) is not None:
            return actor
    raise Refused(NO_ACCOUNT, organ=organ.name, where="--organ")


def record_of(source: Source, organ: Organ) -> Record | None:
    """The record that already holds this document: same organ, title and number, same words; or None."""
    document = source.document
    assert document is not None
    number = document.document_number.normalised if document.document_number else ""
    return twin_of(organ, document.working_title, number, document.body)


def draft_of(source: Source, organ: Organ, actor: Actor) -> Record:
    """A draft of the document, in the gate's one transaction; the original is kept as its attachment."""
    document = source.document
    assert document is not None
    made: Record = draft(
        actor=actor,
        organ=organ,
        kind=kind_of(document),
        content=content_of(document, organ, f"导入：{name_of(source.path)}"),
        files=_original(source, organ, actor),
        co_issuers=co_issuers_of(document, organ),
        index_number=free_index_number(document),
    )
    return made


def publish_all(sources: list[Source], organ: Organ, actor: Actor, already_public: str) -> list[Record]:
    """Take over pages that were public elsewhere, in one batch; ``already_public`` is the opinion that is kept."""
    items = []
    for source in sources:
        document = source.document
        assert document is not None
        item: dict[str, Any] = {
            "kind": kind_of(document),
            "content": content_of(document, organ, f"导入：{name_of(source.path)}"),
            "files": _original(source, organ, actor),
            "index_number": free_index_number(document) or None,
        }
        if document.published_on is not None:
            item["published_at"] = dt.datetime.combine(document.published_on, dt.time(), SHANGHAI)
        items.append(item)
    made: list[Record] = migrate.batch(items, actor=actor, organ=organ, already_public=already_public)
    return made


def name_of(path: str) -> str:
    """The name of a file without its folders."""
    return path.replace(chr(92), "/").rsplit("/", 1)[-1]


def _original(source: Source, organ: Organ, actor: Actor) -> list[dict[str, Any]]:
    name = name_of(source.path)
    if not source.data or media.sniff(source.data, name) not in KEPT:
        return []
    stored, _ = upload(source.data, name, organ=organ, actor=actor)
    return [entry_of(stored)]
