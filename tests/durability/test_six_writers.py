"""Six processes write at once while a seventh seals: no error, nothing lost, the numbers without a gap."""

from __future__ import annotations

import pytest

from gongkai.engine.records.models import Edition, IndexCounter, Publication, Record
from gongkai.engine.reviews.models import Opinion
from gongkai.ground import clock
from gongkai.ground.register.log import seal
from gongkai.ground.register.models import Event, Leaf, UnsealedEvent
from gongkai.ground.register.verify import verify_all
from tests.builders import Office
from tests.durability.conftest import Nursery

WRITERS, EACH = 6, 4


@pytest.mark.django_db(transaction=True)
def test_six_writers_and_a_sealer(nursery: Nursery) -> None:
    office = Office(review_preset="township")
    nursery.bear("seal", *[f"write:{EACH}"] * WRITERS)
    said = nursery.rest()

    total = WRITERS * EACH
    published = [words[2] for words in said if words[:2] == ["act", "record.published"]]
    assert len(published) == len(set(published)) == total
    assert Record.objects.filter(is_visible=True, state="public").count() == Record.objects.count() == total
    assert Publication.objects.filter(until_at__isnull=True).count() == Edition.objects.count() == total
    assert Opinion.objects.count() == 3 * total

    year = clock.today().year
    numbers = sorted(Record.objects.values_list("index_number", flat=True))
    assert numbers == [f"{office.organ.code}/{year}-{serial:05d}" for serial in range(1, total + 1)]
    assert IndexCounter.objects.get().last == total

    seal()
    assert not UnsealedEvent.objects.exists()
    indexes = list(Leaf.objects.order_by("index").values_list("index", flat=True))
    assert indexes == list(range(Event.objects.count()))
    assert verify_all().differences == []
