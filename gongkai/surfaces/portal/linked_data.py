"""A record and an organ for programs that read pages: national marks of content pages, and schema.org."""

from __future__ import annotations

from typing import Any

from gongkai.engine.records.models import Link, LinkKind, Record, Validity
from gongkai.ground import clock
from gongkai.ground.organs.models import Organ
from gongkai.surfaces.look.marks import Mark
from gongkai.surfaces.look.site import absolute
from gongkai.surfaces.portal.listings import has_validity, record_url
from gongkai.surfaces.portal.record_page import RecordView

SCHEMA = "https://schema.org"
# An amended document is in force as amended; schema.org's "partially" means that parts of it are not.
FORCE = {
    Validity.IN_FORCE: "InForce",
    Validity.AMENDED: "InForce",
    Validity.LAPSED: "NotInForce",
    Validity.REPEALED: "NotInForce",
}
_EFFECTS = {
    "amends": "legislationChanges",
    "repeals": "legislationRepeals",
    "replaces": "legislationRepeals",
    "lapses": "legislationRepeals",
    "based_on": "legislationApplies",
}


def article_tags(view: RecordView) -> list[Mark]:
    """The marks of a content page (内容页标签)."""
    record, content = view.record, view.content
    published = record.published_at
    marks = (
        ("ArticleTitle", record.title),
        ("PubDate", f"{published.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}" if published else ""),
        ("ContentSource", str(content.get("source_name") or record.organ.name)),
        ("Keywords", ";".join(content.get("keywords", []))),
        ("Author", "、".join([record.organ.name, *view.co_issuers])),
        ("Description", str(content.get("description") or record.title)[:150]),
        ("Url", view.absolute_url),
    )
    return [mark for mark in marks if mark[1]]


def record_data(view: RecordView) -> dict[str, Any]:
    """The record: Legislation where its kind has a validity, else an article."""
    record = view.record
    organs = [_named_organ(record.organ.name, f"/o/{record.organ.code}/"), *map(_named_organ, view.co_issuers)]
    told: dict[str, Any] = {
        "@context": SCHEMA,
        "@id": view.absolute_url,
        "url": view.absolute_url,
        "name": record.title,
        "inLanguage": "zh-Hans",
        "isAccessibleForFree": True,
        "publisher": organs[0],
        "datePublished": record.published_at.isoformat() if record.published_at else None,
        "dateModified": _changed_at(view),
        "keywords": view.content.get("keywords"),
        "abstract": view.content.get("description"),
    }
    about = [_named_law(link) for link in view.outgoing if link.kind == LinkKind.INTERPRETS]
    told["about"] = about[0] if len(about) == 1 else about
    own = _legislation(view, organs) if has_validity(record) else {"@type": "Article", "headline": record.title}
    return {key: value for key, value in (told | own).items() if value not in (None, "", [])}


def _legislation(view: RecordView, organs: list[dict[str, Any]]) -> dict[str, Any]:
    record = view.record
    changed: dict[str, list[dict[str, str]]] = {}
    for link in view.outgoing:
        if link.kind in _EFFECTS:
            changed.setdefault(_EFFECTS[link.kind], []).append(_named_law(link))
    return {
        "@type": "Legislation",
        "legislationIdentifier": record.document_number or record.index_number,
        "legislationType": record.genre,
        "legislationDate": record.written_on.isoformat() if record.written_on else None,
        "legislationDateOfApplicability": record.effective_from.isoformat() if record.effective_from else None,
        "legislationLegalForce": f"{SCHEMA}/{FORCE[Validity(record.validity)]}",
        "legislationPassedBy": organs if len(organs) > 1 else organs[0],
        "temporalCoverage": _coverage(record),
        "encoding": [
            {"@type": "LegislationObject", "encodingFormat": kind, "contentUrl": f"{view.absolute_url}.{ending}"}
            for ending, kind in (("json", "application/json"), ("txt", "text/plain"), ("pdf", "application/pdf"))
        ],
        **changed,
    }


def _coverage(record: Record) -> str | None:
    if record.effective_from is None:
        return None
    until = record.effective_until.isoformat() if record.effective_until else ".."
    return f"{record.effective_from.isoformat()}/{until}"


def _changed_at(view: RecordView) -> str | None:
    corrections = [event.at for event in view.events if event.name == "record.corrected"]
    last = corrections[-1] if corrections else view.record.published_at
    return last.isoformat() if last else None


def _named_organ(name: str, path: str = "") -> dict[str, Any]:
    told = {"@type": "GovernmentOrganization", "name": name}
    return told | {"url": absolute(path)} if path else told


def _named_law(link: Link) -> dict[str, str]:
    other = link.target
    return {"@type": "Legislation", "name": other.title, "@id": absolute(record_url(other))}


def organ_data(organ: Organ) -> dict[str, Any]:
    """The organ with the facts of Article 12: how it is reached, what it was called, which organ is above it."""
    told = {
        "@context": SCHEMA,
        "@type": "GovernmentOrganization",
        "@id": absolute(f"/o/{organ.code}/"),
        "url": organ.website or absolute(f"/o/{organ.code}/"),
        "name": organ.name,
        "alternateName": [name for name in (organ.short_name, *_former_names(organ)) if name],
        "identifier": organ.credit_code,
        "address": organ.address,
        "telephone": organ.phone,
        "faxNumber": organ.fax,
        "email": organ.email,
        "foundingDate": organ.valid_from.isoformat() if organ.valid_from else "",
        "dissolutionDate": organ.valid_until.isoformat() if organ.valid_until else "",
        "parentOrganization": _named_organ(organ.parent.name, f"/o/{organ.parent.code}/") if organ.parent else None,
    }
    return {key: value for key, value in told.items() if value}


def _former_names(organ: Organ) -> list[str]:
    return [one.name for one in organ.former_names.all()]
