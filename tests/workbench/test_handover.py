"""The guides: open work is handed over item by item, printed as a list; organs are merged after a dry run."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.records.actions import submit
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import agree
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.access.models import Grant
from gongkai.ground.access.queries import grants_not_over
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.actions import disable
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, draft_record, organ, person, public_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db


class Hall(Desk):
    """An office below a government with its three administrators, and a second officer."""

    def __init__(self) -> None:
        self.root = organ("11330000000", "云洲市人民政府", type="government")
        super().__init__(Office(parent=self.root))
        self.system = person("admin-system", self.root, Role.SYSTEM_ADMIN, with_subtree=True, name="钱系统")
        self.security = person("admin-security", self.root, Role.SECURITY_ADMIN, with_subtree=True, name="严安全")
        self.giver = self.office.people["officer"]
        self.taker = person("taker", self.office.organ, Role.OFFICER, name="接手人甲")


@pytest.fixture
def hall(db: None, frozen_clock: dt.datetime) -> Hall:
    del db, frozen_clock
    return Hall()


def test_whoever_holds_open_items_is_disabled_after_a_hand_over_only(hall: Hall) -> None:
    office = hall.office
    first, second = draft_record(office), draft_record(office, title="另一件")
    submit(second, actor=office.actor("officer"))
    address = f"/desk/admin/people/{hall.giver.pk}/hand-over/"
    client = hall.client(hall.system)
    page = client.get(address).content.decode()
    assert f"编号 {first.pk} 的接手人" in page and first.title not in page
    before = Event.objects.count()
    with pytest.raises(Refused):
        disable(hall.giver, actor=SYSTEM)
    assert client.post(address, {"to-all": ""}).status_code == 422
    assert Event.objects.count() == before
    assert client.post(address, {"to-all": str(hall.taker.pk), "once_key": "h1"}).status_code == 302
    assert set(Record.objects.values_list("drafter", flat=True)) == {hall.taker.pk}
    assert Deadline.objects.get().owners == [str(hall.taker.ref)]
    moved = Event.objects.filter(name="record.handed_over").order_by("pk")
    assert [(event.subject_id, event.actor) for event in moved] == [
        (str(first.pk), f"person:{hall.system.ref}"),
        (str(second.pk), f"person:{hall.system.ref}"),
    ]
    assert verify_all().differences == []
    sheet = Event.objects.get(name="person.handed_over")
    plain = re.sub(r"<[^>]+>|\s", "", client.get(f"{address}{sheet.pk}/").content.decode())
    assert "人员交接单" in plain and "接手人甲" in plain and "共2项，办理人：钱系统" in plain
    assert client.get(f"{address}{sheet.pk + 1000}/").status_code == 404
    disable(hall.giver, actor=SYSTEM)


def test_work_is_not_given_to_its_reviewer_and_the_only_reviewer_stays(hall: Hall) -> None:
    office = hall.office
    record = draft_record(office)
    submit(record, actor=office.actor("officer"))
    with pytest.raises(Refused) as only:
        disable(office.people["section"], actor=SYSTEM)
    assert f"编号{record.pk}的信息待“科室负责人审核”，只有此人有权办理" in str(only.value)
    agree(record, "section", actor=office.actor("section"))
    answer = hall.client(hall.system).post(
        f"/desk/admin/people/{hall.giver.pk}/hand-over/", {"to-all": str(office.people["section"].pk)}
    )
    assert (answer.status_code, "起草和审核不能是同一人" in answer.content.decode()) == (422, True)
    record.refresh_from_db()
    assert record.drafter == hall.giver


def test_the_security_administrator_hands_a_grant_over_in_one_act(hall: Hall) -> None:
    grant = Grant.objects.get(person=hall.office.people["secrecy"])
    answer = hall.client(hall.security).post(
        f"/desk/admin/do/access.hand_over/{grant.pk}/", {"person": "taker", "once_key": "g1"}
    )
    assert answer.status_code == 302
    held = Grant.objects.filter(grants_not_over(), role=Role.SECRECY_REVIEWER)
    assert list(held.values_list("person", "organ")) == [(hall.taker.pk, hall.office.organ.pk)]
    assert Event.objects.filter(name="grant.handed_over", subject_id=str(grant.pk)).count() == 1


def test_the_guide_shows_everything_first_and_then_merges(hall: Hall) -> None:
    office = hall.office
    record, shown = draft_record(office), public_record(office, title="旧通知")
    new = organ("11330000023", "云洲市教育体育局", hall.root)
    client = hall.client(hall.system)
    address = f"/desk/admin/organs/{office.organ.pk}/reform/"
    given = {"first": new.code, "second": "", "also": "", "on": "2026-03-02", "basis": "云委办〔2026〕5号"}
    before = Event.objects.count()
    page = client.get(address, given).content.decode()
    assert f'name="record-{record.pk}"' in page and "未了事项" in page and Event.objects.count() == before
    undecided = client.post(address, given)
    assert (undecided.status_code, "没有决定去向" in undecided.content.decode()) == (422, True)
    assert Event.objects.count() == before
    assert client.post(address, given | {f"record-{record.pk}": str(new.pk), "once_key": "r1"}).status_code == 302
    record.refresh_from_db()
    shown.refresh_from_db()
    assert (record.organ, shown.organ) == (new, office.organ)
    assert Organ.objects.get(pk=office.organ.pk).heir == new
    page = client.get(f"/desk/admin/organs/{office.organ.pk}/").content.decode()
    assert "云洲市教育体育局" in page and "云委办〔2026〕5号" in page
    assert hall.client("officer").get(f"/desk/records/{shown.pk}/").status_code == 200
