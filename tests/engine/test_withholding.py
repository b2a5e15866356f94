"""An earlier edition of a public record can be withheld: unreadable at once, its proofs valid, the history says so."""

from __future__ import annotations

import pytest
from django.test import Client

from gongkai.engine.records.actions import correct, edit, publish, restore, submit, take_down, withhold_edition
from gongkai.engine.records.models import Record
from gongkai.ground.refusal import Refused
from gongkai.ground.register.log import seal
from gongkai.ground.register.models import Event
from gongkai.ground.register.proofs import subject_proofs
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, agree_to_all, content, public_record

pytestmark = pytest.mark.django_db


def corrected(office: Office) -> Record:
    record = public_record(office)
    correct(record, actor=office.actor("editor"))
    edit(record, actor=office.actor("officer"), content=content(change_note="删去一处个人信息。"))
    submit(record, actor=office.actor("officer"))
    agree_to_all(office, record)
    publish(record, actor=office.actor("editor"))
    return record


def statuses(client: Client, record: Record, *numbers: int) -> list[int]:
    address = f"/r/{record.index_number}.edition.json?edition="
    return [client.get(f"{address}{number}").status_code for number in numbers]


def test_withheld_edition_is_unreadable_and_its_proof_stays(client: Client) -> None:
    office = Office()
    record = corrected(office)
    seal()
    proofs = [proof["leaf"] for proof in subject_proofs("record", str(record.pk), names=["record.published"])]
    assert statuses(client, record, 1, 2) == [200, 200]
    withhold_edition(record, actor=office.actor("editor"), number=1, reason="personal_data")
    assert statuses(client, record, 1, 2) == [404, 200]
    page = client.get(f"/r/{record.index_number}").content.decode()
    assert "停止提供第 1 版" in page
    assert "第 1 版原文" not in page
    assert "个人信息保护" not in page
    event = Event.objects.get(name="record.edition_withheld")
    assert (event.public["withheld_edition"], event.data["reason"]) == (1, "personal_data")
    after = subject_proofs("record", str(record.pk), names=["record.published"])
    assert [proof["leaf"] for proof in after] == proofs
    assert verify_all().differences == []


def test_withheld_stays_withheld_when_the_page_was_down_in_between(client: Client) -> None:
    office = Office()
    record = corrected(office)
    withhold_edition(record, actor=office.actor("editor"), number=1, reason="personal_data")
    take_down(record, actor=office.actor("editor"))
    restore(record, actor=office.actor("ogi"))
    assert statuses(client, record, 1, 2) == [404, 200]


@pytest.mark.parametrize(
    ("number", "reason", "note", "code"),
    [
        (2, "personal_data", "", "records.no_such_edition"),
        (7, "personal_data", "", "records.no_such_edition"),
        (1, "because", "", "reviews.unknown_reason"),
        (1, "published_in_error", "", "reviews.no_note"),
    ],
)
def test_refusals_change_nothing(client: Client, number: int, reason: str, note: str, code: str) -> None:
    office = Office()
    record = corrected(office)
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        withhold_edition(record, actor=office.actor("editor"), number=number, reason=reason, note=note)
    assert refused.value.code == code
    assert statuses(client, record, 1, 2) == [200, 200]
    assert Event.objects.count() == events


def test_without_earlier_edition_there_is_nothing_to_withhold() -> None:
    office = Office()
    record = public_record(office)
    with pytest.raises(Refused) as refused:
        withhold_edition(record, actor=office.actor("editor"), number=1, reason="personal_data")
    assert refused.value.code == "records.no_earlier_edition"
