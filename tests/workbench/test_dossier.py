"""The dossier, its actions, and who gets them: nothing changes where somebody is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from gongkai.engine.records.actions import correct, edit, link, revise, submit
from gongkai.engine.records.models import Link, Record
from gongkai.engine.reviews.actions import agree
from gongkai.engine.reviews.models import Opinion
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import Role
from gongkai.ground.gate.table import ACTIONS, actions_of
from gongkai.ground.register.models import Event
from gongkai.surfaces.workbench.act_forms import ACT_FORMS
from gongkai.surfaces.workbench.dossier import EDITING, NO_BUTTON, OWN_PAGES
from gongkai.surfaces.workbench.words import EVENT_WORDS
from tests.builders import LONG_AGO, Office, content, deputy, draft_record, public_record, reviewed_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db


def state(record: Record) -> tuple[str, int]:
    record.refresh_from_db()
    return record.state, Event.objects.filter(subject_type="record", subject_id=str(record.pk)).count()


def url(record: Record, name: str = "") -> str:
    return f"/desk/records/{record.pk}/" + (f"do/{name}/" if name else "")


def proposed(office: Office, **fields: object) -> Record:
    record = draft_record(office, **fields)
    submit(record, actor=office.actor("officer"))
    return record


def test_every_action_on_records_has_a_form_or_a_place_of_its_own() -> None:
    import gongkai.engine.reviews.actions  # noqa: F401

    named = {spec.name for spec in actions_of(Record) if not spec.creates}
    assert named - set(ACT_FORMS) - set(EDITING) - set(OWN_PAGES) - NO_BUTTON == set()


def test_every_event_of_a_record_has_words() -> None:
    events = {spec.event for spec in actions_of(Record)}
    assert events - set(EVENT_WORDS) == set()


def test_the_whole_way_in_the_browser(desk: Desk) -> None:
    record = draft_record(desk.office)
    steps = [
        ("officer", "record.submit", {}, "proposed"),
        ("section", "review.section", {"text": "要素齐全。"}, "in_review"),
        ("secrecy", "review.secrecy", {"text": ""}, "in_review"),
        ("sign_off", "review.sign_off", {"text": "同意。", "publish_at": ""}, "signed_off"),
        ("editor", "record.schedule", {"at": "2026-03-03T09:00"}, "scheduled"),
        ("editor", "record.unschedule", {}, "signed_off"),
        ("editor", "record.publish", {}, "public"),
        ("editor", "record.take_down", {}, "taken_down"),
        ("ogi", "record.restore", {}, "public"),
        ("sign_off", "record.withdraw", {"reason": "published_in_error", "note": "误发。"}, "withdrawn"),
        ("sign_off", "record.ask_expunge", {"ground": "personal_data", "note": ""}, "withdrawn"),
        ("ogi", "record.expunge", {}, "expunged"),
    ]
    for who, name, fields, after in steps:
        client = desk.client(who)
        assert client.get(url(record, name)).status_code == 200, name
        answer = client.post(url(record, name), fields | {"once_key": name})
        assert (answer.status_code, answer.headers.get("Location")) == (302, url(record)), name
        assert state(record)[0] == after, name
        assert client.get(url(record)).status_code == 200
    page = desk.client("ogi").get(url(record)).content.decode()
    assert "审签同意公开" in page and "已清除" in page and "食堂" not in page


def test_a_moment_of_publication_set_at_the_sign_off(desk: Desk) -> None:
    record = proposed(desk.office)
    agree(record, "section", actor=desk.office.actor("section"))
    agree(record, "secrecy", actor=desk.office.actor("secrecy"))
    desk.client("sign_off").post(url(record, "review.sign_off"), {"text": "", "publish_at": "2026-03-02T17:30"})
    record.refresh_from_db()
    assert (record.state, record.scheduled_for) == ("scheduled", dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC))


def test_the_wrong_person_is_refused_and_nothing_changes(desk: Desk) -> None:
    record = proposed(desk.office)
    before = state(record)
    for who, name, status in (
        ("officer", "review.section", 403),
        ("secrecy", "review.secrecy", 409),
        ("section", "review.sign_off", 403),
        ("editor", "record.publish", 409),
        ("officer", "record.take_down", 403),
    ):
        answer = desk.client(who).post(url(record, name), {"text": "好"})
        assert (answer.status_code, state(record)) == (status, before), (who, name)
        assert "怎么办" in answer.content.decode()


def test_another_organ_and_administrators_get_404(desk: Desk) -> None:
    record = draft_record(desk.office)
    other = Desk(Office("11330000002", "云洲市卫生健康局"))
    admin = desk.office.people["consent"]
    Grant.objects.filter(person=admin).update(role=Role.SYSTEM_ADMIN)
    before = state(record)
    for client in (other.client("officer"), other.client("ogi"), desk.client(admin)):
        for path in (url(record), f"{url(record)}edit/", f"{url(record)}difference/", url(record, "record.discard")):
            answer = client.get(path)
            assert answer.status_code == 404, path
            assert "食品" not in answer.content.decode()
        for path in (url(record, "record.discard"), f"{url(record)}edit/keep/", f"{url(record)}edit/drop/"):
            assert client.post(path, {"title": "别人的"}).status_code == 404, path
    assert state(record) == before


def test_unknown_records_and_actions_are_404(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    assert client.get("/desk/records/999/").status_code == 404
    assert client.get(url(record, "record.nothing")).status_code == 404
    assert client.get(url(record, "record.hold")).status_code == 404


def test_a_failed_form_keeps_what_was_typed(desk: Desk) -> None:
    record = proposed(desk.office)
    answer = desk.client("section").post(
        url(record, "review.return_for_correction"), {"reason": "", "text": "请补充第三条的依据。"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请补充第三条的依据。" in page and "退回原因" in page
    assert state(record)[0] == "proposed"


def test_a_reason_that_needs_a_note_is_asked_for_it(desk: Desk) -> None:
    record = public_record(desk.office)
    answer = desk.client("sign_off").post(url(record, "record.withdraw"), {"reason": "other", "note": ""})
    assert answer.status_code == 422
    assert state(record)[0] == "public"


def test_a_form_sent_twice_is_done_once(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    for _ in range(2):
        assert client.post(url(record, "record.submit"), {"once_key": "k1"}).status_code == 302
    assert state(record) == ("proposed", 2)


def test_posting_needs_the_csrf_token(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    client.handler.enforce_csrf_checks = True
    assert client.post(url(record, "record.submit"), {}).status_code == 403
    assert state(record) == ("drafting", 1)
    assert client.get(url(record, "record.submit")).status_code == 200
    assert state(record) == ("drafting", 1)


def test_buttons_that_are_off_say_why(desk: Desk) -> None:
    record = proposed(desk.office)
    page = desk.client("sign_off").get(url(record)).content.decode()
    assert "“审签”环节尚未开始或已经办结。" in page
    assert "当前待办环节：科室负责人审核" in page


def test_opinions_say_on_which_edition_and_as_whose_deputy(desk: Desk) -> None:
    office = desk.office
    office.people["section"].name, office.people["editor"].name = "周敏", "吴晓"
    for key in ("section", "editor"):
        office.people[key].save()
    deputy(office.people["section"], office.people["editor"])
    record = proposed(office)
    agree(record, "section", actor=office.actor("editor"), text="同意。")
    page = desk.client("officer").get(url(record)).content.decode()
    assert record.working is not None
    assert "吴晓代周敏" in page and record.working.sha256[:12] in page and "（当前版）" in page
    desk.client("officer").post(f"{url(record)}edit/", _typed(record, title="新标题") | {"seen": "1"})
    page = desk.client("officer").get(url(record)).content.decode()
    assert "这条意见不再有效；须对第 2 版重新确认。" in page


def _typed(record: Record, **fields: str) -> dict[str, str]:
    from gongkai.surfaces.workbench.edit_forms import initial_of

    record.refresh_from_db()
    assert record.working is not None
    given = {key: value or "" for key, value in initial_of(record.working.content).items()}
    return given | fields


def test_the_difference_shows_what_came_and_what_went(desk: Desk) -> None:
    record = draft_record(desk.office)
    edit(
        record,
        actor=desk.office.actor("officer"),
        content=content(title="新标题", body=[{"type": "paragraph", "text": "各学校、幼儿园："}]),
    )
    page = desk.client("officer").get(f"{url(record)}difference/").content.decode()
    assert "新标题" in page and "关于做好校园食品安全工作的通知" in page
    assert "<ins>" in page and "、幼儿园" in page and "<del>" in page and "一、总体要求" in page
    assert desk.client("officer").get(f"{url(record)}difference/?from=9&to=2").status_code == 404


def test_township_gives_two_opinions_on_one_form(desk: Desk) -> None:
    office = Office("11330000009", "云洲市清溪镇人民政府", review_preset="township")
    both = office.people["attribute"]
    Grant.objects.create(person=both, role=Role.SECRECY_REVIEWER, organ=office.organ, valid_from=LONG_AGO)
    township = Desk(office)
    record = proposed(office)
    client = township.client("attribute")
    page = client.get(url(record)).content.decode()
    assert f"{url(record)}review/" in page
    answer = client.post(f"{url(record)}review/", {"attribute_text": "属性适当。", "secrecy_text": "不涉密。"})
    assert answer.status_code == 302
    assert list(Opinion.objects.values_list("step__code", "text")) == [
        ("attribute", "属性适当。"),
        ("secrecy", "不涉密。"),
    ]
    assert client.post(f"{url(record)}review/", {}).status_code == 409
    assert Opinion.objects.count() == 2


def test_two_opinions_are_given_both_or_neither(desk: Desk) -> None:
    office = Office("11330000009", "云洲市清溪镇人民政府", review_preset="township")
    record = proposed(office)
    before = state(record)
    answer = (
        Desk(office).client("attribute").post(f"{url(record)}review/", {"attribute_text": "好", "secrecy_text": "好"})
    )
    assert answer.status_code == 403
    assert (state(record), Opinion.objects.count()) == (before, 0)


def test_linking_by_number_and_taking_the_link_back(desk: Desk) -> None:
    old = public_record(desk.office, document_number="云教办〔2025〕1号")
    new = draft_record(desk.office, title="关于废止校园食品安全通知的通知")
    client = desk.client("officer")
    fields = {"kind": "repeals", "target": "云教办〔2025〕1号", "note": ""}
    assert client.post(url(new, "record.link"), fields).status_code == 302
    made = Link.objects.get()
    assert (made.source, made.target, made.kind) == (new, old, "repeals")
    assert "取消关联" in client.get(url(new)).content.decode()
    assert client.post(f"{url(new)}links/{made.pk}/remove/").status_code == 302
    assert Link.objects.count() == 0
    answer = client.post(url(new, "record.link"), fields | {"target": "查无此号"})
    assert answer.status_code == 422
    assert "没有找到要关联的信息" in answer.content.decode()


def test_the_number_of_another_organs_draft_finds_nothing(desk: Desk) -> None:
    other = Office("11330000002", "云洲市卫生健康局")
    draft_record(other, document_number="云卫〔2026〕1号")
    mine = draft_record(desk.office)
    fields = {"kind": "based_on", "target": "云卫〔2026〕1号", "note": ""}
    assert desk.client("officer").post(url(mine, "record.link"), fields).status_code == 422
    assert Link.objects.count() == 0


def test_a_link_to_what_may_not_be_known_tells_no_title(desk: Desk) -> None:
    other = Office("11330000002", "云洲市卫生健康局")
    mine, theirs = public_record(desk.office), draft_record(other, title="他们的草稿")
    link(theirs, actor=other.actor("officer"), target=mine, kind="based_on")
    page = desk.client("officer").get(url(mine)).content.decode()
    assert "一条您无权知悉的信息" in page and "他们的草稿" not in page


def test_correcting_with_a_public_note(desk: Desk) -> None:
    record = public_record(desk.office)
    correct(record, actor=desk.office.actor("editor"))
    page = desk.client("officer").get(f"{url(record)}edit/").content.decode()
    assert "更正说明" in page
    desk.client("officer").post(
        f"{url(record)}edit/",
        _typed(record, title="更正后的通知", change_note="更正报送时间。") | {"seen": "1", "intent": "submit"},
    )
    assert state(record)[0] == "proposed"
    assert record.title == "关于做好校园食品安全工作的通知"


def test_the_dossier_takes_a_constant_number_of_queries(desk: Desk) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    record = reviewed_record(desk.office)
    client = desk.client("officer")

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url(record)).status_code == 200
        return len(seen)

    before = count()
    for number in range(5):
        revise(record, actor=desk.office.actor("officer"), content=content(title=f"第{number}稿"))
        agree(record, "section", actor=desk.office.actor("section"))
    assert count() <= before + 6


def test_an_opinion_is_not_given_on_an_edition_nobody_saw(desk: Desk) -> None:
    record = proposed(desk.office)
    client = desk.client("section")
    seen = client.get(url(record, "review.section")).context["record"].working.sha256
    revise(record, actor=desk.office.actor("officer"), content=content(title="换了内容的通知"))
    answer = client.post(url(record, "review.section"), {"text": "同意。", "seen": seen})
    page = answer.content.decode()
    assert (answer.status_code, Opinion.objects.count()) == (409, 0)
    assert "内容已改为第 2 版" in page and "同意。" in page and "换了内容的通知" in page
    record.refresh_from_db()
    assert record.working is not None
    again = client.post(url(record, "review.section"), {"text": "同意。", "seen": record.working.sha256})
    assert (again.status_code, Opinion.objects.get().edition) == (302, record.working)


def test_who_reaffirms_sees_the_difference(desk: Desk) -> None:
    record = proposed(desk.office)
    agree(record, "section", actor=desk.office.actor("section"))
    revise(record, actor=desk.office.actor("officer"), content=content(title="改动后的通知"))
    page = desk.client("section").get(url(record, "review.section")).content.decode()
    assert "您对第 1 版表示过同意，此后的改动" in page and "改动后的通知" in page and "重新确认：同意" in page
    desk.client("section").post(url(record, "review.section"), {"text": ""})
    assert Opinion.objects.filter(reaffirms__isnull=False).count() == 1


def test_a_form_that_would_be_refused_shows_only_the_reason(desk: Desk) -> None:
    record = draft_record(desk.office)
    answer = desk.client("editor").get(url(record, "record.publish"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "当前状态为“起草”" in page and 'name="once_key"' not in page


def test_a_co_issuer_consents_from_its_own_desk(desk: Desk) -> None:
    other = Desk(Office("11330000002", "云洲市卫生健康局"))
    record = proposed(desk.office, co_issuers=[other.office.organ])
    agree(record, "section", actor=desk.office.actor("section"))
    agree(record, "secrecy", actor=desk.office.actor("secrecy"))
    assert "校园食品安全" in other.client("consent").get("/desk/").content.decode()
    assert desk.client("consent").post(url(record, "review.consent"), {"text": ""}).status_code == 403
    assert other.client("consent").post(url(record, "review.consent"), {"text": "同意会签。"}).status_code == 302
    assert "同意会签。" in desk.client("sign_off").get(url(record)).content.decode()


@pytest.mark.parametrize("name", sorted(ACT_FORMS))
def test_no_action_is_open_to_somebody_without_its_right(desk: Desk, name: str) -> None:
    office = desk.office
    record = proposed(office)
    before = state(record)
    right = ACTIONS[name].right
    for who in office.people:
        if office.actor(who).holds(right):
            continue
        for answer in (desk.client(who).get(url(record, name)), desk.client(who).post(url(record, name), {})):
            assert answer.status_code == 403, who
    assert state(record) == before
