"""After an upgrade: index values as the kinds of this version declare them, computed again from the editions."""

from __future__ import annotations

from django.db import transaction

from gongkai.engine.records.editions import content_of, facets_of
from gongkai.engine.records.models import Facet, Record
from gongkai.engine.records.subject import EXPUNGED
from gongkai.ground.refusal import Refused

BATCH = 200


def renew_facets() -> int:
    """Write the facets of every record anew where a kind has come to declare others; how many records.

    Facets follow from the edition, which does not change; an edition that does not open is left to ``register verify``.
    """
    changed, last = 0, 0
    rows = Record.objects.exclude(state=EXPUNGED).filter(current__isnull=False).order_by("pk")
    while batch := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        changed += sum(_renewed(key) for key in batch)
        last = batch[-1]
    return changed


def _renewed(key: int) -> bool:
    with transaction.atomic():
        record = Record.objects.select_for_update(of=("self",)).get(pk=key)
        edition = record.current
        try:
            if edition is None or not edition.canonical or edition.schema.split("/")[0] != record.kind:
                return False
            wanted = facets_of(record, content_of(record, edition))
        except (Refused, ValueError):
            return False
        if sorted(map(_values, wanted)) == sorted(map(_values, record.facets.all())):
            return False
        record.facets.all().delete()
        Facet.objects.bulk_create(wanted)
    return True


def _values(facet: Facet) -> tuple[str, ...]:
    return (facet.key, facet.text, str(facet.number), str(facet.date))
