"""A page that is rendered once for what it is made of says at once whatever changes, on it or on what it names."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from gongkai.engine.records.actions import restore, take_down
from gongkai.engine.records.models import Edition, Publication, Record
from gongkai.engine.records.queries import addressed, public_editions
from gongkai.ground import clock
from gongkai.ground.access.actors import SYSTEM
from gongkai.ground.organs.actions import rename
from gongkai.ground.organs.models import Organ
from gongkai.ground.prepared import Asked, Prepared
from gongkai.surfaces.portal import record_views
from gongkai.surfaces.portal.kept import renderings
from gongkai.surfaces.portal.queries import beside
from gongkai.surfaces.portal.record_page import RecordView
from tests.builders import public_record
from tests.portal.town import PARKING, City, corrected


def page(record: Record) -> str:
    return Client().get(f"/r/{record.index_number}").content.decode()


def test_a_page_says_what_happens_to_the_records_it_names(city: City) -> None:
    office, old, new = city.office, city["old"], city["new"]
    assert "云洲市机动车停放管理办法" in page(old)
    corrected(office, new, "名称有误。", title="云洲市机动车停放管理规定")
    assert "云洲市机动车停放管理规定" in page(old)
    assert "云洲市机动车停放管理办法" not in page(old)
    take_down(new, actor=office.actor("editor"))
    assert "云洲市机动车停放管理规定" not in page(old)
    restore(new, actor=office.actor("ogi"))
    assert "云洲市机动车停放管理规定" in page(old)
    same = public_record(office, title="停车场收费公示", **PARKING)
    assert "停车场收费公示" in page(old)
    take_down(same, actor=office.actor("editor"))
    assert "停车场收费公示" not in page(old)


def test_a_page_says_the_new_name_of_its_organs(city: City) -> None:
    with_others = city["plain"]
    other = Organ.objects.create(code="113300002", name="云洲市教育局", type="department", level="city")
    with_others.co_issuers.add(other)
    renderings.clear()
    assert "云洲市人民政府办公室、云洲市教育局" in page(with_others)
    rename(other, actor=SYSTEM, name="云洲市教育体育局", on=clock.today(), basis="云编〔2026〕1号")
    assert "云洲市人民政府办公室、云洲市教育体育局" in page(with_others)


def test_a_page_is_rendered_again_only_when_a_row_of_it_has_changed(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    plain = record_views._context
    monkeypatch.setattr(record_views, "_context", lambda view: rendered.append(view.url) or plain(view))
    before = page(city["new"])
    public_record(city.office, title="与此无关的通知")
    assert page(city["new"]) == before
    assert len(rendered) == 1
    corrected(city.office, city["new"], "第三条有误。")
    assert "第三条有误。" in page(city["new"])
    assert len(rendered) == 2


def test_what_is_gone_is_kept_no_longer(city: City) -> None:
    record = city["fixed"]
    renderings.clear()
    page(record)
    [key] = renderings._kept
    take_down(record, actor=city.office.actor("editor"))
    assert Client().get(f"/r/{record.index_number}").status_code == 410
    assert key not in renderings._kept and renderings._size == 0


@pytest.mark.parametrize("name", ["old", "new", "fixed", "plain"])
def test_rendering_asks_the_database_nothing(city: City, name: str) -> None:
    """Else a page could depend on something that its digest does not know."""
    record = city[name]
    found = addressed(record.index_number or "")
    assert found is not None and found.current is not None
    view = RecordView.of(found, found.current)
    request = RequestFactory().get(view.url)
    with CaptureQueriesContext(connection) as seen:
        response = record_views.render(request, record_views._page_of(found), record_views._context(view))
    assert record.title in response.content.decode()
    assert len(seen) == 0


def test_prepared_queries_answer_like_plain_ones(city: City) -> None:
    for record in Record.objects.select_related("organ"):
        for _ in range(2):
            found = addressed(record.index_number or "")
            assert found == (record if record.published_at else None)
            if found is None:
                continue
            assert found.__dict__ | {"_state": None} == Record.objects.get(pk=record.pk).__dict__ | {"_state": None}
            assert (found.organ, found.current) == (record.organ, record.current)
            assert found.current is None or found.current.content == record.current.content
            editions = Publication.objects.filter(record=record, channel="portal").order_by("from_at", "pk")
            assert public_editions(record) == list(editions)
            alike = Record.objects.filter(is_visible=True, subject_class=record.subject_class).exclude(pk=record.pk)
            expected = list(alike.order_by("-published_at", "-pk")[:5]) if record.subject_class else []
            assert beside(record, Asked()).alike == expected


def test_a_query_that_does_not_use_its_value_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="every value"):
        Prepared(lambda number: Edition.objects.filter(pk__gt=number + 1), int).rows(3)
    with pytest.raises(ValueError, match="every value"):
        Prepared(lambda title: Record.objects.filter(title__contains=title), str).rows("停车")
