"""The way of a record from draft to public and back, one step at a time."""

from __future__ import annotations

import datetime as dt

import pytest

from gongkai.engine.records.actions import (
    ask_expunge,
    correct,
    draft,
    edit,
    expunge,
    link,
    publish,
    receive,
    restore,
    revise,
    schedule,
    submit,
    take_down,
    withdraw,
)
from gongkai.engine.records.models import Record
from gongkai.engine.records.ticks import publish_due
from gongkai.engine.reviews.actions import agree, return_for_correction
from gongkai.ground import clock
from gongkai.ground.gate.door import can
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.builders import Office, agree_to_all, content, deputy, draft_record, public_record, reviewed_record

pytestmark = pytest.mark.django_db


def names(record: Record) -> list[str]:
    return list(
        Event.objects.filter(subject_type="record", subject_id=str(record.pk))
        .order_by("pk")
        .values_list("name", flat=True)
    )


def test_usual_way_to_the_public() -> None:
    office = Office()
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    assert record.state == "proposed"
    agree(record, "section", actor=office.actor("section"))
    agree(record, "secrecy", actor=office.actor("secrecy"))
    agree(record, "sign_off", actor=office.actor("sign_off"))
    assert record.state == "signed_off"
    publish(record, actor=office.actor("editor"))
    assert (record.state, record.is_visible, record.version) == ("public", True, 1)
    assert record.index_number == f"11330000001/{clock.today().year}-00001"
    assert names(record) == [
        "record.drafted",
        "record.submitted",
        "record.reviewed",
        "record.reviewed",
        "record.signed_off",
        "record.published",
    ]


def test_received_document_is_returned_for_a_missing_ground_and_cannot_be_agreed_to() -> None:
    office = Office()
    record = receive(
        actor=office.actor("officer"),
        organ=office.organ,
        kind="other_document",
        content=content(disclosure_basis=""),
    )
    with pytest.raises(Refused) as refused:
        agree(record, "section", actor=office.actor("section"))
    assert refused.value.code == "records.no_ground"
    return_for_correction(record, actor=office.actor("section"), reason="ground_missing", text="请补充公开依据。")
    assert record.state == "returned"
    assert names(record) == ["record.received", "record.returned_for_correction"]


def test_a_new_edition_asks_every_earlier_reviewer_to_reaffirm() -> None:
    office = Office()
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    agree(record, "section", actor=office.actor("section"))
    agree(record, "secrecy", actor=office.actor("secrecy"))
    revise(record, actor=office.actor("officer"), content=content(title="关于做好校园食品安全工作的补充通知"))
    with pytest.raises(Refused) as refused:
        agree(record, "sign_off", actor=office.actor("sign_off"))
    assert refused.value.code == "reviews.not_open"
    opinion = agree(record, "section", actor=office.actor("section"))
    assert opinion.reaffirms is not None
    agree(record, "secrecy", actor=office.actor("secrecy"))
    agree(record, "sign_off", actor=office.actor("sign_off"))
    assert record.state == "signed_off"
    assert names(record).count("record.reaffirmed") == 2


def test_revising_after_the_sign_off_closes_the_way_to_the_public() -> None:
    office = Office()
    record = reviewed_record(office)
    revise(record, actor=office.actor("officer"), content=content(title="改动后的通知"))
    assert record.state == "in_review"
    verdict = can("record.publish", record, office.actor("editor"))
    assert not verdict and verdict.refusal is not None and verdict.refusal.code == "gate.wrong_state"


def test_drafter_never_reviews_and_reviewer_never_signs_off() -> None:
    from gongkai.ground.access.models import Grant
    from gongkai.ground.access.roles import Role
    from tests.builders import LONG_AGO

    office = Office()
    for key, role in (("officer", Role.SECTION_HEAD), ("section", Role.SIGNER)):
        Grant.objects.create(person=office.people[key], role=role, organ=office.organ, valid_from=LONG_AGO)
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    with pytest.raises(Refused) as refused:
        agree(record, "section", actor=office.actor("officer"))
    assert refused.value.code == "reviews.own_draft"
    agree(record, "section", actor=office.actor("section"))
    agree(record, "secrecy", actor=office.actor("secrecy"))
    with pytest.raises(Refused) as refused:
        agree(record, "sign_off", actor=office.actor("section"))
    assert refused.value.code == "reviews.reviewed_before"


