"""What a visitor reads about the life of a document: banner, successor, dates, basis."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from gongkai.engine.records.actions import declare
from gongkai.engine.records.clean_ups import Named
from gongkai.engine.records.models import Record
from gongkai.engine.records.ticks import settle_validities
from gongkai.ground import clock
from gongkai.surfaces.portal.lineage import Stage, lineage_banners, stages
from gongkai.surfaces.portal.record_page import RecordView
from tests.builders import Office, public_record
from tests.documents.test_lineage import ending, on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
TODAY = dt.date(2026, 3, 2)


def view_of(record: Record) -> RecordView:
    record.refresh_from_db()
    assert record.current is not None
    return RecordView.of(record, record.current)


def lines(found: list[Stage]) -> list[tuple[str, str, str]]:
    return [(stage.day.isoformat(), stage.what, stage.number) for stage in found]


def test_a_page_tells_the_life_of_a_document_in_order() -> None:
    office = Office()
    old = public_record(office, written_on="2020-01-05", effective_from="2020-02-01", effective_until="2030-01-31")
    ending(office, old, "amends")
    ending(office, old, "replaces", dt.date(2026, 5, 1))
    assert lines(stages(view_of(old))) == [
        ("2020-01-05", "成文", ""),
        ("2020-02-01", "施行", ""),
        ("2026-03-02", "公布", ""),
        ("2026-03-02", "修改", "云教办〔2026〕20号"),
        ("2026-05-01", "将被替代", "云教办〔2026〕20号"),
        ("2030-01-31", "有效期届满", ""),
    ]
    told = Client().get(f"/r/{old.index_number}.json").json()["lineage"]
    assert told[3]["document_number"] == "云教办〔2026〕20号"
    assert [line["what"] for line in told] == [stage.what for stage in stages(view_of(old))]
    leads = [banner.lead for banner in lineage_banners(view_of(old))]
    assert leads == ["本文件已于 2026-03-02 修改", "本文件将于 2026-05-01 被替代"]
    with clock.frozen(on(dt.date(2026, 5, 1))):
        settle_validities()
        [banner] = lineage_banners(view_of(old))
    assert banner.lead == "本文件已于 2026-05-01 替代并废止"
    assert banner.text == "依据：《新的办法》（云教办〔2026〕20号）。原文保留供查阅，不再作为行政管理的依据。"
    assert banner.link == "查看替代它的文件"


def test_a_lapsed_page_says_that_its_term_is_over() -> None:
    record = public_record(Office(), written_on="2024-01-05", effective_until="2026-03-01")
    settle_validities()
    [banner] = lineage_banners(view_of(record))
    assert (banner.lead, banner.text) == (
        "本文件已于 2026-03-02 失效",
        "有效期届满。原文保留供查阅，不再作为行政管理的依据。",
    )
    page = Client().get(f"/r/{record.index_number}").content.decode()
    assert "本文件已于 2026-03-02 失效" in page and "沿革" in page


def test_a_clean_up_names_its_decision_and_day_even_without_a_page() -> None:
    office = Office()
    gone, kept = public_record(office), public_record(office)
    asked = [Named(gone.index_number or "", "repealed"), Named(kept.index_number or "", "kept")]
    declare(
        actor=office.actor("editor"),
        organ=office.organ,
        title="关于废止部分文件的决定",
        number="云政发〔2026〕3号",
        decided_on=dt.date(2026, 2, 10),
        lines=asked,
    )
    [banner] = lineage_banners(view_of(gone))
    assert banner.lead == "本文件已于 2026-02-10 废止"
    assert (
        banner.text == "依据：《关于废止部分文件的决定》（云政发〔2026〕3号）。原文保留供查阅，不再作为行政管理的依据。"
    )
    assert lineage_banners(view_of(kept)) == []
    assert "文件清理：继续有效" in Client().get(f"/r/{kept.index_number}").content.decode()


def test_a_public_clean_up_is_linked_both_ways() -> None:
    office = Office()
    gone = public_record(office, title="旧办法")
    decision = public_record(office, title="关于公布清理结果的决定", document_number="云教〔2026〕8号")
    declare(
        actor=office.actor("editor"),
        organ=office.organ,
        decision=decision,
        decided_on=TODAY,
        lines=[Named(gone.index_number or "", "lapsed")],
    )
    [banner] = lineage_banners(view_of(gone))
    assert (banner.lead, banner.url) == ("本文件已于 2026-03-02 失效", f"/r/{decision.index_number}")
    page = Client().get(f"/r/{decision.index_number}").content.decode()
    assert "宣布失效的文件" in page and "旧办法" in page


def test_a_kind_without_validity_has_no_life_to_tell() -> None:
    notice = public_record(Office(), kind="notice", effective_until="2026-02-01")
    assert (stages(view_of(notice)), lineage_banners(view_of(notice))) == ([], [])
