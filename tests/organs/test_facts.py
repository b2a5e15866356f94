"""Settings of an organ: what they may be, and that what cannot be is refused with its reason."""

from __future__ import annotations

import pytest

from gongkai.engine.records.index_numbers import next_index_number
from gongkai.engine.reviews.presets import PRESETS
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.calendars.models import CalendarYear
from gongkai.ground.organs import actions
from gongkai.ground.organs.facts import REVIEW_PRESETS
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.people import make_organ

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


@pytest.fixture
def organ():
    return make_organ("11330000001", organisation_code="014416330")


@pytest.mark.parametrize(
    ("profile", "number"),
    [
        ({}, "014416330/2026-00001"),
        ({"first": 500}, "014416330/2026-00500"),
        ({"front": "code"}, "11330000001/2026-00001"),
        ({"front": "credit_code", "literal": "YZ-JY"}, "YZ-JY/2026-00001"),
        ({"front": "", "literal": "YZJY", "pattern": "{front}-{year}-{serial:04d}"}, "YZJY-2026-0001"),
        ({"pattern": "YZ/{year}/{serial}"}, "YZ/2026/1"),
    ],
)
def test_an_index_profile_makes_index_numbers(organ, profile, number):
    actions.update(organ, actor=SYSTEM, index_profile=profile)
    assert next_index_number(Organ.objects.get(pk=organ.pk), 2026) == number


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        (["front"], "应为一组设置"),
        ("{serial}", "应为一组设置"),
        ({"prefix": "YZ"}, "只能设置"),
        ({"front": "name"}, "前段应为"),
        ({"front": ["code"]}, "前段应为"),
        ({"front": ""}, "前段留空的须填写固定文字"),
        ({"literal": ""}, "固定文字只能用"),
        ({"literal": None, "front": "code"}, "固定文字只能用"),
        ({"literal": "云教"}, "固定文字只能用"),
        ({"literal": "YZ\n"}, "固定文字只能用"),
        ({"literal": "Y" * 41}, "固定文字只能用"),
        ({"literal": "YZ-"}, "不合格式"),
        ({"first": 0}, "起始流水号"),
        ({"first": "1"}, "起始流水号"),
        ({"first": True}, "起始流水号"),
        ({"first": 1.0}, "起始流水号"),
        ({"first": 10**12}, "起始流水号"),
        ({"pattern": 7}, "格式应为文字"),
        ({"pattern": "{front}/{year}-{serial"}, "花括号不配对"),
        ({"pattern": "{front.__class__}/{year}-{serial}"}, "只能用"),
        ({"pattern": "{front[0]}/{year}-{serial}"}, "只能用"),
        ({"pattern": "{}/{year}-{serial}"}, "只能用"),
        ({"pattern": "{organ}/{year}-{serial}"}, "只能用"),
        ({"pattern": "{front!r}/{year}-{serial}"}, "只有流水号可以写位数"),
        ({"pattern": "{front:>99}/{year}-{serial}"}, "只有流水号可以写位数"),
        ({"pattern": "{front}/{year}-{serial:{year}d}"}, "只有流水号可以写位数"),
        ({"pattern": "{front}/{year}-{serial:0999999999d}"}, "只有流水号可以写位数"),
        ({"pattern": "{front}/{year}-{serial:x}"}, "只有流水号可以写位数"),
        ({"pattern": "{front}/{year}"}, "须各有一个"),
        ({"pattern": "{front}/{serial}"}, "须各有一个"),
        ({"pattern": "{front}/{year}-{serial}-{serial}"}, "须各有一个"),
        ({"pattern": "{front}/{front}/{year}-{serial}"}, "至多一个"),
        ({"pattern": "{front}〔{year}〕{serial}号"}, "不合格式"),
        ({"pattern": "{front}/{year}/{{{serial}}}"}, "不合格式"),
        ({"pattern": "{year}{serial}"}, "不合格式"),
        ({"pattern": "Y" * 50 + "/{year}-{serial:05d}"}, "超过60个字"),
        ({"pattern": "Y" * 30 + "/{front}/{year}-{serial:05d}", "front": "code", "literal": "A"}, "超过60个字"),
    ],
)
def test_an_index_profile_that_cannot_be_is_refused(organ, profile, why):
    before = Event.objects.count()
    with pytest.raises(Refused) as no:
        actions.update(organ, actor=SYSTEM, index_profile=profile)
    assert (no.value.code, no.value.facts["where"]) == ("organs.malformed", "索引号规则")
    assert why in str(no.value)
    assert Organ.objects.get(pk=organ.pk).index_profile == {}
    assert Event.objects.count() == before


def test_the_presets_are_those_of_the_reviews(organ):
    assert set(REVIEW_PRESETS) == set(PRESETS)
    for preset in REVIEW_PRESETS:
        actions.update(organ, actor=SYSTEM, review_preset=preset)
        assert Organ.objects.get(pk=organ.pk).review_preset == preset


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("review_preset", "nobody"),
        ("review_preset", ""),
        ("review_preset", ["usual"]),
        ("review_preset", "migration"),
        ("calendar", "CN-99"),
        ("calendar", ""),
        ("calendar", ["CN"]),
    ],
)
def test_unknown_presets_and_calendars_are_refused(organ, field, value):
    kept, before = getattr(organ, field), Event.objects.count()
    with pytest.raises(Refused) as no:
        actions.update(organ, actor=SYSTEM, **{field: value})
    assert no.value.code == "organs.malformed"
    assert getattr(Organ.objects.get(pk=organ.pk), field) == kept
    assert Event.objects.count() == before


def test_a_calendar_entered_here_may_be_chosen(organ):
    CalendarYear.objects.create(
        region="CN-330199",
        region_name="云洲市",
        base="CN",
        year=2026,
        status="official",
        source=[],
        off=[],
        work=[],
        entered_at=clock.now(),
    )
    for region in ("CN-63", "CN-330199"):
        actions.update(organ, actor=SYSTEM, calendar=region)
        assert Organ.objects.get(pk=organ.pk).calendar == region