def test_deputy_signs_as_deputy_and_the_event_says_both() -> None:
    office = Office()
    deputy(office.people["sign_off"], office.people["attribute"])
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    agree(record, "section", actor=office.actor("section"))
    agree(record, "secrecy", actor=office.actor("secrecy"))
    opinion = agree(record, "sign_off", actor=office.actor("attribute"))
    event = Event.objects.get(name="record.signed_off")
    assert event.actor == f"person:{office.people['attribute'].ref}"
    assert event.on_behalf_of == f"person:{office.people['sign_off'].ref}"
    assert opinion.on_behalf_of == office.people["sign_off"]


def test_township_preset_takes_three_people() -> None:
    from gongkai.ground.access.models import Grant
    from gongkai.ground.access.roles import Role
    from tests.builders import LONG_AGO

    office = Office(review_preset="township")
    Grant.objects.create(
        person=office.people["attribute"], role=Role.SECRECY_REVIEWER, organ=office.organ, valid_from=LONG_AGO
    )
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    both = office.actor("attribute")
    agree(record, "attribute", actor=both)
    agree(record, "secrecy", actor=both)
    agree(record, "sign_off", actor=office.actor("sign_off"))
    assert record.state == "signed_off"


def test_scheduled_publication_comes_at_its_moment() -> None:
    office = Office()
    record = reviewed_record(office)
    at = clock.now() + dt.timedelta(hours=2)
    schedule(record, actor=office.actor("editor"), at=at)
    assert publish_due() == 0
    with clock.frozen(at):
        assert publish_due() == 1
    record.refresh_from_db()
    assert record.state == "public"
    assert Event.objects.get(name="record.published").actor == "system"


def test_correction_leaves_the_first_edition_until_the_second_is_published() -> None:
    office = Office()
    record = public_record(office)
    correct(record, actor=office.actor("editor"))
    edit(record, actor=office.actor("officer"), content=content(title="更正后的通知", change_note="更正报送时间。"))
    record.refresh_from_db()
    assert record.is_visible and record.title == "关于做好校园食品安全工作的通知"
    submit(record, actor=office.actor("officer"))
    agree_to_all(office, record)
    publish(record, actor=office.actor("editor"))
    assert record.title == "更正后的通知"
    assert names(record)[-1] == "record.corrected"
    assert [(p.edition.number, p.reason) for p in record.publications.order_by("pk")] == [(1, "superseded"), (2, "")]


def test_correction_without_a_public_note_is_refused() -> None:
    office = Office()
    record = public_record(office)
    correct(record, actor=office.actor("editor"))
    edit(record, actor=office.actor("officer"), content=content(title="更正后的通知"))
    before = len(names(record))
    with pytest.raises(Refused) as refused:
        submit(record, actor=office.actor("officer"))
    assert refused.value.code == "records.no_note"
    record.refresh_from_db()
    assert (record.state, len(names(record))) == ("correcting", before)


def test_repealing_document_marks_the_old_one_when_it_is_published() -> None:
    office = Office()
    old = public_record(office)
    new = draft_record(office, title="关于废止校园食品安全通知的通知")
    link(new, actor=office.actor("officer"), target=old, kind="repeals")
    submit(new, actor=office.actor("officer"))
    agree_to_all(office, new)
    old.refresh_from_db()
    assert old.validity == "in_force"
    publish(new, actor=office.actor("editor"))
    old.refresh_from_db()
    assert (old.validity, old.is_visible) == ("repealed", True)


def test_take_down_restore_withdraw() -> None:
    office = Office()
    record = public_record(office)
    take_down(record, actor=office.actor("editor"))
    assert (record.state, record.is_visible) == ("taken_down", False)
    restore(record, actor=office.actor("ogi"))
    assert (record.state, record.is_visible) == ("public", True)
    withdraw(record, actor=office.actor("sign_off"), reason="published_in_error", note="误发。")
    assert record.state == "withdrawn"
    assert [p.reason for p in record.publications.order_by("pk")] == ["taken_down", "published_in_error"]


