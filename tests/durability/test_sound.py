"""No false alarm: whatever people lawfully do, ``register verify`` finds nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from gongkai.engine.records.actions import (
    abandon_correction,
    ask_expunge,
    conclude,
    correct,
    discard,
    draft,
    edit,
    expunge,
    link,
    migrate,
    publish,
    receive,
    reopen,
    restore,
    revise,
    schedule,
    submit,
    take_down,
    unlink,
    unschedule,
    withdraw,
    withdraw_taken_down,
)
from gongkai.engine.records.models import Record
from gongkai.engine.records.ticks import publish_due
from gongkai.engine.reviews.actions import agree, return_for_correction
from gongkai.engine.reviews.queries import open_steps
from gongkai.ground import clock
from gongkai.ground.access.actors import actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.register.log import seal
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, agree_to_all, content, draft_record, organ, person, public_record, reviewed_record

pytestmark = pytest.mark.django_db
SOON = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)


def amended_after_its_repeal(office: Office) -> None:
    """What was repealed is not merely amended by a later document."""
    old = public_record(office, title="旧办法")
    for kinds in (["repeals"], ["amends"], ["amends", "replaces"]):
        other = draft_record(office, title="新办法")
        for kind in kinds:
            link(other, actor=office.actor("officer"), target=old, kind=kind)
        submit(other, actor=office.actor("officer"))
        agree_to_all(office, other)
        publish(other, actor=office.actor("editor"))
        assert Record.objects.get(pk=old.pk).validity == "repealed"


def amended_and_replaced_by_one(office: Office) -> None:
    old = public_record(office, title="旧办法")
    other = draft_record(office, title="新办法")
    for kind in ("amends", "replaces"):
        link(other, actor=office.actor("officer"), target=old, kind=kind)
    submit(other, actor=office.actor("officer"))
    agree_to_all(office, other)
    publish(other, actor=office.actor("editor"))
    assert Record.objects.get(pk=old.pk).validity == "repealed"


def linked_while_being_corrected(office: Office) -> None:
    """A relation added in a correction takes effect when the correction is published."""
    old, other = public_record(office, title="旧办法"), public_record(office, title="新办法")
    correct(other, actor=office.actor("editor"))
    link(other, actor=office.actor("officer"), target=old, kind="repeals")
    assert Record.objects.get(pk=old.pk).validity == "in_force"


def linked_and_unlinked(office: Office) -> None:
    old, other = public_record(office, title="旧办法"), draft_record(office, title="新办法")
    made = link(other, actor=office.actor("officer"), target=old, kind="based_on")
    unlink(other, actor=office.actor("officer"), link_id=made.pk)


def correction_abandoned(office: Office) -> None:
    record = public_record(office)
    correct(record, actor=office.actor("editor"))
    assert record.working is not None
    edit(record, actor=office.actor("officer"), content=record.working.content | {"title": "别的标题"})
    abandon_correction(record, actor=office.actor("editor"))


def taken_down_while_corrected_and_restored(office: Office) -> None:
    record = public_record(office)
    correct(record, actor=office.actor("editor"))
    assert record.working is not None
    edit(record, actor=office.actor("officer"), content=record.working.content | {"title": "别的标题"})
    take_down(record, actor=office.actor("editor"))
    restore(record, actor=office.actor("ogi"))


def withdrawn_two_ways(office: Office) -> None:
    withdraw(public_record(office), actor=office.actor("editor"), reason="published_in_error", note="误公开")
    record = public_record(office)
    take_down(record, actor=office.actor("editor"))
    withdraw_taken_down(record, actor=office.actor("ogi"), reason="published_in_error", note="误公开")


def scheduled_in_every_way(office: Office) -> None:
    reviewed = reviewed_record(office)
    schedule(reviewed, actor=office.actor("editor"), at=SOON)
    unschedule(reviewed, actor=office.actor("editor"))
    schedule(reviewed, actor=office.actor("editor"), at=SOON)
    signed = draft_record(office)
    submit(signed, actor=office.actor("officer"))
    for code in ("section", "secrecy", "sign_off"):
        agree(signed, code, actor=office.actor(code), publish_at=SOON if code == "sign_off" else None)
    assert verify_all().differences == []
    with clock.frozen(SOON):
        assert publish_due() == 2


def returned_and_revised(office: Office) -> None:
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    return_for_correction(record, actor=office.actor("section"), reason="other", text="请补充依据。")
    edit(record, actor=office.actor("officer"), content=content(title="改过的标题"))
    submit(record, actor=office.actor("officer"))
    agree(record, "section", actor=office.actor("section"))
    revise(record, actor=office.actor("officer"), content=content(title="又改过的标题"))
    while steps := open_steps(record):
        agree(record, steps[0].code, actor=office.actor(steps[0].code))
    publish(record, actor=office.actor("editor"))


def received_with_number_and_co_issuers(office: Office) -> None:
    receive(
        actor=office.actor("officer"),
        organ=office.organ,
        kind="normative_document",
        content=content(),
        co_issuers=[organ("9", "云洲市财政局"), organ("8", "云洲市公安局")],
        index_number="330782000000/2018-157280",
    )


def concluded_and_reopened(office: Office) -> None:
    fields = {"disclosure": "on_application", "disclosure_basis": "", "disclosure_reason": "仅涉及特定申请人。"}
    record = reviewed_record(office, **fields)
    conclude(record, actor=office.actor("officer"))
    reopen(record, actor=office.actor("officer"))


def taken_over(office: Office) -> None:
    items = [
        {
            "kind": "notice",
            "content": content(title=f"第{place}号"),
            "published_at": SOON - dt.timedelta(days=900 * place),
        }
        for place in range(3)
    ]
    migrate.batch(items, actor=office.actor("ogi"), organ=office.organ, already_public="原网站")


def discarded_and_expunged(office: Office) -> None:
    first, second = (actor_for(person(name, office.organ, Role.OGI_OFFICE)) for name in ("jia", "yi"))
    record = draft(actor=office.actor("officer"), organ=office.organ, kind="notice", content=content())
    discard(record, actor=office.actor("officer"))
    for doomed in (record, public_record(office), draft_record(office)):
        ask_expunge(doomed, actor=first, ground="published_in_error", note="误公开")
        expunge(doomed, actor=second)


WAYS: list[Callable[[Office], None]] = [
    amended_after_its_repeal,
    amended_and_replaced_by_one,
    linked_while_being_corrected,
    linked_and_unlinked,
    correction_abandoned,
    taken_down_while_corrected_and_restored,
    withdrawn_two_ways,
    scheduled_in_every_way,
    returned_and_revised,
    received_with_number_and_co_issuers,
    concluded_and_reopened,
    taken_over,
    discarded_and_expunged,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_sound_after(frozen_clock: dt.datetime, way: Callable[[Office], None]) -> None:
    way(Office())
    assert verify_all().differences == []
    seal()
    assert verify_all().differences == []
