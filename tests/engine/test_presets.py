"""An organ chooses presets for kinds: by whom, with which reason, and for which rounds it holds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from gongkai.engine.records.actions import submit
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.reviews.actions import choose_preset
from gongkai.engine.reviews.choices import in_use
from gongkai.engine.reviews.models import PresetChoice
from gongkai.engine.reviews.queries import current_review, steps_of
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor, actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.models import Person
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, draft_record, person
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None, frozen_clock: dt.datetime) -> Office:
    del db, frozen_clock
    return Office()


@pytest.fixture
def admin(office: Office) -> Actor:
    return actor_for(person("admin", office.organ, Role.SYSTEM_ADMIN))


def test_a_choice_holds_for_rounds_that_begin_later(office: Office, admin: Actor, frozen_clock: dt.datetime) -> None:
    running, waiting = draft_record(office), draft_record(office)
    fuller = draft_record(office, preset="full")
    submit(running, actor=office.actor("officer"))
    with clock.frozen(frozen_clock + dt.timedelta(hours=1)):
        choose_preset(actor=admin, organ=office.organ, kind="other_document", preset="township")
    for record in (waiting, fuller):
        submit(record, actor=office.actor("officer"))
    found = {name: current_review(record) for name, record in (("r", running), ("w", waiting), ("f", fuller))}
    assert {name: review.preset for name, review in found.items() if review} == {
        "r": "usual",
        "w": "township",
        "f": "full",
    }
    assert found["w"] is not None
    assert [step.code for step in steps_of(found["w"])] == ["attribute", "secrecy", "sign_off"]
    assert draft_record(office).preset == "township"
    told = Event.objects.get(name="record.submitted", subject_id=str(waiting.pk)).data
    assert told["preset"] == "township"
    assert verify_all().differences == []
    choose_preset(actor=admin, organ=office.organ, kind="other_document")
    assert draft_record(office).preset == "usual"


def test_what_falls_short_of_the_law_takes_a_reason_on_record(office: Office, admin: Actor) -> None:
    with pytest.raises(Refused) as refused:
        choose_preset(actor=admin, organ=office.organ, kind="normative_document", preset="usual")
    assert "国办发〔2018〕115号" in str(refused.value.explain().provision)
    assert not PresetChoice.objects.exists()
    choose_preset(
        actor=admin, organ=office.organ, kind="normative_document", preset="usual", reason="由司法局在制发前审核"
    )
    assert in_use(office.organ, KINDS["normative_document"]).is_below_law
    assert Event.objects.get(name="review.preset_chosen").data == {
        "kind": "normative_document",
        "preset": ["full", "usual"],
        "is_below_law": True,
        "reason": "由司法局在制发前审核",
    }


@pytest.mark.parametrize(
    ("kind", "preset", "code"),
    [
        ("nothing", "usual", "gate.unknown"),
        ("notice", "heavy", "reviews.no_preset"),
        ("notice", "", "reviews.same_preset"),
    ],
)
def test_what_means_nothing_is_refused(office: Office, admin: Actor, kind: str, preset: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        choose_preset(actor=admin, organ=office.organ, kind=kind, preset=preset)
    assert refused.value.code == code
    assert not PresetChoice.objects.exists()


def test_the_page_says_who_uses_what_and_only_the_administrator_sets_it(office: Office, admin: Actor) -> None:
    desk = Desk(office)
    boss: Client = desk.client(office.people["ogi"])
    answer = desk.client(_admin(office)).post(
        "/desk/admin/do/review.choose_preset/",
        {"organ": office.organ.code, "kind": "normative_document", "preset": "usual", "reason": "由司法局在制发前审核"},
    )
    assert answer.status_code == 302 and answer.url == "/desk/admin/rules/?organ=11330000001#presets-title"
    page = boss.get("/desk/admin/rules/").content.decode()
    assert "由司法局在制发前审核" in page and "没有合法性审核环节" in page
    assert "review.choose_preset" not in page
    record = draft_record(office, kind="normative_document")
    dossier = desk.client("officer").get(f"/desk/records/{record.pk}/").content.decode()
    assert "本机构对这类信息的设定；没有合法性审核环节（国办发〔2018〕115号）" in dossier


def _admin(office: Office) -> Person:
    return office.organ.people.get(username="admin")
