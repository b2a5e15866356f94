"""Two public texts side by side (对照): editions of one record, or a rule and the one that amends or replaces it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.http import urlencode

from gongkai.engine.records.details import labels_of
from gongkai.engine.records.differences import CONTEXT, Difference, difference
from gongkai.engine.records.models import Edition, Link, LinkKind, Publication, Record
from gongkai.engine.records.queries import SUPERSEDED, public_editions, public_links
from gongkai.ground import clock
from gongkai.surfaces.portal.listings import record_url

#: Relations whose two documents are read beside each other.
COMPARED_LINKS = (LinkKind.REPLACES, LinkKind.AMENDS)
#: Told above the comparison, or of the record and not of its text.
_ASIDE = frozenset({"change_note", "disclosure", "disclosure_basis", "disclosure_reason", "source"})


class NotThere(Exception):
    """No such edition or relation was ever public."""


class NoLongerThere(Exception):
    """An edition that was public and is no longer handed out; ``number`` names it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True)
class Side:
    """One of the two texts: how it is called, since when it stood, where it is read."""

    label: str
    note: str
    url: str
    edition: Edition


@dataclass(frozen=True)
class Comparison:
    """Two texts and what differs; ``others`` are the editions one may choose from."""

    before: Side
    after: Side
    difference: Difference
    reason: str
    others: list[Side]
    is_only_changes: bool
    toggle_url: str

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both texts, the older one first."""
        return self.before, self.after


def compare_url(record: Record, **asked: str | int) -> str:
    """The address at which a record's text stands beside another; "" where nothing is asked for."""
    return f"{record_url(record)}.compare?{urlencode(asked)}" if asked else ""


def compared(record: Record, query: QueryDict) -> Comparison:
    """What a visitor asked to see side by side: ``from`` and ``to`` name editions, ``with`` another record."""
    other = query.get("with", "")
    sides, reason, asked = _two_records(record, other) if other else _two_editions(record, query)
    before, after = sides[0], sides[1]
    is_only_changes = query.get("only") == "changes"
    changed = difference(
        before.edition,
        after.edition,
        labels_of(record.kind),
        context=CONTEXT if is_only_changes else None,
        without=_ASIDE,
    )
    toggled = asked if is_only_changes else {**asked, "only": "changes"}
    return Comparison(before, after, changed, reason, sides[2:], is_only_changes, compare_url(record, **toggled))


def _two_editions(record: Record, query: QueryDict) -> tuple[list[Side], str, dict[str, str | int]]:
    publications = public_editions(record)
    readable = readable_editions(record, publications)
    after = _asked_for(query.get("to", ""), readable, publications) or max(readable, default=0)
    earlier = [number for number in readable if number < after]
    before = _asked_for(query.get("from", ""), readable, publications) or max(earlier, default=0)
    if not before or not after:
        raise NotThere
    first, second = sorted((before, after))
    sides = {number: _side_of(record, item) for number, item in readable.items()}
    reason = str(readable[second].edition.content.get("change_note", ""))
    return [sides[first], sides[second], *sides.values()], reason, {"from": first, "to": second}


def readable_editions(record: Record, publications: list[Publication]) -> dict[int, Publication]:
    """The editions that may still be read, by number: the current one, and earlier ones not withheld since."""
    return {
        item.edition.number: item
        for item in publications
        if item.edition_id == record.current_id or item.reason == SUPERSEDED
    }


def _asked_for(text: str, readable: dict[int, Publication], publications: list[Publication]) -> int:
    """The number of the edition that was asked for, 0 where none was."""
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise NotThere
    number = int(text)
    if number in readable:
        return number
    if any(item.edition.number == number for item in publications):
        raise NoLongerThere(number)
    raise NotThere


def _side_of(record: Record, item: Publication) -> Side:
    number = item.edition.number
    is_current = item.edition_id == record.current_id
    url = record_url(record) if is_current else f"{record_url(record)}.edition.json?edition={number}"
    day = clock.day_of(item.from_at)
    return Side(f"第 {number} 版", f"{day} 公布{'，现行版本' if is_current else ''}", url, item.edition)


def _two_records(record: Record, number: str) -> tuple[list[Side], str, dict[str, str | int]]:
    outgoing, incoming = public_links(record)
    for link in (*incoming, *outgoing):
        other = link.source if link.target_id == record.pk else link.target
        if link.kind in COMPARED_LINKS and other.index_number == number and other.current is not None:
            sides = [_document(link.target, "原文件"), _document(link.source, "新文件")]
            return sides, _reason(link), {"with": number}
    raise NotThere


def _document(record: Record, label: str) -> Side:
    assert record.current is not None
    number = f"（{record.document_number}）" if record.document_number else ""
    return Side(label, f"《{record.title.strip('《》')}》{number}", record_url(record), record.current)


def _reason(link: Link) -> str:
    if link.kind == LinkKind.AMENDS:
        return "新文件修改了原文件。修改决定只写明改动之处的，请以原文件为准，结合修改决定阅读。"
    return "新文件替代了原文件。"
