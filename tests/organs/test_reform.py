"""Merging organs: nothing is orphaned, each step is on record, old addresses work, the old name finds the new."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from gongkai.engine.deadlines.models import OPEN_STATES, Deadline
from gongkai.engine.records.actions import Decisions, correct, reorganise, schedule, submit, take_down
from gongkai.engine.records.holdings import OPEN
from gongkai.engine.records.legacies import legacy_of
from gongkai.engine.records.models import Record
from gongkai.engine.reviews.actions import agree
from gongkai.engine.reviews.queries import open_steps, steps_for
from gongkai.ground import clock
from gongkai.ground.access.actors import actor_for
from gongkai.ground.access.models import Grant
from gongkai.ground.access.queries import grants_not_over
from gongkai.ground.access.roles import Role
from gongkai.ground.gate.door import can, visible
from gongkai.ground.organs.models import Organ, OrganSuccession
from gongkai.ground.organs.queries import resolve_organ, successor_of
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.register.verify import verify_all
from tests.builders import LONG_AGO, Office, draft_record, organ, person, public_record, reviewed_record

pytestmark = pytest.mark.django_db
BASIS = "云委办〔2026〕5号 云洲市机构改革方案"


class Town:
    """Two bureaus with forty records, eleven of them open, and nine grants each way; a new bureau to take them over."""

    def __init__(self, *, is_whole: bool = False) -> None:
        self.root = organ("11330000000", "云洲市人民政府", type="government")
        self.admin = person("admin-system", self.root, Role.SYSTEM_ADMIN, with_subtree=True)
        self.sports = Office("11330000021", "云洲市体育局", parent=self.root)
        self.culture = Office("11330000022", "云洲市文化局", parent=self.root)
        self.new = organ("11330000023", "云洲市文化体育局", self.root)
        self.public = [
            public_record(self.sports, title=f"体育通知第{number}号") for number in range(15 if is_whole else 1)
        ]
        self.public += [
            public_record(self.culture, title=f"文化通知第{number}号") for number in range(14 if is_whole else 1)
        ]
        self.open = [*self._open_in(self.sports), *self._open_in(self.culture)][:11]

    def _open_in(self, office: Office) -> list[Record]:
        draft = draft_record(office, title="起草中的办法")
        proposed = draft_record(office, title="送审中的通知")
        submit(proposed, actor=office.actor("officer"))
        reviewing = draft_record(office, title="审核中的通知")
        submit(reviewing, actor=office.actor("officer"))
        agree(reviewing, "section", actor=office.actor("section"))
        scheduled = reviewed_record(office, title="定时公开的通知")
        schedule(scheduled, actor=office.actor("editor"), at=clock.now() + dt.timedelta(days=1))
        correcting = public_record(office, title="更正中的通知")
        correct(correcting, actor=office.actor("editor"))
        made = [draft, proposed, reviewing, scheduled, correcting]
        if office is self.sports:
            made.append(public_record(office, title="紧急下线的名单"))
            take_down(made[-1], actor=office.actor("editor"))
        return made

    def decisions(self) -> Decisions:
        """Everything goes on in the new bureau but the two drafts, which end."""
        ends = {record.pk for record in self.open if record.title == "起草中的办法"}
        return Decisions({record.pk: 0 if record.pk in ends else self.new.pk for record in self.open})

    def merge(self, **changed: object) -> list[dict[str, int]]:
        asked = {"on": clock.today(), "basis": BASIS, "decisions": self.decisions(), "successors": [self.new]}
        return reorganise(
            [self.sports.organ, self.culture.organ],
            actor=actor_for(self.admin),
            **(asked | changed),  # type: ignore[arg-type]
        )


@pytest.fixture
def town(db: None, frozen_clock: dt.datetime) -> Town:
    del db, frozen_clock
    return Town()


@pytest.mark.usefixtures("db", "frozen_clock")
def test_two_bureaus_become_one_and_nothing_is_orphaned() -> None:
    town = Town(is_whole=True)
    assert (Record.objects.count(), Record.objects.filter(state__in=OPEN).count()) == (40, 11)
    assert Grant.objects.filter(organ=town.sports.organ).count() == 9
    addresses = {record.pk: f"/r/{record.index_number}" for record in town.public}
    first, second = town.merge()
    assert (first["records"], first["grants"], first["people"]) == (6, 9, 9)
    assert (second["records"], second["grants"], second["people"]) == (5, 9, 9)

    old = [town.sports.organ.pk, town.culture.organ.pk]
    assert not Record.objects.filter(organ__in=old, state__in=OPEN, published_at__isnull=True).exists()
    assert not Deadline.objects.filter(organ__in=old, state__in=OPEN_STATES).exists()
    assert not Grant.objects.filter(grants_not_over(), organ__in=old).exists()
    assert Grant.objects.filter(grants_not_over(), organ=town.new).count() == 18
    assert not Organ.objects.filter(pk__in=old, valid_until=None).exists()
    assert [record.organ_id in old for record in Record.objects.filter(pk__in=addresses)] == [True] * 29

    names = Event.objects.filter(name__in=["record.moved", "record.ended", "grant.handed_over", "organ.reorganised"])
    by_name = {name: names.filter(name=name).count() for name in {event.name for event in names}}
    assert by_name == {"record.moved": 9, "record.ended": 2, "grant.handed_over": 18, "organ.reorganised": 2}
    assert set(names.values_list("actor", flat=True)) == {f"person:{town.admin.ref}"}
    assert [line for line in verify_all().differences if "unsealed" not in line.code] == []

    client = Client()
    for address in list(addresses.values())[:2]:
        assert client.get(address).status_code == 200
    page = client.get("/o/11330000021/").content.decode()
    assert "云洲市体育局" in page and "云洲市文化体育局" in page and "/o/11330000023/" in page
    found = resolve_organ("云洲市体育局")
    assert found is not None and successor_of(found) == town.new


def test_the_successor_goes_on_with_what_was_open_and_looks_after_what_is_public(town: Town) -> None:
    town.merge()
    secrecy = actor_for(town.sports.people["secrecy"])
    reviewing = Record.objects.get(title="审核中的通知", drafter=town.sports.people["officer"])
    assert reviewing.organ == town.new
    assert [step.organ_id for step in open_steps(reviewing)] == [town.new.pk]
    assert reviewing.pk in steps_for(secrecy).values_list("review__record", flat=True)
    agree(reviewing, "secrecy", actor=secrecy)
    editor = actor_for(town.culture.people["editor"])
    sports = town.public[0]
    assert can("record.withdraw", sports, editor)
    assert sports in visible(Record, editor)
    assert not can("record.withdraw", sports, actor_for(Office("11330000031", "云洲市民政局").people["editor"]))


def test_the_old_name_finds_the_new_organ(town: Town) -> None:
    from gongkai.surfaces.workbench.pickers import OrganField, organs_with
    from tests.workbench.people import Desk

    town.merge()
    field = OrganField(organs_with(actor_for(town.admin), "organ.maintain"), unknown="没有")
    assert field.clean("云洲市体育局") == town.new
    page = Desk(town.sports).client(town.admin).get("/desk/admin/organs/?q=体育局").content.decode()
    assert "云洲市文化体育局" in page and "云洲市体育局" in page
    page = Client().get("/search?q=云洲市体育局").content.decode()
    assert "/o/11330000023/" in page


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"basis": " "}, "reform.no_basis"),
        ({"on": dt.date(2026, 12, 1)}, "reform.not_yet"),
        ({"successors": []}, "reform.no_successor"),
        ({"decisions": Decisions({})}, "reform.undecided"),
    ],
)
def test_what_is_incomplete_is_refused_and_changes_nothing(town: Town, changed: dict[str, object], code: str) -> None:
    before = (Event.objects.count(), list(Grant.objects.values()), list(Record.objects.values("organ", "state")))
    with pytest.raises(Refused) as refused:
        town.merge(**changed)
    assert refused.value.code == code
    assert before == (
        Event.objects.count(),
        list(Grant.objects.values()),
        list(Record.objects.values("organ", "state")),
    )
    assert OrganSuccession.objects.count() == 0


def test_an_officer_of_the_organ_cannot_reorganise(town: Town) -> None:
    before = Event.objects.count()
    with pytest.raises(Refused):
        reorganise(
            [town.sports.organ],
            actor=town.sports.actor("officer"),
            successors=[town.new],
            on=clock.today(),
            basis=BASIS,
            decisions=town.decisions(),
        )
    assert Event.objects.count() == before


def test_a_split_sends_each_item_where_it_was_chosen(town: Town) -> None:
    other = organ("11330000024", "云洲市旅游局", town.root)
    legacy = legacy_of(town.sports.organ)
    assert dict(legacy.counted)["未了事项"] == 6 and dict(legacy.counted)["授权"] == 9
    to_other, grant = legacy.matters[1].record, legacy.grants[0]
    choices = {matter.record.pk: town.new.pk for matter in legacy.matters} | {to_other.pk: other.pk}
    reorganise(
        [town.sports.organ],
        actor=actor_for(town.admin),
        successors=[town.new, other],
        on=clock.today(),
        basis=BASIS,
        decisions=Decisions(choices, grants={grant.pk: other.pk}, people={grant.person_id: other.pk}),
    )
    to_other.refresh_from_db()
    assert to_other.organ == other
    held = Grant.objects.filter(grants_not_over(), person=grant.person)
    assert list(held.values_list("organ", "role")) == [(other.pk, grant.role)]
    assert held.get().valid_from >= LONG_AGO
    old = Organ.objects.get(pk=town.sports.organ.pk)
    assert (old.heir, old.valid_until) == (town.new, clock.today())
    assert set(old.successions.values_list("successor", flat=True)) == {town.new.pk, other.pk}
