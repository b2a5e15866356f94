"""Two organs, one document: who is asked to consent reads it, and sees of the other organ's review nothing."""

from __future__ import annotations

import pytest

from gongkai.engine.records.actions import submit
from gongkai.engine.reviews.actions import agree
from gongkai.engine.reviews.models import Opinion
from tests.builders import Office, draft_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db


def test_a_consenting_organ_sees_what_is_its_own_and_answers(desk: Desk) -> None:
    office, other = desk.office, Desk(Office("11330000002", "云洲市卫生健康局"))
    record = draft_record(office, co_issuers=[other.office.organ])
    guest, path = other.client("consent"), f"/desk/records/{record.pk}/"
    assert guest.get(path).status_code == 404
    submit(record, actor=office.actor("officer"))
    for code in ("section", "secrecy"):
        agree(record, code, actor=office.actor(code), text=f"本机关内部意见{code}")
    page = guest.get(path).content.decode()
    assert "联合发文会签" in page and "请各校开展食堂自查" in page
    assert "会签</strong>" in page
    assert "本机关内部意见" not in page and "科室负责人审核" not in page
    for hidden in ("审查呈批单", "timeline-title", "版本和发布", "随附材料"):
        assert hidden not in page
    for tail in ("sheet/", "urging/", "difference/"):
        assert (guest.get(path + tail).status_code, desk.client("officer").get(path + tail).status_code) == (404, 200)
    assert "会签" in guest.get("/desk/queue/review/").content.decode()
    form = guest.get(f"{path}do/review.consent/").content.decode()
    assert "请各校开展食堂自查" in form and "退回修改" in form
    assert guest.post(f"{path}do/review.consent/", {"text": "同意联合公开。"}).status_code == 302
    opinion = Opinion.objects.get(step__code="consent")
    assert (opinion.step.organ, opinion.text) == (other.office.organ, "同意联合公开。")
    assert "同意联合公开。" in desk.client("officer").get(path).content.decode()


def test_a_consenting_organ_may_send_it_back(desk: Desk) -> None:
    other = Desk(Office("11330000002", "云洲市卫生健康局"))
    record = draft_record(desk.office, co_issuers=[other.office.organ])
    submit(record, actor=desk.office.actor("officer"))
    for code in ("section", "secrecy"):
        agree(record, code, actor=desk.office.actor(code))
    path = f"/desk/records/{record.pk}/"
    given = {"reason": "ground_missing", "text": "第三条请与本机关商定后再报。"}
    answer = other.client("consent").post(f"{path}do/review.return_for_correction/", given)
    record.refresh_from_db()
    assert (answer.status_code, answer.url, record.state) == (302, "/desk/", "returned")
    assert "第三条请与本机关商定后再报。" in desk.client("officer").get(path).content.decode()
    assert other.client("consent").get(path).status_code == 404
