"""Random people try random actions in random order; whatever happens, the guarantees hold.

No path brings to the public a text without every required opinion on exactly that text; no state changes without an
event, no event tells a change that did not happen; no classification mark is ever stored.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from gongkai.engine.records import actions as records
from gongkai.engine.records.models import EditBuffer, Edition, Facet, Record
from gongkai.engine.records.ticks import publish_due
from gongkai.engine.reviews.models import Opinion
from gongkai.ground import clock
from gongkai.ground.access.actors import actor_for
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import Role
from gongkai.ground.gate.door import Action
from gongkai.ground.gate.table import actions_of
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.builders import LONG_AGO, Office, content, deputy, person
from tests.engine.states import arguments_of

pytestmark = pytest.mark.django_db

# Written down here once more, on purpose: the test must not ask the code which opinions are required.
REQUIRED = {
    "township": {"attribute", "secrecy", "sign_off"},
    "usual": {"section", "secrecy", "sign_off"},
    "full": {"section", "attribute", "secrecy", "legality", "sign_off"},
}
SAME_HAND = {"township": [{"attribute", "secrecy"}], "usual": [], "full": []}
SPECS = [spec for spec in actions_of(Record) if not spec.creates]
MARK = "机密★长期"
START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
CHANGED = content(title="改动", change_note="更正。")
TITLES = ["通知甲", "通知乙", "通知丙"]


class People(RuleBasedStateMachine):
    """An office whose people hold several roles, so that the same hand could be tempted twice."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = START
        with clock.frozen(self.now):
            self.office = Office(review_preset="township")
            self.people = list(self.office.people.values())
            for number, roles in enumerate(
                [
                    (Role.OFFICER, Role.SECTION_HEAD, Role.SITE_EDITOR),
                    (Role.SECRECY_REVIEWER, Role.ATTRIBUTE_REVIEWER, Role.SIGNER),
                    (Role.SECTION_HEAD, Role.SECRECY_REVIEWER, Role.LEGALITY_REVIEWER, Role.OGI_OFFICE),
                ]
            ):
                who = person(f"many-{number}", self.office.organ)
                for role in roles:
                    Grant.objects.create(person=who, role=role, organ=self.office.organ, valid_from=LONG_AGO)
                self.people.append(who)
            deputy(self.office.people["sign_off"], self.people[-1])

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def _do(self, act: Any) -> None:
        with clock.frozen(self.now):
            try:
                with transaction.atomic():
                    act()
            except Refused:
                pass

    @rule(who=st.integers(0, 11), title=st.sampled_from(TITLES), preset=st.sampled_from(sorted(REQUIRED)))
    def draft(self, who: int, title: str, preset: str) -> None:
        actor = actor_for(self.people[who])
        self._do(
            lambda: records.draft(
                actor=actor, organ=self.office.organ, kind="notice", content=content(title=title), preset=preset
            )
        )

    @rule(who=st.integers(0, 11), place=st.sampled_from(["title", "body", "change_note"]))
    def bring_in_a_secret(self, who: int, place: str) -> None:
        fields: dict[str, Any] = {place: [{"type": "paragraph", "text": MARK}] if place == "body" else MARK}
        actor = actor_for(self.people[who])
        self._do(
            lambda: records.receive(
                actor=actor, organ=self.office.organ, kind="notice", content=content(**fields), preset="usual"
            )
        )
        record = Record.objects.order_by("-pk").first()
        if record is not None:
            self._do(lambda: records.keep_buffer(record, actor=actor, content=fields))
            self._do(lambda: records.edit(record, actor=actor, content=content(**fields)))

    @precondition(lambda self: Record.objects.exists())
    @rule(who=st.integers(0, 11), spec=st.sampled_from(SPECS), which=st.integers(0, 5), data=st.data())
    def act(self, who: int, spec: Any, which: int, data: st.DataObject) -> None:
        rows = list(Record.objects.order_by("pk"))
        record = rows[which % len(rows)]
        if spec.name == "record.link":
            arguments = {"target": rows[0], "kind": data.draw(st.sampled_from(["repeals", "amends", "based_on"]))}
        elif spec.name == "record.repeal":
            arguments = {"by": rows[-1]}
        else:
            arguments = arguments_of(spec.name, self.office)
        actor = actor_for(self.people[who])
        self._do(lambda: Action(spec)(record, actor=actor, **arguments))

    @precondition(lambda self: Record.objects.exists())
    @rule(which=st.integers(0, 5), steps=st.integers(1, 6), change_at=st.integers(0, 8))
    def go_the_lawful_way(self, which: int, steps: int, change_at: int) -> None:
        """Let the right people do the next lawful things, so that the public is reached often; the officer may
        slip in a changed text at any step."""
        rows = list(Record.objects.order_by("pk"))
        record = rows[which % len(rows)]
        officer = actor_for(self.office.people["officer"])
        for step in range(steps):
            if step == change_at:
                self._do(lambda: records.edit(record.pk, actor=officer, content=CHANGED))
                self._do(lambda: records.revise(record.pk, actor=officer, content=CHANGED))
            for name in ("record.submit", "record.publish", *(f"review.{code}" for code in sorted(REQUIRED["full"]))):
                spec = next(item for item in SPECS if item.name == name)
                key = name.split(".")[1]
                who = self.office.people.get(key, self.office.people["editor" if key == "publish" else "officer"])
                self._do(lambda spec=spec, who=who: Action(spec)(record.pk, actor=actor_for(who)))

    @rule(hours=st.integers(1, 72))
    def time_passes(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)
        with clock.frozen(self.now):
            publish_due()

    @invariant()
    def what_is_public_was_agreed_to_in_every_step_on_exactly_that_text(self) -> None:
        for record in Record.objects.filter(is_visible=True).select_related("current"):
            shown = record.publications.get(until_at__isnull=True).edition
            assert shown == record.current
            final: dict[str, Opinion] = {}
            for opinion in Opinion.objects.filter(edition_sha256=shown.sha256).select_related("step").order_by("pk"):
                final[opinion.step.code] = opinion
            agreed = {code: opinion for code, opinion in final.items() if opinion.verdict == "agree"}
            assert set(agreed) >= REQUIRED[record.preset]
            hands: dict[int, set[str]] = {}
            for code, opinion in agreed.items():
                for hand in {opinion.reviewer_id, opinion.on_behalf_of_id} - {None}:
                    assert hand not in {record.drafter_id, shown.author_id}
                    hands.setdefault(hand, set()).add(code)
            for codes in hands.values():
                assert len(codes) == 1 or codes in SAME_HAND[record.preset]

    @invariant()
    def states_and_events_tell_the_same(self) -> None:
        for record in Record.objects.all():
            told = ""
            for event in Event.objects.filter(subject_type="record", subject_id=str(record.pk)).order_by("pk"):
                if "state" in event.data:
                    assert event.data["state"][0] == told
                    told = event.data["state"][1]
            assert told == record.state

    @invariant()
    def no_mark_is_stored(self) -> None:
        assert not any("★" in (edition.canonical or "") for edition in Edition.objects.all())
        assert not Record.objects.filter(title__contains="★").exists()
        assert not Facet.objects.filter(text__contains="★").exists()
        assert not any("★" in str(buffer.content) for buffer in EditBuffer.objects.all())
        assert not any("★" in str(event.data) + str(event.public) for event in Event.objects.all())


def test_random_people_break_no_guarantee(request: pytest.FixtureRequest) -> None:
    is_full = settings().max_examples > 100
    run_state_machine_as_test(
        People,
        settings=settings(
            max_examples=200 if is_full else 12,
            stateful_step_count=60 if is_full else 30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
