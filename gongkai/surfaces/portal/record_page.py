"""What a record's page shows: metadata card, banners, relations both ways, the history of its page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from gongkai.engine.records.models import Disclosure, Edition, Link, Publication, Record, Validity
from gongkai.engine.records.queries import public_editions, public_links
from gongkai.ground import clock
from gongkai.ground.prepared import Asked
from gongkai.ground.register.models import Event
from gongkai.ground.rulebook.queries import withdrawal_reasons
from gongkai.surfaces.look.site import absolute
from gongkai.surfaces.portal.comparing import COMPARED_LINKS, compare_url, readable_editions
from gongkai.surfaces.portal.lineage import LINEAGE_EVENTS, Banner, lineage_banners, stage_of
from gongkai.surfaces.portal.listings import has_validity, record_url
from gongkai.surfaces.portal.queries import beside, public_events

EVENT_NAMES = {
    "record.published": "公布",
    "record.corrected": "更正",
    "record.validity_changed": "标注有效性",
    "record.cleaned_up": "文件清理",
    "record.withdrawn": "撤回",
    "record.edition_withheld": "停止提供旧版本",
    "record.taken_down": "暂停公开",
    "record.restored": "恢复公开",
    "record.expunged": "清除内容",
    "record.expunged_again": "清除内容",
}
GONE = ("record.withdrawn", "record.taken_down", "record.expunged", "record.expunged_again")
_OUTGOING = {
    "repeals": "废止了",
    "replaces": "替代了",
    "amends": "修改了",
    "interprets": "解读的文件",
    "based_on": "制定依据",
    "forwards": "转发的文件",
    "lapses": "宣布失效的文件",
    "keeps": "清理后继续有效的文件",
    "to_amend": "列入修改的文件",
}
_INCOMING = {
    "repeals": "被废止",
    "replaces": "被替代",
    "amends": "被修改",
    "interprets": "政策解读",
    "based_on": "被引用为依据",
    "forwards": "被转发",
    "lapses": "被宣布失效",
    "keeps": "清理结果",
    "to_amend": "清理结果",
}


@dataclass(frozen=True)
class Metadatum:
    """One element of the card: core metadata (核心元数据) by requirements 6.3 and what local headers add."""

    label: str
    value: str = ""
    day: dt.date | dt.datetime | None = None
    validity: str = ""
    url: str = ""
    is_whole: bool = False


@dataclass(frozen=True)
class Change:
    """One line of the history of the page (更新记录)."""

    what: str
    at: dt.datetime
    tone: str
    note: str = ""
    edition: int = 0
    edition_url: str = ""
    compare_url: str = ""


@dataclass(frozen=True)
class Related:
    """A record on the other end of a link."""

    url: str
    title: str
    document_number: str
    published_on: dt.datetime | None
    note: str = ""
    compare_url: str = ""


@dataclass(frozen=True)
class RelationGroup:
    """Related records of one kind, seen from this page."""

    kind: str
    label: str
    records: list[Related] = field(default_factory=list)


@dataclass(frozen=True)
class Attachment:
    """An attachment as the page names it."""

    url: str
    name: str
    kind: str
    size: int


@dataclass(frozen=True)
class RecordView:
    """Everything about a public record that page, JSON and text share. Made with at most four queries."""

    record: Record
    edition: Edition
    content: dict[str, Any]
    co_issuers: list[str]
    outgoing: list[Link]
    incoming: list[Link]
    publications: list[Publication]
    events: list[Event]
    alike: list[Record]
    clean_ups: dict[int, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Record, edition: Edition, asked: Asked | None = None) -> RecordView:
        """Gather what belongs to the page of a visible record."""
        asked = asked or Asked()
        outgoing, incoming = public_links(record, asked)
        events = public_events(record, asked)
        near = beside(record, asked)
        # What a linked decision did is told by the link; one that stands nowhere here has to be looked up.
        unlinked = {e.public["clean_up"] for e in events if e.public.get("clean_up") and not e.public.get("by")}
        return cls(
            record=record,
            edition=edition,
            content=edition.content,
            co_issuers=near.co_issuers,
            outgoing=outgoing,
            incoming=incoming,
            # A first edition has no earlier ones.
            publications=public_editions(record, asked) if edition.number > 1 else [],
            events=events,
            alike=near.alike,
            clean_ups={key: told for key, told in near.clean_ups.items() if key in unlinked},
        )

    @property
    def url(self) -> str:
        """The path of the page."""
        return record_url(self.record)

    @property
    def absolute_url(self) -> str:
        """The public address of the page."""
        return absolute(self.url)


def metadata(view: RecordView) -> list[Metadatum]:
    """The card: the 14 core metadata, and publication date, disclosure, effective dates."""
    record, content = view.record, view.content
    issuer = "、".join([record.organ.name, *view.co_issuers])
    validity = Validity(record.validity)
    card = [
        Metadatum("索引号", record.index_number or ""),
        Metadatum("主题分类", record.subject_class),
        Metadatum("发布机构", issuer, url=f"/o/{record.organ.code}/"),
        Metadatum("成文日期", day=record.written_on),
        Metadatum("发文字号", record.document_number),
        Metadatum("发布日期", day=record.published_at),
        Metadatum("体裁分类", record.genre),
        Metadatum("公开方式", Disclosure(record.disclosure).label if record.disclosure else ""),
    ]
    if has_validity(record):
        card.append(Metadatum("有效性", validity.label, validity=validity.value))
        card.append(Metadatum("施行日期", day=record.effective_from))
    if record.effective_until:
        card.append(Metadatum("失效日期", day=record.effective_until))
    formats = ["网页文本", *dict.fromkeys(file_kind(entry) for entry in view.edition.files)]
    card += [
        Metadatum("服务对象", str(content.get("audience", ""))),
        Metadatum("主题词", "；".join(content.get("keywords", []))),
        Metadatum("信息格式", "、".join(formats)),
        Metadatum("语种", "汉语"),
        Metadatum("名称", record.title, is_whole=True),
        Metadatum("内容概述", str(content.get("description", "")), is_whole=True),
        Metadatum("在线链接", view.absolute_url, url=view.url, is_whole=True),
    ]
    return card


def banners(view: RecordView) -> list[Banner]:
    """What ended or changed the document, by what, when, on which basis, and where to read on; the last correction."""
    found = lineage_banners(view)
    corrections = [event for event in view.events if event.name == "record.corrected"]
    if corrections:
        last = corrections[-1]
        found.append(Banner("", f"本页已于 {day_of(last.at)} 更正", _note_of(view, last), "#changes", "查看更新记录"))
    return found


def relations(view: RecordView) -> list[RelationGroup]:
    """Related records that the public can see, grouped, both ways."""
    groups: dict[str, RelationGroup] = {}
    ends = [(link, link.target, _OUTGOING) for link in view.outgoing]
    ends += [(link, link.source, _INCOMING) for link in view.incoming]
    for link, other, names in ends:
        label = names.get(link.kind, "相关信息")
        group = groups.setdefault(label, RelationGroup(link.kind, label))
        beside = compare_url(view.record, **{"with": other.index_number}) if link.kind in COMPARED_LINKS else ""
        group.records.append(related(other, link.note, beside))
    return list(groups.values())


def related(other: Record, note: str = "", beside: str = "") -> Related:
    """Another public record as this page names it; ``beside`` is where both are compared."""
    return Related(record_url(other), other.title, other.document_number, other.published_at, note, beside)


def changes(view: RecordView) -> list[Change]:
    """The history of the page, newest first, from the public events; corrections with their compulsory note."""
    return [_change(view, event) for event in reversed(view.events)]


def _change(view: RecordView, event: Event) -> Change:
    number = int(event.public.get("edition") or 0)
    if event.name == "record.edition_withheld":
        withheld = event.public["withheld_edition"]
        return Change(f"停止提供第 {withheld} 版", event.at, "grave", "该版本不再提供查阅。")
    url = f"{view.url}.edition.json?edition={number}" if number in _readable(view) else ""
    if event.name in LINEAGE_EVENTS:
        stage, validity = stage_of(view, event), event.public.get("validity")
        what = f"标注为“{Validity(validity).label}”" if validity in Validity.values else stage.what
        return Change(what, event.at, "done", stage.note)
    tone = "grave" if event.name in GONE else "done"
    note = _note_of(view, event) if event.name == "record.corrected" else ""
    beside = compare_url(view.record, **_compared(view, number)) if event.name == "record.corrected" and url else ""
    return Change(EVENT_NAMES.get(event.name, "更新"), event.at, tone, note, number, url, beside)


def _compared(view: RecordView, number: int) -> dict[str, int]:
    """What a correction is compared with: the newest readable edition before it; without one nothing is named."""
    earlier = [other for other in _readable(view) if other < number]
    return {"from": max(earlier), "to": number} if earlier else {}


def _readable(view: RecordView) -> set[int]:
    """The numbers of the editions that can still be read: the current one, and earlier ones not withheld since."""
    return {view.edition.number, *readable_editions(view.record, view.publications)}


def _note_of(view: RecordView, event: Event) -> str:
    number = event.public.get("edition")
    editions = (publication.edition for publication in view.publications)
    return next((str(edition.content.get("change_note", "")) for edition in editions if edition.number == number), "")


def attachments(view: RecordView) -> list[Attachment]:
    """The attachments of the public edition, in its order."""
    return [
        Attachment(f"{view.url}.file/{place}", entry["name"], file_kind(entry), entry["size"])
        for place, entry in enumerate(view.edition.files, start=1)
    ]


def file_kind(entry: dict[str, Any]) -> str:
    """How people call the type of a file: its ending in capitals."""
    _, dot, ending = str(entry["name"]).rpartition(".")
    return ending.upper() if dot and len(ending) <= 5 else str(entry["media_type"])


def day_of(moment: dt.datetime) -> dt.date:
    """The Shanghai day of a moment."""
    return clock.day_of(moment)


@dataclass(frozen=True)
class Absence:
    """Why an address that was public shows nothing now: neutral words, the day, never the title."""

    code: str
    tone: str
    lead: str
    text: str
    at: dt.datetime | None


def absence(record: Record) -> Absence:
    """What to say at the address of a record that is no longer shown."""
    events = [event for event in public_events(record) if event.name in GONE]
    last = events[-1] if events else None
    at = last.at if last else None
    name = last.name if last else "record.taken_down"
    if name == "record.withdrawn":
        assert last is not None
        reasons = {term.code: term.public_note for term in withdrawal_reasons()}
        note = reasons.get(str(last.public.get("reason", "")), "") or "该信息已撤回。"
        return Absence("withdrawn", "seal", "该信息已撤回", note, at)
    if name in {"record.expunged", "record.expunged_again"}:
        return Absence("expunged", "seal", "该信息的内容已依法清除", "地址和存证记录保留，内容不再提供。", at)
    return Absence("taken_down", "", "该信息暂停公开", "发布机构正在核查。核查结束后，本页将恢复公开或者说明结果。", at)
