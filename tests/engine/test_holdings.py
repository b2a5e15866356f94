"""Nobody is disabled, and no organ abolished, over open records."""

from __future__ import annotations

import pytest

from gongkai.engine.records.actions import discard
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.organs.actions import abolish, disable
from gongkai.ground.refusal import Refused
from tests.builders import Office, draft_record

pytestmark = pytest.mark.django_db


def test_a_drafter_with_open_records_cannot_be_disabled_until_they_end() -> None:
    office = Office()
    record = draft_record(office)
    officer = office.people["officer"]
    with pytest.raises(Refused) as refused:
        disable(officer, actor=SYSTEM)
    assert f"编号{record.pk}的信息（起草）" in str(refused.value)
    officer.refresh_from_db()
    assert officer.is_active
    discard(record, actor=office.actor("officer"))
    disable(officer, actor=SYSTEM)
    assert not officer.is_active


def test_an_organ_with_open_records_cannot_be_abolished() -> None:
    office = Office()
    draft_record(office)
    with pytest.raises(Refused):
        abolish(office.organ, actor=SYSTEM, on=clock.today(), basis="机构改革方案")
    office.organ.refresh_from_db()
    assert office.organ.valid_until is None
