"""Findings of an edition, decisions of people, and what is kept of both."""

from __future__ import annotations

from typing import Any

import pytest

from gongkai.engine.checks.actions import check_edition, check_editions, decide
from gongkai.engine.checks.models import Finding, FindingDecision
from gongkai.engine.checks.queries import findings, undecided
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.roles import Role
from gongkai.ground.files.text import Block
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests import people
from tests.checks.test_detectors import IDENTITY

pytestmark = pytest.mark.django_db
PHONE = "13900001111"


@pytest.fixture
def organ() -> Organ:
    return people.make_organ("11330100001", name="云洲市教育局")


def actor(organ: Organ, role: Role) -> Actor:
    return people.as_actor(people.make_person(role.value.replace("_", "-"), organ, role))


def edition(organ: Organ, number: int, *texts: str, subject_id: str = "1") -> dict[str, Any]:
    return {
        "subject_type": "record",
        "subject_id": subject_id,
        "organ_id": organ.pk,
        "edition_number": number,
        "edition_sha256": f"{number:064}",
        "blocks": tuple(Block("paragraph", text) for text in texts),
        "metadata": {},
    }


def test_findings_bind_to_the_edition_and_hold_no_personal_text(organ: Organ) -> None:
    check_edition(**edition(organ, 1, f"身份证{IDENTITY}，电话{PHONE}。"))
    rows = list(findings("record", "1", f"{1:064}"))
    assert [(row.type, row.severity, row.is_decided) for row in rows] == [
        ("identity-number", "block", False),
        ("mobile", "warn", False),
    ]
    assert [row.type for row in undecided("record", "1", f"{1:064}")] == ["identity-number"]
    assert undecided("record", "1", f"{2:064}") == []
    kept = str(list(Finding.objects.values()))
    assert IDENTITY not in kept
    assert IDENTITY[6:] not in kept
    assert PHONE not in kept


def test_clean_edition_has_no_finding(organ: Organ) -> None:
    check_edition(**edition(organ, 1, "云洲市教育局关于做好公开工作的通知"))
    assert not Finding.objects.exists()


def test_many_editions_cost_a_constant_number_of_statements(organ: Organ, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        check_editions([edition(organ, 2, f"电话{PHONE}", subject_id=str(pk)) for pk in range(40)])
    assert Finding.objects.count() == 40


def test_reviewer_decides_with_a_reason(organ: Organ) -> None:
    check_edition(**edition(organ, 1, f"身份证{IDENTITY}"))
    reviewer = actor(organ, Role.ATTRIBUTE_REVIEWER)
    made = decide(Finding.objects.get(), actor=reviewer, decision="false_positive", reason=" 为示例号码 ")
    assert (made.decision, made.reason, made.by_id) == ("false_positive", "为示例号码", reviewer.person_id)
    assert undecided("record", "1", f"{1:064}") == []
    event = Event.objects.get(name="finding.decided")
    assert event.data["decision"] == "false_positive"
    assert event.data["edition_sha256"] == f"{1:064}"
    assert event.public == {}
    assert IDENTITY[6:14] not in str(event.data)


@pytest.mark.parametrize(
    ("role", "arguments", "code"),
    [
        (Role.OFFICER, {"decision": "accepted", "reason": "理由"}, "gate.no_right"),
        (Role.SECRECY_REVIEWER, {"decision": "accepted", "reason": "  "}, "checks.no_reason"),
        (Role.SECRECY_REVIEWER, {"decision": "ignored", "reason": "理由"}, "checks.unknown_decision"),
    ],
)
def test_refused_decision_changes_nothing(organ: Organ, role: Role, arguments: dict[str, str], code: str) -> None:
    check_edition(**edition(organ, 1, f"身份证{IDENTITY}"))
    who = actor(organ, role)
    before = Event.objects.count()
    with pytest.raises(Refused) as refused:
        decide(Finding.objects.get(), actor=who, **arguments)
    assert refused.value.code == code
    assert len(undecided("record", "1", f"{1:064}")) == 1
    assert FindingDecision.objects.count() == 0
    assert Event.objects.count() == before


def test_other_organ_does_not_even_know_of_the_finding(organ: Organ) -> None:
    check_edition(**edition(organ, 1, f"身份证{IDENTITY}"))
    other = people.make_organ("11330100002", name="云洲市民政局")
    with pytest.raises(Refused) as refused:
        decide(Finding.objects.get(), actor=actor(other, Role.SECRECY_REVIEWER), decision="accepted", reason="理由")
    assert refused.value.code == "gate.unknown"
    assert FindingDecision.objects.count() == 0


def test_decided_is_decided(organ: Organ) -> None:
    check_edition(**edition(organ, 1, f"身份证{IDENTITY}"))
    reviewer = actor(organ, Role.SECRECY_REVIEWER)
    decide(Finding.objects.get(), actor=reviewer, decision="accepted", reason="当事人同意公开")
    with pytest.raises(Refused) as refused:
        decide(Finding.objects.get(), actor=reviewer, decision="masked", reason="理由")
    assert refused.value.code == "checks.already_decided"


def test_mark_can_only_be_a_false_alarm(organ: Organ) -> None:
    check_edition(**edition(organ, 1, "机密★20年"))
    reviewer = actor(organ, Role.SECRECY_REVIEWER)
    with pytest.raises(Refused) as refused:
        decide(Finding.objects.get(), actor=reviewer, decision="accepted", reason="理由")
    assert refused.value.code == "checks.mark_stands"
    decide(Finding.objects.get(), actor=reviewer, decision="false_positive", reason="为标志式样的说明")
    assert undecided("record", "1", f"{1:064}") == []


def test_decision_on_the_same_text_holds_in_the_next_edition_only_for_it(organ: Organ) -> None:
    check_edition(**edition(organ, 1, f"身份证{IDENTITY}"))
    reviewer = actor(organ, Role.SECRECY_REVIEWER)
    made = decide(Finding.objects.get(), actor=reviewer, decision="accepted", reason="当事人同意公开")
    check_edition(**edition(organ, 2, "前言", f"身份证{IDENTITY}", "护照号码E12345678"))
    rows = list(findings("record", "1", f"{2:064}"))
    assert [(row.type, row.decided_by_id) for row in rows] == [("identity-number", made.pk), ("passport", None)]
    check_edition(**edition(organ, 2, f"身份证{IDENTITY}", subject_id="2"))
    assert len(undecided("record", "2", f"{2:064}")) == 1


def test_decision_to_mask_does_not_cover_a_number_that_came_back(organ: Organ) -> None:
    check_edition(**edition(organ, 1, f"身份证{IDENTITY}"))
    decide(Finding.objects.get(), actor=actor(organ, Role.SIGNER), decision="masked", reason="已遮盖")
    check_edition(**edition(organ, 2, f"身份证{IDENTITY}"))
    assert len(undecided("record", "1", f"{2:064}")) == 1
