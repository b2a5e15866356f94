"""Lists and looks of records: what the public sees, what a desk shows."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from gongkai.engine.channels.models import Column
from gongkai.engine.channels.targets import PORTAL, column_channel
from gongkai.engine.records.models import Edition, Link, Publication, Record
from gongkai.engine.records.subject import NOT_PUBLISHED, RETURNED, SCHEDULED, SIGNED_OFF, TAKEN_DOWN
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.ground.gate.door import visible
from gongkai.ground.organs.models import OrganClosure
from gongkai.ground.prepared import Asked, Prepared

#: Why a publication ended whose edition a later one took the place of; such an edition stays readable.
SUPERSEDED = "superseded"


def public_records() -> QuerySet[Record]:
    """What stands before the public now, newest first; the order has a unique tail for keyset paging."""
    return Record.objects.filter(is_visible=True).select_related("organ").order_by("-published_at", "-pk")


def column_records(column: Column) -> QuerySet[Record]:
    """What stands in a column: the records picked for it, or every public record of its kinds and organs."""
    if column.is_picked:
        return public_records().filter(
            publications__channel=column_channel(column.pk), publications__until_at__isnull=True
        )
    organs = OrganClosure.objects.filter(ancestor=column.organ_id).values("descendant_id")
    within = {"organ__in": organs} if column.with_below else {"organ": column.organ_id}
    return public_records().filter(kind__in=column.kinds, **within)


def updated_on(column: Column) -> dt.date | None:
    """The day on which something was last published in a column; None while it is blank."""
    newest: dt.datetime | None = column_records(column).order_by().aggregate(newest=Max("published_at"))["newest"]
    return clock.day_of(newest) if newest else None


_ADDRESSED = Prepared(
    lambda number: Record.objects.filter(index_number=number, published_at__isnull=False).select_related(
        "organ", "current"
    ),
    str,
)


def addressed(index_number: str, asked: Asked | None = None) -> Record | None:
    """The record behind a public address: public now, or public once (its address stays). Drafts are unknown."""
    return next(iter((asked or Asked()).instances(_ADDRESSED, index_number)), None)


_EDITIONS = Prepared(
    lambda record: (
        Publication.objects.filter(record=record, channel=PORTAL).select_related("edition").order_by("from_at", "pk")
    ),
    int,
)


def public_editions(record: Record, asked: Asked | None = None) -> list[Publication]:
    """Every publication of a record with its edition, oldest first: the change notes of its page."""
    return (asked or Asked()).instances(_EDITIONS, record.pk)


def published_edition(record: Record, number: int | None = None) -> Edition | None:
    """The edition the public may read: the current one, or an earlier one that once stood there.

    None while the record is not visible: what was withdrawn or taken down is not handed out under any number.
    """
    if not record.is_visible:
        return None
    if number is None or (record.current is not None and number == record.current.number):
        return record.current
    earlier = earlier_publications(record).filter(edition__number=number).select_related("edition").first()
    return earlier.edition if earlier is not None else None


def earlier_publications(record: Record) -> QuerySet[Publication]:
    """Publications of superseded editions that the public may still read: those not withheld since."""
    return record.publications.filter(reason=SUPERSEDED, channel=PORTAL).exclude(edition=record.current).order_by("pk")


def _linked(record: int) -> QuerySet[Link]:
    shown = Publication.objects.filter(channel=PORTAL, record=OuterRef("source"), edition=OuterRef("source__current"))
    first = shown.order_by("pk")
    return (
        Link.objects.filter(Q(source=record, target__is_visible=True) | Q(target=record, source__is_visible=True))
        .filter(Q(created_at__lte=Subquery(first.values("from_at")[:1])) | Q(took_effect_on__isnull=False))
        .select_related("source", "target")
        .order_by("kind", "pk")
    )


_LINKED = Prepared(_linked, int)


def public_links(record: Record, asked: Asked | None = None) -> tuple[list[Link], list[Link]]:
    """Relations to and from records that the public can see: (outgoing, incoming).

    A relation made in a correction is not public before the correction is: its reviewers have not read it. What a
    clean-up declared is public at once.
    """
    links = (asked or Asked()).instances(_LINKED, record.pk)
    return [item for item in links if item.source_id == record.pk], [
        item for item in links if item.target_id == record.pk
    ]


def due_publications(now: dt.datetime) -> QuerySet[Record]:
    """Scheduled records whose moment has come, for the tick."""
    return Record.objects.filter(state=SCHEDULED, scheduled_for__lte=now).order_by("scheduled_for", "pk")


def returned_to(actor: Actor) -> QuerySet[Record]:
    """What was returned to this person's drafts (退回给我)."""
    return visible(Record, actor).filter(state=RETURNED, drafter_id=actor.person_id).order_by("-changed_at", "-pk")  # type: ignore[no-any-return]


def to_publish(actor: Actor) -> QuerySet[Record]:
    """Signed off and waiting for somebody to publish."""
    return visible(Record, actor).filter(state__in=[SIGNED_OFF, SCHEDULED]).order_by("-changed_at", "-pk")  # type: ignore[no-any-return]


def taken_down(actor: Actor) -> QuerySet[Record]:
    """Taken down and waiting for the review afterwards."""
    return visible(Record, actor).filter(state=TAKEN_DOWN).order_by("-changed_at", "-pk")  # type: ignore[no-any-return]


def to_recheck(actor: Actor) -> QuerySet[Record]:
    """Not proactively disclosed, and the day of the yearly look has come (公开属性定期审查)."""
    rows = visible(Record, actor).filter(state=NOT_PUBLISHED, review_again_on__lte=clock.today())
    return rows.order_by("review_again_on", "pk")  # type: ignore[no-any-return]
