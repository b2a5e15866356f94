"""What a document says of its force is proposed; what its relations make doubtful is told before it is signed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gongkai.engine.checks.actions import decide
from gongkai.engine.checks.models import Finding
from gongkai.engine.notices.models import Notice
from gongkai.engine.records.actions import edit, link, publish, submit, unlink
from gongkai.engine.records.citations import citations
from gongkai.engine.records.models import Record
from gongkai.engine.records.ticks import tell_expiring
from gongkai.engine.reviews.actions import agree
from gongkai.engine.reviews.queries import open_steps
from gongkai.ground.rulebook.actions import override_preset
from gongkai.surfaces.workbench.queues import queue_page
from tests.builders import Office, agree_to_all, content, draft_record, public_record
from tests.documents.test_lineage import ending
from tests.workbench.people import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


def told(record: Record, check: str) -> list[tuple[str, Any]]:
    """What a check found in the working edition: the words shown and the suggestion."""
    record.refresh_from_db()
    assert record.working is not None
    rows = Finding.objects.filter(subject_id=str(record.pk), edition_sha256=record.working.sha256, check_code=check)
    return [(row.shown, row.place.get("sets") or row.suggestion) for row in rows.order_by("pk")]


def with_term(sentence: str, **fields: Any) -> Record:
    body = [{"type": "paragraph", "text": "各单位："}, {"type": "paragraph", "text": f"第九条　{sentence}"}]
    return draft_record(Office(), kind="normative_document", body=body, **fields)


@pytest.mark.parametrize(
    ("sentence", "fields", "proposed"),
    [
        (
            "本办法自2026年5月1日起施行，有效期5年。",
            {},
            [{"effective_from": "2026-05-01"}, {"effective_until": "2031-05-01"}],
        ),
        (
            "本办法自印发之日起施行，有效期三年。",
            {"issued_on": "2026-03-10"},
            [{"effective_from": "2026-03-10"}, {"effective_until": "2029-03-10"}],
        ),
        ("本办法自印发之日起施行，有效期三年。", {}, []),
        ("本办法自2026年5月1日起施行。", {"effective_from": "2026-05-01"}, []),
        ("本办法有效期至2030年12月31日。", {"effective_until": "2030-12-30"}, [{"effective_until": "2030-12-31"}]),
        (
            "本办法自2026年4月17日起试行，试行期五年。",
            {},
            [{"effective_from": "2026-04-17"}, {"effective_until": "2031-04-17"}],
        ),
        ("《食品安全法》自2015年10月1日起施行。", {}, []),
    ],
)
def test_what_the_text_says_of_its_force_is_proposed(
    sentence: str, fields: dict[str, Any], proposed: list[dict[str, str]]
) -> None:
    assert [sets for _, sets in told(with_term(sentence, **fields), "validity-term")] == proposed


def test_a_proposal_is_filled_in_by_a_person_only() -> None:
    record = with_term("本办法自2026年5月1日起施行，有效期5年。")
    assert record.effective_until is None
    finding = Finding.objects.get(subject_id=str(record.pk), place__sets__effective_until="2031-05-01")
    officer = Desk.__new__(Desk)
    officer.office = type("Known", (), {"people": {"officer": record.drafter}})()
    client = officer.client("officer")
    address = f"/desk/records/{record.pk}/edit/"
    page = client.get(address).content.decode()
    assert f'value="take-{finding.pk}"' in page
    typed = {"title": record.title, "body": "各单位：\n第九条　本办法自2026年5月1日起施行，有效期5年。", "seen": "1"}
    taken = client.post(address, typed | {"intent": f"take-{finding.pk}", "once_key": "once-0001"})
    assert 'value="2031-05-01"' in taken.content.decode()
    record.refresh_from_db()
    assert (record.effective_until, record.editions.count()) == (None, 1), "nothing is saved yet"


def test_a_trial_without_a_term_is_asked_about() -> None:
    record = with_term("本办法自印发之日起施行。", title="云洲市共享单车管理办法（试行）")
    assert [told_ for _, told_ in told(record, "validity-term")] == [
        "标题为“试行”，没有写明失效日期；请核对文件的有效期，没有规定有效期的可以不填。"
    ]
    assert told(with_term_until(), "validity-term") == []


def with_term_until() -> Record:
    return draft_record(Office("11330000009", "云洲市水务局"), title="用水办法（试行）", effective_until="2028-01-01")


def test_ending_what_is_void_is_told_and_taken_back_with_the_link() -> None:
    office = Office()
    old = public_record(office, title="旧办法")
    ending(office, old, "repeals")
    new = draft_record(office)
    made = link(new, actor=office.actor("officer"), target=old, kind="repeals")
    assert told(new, "repeals-void") == [("《旧办法》", "《旧办法》已经废止，不必再次废止；请核对关联和正文。")]
    unlink(new, actor=office.actor("officer"), link_id=made.pk)
    assert told(new, "repeals-void") == []


def test_resting_on_what_is_void_is_told_by_link_and_by_number() -> None:
    office = Office()
    old = public_record(office, title="旧办法", document_number="云教办〔2019〕7号")
    ending(office, old, "repeals")
    body = [{"type": "paragraph", "text": "根据云教办[2019]07号和云教办〔2018〕1号的规定，通知如下。"}]
    new = draft_record(office, body=body)
    assert told(new, "cites-void") == [("云教办[2019]07号", "引用的《旧办法》已经废止，请核对。")]
    link(new, actor=office.actor("officer"), target=old, kind="based_on")
    assert told(new, "cites-void") == [("《旧办法》", "依据的《旧办法》已经废止，请核对是否应当改用现行有效的文件。")]


def test_a_number_is_found_wherever_the_organs_word_begins() -> None:
    office = Office()
    long = public_record(office, document_number="云洲教办〔2020〕3号")
    public_record(office, document_number="教办〔2020〕3号")
    [found] = citations(["转发云洲教办〔2020〕3号的通知"])
    assert (found.record, found.start, found.end) == (long, 2, 14)
    assert citations(["没有文号的正文", "第3号"]) == []


def test_a_repeal_that_comes_before_its_successor_is_told() -> None:
    office = Office()
    old = public_record(office, title="旧办法")
    new = draft_record(office, effective_from="2026-05-01")
    made = link(new, actor=office.actor("officer"), target=old, kind="replaces")
    [(shown, suggestion)] = told(new, "repeals-early")
    assert (shown, suggestion[:20]) == ("《旧办法》", "本文件自 2026-05-01 起施行，")
    unlink(new, actor=office.actor("officer"), link_id=made.pk)
    day = dt.date(2026, 5, 1)
    link(new, actor=office.actor("officer"), target=old, kind="replaces", takes_effect_on=day)
    assert told(new, "repeals-early") == []


def test_a_term_that_ends_soon_is_told_within_the_days_of_the_rulebook() -> None:
    office = Office()
    assert told(draft_record(office, effective_until="2026-05-31"), "expires-soon") == [
        ("2026-05-31", "本文件将于 2026-05-31 有效期届满，请核对失效日期。")
    ]
    assert told(draft_record(office, effective_until="2026-06-01"), "expires-soon") == []


def test_a_caution_does_not_stop_anybody_and_a_decision_about_it_stands() -> None:
    office = Office()
    record = draft_record(office, effective_until="2026-04-01")
    submit(record, actor=office.actor("officer"))
    finding = Finding.objects.get(subject_id=str(record.pk), check_code="expires-soon")
    decide(finding, actor=office.actor("section"), decision="accepted", reason="一次性措施，到期不再延续。")
    edit_under_review(office, record)
    rows = Finding.objects.filter(subject_id=str(record.pk), check_code="expires-soon").order_by("pk")
    assert [row.is_decided for row in rows] == [True, True]
    agree_to_all(office, record)
    publish(record, actor=office.actor("editor"))
    assert record.state == "public"


def test_what_is_repealed_during_the_review_is_told_to_the_next_reviewer() -> None:
    office = Office()
    old = public_record(office, title="旧办法", document_number="云教办〔2019〕7号")
    new = draft_record(office, body=[{"type": "paragraph", "text": "根据云教办〔2019〕7号制定。"}])
    submit(new, actor=office.actor("officer"))
    assert told(new, "cites-void") == []
    ending(office, old, "repeals")
    agree(new, "section", actor=office.actor("section"))
    assert [shown for shown, _ in told(new, "cites-void")] == ["云教办〔2019〕7号"]


def test_a_doubt_stands_on_the_page_that_publishes() -> None:
    office = Office()
    record = draft_record(office, effective_until="2026-04-01")
    submit(record, actor=office.actor("officer"))
    agree_to_all(office, record)
    page = Desk(office).client("editor").get(f"/desk/records/{record.pk}/do/record.publish/").content.decode()
    assert "本文件将于 2026-04-01 有效期届满，请核对失效日期。" in page


def edit_under_review(office: Office, record: Record) -> None:
    from gongkai.engine.reviews.actions import return_for_correction

    assert open_steps(record)
    return_for_correction(record, actor=office.actor("section"), reason="ground_missing", text="请补充。")
    edit(record, actor=office.actor("officer"), content=content(title="改后", effective_until="2026-04-01"))
    submit(record, actor=office.actor("officer"))


def test_the_desk_of_the_editor_lists_what_expires_soon() -> None:
    office = Office()
    later = public_record(office, title="后到期", effective_until="2026-05-20")
    sooner = public_record(office, title="先到期", effective_until="2026-03-02")
    public_record(office, title="远", effective_until="2026-06-01")
    _, page = queue_page("expiring", office.actor("editor"), {})  # type: ignore[arg-type]
    assert [row.pk for row in page.rows] == [sooner.pk, later.pk]
    assert queue_page("expiring", office.actor("officer"), {})[1].rows == []  # type: ignore[arg-type]
    override_preset(
        actor=office.actor("ogi"),
        organ=office.organ,
        key="validity.expiry-notice",
        quantity=30,
        unit="calendar_day",
        valid_from=dt.date(2026, 3, 1),
        citation="云教办〔2026〕1号",
        reason="本机关文件较多，提前一个月提醒即可。",
    )
    assert queue_page("expiring", office.actor("editor"), {})[1].rows == [sooner]  # type: ignore[arg-type]


def test_the_tick_reminds_once() -> None:
    office = Office()
    record = public_record(office, effective_until="2026-05-01")
    public_record(office, effective_until="2027-05-01")
    assert tell_expiring() == 1
    assert tell_expiring() == 0
    [text] = Notice.objects.filter(text__contains="届满").values_list("text", flat=True)
    assert text == f"一份文件将于2026-05-01有效期届满：索引号 {record.index_number}。请评估是否延续、修改或者废止。"
    assert record.title not in text
