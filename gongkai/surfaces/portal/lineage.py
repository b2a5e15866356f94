"""The life of a document as its page tells it: written, published, in force, amended, void; by what and since when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gongkai.engine.records.lineage import EFFECTS
from gongkai.engine.records.models import CleanUpOutcome, Link, Record, Validity
from gongkai.ground import clock
from gongkai.ground.register.models import Event
from gongkai.surfaces.portal.listings import has_validity, record_url

if TYPE_CHECKING:
    from gongkai.surfaces.portal.record_page import RecordView

LINEAGE_EVENTS = frozenset({"record.validity_changed", "record.cleaned_up"})
KEPT_FOR_READING = "原文保留供查阅，不再作为行政管理的依据。"
_CLEANED_WORDS = {CleanUpOutcome.KEPT: "文件清理：继续有效", CleanUpOutcome.TO_AMEND: "文件清理：列入修改"}
_COMING = {"repeals": "废止", "replaces": "被替代", "lapses": "失效", "amends": "修改"}


@dataclass(frozen=True)
class Banner:
    """What a visitor must know before reading: repealed, amended, lapsed, corrected."""

    tone: str
    lead: str
    text: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True)
class Stage:
    """A point in the life of a document: the day, what happened, by which document, and the basis in words."""

    day: dt.date
    what: str
    tone: str = "done"
    title: str = ""
    number: str = ""
    url: str = ""
    note: str = ""


def stages(view: RecordView) -> list[Stage]:
    """The life of a document from the day it was written, in order; [] for kinds that have no validity."""
    record = view.record
    if not has_validity(record):
        return []
    found = [
        Stage(day, what)
        for day, what in (
            (record.written_on, "成文"),
            (clock.day_of(record.published_at) if record.published_at else None, "公布"),
            (record.effective_from, "施行"),
        )
        if day is not None
    ]
    found += [stage_of(view, event) for event in view.events if event.name in LINEAGE_EVENTS]
    found += [_coming(link) for link in _pending(view)]
    if record.effective_until and record.validity in (Validity.IN_FORCE, Validity.AMENDED):
        found.append(Stage(record.effective_until, "有效期届满", "coming"))
    return sorted(found, key=lambda stage: stage.day)


def stage_of(view: RecordView, event: Event) -> Stage:
    """What an event did to the document, and on which basis."""
    facts = event.public
    by = _document_of(view, facts)
    day = _day_of(facts, event)
    what = _CLEANED_WORDS.get(facts.get("outcome", ""), "文件清理")
    if event.name == "record.validity_changed":
        what = _what(view, facts)
    if by is not None:
        return Stage(day, what, "done", by.title, by.document_number, record_url(by), f"依据：{_named(by)}")
    if facts.get("clean_up") in view.clean_ups:
        title, number = view.clean_ups[facts["clean_up"]]
        return Stage(day, what, "done", title, number, "", f"依据：《{title.strip('《》')}》{_bracketed(number)}")
    return Stage(day, what, note="有效期届满" if facts.get("validity") == Validity.LAPSED else "失效日期更正")


def _what(view: RecordView, facts: dict[str, Any]) -> str:
    validity = facts.get("validity")
    if validity == Validity.REPEALED:
        return "被替代并废止" if _link_kind(view, facts) == "replaces" else "废止"
    words = {Validity.AMENDED: "修改", Validity.LAPSED: "失效", Validity.IN_FORCE: "恢复有效"}
    return words.get(Validity(validity), "") if validity in Validity.values else ""


def _link_kind(view: RecordView, facts: dict[str, Any]) -> str:
    kinds = [link.kind for link in view.incoming if link.source.index_number == facts.get("by")]
    return "replaces" if "replaces" in kinds else next(iter(kinds), "")


def _document_of(view: RecordView, facts: dict[str, Any]) -> Record | None:
    number = facts.get("by")
    return next((link.source for link in view.incoming if number and link.source.index_number == number), None)


def _day_of(facts: dict[str, Any], event: Event) -> dt.date:
    """Since when: the event says so; the first ones of a register did not, and then it is the day of the event."""
    return dt.date.fromisoformat(facts["on"]) if facts.get("on") else clock.day_of(event.at)


def _named(record: Record) -> str:
    return f"《{record.title.strip('《》')}》{_bracketed(record.document_number)}"


def _bracketed(number: str) -> str:
    return f"（{number}）" if number else ""


def _pending(view: RecordView) -> list[Link]:
    """Relations of public documents whose day has not come."""
    today = clock.today()
    return [
        link
        for link in view.incoming
        if link.kind in EFFECTS and not link.took_effect_on and link.takes_effect_on and link.takes_effect_on > today
    ]


def _coming(link: Link) -> Stage:
    other, day = link.source, link.takes_effect_on
    assert day is not None
    return Stage(day, f"将{_COMING[link.kind]}", "coming", other.title, other.document_number, record_url(other))


def lineage_banners(view: RecordView) -> list[Banner]:
    """What ended the document; else each amendment, the newest first; and what is decided for a day to come."""
    if not has_validity(view.record):
        return []
    validity = view.record.validity
    told = [e for e in view.events if e.name == "record.validity_changed" and e.public.get("validity") == validity]
    if validity in (Validity.REPEALED, Validity.LAPSED):
        return [_ended(view, told[-1])] if told else [_ended_somehow(validity)]
    found = [_amended(view, event) for event in reversed(told)] if validity == Validity.AMENDED else []
    return found + [_announced(link) for link in _pending(view)]


def _ended(view: RecordView, event: Event) -> Banner:
    stage, facts = stage_of(view, event), event.public
    verb = {"被替代并废止": "替代并废止"}.get(stage.what, stage.what)
    lead = f"本文件已于 {stage.day} {verb}"
    basis = f"{stage.note}。"
    if not stage.url:
        return Banner("warn", lead, f"{basis}{KEPT_FOR_READING}")
    follow = "查看替代它的文件" if _link_kind(view, facts) == "replaces" else f"查看作出{verb[-2:]}决定的文件"
    return Banner("warn", lead, f"{basis}{KEPT_FOR_READING}", stage.url, follow)


def _ended_somehow(validity: str) -> Banner:
    return Banner("warn", f"本文件已{Validity(validity).label}", KEPT_FOR_READING)


def _amended(view: RecordView, event: Event) -> Banner:
    stage = stage_of(view, event)
    text = f"{stage.note}。本页为修改前公布的文本，请对照修改后的规定阅读。"
    return Banner("warn", f"本文件已于 {stage.day} 修改", text, stage.url, "查看作出修改的文件" if stage.url else "")


def _announced(link: Link) -> Banner:
    stage = _coming(link)
    text = f"依据：{_named(link.source)}。在此之前本文件仍然有效。"
    return Banner(
        "", f"本文件{stage.what.replace('将', f'将于 {stage.day} ', 1)}", text, stage.url, "查看作出决定的文件"
    )