def test_expunging_takes_two_persons_and_leaves_hash_and_salt() -> None:
    office = Office()
    record = public_record(office)
    ask_expunge(record, actor=office.actor("sign_off"), ground="personal_data")
    with pytest.raises(Refused) as refused:
        expunge(record, actor=office.actor("sign_off"))
    assert refused.value.code == "records.same_person"
    expunge(record, actor=office.actor("ogi"))
    edition = record.editions.get()
    assert (edition.canonical, len(edition.sha256), len(edition.salt)) == (None, 64, 64)
    assert (record.title, record.state) == ("（内容已清除）", "expunged")


def test_a_classification_mark_is_refused_and_nothing_is_stored() -> None:
    office = Office()
    with pytest.raises(Refused) as refused:
        draft(
            actor=office.actor("officer"),
            organ=office.organ,
            kind="notice",
            content=content(body=[{"type": "paragraph", "text": "机密★10年"}]),
        )
    assert refused.value.code == "records.classification_mark"
    assert Record.objects.count() == 0


def test_what_is_a_draft_elsewhere_is_unknown() -> None:
    office, other = Office(), Office("11330000002", "云洲市卫生健康局")
    record = draft_record(office)
    with pytest.raises(Refused) as refused:
        edit(record.pk, actor=other.actor("officer"), content=content(title="别人的"))
    assert refused.value.code == "gate.unknown"
    assert names(record) == ["record.drafted"]


def test_co_issuer_consents_in_its_own_organ() -> None:
    office, other = Office(), Office("11330000002", "云洲市卫生健康局")
    record = draft_record(office, co_issuers=[other.organ])
    submit(record, actor=office.actor("officer"))
    agree(record, "section", actor=office.actor("section"))
    agree(record, "secrecy", actor=office.actor("secrecy"))
    with pytest.raises(Refused) as refused:
        agree(record, "consent", actor=office.actor("consent"))
    assert refused.value.code == "gate.no_right"
    agree(record, "consent", actor=other.actor("consent"))
    agree(record, "sign_off", actor=office.actor("sign_off"))
    assert record.state == "signed_off"


def test_the_publication_clock_runs_from_the_day_of_writing_and_is_met_by_publishing() -> None:
    from gongkai.engine.deadlines.models import Deadline

    office = Office()
    with clock.frozen(dt.datetime(2026, 3, 5, 2, 0, tzinfo=dt.UTC)):
        record = draft_record(office)
        submit(record, actor=office.actor("officer"))
        deadline = Deadline.objects.get(subject_type="record", subject_id=str(record.pk))
        assert (deadline.rule_key, deadline.due_on, deadline.state) == (
            "disclosure.publish",
            dt.date(2026, 3, 30),
            "running",
        )
        agree_to_all(office, record)
        publish(record, actor=office.actor("editor"))
    deadline.refresh_from_db()
    assert (deadline.met_on, deadline.state) == (dt.date(2026, 3, 5), "met")


def test_a_drafter_cannot_choose_a_lighter_way_than_the_organ_uses() -> None:
    office = Office()
    with pytest.raises(Refused) as refused:
        draft_record(office, preset="township")
    assert refused.value.code == "records.preset_too_light"
    assert Record.objects.count() == 0
    assert draft_record(office, preset="full").preset == "full"


def test_signing_off_for_a_moment_that_has_passed_is_refused() -> None:
    office = Office()
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    agree(record, "section", actor=office.actor("section"))
    agree(record, "secrecy", actor=office.actor("secrecy"))
    with pytest.raises(Refused) as refused:
        agree(record, "sign_off", actor=office.actor("sign_off"), publish_at=clock.now() - dt.timedelta(minutes=1))
    assert refused.value.code == "records.past_moment"
    record.refresh_from_db()
    assert (record.state, record.scheduled_for) == ("in_review", None)
