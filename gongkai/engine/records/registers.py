"""Lists that an organ prints: the publication register (发布登记) and the hand-over list (移送明细表) of Article 25."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from gongkai.engine.records.models import Publication, Record
from gongkai.engine.reviews.models import Opinion, Verdict
from gongkai.ground import clock
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.register.models import Event

ARCHIVES_LAW = "《政府信息公开条例》第二十五条"
CHANNELS = {"portal": "政府网站"}
# A list longer than this is printed in parts, by month.
MOST = 2000


@dataclass(frozen=True)
class Published:
    """A line of the publication register: what, whose, who reviewed, who put it there, when, where, until when."""

    publication: Publication
    record: Record
    edition: int
    channel: str
    drafter: str
    reviewers: str
    operator: str


@dataclass(frozen=True)
class Transferred:
    """A line of the hand-over list: an original with its attachments, and the hash that tells it is the original."""

    record: Record
    edition: int
    sha256: str
    attachments: int


def span(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The moments from the first day's beginning to the last day's end, Shanghai time."""
    begin = dt.datetime.combine(first, dt.time(), clock.SHANGHAI)
    return begin, dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), clock.SHANGHAI)


def publication_register(organ: Organ, first: dt.date, last: dt.date) -> list[Published]:
    """Every publication of an organ between two days, both included, the earliest first; a fixed number of queries."""
    begin, end = span(first, last)
    rows = list(
        Publication.objects.filter(record__organ=organ, from_at__gte=begin, from_at__lt=end)
        .select_related("record__drafter", "edition")
        .defer("edition__canonical")
        .order_by("from_at", "pk")[:MOST]
    )
    reviewers, operators = _reviewers(rows), _operators(rows)
    return [
        Published(
            publication=row,
            record=row.record,
            edition=row.edition.number,
            channel=CHANNELS.get(row.channel, row.channel),
            drafter=row.record.drafter.name if row.record.drafter else "",
            reviewers=reviewers.get(row.edition_id, ""),
            operator=operators.get(row.pk, ""),
        )
        for row in rows
    ]


def _reviewers(rows: list[Publication]) -> dict[int, str]:
    """Who agreed to each edition, by name, in their order."""
    named: dict[int, dict[str, None]] = {}
    opinions = Opinion.objects.filter(edition__in={row.edition_id for row in rows}, verdict=Verdict.AGREE)
    for opinion in opinions.select_related("reviewer", "on_behalf_of").order_by("pk"):
        if opinion.reviewer is None:
            continue
        principal = f"代{opinion.on_behalf_of.name}" if opinion.on_behalf_of else ""
        named.setdefault(opinion.edition_id, {})[f"{opinion.reviewer.name}{principal}"] = None
    return {key: "、".join(names) for key, names in named.items()}


def _operators(rows: list[Publication]) -> dict[int, str]:
    """Who put each publication there; the platform itself at a set moment."""
    keys = {str(row.record_id) for row in rows}
    events = Event.objects.filter(subject_type="record", subject_id__in=keys, data__has_key="publication")
    told = {event.data["publication"]: event.actor for event in events}
    refs = {actor.partition(":")[2] for actor in told.values() if ":" in actor}
    names = {str(ref): name for ref, name in Person.objects.filter(ref__in=refs).values_list("ref", "name")}
    return {key: names.get(actor.partition(":")[2], "系统定时") for key, actor in told.items()}


def quarter_days(year: int, quarter: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of a quarter, 1 to 4."""
    first = dt.date(year, quarter * 3 - 2, 1)
    following = dt.date(year + quarter // 4, quarter * 3 % 12 + 1, 1)
    return first, following - dt.timedelta(days=1)


def transfer_list(organ: Organ, year: int, quarter: int) -> list[Transferred]:
    """What an organ made public in a quarter and hands over to archives and libraries; what is public still."""
    begin, end = span(*quarter_days(year, quarter))
    rows: QuerySet[Record] = Record.objects.filter(
        organ=organ, is_visible=True, published_at__gte=begin, published_at__lt=end, current__isnull=False
    )
    listed = rows.select_related("current").order_by("published_at", "pk")[:MOST]
    return [
        Transferred(record, record.current.number, record.current.sha256, len(record.current.files))
        for record in listed
        if record.current is not None
    ]
