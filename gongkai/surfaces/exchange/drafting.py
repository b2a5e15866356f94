"""From a read document to a draft, or, for pages public elsewhere, to a published record. All through the gate."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gongkai.domains.documents.reader import ReadDocument
from gongkai.engine.records.actions import draft, migrate
from gongkai.engine.records.attachments import entry_of
from gongkai.engine.records.content import body_blocks
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import DISCARDED
from gongkai.ground.access.actors import Actor, actor_for
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import Role, roles_with
from gongkai.ground.access.rules import covering
from gongkai.ground.clock import SHANGHAI
from gongkai.ground.files import media
from gongkai.ground.files.actions import upload
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.organs.queries import resolve_organ
from gongkai.ground.refusal import Refused, wording
from gongkai.surfaces.exchange.sources import Source, body_key

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
# Kinds the reader tells apart and the platform does not have yet.
_STANDS_FOR = {"annual_report": "notice", "interpretation": "notice"}
_DEFAULT_KIND = "other_document"
# Originals that people sign or print; web pages and text are read and left.
_KEPT = frozenset({media.DOCX, media.DOC, media.PDF, media.OFD, media.XLSX, media.XLS})
_LENGTHS = {"title": 500, "document_number": 80, "issuing_organ": 500, "subject_class": 60, "genre": 20, "source": 500}


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
    same = Record.objects.filter(
        organ=organ, title=document.working_title[: _LENGTHS["title"]], document_number=number
    ).exclude(state=DISCARDED)
    wanted = body_key(document.body)
    for record in same.select_related("working").order_by("pk"):
        if record.working is not None and body_key(body_blocks(record.working.content["body"])) == wanted:
            return record
    return None


def draft_of(source: Source, organ: Organ, actor: Actor) -> Record:
    """A draft of the document, in the gate's one transaction; the original is kept as its attachment."""
    document = source.document
    assert document is not None
    made: Record = draft(
        actor=actor,
        organ=organ,
        kind=kind_of(document),
        content=content_of(document, organ, source.path),
        files=_original(source, organ, actor),
        co_issuers=_co_issuers(document, organ),
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
            "content": content_of(document, organ, source.path),
            "files": _original(source, organ, actor),
            "index_number": free_index_number(document) or None,
        }
        if document.published_on is not None:
            item["published_at"] = dt.datetime.combine(document.published_on, dt.time(), SHANGHAI)
        items.append(item)
    made: list[Record] = migrate.batch(items, actor=actor, organ=organ, already_public=already_public)
    return made


def kind_of(document: ReadDocument) -> str:
    """The kind of record for a document; what the platform has no kind for yet is another policy document."""
    kind = _STANDS_FOR.get(document.kind or "", document.kind or "")
    return kind if kind in KINDS else _DEFAULT_KIND


def content_of(document: ReadDocument, organ: Organ, path: str) -> dict[str, Any]:
    """The content of an edition: what the reader is sure of, nothing else."""
    content: dict[str, Any] = {
        "title": document.working_title,
        "body": [block.as_json() for block in document.body],
        "document_number": document.document_number.normalised if document.document_number else "",
        "issuing_organ": organ_name(document, organ) or "",
        "written_on": document.written_on.isoformat() if document.written_on else None,
        "issued_on": document.facts.get("issued_on"),
        "subject_class": document.subject_class or "",
        "genre": document.genre or "",
        "effective_from": document.facts.get("effective_from"),
        "effective_until": document.effective_until.isoformat() if document.effective_until else None,
        "source": f"导入：{path.replace(chr(92), '/').rsplit('/', 1)[-1]}",
    }
    return content | {name: content[name][:length] for name, length in _LENGTHS.items()}


def organ_name(document: ReadDocument, near: Organ) -> str | None:
    """The issuing organ by the name the register has for it, else as printed."""
    if document.issuing_organ is None:
        return None
    known = resolve_organ(document.issuing_organ, near=near)
    return known.name if known is not None else document.issuing_organ


def free_index_number(document: ReadDocument) -> str:
    """The index number the page had, unless another record has it; "" lets the platform give one."""
    number = document.index_number.normalised if document.index_number else ""
    return "" if not number or Record.objects.filter(index_number=number).exists() else number


def _co_issuers(document: ReadDocument, organ: Organ) -> list[Organ]:
    named = document.facts.get("co_issuers")
    found = [resolve_organ(str(name), near=organ) for name in named] if isinstance(named, list) else []
    return [item for item in found if item is not None and item.pk != organ.pk]


def _original(source: Source, organ: Organ, actor: Actor) -> list[dict[str, Any]]:
    name = source.path.replace(chr(92), "/").rsplit("/", 1)[-1]
    if not source.data or media.sniff(source.data, name) not in _KEPT:
        return []
    stored, _ = upload(source.data, name, organ=organ, actor=actor)
    return [entry_of(stored)]
