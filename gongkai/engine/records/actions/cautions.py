"""What reviewers should know of a document's relations before they sign: findings that warn, written by actions.

Ending what is void already, citing what is void, ending something before its successor is in force, expiring soon.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from gongkai.engine.checks.actions import renew_findings
from gongkai.engine.checks.kinds import WARN, Checked, Found, Place, Span
from gongkai.engine.records.citations import citations
from gongkai.engine.records.editions import content_of, kind_of
from gongkai.engine.records.lineage import EFFECTIVE, EFFECTS, VOID, notice_days
from gongkai.engine.records.models import Edition, Link, LinkKind, Record, Validity
from gongkai.ground import clock

CHECKS = frozenset({"repeals-void", "cites-void", "repeals-early", "expires-soon"})
RELATED_BASIS = "国办发〔2017〕47号；文件清理要求：修改、废止、引用的文件应当现行有效"
RELYING = (LinkKind.BASED_ON, LinkKind.FORWARDS, LinkKind.INTERPRETS)
EXPIRY_BASIS = "规则 validity.expiry-notice：文件有效期届满前提醒"


def note_cautions(record: Record) -> None:
    """Look at the working edition and the relations now, and write what was found; decided findings stay."""
    edition = record.working
    if edition is None or not kind_of(record.kind).has_validity:
        return
    renew_findings(
        {
            "subject_type": "record",
            "subject_id": str(record.pk),
            "organ_id": record.organ_id,
            "edition_number": edition.number,
            "edition_sha256": edition.sha256,
        },
        CHECKS,
        list(_found(record, edition)),
    )


def _found(record: Record, edition: Edition) -> Iterator[Found]:
    content = content_of(record, edition)
    links = list(record.links_out.select_related("target").order_by("pk"))
    for link in links:
        yield from _of_link(link, content.effective_from)
    yield from _cited(content.blocks(), {link.target_id for link in links} | {record.pk})
    yield from _expiring(record, content.effective_until)


def _of_link(link: Link, effective_from: dt.date | None) -> Iterator[Found]:
    target, kind = link.target, LinkKind(link.kind)
    named, label = f"《{target.title.strip('《》')}》", Validity(target.validity).label
    place = {"link": link.pk}
    if target.validity in VOID and kind in EFFECTS and link.took_effect_on is None:
        told = f"{named}已经{label}，不必再次{kind.label}；请核对关联和正文。"
        yield _caution("repeals-void", named, place, told, f"{link.kind} {target.pk}")
    if target.validity in VOID and kind in RELYING:
        told = f"{kind.label}的{named}已经{label}，请核对是否应当改用现行有效的文件。"
        yield _caution("cites-void", named, place, told, f"{link.kind} {target.pk}")
    is_early = effective_from is not None and effective_from > (link.takes_effect_on or clock.today())
    if kind in EFFECTS and is_early:
        told = f"本文件自 {effective_from} 起施行，对{named}的{kind.label}却自公开之时生效；请核对关联的生效日期。"
        yield _caution("repeals-early", named, place, told, f"{link.kind} {target.pk} {effective_from}")


def _cited(blocks: tuple[object, ...], known: set[int]) -> Iterator[Found]:
    """Numbers in the text that are those of void documents; what a link names already is told there."""
    spans: tuple[Span, ...] = Checked(blocks).body_spans  # type: ignore[arg-type]
    for citation in citations([span.text for span in spans]):
        cited, span = citation.record, spans[citation.text]
        if cited.validity not in VOID or cited.pk in known:
            continue
        told = f"引用的《{cited.title.strip('《》')}》已经{Validity(cited.validity).label}，请核对。"
        text = span.text[citation.start : citation.end]
        yield _caution("cites-void", text, span.at(citation.start, citation.end), told, f"cites {cited.pk}")


def _expiring(record: Record, until: dt.date | None) -> Iterator[Found]:
    today = clock.today()
    if until is None or record.validity not in EFFECTIVE:
        return
    if until <= today + dt.timedelta(notice_days(record.organ, today)):
        told = f"本文件{'已于' if until < today else '将于'} {until} 有效期届满，请核对失效日期。"
        yield Found(
            "expires-soon", "validity", WARN, str(until), {"field": "effective_until"}, told, EXPIRY_BASIS, str(until)
        )


def _caution(check: str, text: str, place: Place, told: str, value: str) -> Found:
    return Found(check, "validity", WARN, text, place, told, RELATED_BASIS, value)
