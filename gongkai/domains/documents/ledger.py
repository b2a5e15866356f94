"""The ledger of rules and normative documents (规章和规范性文件台账): number, dates, validity, theme, address.

What the public reads is the same table without the papers: proofs of filing and reviews are kept, never published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Facet, Purpose, Record, SealedPaper, Validity
from gongkai.ground import clock

COLUMNS = (
    "登记号",
    "标题",
    "发文字号",
    "类别",
    "发布机构",
    "成文日期",
    "公布日期",
    "施行日期",
    "失效日期",
    "有效性",
    "主题分类",
    "索引号",
)
PAPER_COLUMNS = ("备案", "公平竞争审查", "合法性审核")
PAPERS = (Purpose.FILING, Purpose.FAIR_COMPETITION, Purpose.LEGALITY)


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: the record, its register number, and the papers filed with it by purpose."""

    record: Record
    register_number: str
    papers: dict[str, list[SealedPaper]]

    @property
    def kind(self) -> str:
        return KINDS[self.record.kind].name

    @property
    def validity(self) -> str:
        return str(Validity(self.record.validity).label)

    @property
    def lacks(self) -> list[str]:
        """What an inspection would miss: the number, the proof of filing, the fair-competition review."""
        missing = [] if self.register_number else ["登记号"]
        wanted = (Purpose.FILING, Purpose.FAIR_COMPETITION)
        return missing + [str(purpose.label) for purpose in wanted if not self.papers.get(str(purpose))]

    def cells(self) -> list[str]:
        """The line as the columns name it."""
        record = self.record
        published = clock.day_of(record.published_at) if record.published_at else None
        return [
            self.register_number,
            record.title,
            record.document_number,
            self.kind,
            record.organ.name,
            *(_day(day) for day in (record.written_on, published, record.effective_from, record.effective_until)),
            self.validity,
            record.subject_class,
            record.index_number or "",
        ]

    def paper_cells(self) -> list[str]:
        """Number and day of each kind of paper; 有 where it has neither."""
        return ["；".join(_named(paper) for paper in self.papers.get(str(purpose), [])) for purpose in PAPERS]


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _named(paper: SealedPaper) -> str:
    return " ".join(filter(None, (paper.number, _day(paper.dated_on)))) or "有"


def ledgered(records: QuerySet[Record]) -> QuerySet[Record]:
    """Of these records those the ledger lists: rules and normative documents that stand before the public."""
    kinds = [kind.code for kind in KINDS.values() if kind.is_ledgered]
    return records.filter(kind__in=kinds, is_visible=True)


def entries(records: Sequence[Record], *, with_papers: bool) -> list[Entry]:
    """The lines of these records, their organs loaded; one query, and one more for the papers."""
    keys = [record.pk for record in records]
    numbers = dict(Facet.objects.filter(record__in=keys, key="register").values_list("record_id", "text"))
    papers: dict[int, dict[str, list[SealedPaper]]] = {}
    if with_papers:
        found = SealedPaper.objects.filter(record__in=keys, purpose__in=PAPERS, file__destroyed_at__isnull=True)
        for paper in found.order_by("filed_at", "pk"):
            papers.setdefault(paper.record_id, {}).setdefault(paper.purpose, []).append(paper)
    return [Entry(record, numbers.get(record.pk, ""), papers.get(record.pk, {})) for record in records]
