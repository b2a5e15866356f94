"""Validity follows from links and dates: it lapses by itself, on its day, and what ended it can be read."""

from __future__ import annotations

import datetime as dt

import pytest

from gongkai.config import tick
from gongkai.engine.records.actions import link, publish, settle_validity, submit
from gongkai.engine.records.lineage import in_force_on, validity_on
from gongkai.engine.records.models import Link, Record, Validity
from gongkai.engine.records.queries import public_links, public_records
from gongkai.engine.records.ticks import settle_validities
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, agree_to_all, draft_record, public_record
from tests.portal.town import corrected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
TODAY = dt.date(2026, 3, 2)


def on(day: dt.date) -> dt.datetime:
    """Nine in the morning of a day, in China."""
    return dt.datetime(day.year, day.month, day.day, 1, tzinfo=dt.UTC)


def changes(record: Record) -> list[dict[str, object]]:
    """The public validity events of a record."""
    rows = Event.objects.filter(
        subject_type="record", subject_id=str(record.pk), name="record.validity_changed", is_public=True
    )
    return [event.public for event in rows.order_by("pk")]


def ending(office: Office, old: Record, kind: str, day: dt.date | None = None, **fields: object) -> Record:
    """A public document that does something to an older one."""
    new = draft_record(office, title="新的办法", document_number="云教办〔2026〕20号", **fields)
    link(new, actor=office.actor("officer"), target=old, kind=kind, takes_effect_on=day)
    submit(new, actor=office.actor("officer"))
    agree_to_all(office, new)
    publish(new, actor=office.actor("editor"))
    old.refresh_from_db()
    return new


def test_a_document_lapses_on_the_day_after_its_expiry_and_only_once() -> None:
    record = public_record(Office(), effective_from="2024-03-10", effective_until="2026-03-10")
    with clock.frozen(on(dt.date(2026, 3, 10))):
        assert settle_validities() == 0
        record.refresh_from_db()
        assert record.validity == Validity.IN_FORCE
    with clock.frozen(on(dt.date(2026, 3, 11))):
        version = record.version
        assert settle_validities() == 1
        assert settle_validities() == 0
        record.refresh_from_db()
    assert (record.validity, record.version) == (Validity.LAPSED, version + 1)
    [told] = changes(record)
    assert (told["validity"], told["on"], told["by"]) == ("lapsed", "2026-03-11", None)


def test_the_tick_knows_the_step() -> None:
    assert "validity" in {step.name for step in tick.STEPS}


def test_a_correction_of_the_expiry_lets_it_stand_again() -> None:
    office = Office()
    record = public_record(office, effective_until="2026-03-01")
    assert settle_validities() == 1
    record.refresh_from_db()
    corrected(office, record, "失效日期印刷有误，现予更正。", effective_until="2027-03-01")
    assert settle_validities() == 1
    record.refresh_from_db()
    assert record.validity == Validity.IN_FORCE
    assert [told["validity"] for told in changes(record)] == ["lapsed", "in_force"]


def test_nobody_lets_a_document_lapse_before_its_day() -> None:
    office = Office()
    record = public_record(office, effective_until="2026-03-10")
    for actor in (SYSTEM, office.actor("editor")):
        with pytest.raises(Refused) as refused:
            settle_validity(record, actor=actor)
        assert refused.value.code == "records.validity_not_due"
    record.refresh_from_db()
    assert (record.validity, changes(record)) == (Validity.IN_FORCE, [])


def test_what_has_no_validity_does_not_lapse() -> None:
    public_record(Office(), kind="notice", effective_until="2026-02-01")
    assert settle_validities() == 0


def test_a_repeal_may_wait_for_its_day() -> None:
    office = Office()
    old = public_record(office, written_on="2020-01-01")
    new = ending(office, old, "replaces", dt.date(2026, 5, 1), effective_from="2026-05-01")
    assert old.validity == Validity.IN_FORCE
    assert settle_validities() == 0
    with clock.frozen(on(dt.date(2026, 5, 1))):
        assert settle_validities() == 1
        assert settle_validities() == 0
    old.refresh_from_db()
    assert old.validity == Validity.REPEALED
    [told] = changes(old)
    assert (told["by"], told["on"]) == (new.index_number, "2026-05-01")
    assert Link.objects.get(source=new).took_effect_on == dt.date(2026, 5, 1)


def test_a_repeal_without_a_day_takes_effect_with_the_publication() -> None:
    office = Office()
    old = public_record(office)
    new = ending(office, old, "repeals")
    assert old.validity == Validity.REPEALED
    assert Link.objects.get(source=new).took_effect_on == TODAY


def test_a_second_amendment_is_told_and_a_second_repeal_is_not() -> None:
    office = Office()
    old = public_record(office)
    for _ in range(2):
        ending(office, old, "amends")
    assert [told["validity"] for told in changes(old)] == ["amended", "amended"]
    for _ in range(2):
        ending(office, old, "repeals")
    assert [told["validity"] for told in changes(old)] == ["amended", "amended", "repealed"]


def test_what_was_in_force_on_a_day() -> None:
    office = Office()
    old = public_record(office, title="旧", written_on="2020-01-01", effective_from="2020-02-01")
    term = public_record(office, title="期", written_on="2021-01-01", effective_until="2025-12-31")
    public_record(office, title="告", kind="notice", written_on="2020-01-01")
    new = ending(office, old, "replaces", dt.date(2026, 3, 1), written_on="2026-02-20", effective_from="2026-03-01")
    expected = {
        dt.date(2020, 1, 31): set(),
        dt.date(2020, 2, 1): {old.pk},
        dt.date(2025, 12, 31): {old.pk, term.pk},
        dt.date(2026, 1, 1): {old.pk},
        dt.date(2026, 3, 1): {new.pk},
    }
    for day, found in expected.items():
        assert set(in_force_on(public_records(), day).values_list("pk", flat=True)) == found, day
    days = [dt.date(2020, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 1)]
    assert [validity_on(old, day) for day in days] == [None, Validity.IN_FORCE, Validity.REPEALED]
    assert validity_on(term, dt.date(2026, 1, 1)) == Validity.LAPSED


def test_links_of_a_clean_up_are_not_drafted_by_hand() -> None:
    office = Office()
    old = public_record(office)
    new = draft_record(office)
    with pytest.raises(Refused) as refused:
        link(new, actor=office.actor("officer"), target=old, kind="keeps")
    assert refused.value.code == "records.no_target"
    assert public_links(old) == ([], [])


def test_a_moved_day_of_effect_is_found() -> None:
    office = Office()
    old = public_record(office)
    new = ending(office, old, "repeals")
    assert [found for found in verify_all().differences if "link" in found.what] == []
    Link.objects.filter(source=new).update(took_effect_on=dt.date(2030, 1, 1))
    [found] = [found for found in verify_all().differences if "link" in found.what]
    assert (found.what, found.problem) == (f"link repeals of record {new.pk} to record {old.pk}", "link-effect-differs")


def test_the_register_agrees_with_every_change() -> None:
    office = Office()
    old = public_record(office, effective_until="2026-03-01")
    settle_validities()
    ending(office, public_record(office), "amends")
    ending(office, old, "repeals")
    assert [found for found in verify_all().differences if "record" in found.what] == []
