"""The tick does each record for itself: one that cannot be read rests and is shown, the others get their turn."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from gongkai.engine.checks.actions import decide
from gongkai.engine.checks.kinds import BLOCK, CHECKS, Check, Checked, Hit
from gongkai.engine.checks.models import Finding
from gongkai.engine.notices.models import Notice
from gongkai.engine.records.actions import publish, schedule
from gongkai.engine.records.models import Edition, Record, Setback
from gongkai.engine.records.ticks import publish_due, settle_validities
from gongkai.ground import clock
from gongkai.ground.access.roles import Role
from gongkai.ground.refusal import Refused
from gongkai.ground.register import triggers
from gongkai.ground.register.models import Event
from tests.builders import Office, person, public_record, reviewed_record
from tests.documents.test_lineage import ending
from tests.workbench.people import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
HOUR = dt.timedelta(hours=1)


def break_edition(edition: Edition | None) -> None:
    """As a failing disk leaves it: text that is no JSON."""
    assert edition is not None
    with triggers.suspended():
        edition.canonical = (edition.canonical or "").replace('"schema"', '"schema')
        edition.save()


def mend_edition(edition: Edition | None) -> None:
    assert edition is not None
    with triggers.suspended():
        edition.canonical = (edition.canonical or "").replace('"schema', '"schema"')
        edition.save()


def scheduled(office: Office, **fields: object) -> Record:
    record = reviewed_record(office, **fields)
    schedule(record, actor=office.actor("editor"), at=clock.now() + HOUR)
    return record


def test_a_publication_that_fails_rests_longer_each_time_is_shown_and_is_done_when_it_can_be() -> None:
    office = Office()
    broken, start = scheduled(office), clock.now()
    break_edition(broken.working)
    waits = []
    for minutes in (60, 61, 62, 66):
        with clock.frozen(start + dt.timedelta(minutes=minutes)):
            publish_due()
            row = Setback.objects.get()
            waits.append((row.attempts, row.try_at - start))
    assert waits == [(n, dt.timedelta(minutes=at)) for n, at in ((1, 62), (1, 62), (2, 66), (3, 74))]
    assert (row.duty, row.failure, row.since - start) == ("publish", "JSONDecodeError", HOUR)
    with clock.frozen(start + 2 * HOUR):
        system = person("sys", office.organ, Role.SYSTEM_ADMIN)
        page = Desk(office).client(system).get("/desk/admin/operations/").content.decode()
        assert "后台办理失败" in page and "JSONDecodeError" in page and broken.title not in page
        elsewhere = person("sys2", Office("11330000009", "云洲市水务局").organ, Role.SYSTEM_ADMIN)
        assert "后台办理失败" not in Desk(office).client(elsewhere).get("/desk/admin/operations/").content.decode()
        mend_edition(Edition.objects.get(record=broken))
        publish_due()
    broken.refresh_from_db()
    assert (broken.state, Setback.objects.count()) == ("public", 0)


def test_fifty_that_cannot_be_read_do_not_keep_the_next_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.engine.records.ticks.AT_ONCE", 2)
    office = Office()
    broken = [scheduled(office, title=f"坏{number}") for number in range(2)]
    whole = scheduled(office, title="好")
    for record in broken:
        break_edition(record.working)
    with clock.frozen(clock.now() + HOUR):
        assert (publish_due(), publish_due(), publish_due()) == (2, 1, 0)
    whole.refresh_from_db()
    assert whole.state == "public"


def test_a_document_whose_validity_cannot_be_read_keeps_no_other_in_force() -> None:
    office = Office()
    day = clock.today() + dt.timedelta(days=5)
    bad, good = (public_record(office, title=f"旧办法{number}") for number in range(2))
    for old in (bad, good):
        ending(office, old, "repeals", day, body=[{"type": "paragraph", "text": f"废止{old.title}。"}])
    lapsing = public_record(office, title="到期的", effective_until=str(day))
    with transaction.atomic(), triggers.suspended():
        Record.objects.filter(pk=bad.pk).update(validity="?")
    with clock.frozen(clock.now() + dt.timedelta(days=6)):
        assert settle_validities() == 2
        assert Setback.objects.values_list("record", "duty", "failure").get() == (bad.pk, "effect", "ValueError")
        Record.objects.filter(pk=bad.pk).update(validity="in_force")
    with clock.frozen(clock.now() + dt.timedelta(days=6, hours=1)):
        assert settle_validities() == 1
    assert not Setback.objects.exists()
    states = [Record.objects.get(pk=one.pk).validity for one in (bad, good, lapsing)]
    assert states == ["repealed", "repealed", "lapsed"]


def test_what_became_void_meanwhile_is_a_finding_of_the_publication_and_who_publishes_is_told() -> None:
    office = Office()
    old = public_record(office, title="旧办法", document_number="云教办〔2019〕7号")
    record = scheduled(office, body=[{"type": "paragraph", "text": "根据云教办〔2019〕7号制定。"}])
    ending(office, old, "repeals")
    Notice.objects.all().delete()
    with clock.frozen(clock.now() + HOUR):
        publish_due()
    record.refresh_from_db()
    found = Finding.objects.get(subject_id=str(record.pk), check_code="cites-void")
    assert (record.state, found.suggestion) == ("public", "引用的《旧办法》已经废止，请核对。")
    notice = Notice.objects.get(subject_id=str(record.pk))
    assert (notice.recipient, record.title in notice.text) == (office.people["editor"], False)
    assert "新的校核提示" in notice.text


def test_what_blocks_since_sign_off_holds_the_publication_until_it_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    record = scheduled(office)
    quiet = scheduled(office, title="没有问题的", body=[{"type": "paragraph", "text": "请知悉。"}])

    def later_version(checked: Checked) -> list[Hit]:
        text = "".join(span.text for span in checked.body_spans)
        return [Hit("later", "各学校", {"block": 0}, "请核对。")] if "各学校" in text else []

    monkeypatch.setitem(CHECKS, "later-check", Check("later-check", BLOCK, "新规定", later_version))
    events = Event.objects.filter(subject_type="record", subject_id=str(record.pk))
    before = events.count()
    with clock.frozen(clock.now() + HOUR):
        publish_due()
        record.refresh_from_db()
        assert (record.state, record.scheduled_for, record.is_visible) == ("signed_off", None, False)
        assert Event.objects.get(name="record.held").data["code"] == "records.found_since"
        assert events.count() == before + 1, "held, and nothing else"
        quiet.refresh_from_db()
        assert quiet.state == "public"
        assert "未能公开" in Notice.objects.filter(subject_id=str(record.pk)).latest("pk").text
        with pytest.raises(Refused) as refused:
            publish(record, actor=office.actor("editor"))
        assert refused.value.code == "records.found_since"
        finding = Finding.objects.get(subject_id=str(record.pk), check_code="later-check")
        decide(finding, actor=office.actor("section"), decision="accepted", reason="已核对。")
        publish(record, actor=office.actor("editor"))
    assert record.state == "public"
