"""The day of the event chooses the version; presets may be changed, statutes not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gongkai.ground.access.actors import SYSTEM, Actor, actor_for
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.models import Organ, OrganClosure, Person
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from gongkai.ground.rulebook.actions import end_override, override_preset
from gongkai.ground.rulebook.models import RuleOverride
from gongkai.ground.rulebook.queries import (
    Rule,
    disclosure_attributes,
    genres,
    grounds,
    law_in_force,
    limit_in_words,
    overrides,
    return_for_correction_reasons,
    return_to_organ_reasons,
    rule,
    rule_table,
    rulebook_version,
    statutory_categories,
    subject_classes,
    subject_path,
    withdrawal_reasons,
)

D = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("key", "on", "limit", "citation"),
    [
        ("foi.reply", "2019-05-14", "15个工作日", "第492号，2007年）第二十四条"),
        ("foi.reply", "2019-05-15", "20个工作日", "第711号）第三十三条"),
        ("disclosure.publish", "2018-06-25", "20个工作日", "第492号，2007年）第十八条"),
        ("report.department", "2018-12-31", "每年3月31日前", "第三十一条"),
        ("report.department", "2019-12-31", "每年1月31日前", "第四十九条"),
        ("report.government", "2025-12-31", "每年3月31日前", "第四十九条"),
        ("foi.reconsideration", "2023-12-31", "60日", "（1999年）第九条"),
        ("foi.reconsideration", "2024-01-01", "60日", "（2023年修订）第二十条"),
        ("foi.litigation", "2026-01-01", "6个月", "第四十六条"),
        ("consultation.opinions", "2019-08-31", "不少于5个工作日", "义政办发"),
        ("consultation.opinions", "2019-09-01", "不少于30日", "第713号）第十五条"),
        ("consultation.hearing-materials", "2026-01-01", "7日前", "第十六条"),
        ("concern.statement", "2026-01-01", "5小时", "国办发〔2016〕80号"),
        ("concern.briefing", "2026-01-01", "24小时", "国办发〔2016〕61号"),
        ("concern.response", "2026-01-01", "48小时", "国办发〔2016〕61号"),
        ("penalty.withdraw", "2026-01-01", "3个工作日", "第四十八条"),
        ("budget.publish", "2026-01-01", "20日", "《预算法》第十四条"),
        ("credit.publish", "2026-01-01", "7个工作日", "国办发〔2015〕51号"),
        ("interpretation.publish", "2026-01-01", "3个工作日", "国办发〔2016〕19号"),
        ("reconsideration.defence", "2026-01-01", "10个工作日", "第八十八条"),
    ],
)
def test_the_day_chooses_the_version(key: str, on: str, limit: str, citation: str) -> None:
    found = law_in_force(key, D(on))
    assert limit_in_words(found.provision) == limit
    assert citation in found.citation


def test_no_rule_before_its_law_and_none_by_a_wrong_name() -> None:
    with pytest.raises(Refused, match="尚无施行的规定"):
        law_in_force("foi.co-maker", D("2019-05-14"))
    with pytest.raises(Refused, match=r"没有名为“foi\.answer”的规则"):
        law_in_force("foi.answer", D("2026-01-01"))


def test_a_snapshot_reads_back_as_the_same_rule() -> None:
    found = law_in_force("foi.reply", D("2026-03-02"))
    assert Rule.from_json(found.as_json()) == found


def test_coded_lists_are_dated() -> None:
    now, then = D("2026-03-02"), D("2018-03-02")
    assert {ground.code for ground in grounds(then)} - {ground.code for ground in grounds(now)} == {"three_needs"}
    assert len(grounds(now)) == 9
    rows = {ground.annual_report_row for ground in grounds(now)}
    assert rows == {f"3.3.{number}" for number in range(1, 9)}
    assert [entry.name for entry in disclosure_attributes(now)] == ["主动公开", "依申请公开", "不予公开"]
    categories = [entry.code for entry in statutory_categories(now)]
    assert categories[:15] == [f"20.{number:02d}" for number in range(1, 16)]
    assert sum("town" in entry.levels and entry.code > "21" for entry in statutory_categories(now)) == 8
    assert sum("county" in entry.levels and entry.code > "21" for entry in statutory_categories(now)) == 7
    assert sum(not entry.parent for entry in subject_classes(now)) == 22
    assert sum(genre.group == "official" for genre in genres(now)) == 15
    for reasons in (return_to_organ_reasons(now), return_for_correction_reasons(now), withdrawal_reasons(now)):
        assert len({reason.code for reason in reasons}) == len(reasons) > 5
    assert all(reason.public_note for reason in withdrawal_reasons(now))
    assert subject_path("02.01") == "综合政务/政务公开"
    assert subject_path("22") == "其他"
    assert subject_path("99") == ""


def test_the_public_table_shows_every_rule_with_its_law() -> None:
    table = {row["key"]: row for row in rule_table()}
    assert len(table) == 39
    assert [version["limit"] for version in table["foi.reply"]["versions"]] == ["15个工作日", "20个工作日"]
    assert table["foi.reply"]["versions"][1]["extension"] == "20个工作日"
    assert table["foi.reply"]["versions"][1]["mark_name"] == "已核对全文"


class City:
    """A government with a department and a bureau below it, and a desk that may change presets."""

    def __init__(self) -> None:
        self.city = self.organ("YZ", None)
        self.department = self.organ("YZ-1", self.city)
        self.bureau = self.organ("YZ-1-1", self.department)

    def organ(self, code: str, parent: Organ | None) -> Organ:
        made = Organ.objects.create(
            code=code, name=code, type="department", level="city", parent=parent, calendar="CN-63"
        )
        OrganClosure.objects.create(ancestor=made, descendant=made, depth=0)
        for row in list(OrganClosure.objects.filter(descendant=parent)) if parent else []:
            OrganClosure.objects.create(ancestor=row.ancestor, descendant=made, depth=row.depth + 1)
        return made

    def actor(self, role: Role, at: Organ) -> Actor:
        who = Person.objects.create(username=f"{role}-{at.code}", name="某某", organ=at)
        who.grants.create(role=role, organ=at, with_subtree=True, valid_from=D("2020-01-01"))
        return actor_for(who)


@pytest.fixture
def city(db: None) -> City:
    return City()


def change(actor: Actor, **facts: Any) -> RuleOverride:
    given = {"key": "foi.correction-period", "quantity": 10, "citation": "云洲市规定", "reason": "本市惯例"}
    row: RuleOverride = override_preset(actor=actor, **(given | {"valid_from": D("2026-01-01")} | facts))
    return row


def days(organ: Organ, on: str = "2026-03-02") -> int | None:
    return rule("foi.correction-period", on=D(on), organ=organ).provision.quantity


def test_the_nearest_preset_applies_below_and_only_in_its_time(city: City) -> None:
    desk = city.actor(Role.OGI_OFFICE, city.city)
    assert days(city.bureau) == 15
    before = rulebook_version()
    change(desk, region="CN-63", quantity=14)
    assert days(city.bureau) == 14
    change(desk, organ=city.city)
    assert days(city.bureau) == 10
    near = change(desk, organ=city.department, quantity=12, valid_until=D("2026-06-30"))
    assert (days(city.bureau), days(city.department), days(city.city)) == (12, 12, 10)
    assert (days(city.bureau, "2026-07-01"), days(city.bureau, "2025-12-31")) == (10, 15)
    found = rule("foi.correction-period", on=D("2026-03-02"), organ=city.bureau)
    assert (found.citation, found.version) == ("云洲市规定", f"foi.correction-period@2019-05-15+preset.{near.pk}")
    assert rulebook_version() != before
    assert [row.quantity for row in overrides("foi.correction-period")] == [12, 10, 14]


def test_a_statute_is_refused_with_its_citation(city: City) -> None:
    for key, article in (("foi.reply", "第三十三条"), ("interpretation.publish", "国办发〔2016〕19号")):
        with pytest.raises(Refused) as refused:
            change(SYSTEM_LIKE(city), key=key, organ=city.city)
        assert refused.value.code == "rule.statute"
        assert article in refused.value.citation
    assert not RuleOverride.objects.exists()
    assert not Event.objects.exists()


def SYSTEM_LIKE(city: City) -> Actor:
    found = Person.objects.filter(username=f"{Role.OGI_OFFICE}-YZ").first()
    return actor_for(found) if found else city.actor(Role.OGI_OFFICE, city.city)


def test_who_has_no_right_there_changes_nothing(city: City) -> None:
    for actor in (city.actor(Role.OFFICER, city.city), city.actor(Role.OGI_OFFICE, city.bureau), SYSTEM):
        with pytest.raises(Refused) as refused:
            change(actor, organ=city.department)
        assert refused.value.code == "gate.no_right"
    assert not RuleOverride.objects.exists()


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"quantity": 0}, "1至366"),
        ({"unit": "moon"}, "单位"),
        ({"reason": " "}, "依据和理由"),
        ({"citation": ""}, "依据和理由"),
        ({"valid_until": D("2025-01-01")}, "终止日期早于起始日期"),
        ({"region": "CN-63"}, "一个机构或者一个地区"),
    ],
)
def test_a_faulty_preset_is_refused(city: City, facts: dict[str, Any], fault: str) -> None:
    with pytest.raises(Refused) as refused:
        change(city.actor(Role.OGI_OFFICE, city.city), organ=city.city, **facts)
    assert refused.value.code == "rule.bad_preset"
    assert fault in str(refused.value)


def test_an_override_ends_on_a_day_and_needs_a_reason(city: City) -> None:
    desk = city.actor(Role.OGI_OFFICE, city.city)
    row = change(desk, organ=city.city)
    with pytest.raises(Refused):
        end_override(row, actor=desk, last_day=D("2026-03-31"), reason="")
    with pytest.raises(Refused):
        end_override(row, actor=desk, last_day=D("2025-03-31"), reason="不再需要")
    with pytest.raises(Refused):
        end_override(row, actor=city.actor(Role.OGI_OFFICE, city.bureau), last_day=D("2026-03-31"), reason="越权")
    assert RuleOverride.objects.get().valid_until is None
    end_override(row, actor=desk, last_day=D("2026-03-31"), reason="不再需要")
    assert (days(city.city, "2026-03-31"), days(city.city, "2026-04-01")) == (10, 15)
    assert Event.objects.filter(name="rule.override_ended").count() == 1


def test_who_made_an_override_for_its_own_organ_can_end_it(city: City) -> None:
    own = city.actor(Role.OGI_OFFICE, city.bureau)
    row = change(own, organ=city.bureau)
    end_override(row, actor=own, last_day=D("2026-03-31"), reason="不再需要")
    assert RuleOverride.objects.get().valid_until == D("2026-03-31")
