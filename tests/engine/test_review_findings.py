"""Ways around that were found by reading, each closed."""

from __future__ import annotations

import datetime as dt

import pytest

from gongkai.engine.records.actions import (
    ask_expunge,
    draft,
    keep_buffer,
    link,
    migrate,
    publish,
    repeal,
    revise,
    schedule,
    submit,
    take_down,
    withdraw_taken_down,
)
from gongkai.engine.records.models import Edition, ExpungeOrder, Record
from gongkai.engine.records.ticks import publish_due
from gongkai.engine.reviews.actions import agree
from gongkai.ground import clock
from gongkai.ground.access.actors import actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.gate.idempotency import forget_old_keys, once
from gongkai.ground.gate.models import IdempotencyKey
from gongkai.ground.refusal import Refused
from gongkai.ground.register import triggers
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, agree_to_all, content, draft_record, person, public_record, reviewed_record

pytestmark = pytest.mark.django_db


def repealing(office: Office, old: Record) -> Record:
    new = draft_record(office, title="关于废止有关文件的通知")
    link(new, actor=office.actor("officer"), target=old, kind="repeals")
    submit(new, actor=office.actor("officer"))
    agree_to_all(office, new)
    publish(new, actor=office.actor("editor"))
    return new


def test_one_organ_does_not_end_the_document_of_another_but_the_other_may_follow() -> None:
    office, other = Office(), Office("11330000002", "云洲市卫生健康局")
    old = public_record(other)
    new = repealing(office, old)
    old.refresh_from_db()
    assert old.validity == "in_force"
    assert not Event.objects.filter(name="record.validity_changed").exists()
    repeal(old, actor=other.actor("editor"), by=new)
    assert old.validity == "repealed"


def test_a_superior_organ_ends_the_document_of_one_below() -> None:
    city = Office()
    bureau = Office("11330000002", "云洲市卫生健康局", parent=city.organ)
    old = public_record(bureau)
    repealing(city, old)
    old.refresh_from_db()
    assert old.validity == "repealed"


def test_the_autosave_of_somebody_else_keeps_nobody_from_submitting() -> None:
    office = Office()
    record = draft_record(office)
    keep_buffer(record, actor=office.actor("section"), content={"title": "打到一半"})
    submit(record, actor=office.actor("officer"))
    assert record.state == "proposed"


def test_who_wrote_an_earlier_edition_of_the_text_does_not_review_it() -> None:
    office = Office()
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    revise(record, actor=office.actor("section"), content=content(title="科室负责人改写的通知"))
    revise(record, actor=office.actor("officer"), content=content(title="科室负责人改写的通知"))
    with pytest.raises(Refused) as refused:
        agree(record, "section", actor=office.actor("section"))
    assert refused.value.code == "reviews.own_draft"


def test_migrating_does_not_publish_an_identity_number() -> None:
    office = Office()
    item = {"kind": "notice", "content": content(body=[{"type": "paragraph", "text": "张三，110101199003074514。"}])}
    with pytest.raises(Refused) as refused:
        migrate.batch([item], actor=office.actor("ogi"), organ=office.organ, already_public="旧网站")
    assert refused.value.code == "records.blocked_migration"
    assert (Record.objects.count(), Edition.objects.count()) == (0, 0)


def test_the_note_of_a_withdrawal_after_a_take_down_is_kept_and_sound() -> None:
    office = Office()
    record = public_record(office)
    take_down(record, actor=office.actor("editor"))
    withdraw_taken_down(record, actor=office.actor("ogi"), reason="published_in_error", note="误发，另行发布。")
    shown = record.publications.get()
    assert (shown.reason, shown.note) == ("published_in_error", "误发，另行发布。")
    assert [difference.what for difference in verify_all().differences if "publication" in difference.what] == []


def test_the_note_of_who_asks_to_expunge_is_kept_encrypted() -> None:
    office = Office()
    record = public_record(office)
    ask_expunge(record, actor=office.actor("sign_off"), ground="published_in_error", note="发错了版本。")
    order = ExpungeOrder.objects.get()
    assert order.note == "发错了版本。"
    raw = ExpungeOrder.objects.values_list("note", flat=True).get()
    assert "发错了版本" not in str(getattr(raw, "token", raw))


def test_a_record_that_cannot_be_read_keeps_no_other_from_its_moment() -> None:
    office = Office()
    broken, whole = reviewed_record(office), reviewed_record(office, title="另一份通知")
    at = clock.now() + dt.timedelta(hours=1)
    for record in (broken, whole):
        schedule(record, actor=office.actor("editor"), at=at)
    with triggers.suspended():
        edition = broken.working
        assert edition is not None
        edition.canonical = (edition.canonical or "").replace('"schema"', '"schema')
        edition.save()
    with clock.frozen(at):
        publish_due()
    whole.refresh_from_db()
    assert whole.state == "public"


def test_an_empty_delivery_is_refused() -> None:
    from gongkai.engine.records.actions import receive

    office = Office()
    with pytest.raises(Refused) as refused:
        receive(actor=office.actor("officer"), organ=office.organ, kind="notice", content=content(body=[]))
    assert refused.value.code == "records.no_text"
    assert Record.objects.count() == 0


def test_keys_of_repeated_requests_are_forgotten_after_a_month() -> None:
    office = Office()
    actor = actor_for(person("machine", office.organ, Role.SERVICE))
    once("key-00000001", {"a": 1}, actor, lambda: {"id": 1})
    assert forget_old_keys() == 0
    with clock.frozen(clock.now() + dt.timedelta(days=31)):
        assert forget_old_keys() == 1
    assert not IdempotencyKey.objects.exists()


def test_a_number_already_taken_is_refused_in_words() -> None:
    office = Office()
    public_record(office, index_number="YZ-2026-00001")
    with pytest.raises(Refused) as refused:
        draft(
            actor=office.actor("officer"),
            organ=office.organ,
            kind="notice",
            content=content(),
            index_number="YZ-2026-00001",
        )
    assert refused.value.code == "records.index_number_taken"
