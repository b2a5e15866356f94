"""Where the city may be loaded, and what a reset leaves."""

from __future__ import annotations

import pytest

from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.organs.actions import establish
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.register.triggers import missing
from gongkai.ground.register.verify import verify_all
from gongkai.surfaces.demo.loading import load

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_database_in_earnest_is_left_alone() -> None:
    establish(actor=SYSTEM, organ=None, code="true", name="某市人民政府", type="government", level="city")
    before = list(Event.objects.values_list("pk", "leaf_hash"))
    with pytest.raises(Refused) as refused:
        load(small=True)
    assert refused.value.code == "demo.not_a_demonstration"
    assert list(Event.objects.values_list("pk", "leaf_hash")) == before
    assert list(Organ.objects.values_list("code", flat=True)) == ["true"]


def test_loading_again_resets_to_the_same_city() -> None:
    load(small=True)
    names = list(Event.objects.order_by("pk").values_list("name", flat=True))
    Person.objects.filter(username="jyj.chengban").update(name="改过")
    load(small=True)
    assert list(Event.objects.order_by("pk").values_list("name", flat=True)) == names
    assert Person.objects.get(username="jyj.chengban").name == "林书晴"
    assert (Organ.objects.count(), Record.objects.count()) == (15, 0)
    assert verify_all().is_sound
    assert missing(["register_event", "records_edition"]) == []


def test_nothing_stays_when_loading_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_done: int, _expected: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(small=True, progress=broken)
    assert not Event.objects.exists() and not Organ.objects.exists()
