"""Two public texts side by side: only what the public may read, marked in words, at an address that stays."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.engine.records.actions import ask_expunge, expunge, take_down, withhold_edition
from gongkai.ground.access.actors import actor_for
from gongkai.ground.access.roles import Role
from tests.builders import person
from tests.portal.town import City, corrected

pytestmark = pytest.mark.django_db
CHANGED = [
    {"type": "paragraph", "text": "各学校："},
    *[{"type": "paragraph", "text": f"第{place}项工作按原计划进行。"} for place in range(6)],
    {"type": "paragraph", "text": "请于3月20日前报送。"},
]


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.content.decode()


@pytest.fixture
def address(city: City) -> str:
    """A record of three public editions."""
    record = city["fixed"]
    corrected(city.office, record, "增加工作安排。", body=CHANGED)
    later = [*CHANGED[:-1], {"type": "paragraph", "text": "请于3月25日前报送。"}]
    corrected(city.office, record, "更正报送时间。", body=later, document_number="云教〔2026〕13号")
    return f"/r/{record.index_number}"


def test_the_history_leads_to_the_comparison_of_each_correction(client: Client, address: str) -> None:
    page = text_of(client, address)
    assert f'href="{address}.compare?from=2&amp;to=3"' in page
    assert f'href="{address}.compare?from=3&amp;to=4"' in page


def test_letters_that_went_and_came_are_said_in_words(
    client: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        page = text_of(client, f"{address}.compare?from=3&to=4")
    assert '<del><span class="hidden-text">删除：</span>0<' in page
    assert '<ins><span class="hidden-text">新增：</span>5<' in page
    assert "更正报送时间。" in page
    assert "云教〔2026〕13号" in page
    assert page.count("第3项工作按原计划进行。") == 2
    assert '<meta name="robots" content="noindex">' in page
    assert re.search(rf'<link rel="canonical" href="[^"]+{address}">', page)
    assert '<option value="1"' in page


def test_only_changes_hides_what_stayed_and_leads_back(client: Client, address: str) -> None:
    page = text_of(client, f"{address}.compare?from=3&to=4&only=changes")
    assert "第3项工作按原计划进行。" not in page
    assert "（6 段未变）" in page
    assert f'href="{address}.compare?from=3&amp;to=4"' in page


def test_without_numbers_the_last_correction_and_backwards_the_same(client: Client, address: str) -> None:
    latest, backwards = (
        text_of(client, f"{address}.compare{query}").partition("<main")[2] for query in ("", "?from=4&to=3")
    )
    assert latest and latest == backwards
    assert "两份文本内容相同" in text_of(client, f"{address}.compare?from=3&to=3")


def test_what_was_never_public_is_not_found(client: Client, address: str) -> None:
    for query in ("from=9&to=3", "from=x", "from=-1&to=2", "from=１&to=3", "with=1/2", "to=1", "to=000000"):
        assert "没有找到这个页面" in text_of(client, f"{address}.compare?{query}", 404)


def test_a_withheld_edition_is_gone_with_its_words(client: Client, city: City, address: str) -> None:
    record = city["fixed"]
    withhold_edition(record, actor=city.office.actor("editor"), number=3, reason="personal_data")
    page = text_of(client, f"{address}.compare?from=3&to=4", 410)
    assert "第 3 版已停止提供" in page
    assert record.title not in page
    assert "3月20日" not in page
    assert f"{address}.compare?from=2&amp;to=4" in text_of(client, address)
    assert "3月20日" not in text_of(client, f"{address}.compare?from=2&to=4")


def test_what_is_down_or_withdrawn_is_compared_no_more(client: Client, city: City, address: str) -> None:
    record = city["fixed"]
    take_down(record, actor=city.office.actor("editor"))
    assert "该信息暂停公开" in text_of(client, f"{address}.compare?from=3&to=4", 410)
    assert "该信息已撤回" in text_of(client, f"/r/{city['withdrawn'].index_number}.compare", 410)


def test_what_was_expunged_is_compared_no_more(client: Client, city: City, address: str) -> None:
    record, office = city["fixed"], city.office
    assert "3月20日" in text_of(client, f"{address}.compare?from=2&to=3")
    take_down(record, actor=office.actor("editor"))
    first, second = (actor_for(person(name, office.organ, Role.OGI_OFFICE)) for name in ("jia", "yi"))
    ask_expunge(record, actor=first, ground="published_in_error", note="误公开")
    expunge(record, actor=second)
    page = text_of(client, f"{address}.compare?from=2&to=3", 410)
    assert "该信息的内容已依法清除" in page and "3月20日" not in page


def test_a_rule_beside_the_one_that_replaced_it(
    client: Client, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    old, new = city["old"], city["new"]
    link = f"/r/{old.index_number}.compare?with={new.index_number}"
    assert link.replace("/2026", "%2F2026").replace("/r/113300001%2F", "/r/113300001/") in text_of(
        client, f"/r/{old.index_number}"
    )
    with django_assert_max_num_queries(6):
        page = text_of(client, link)
    assert "新文件替代了原文件。" in page
    assert page.index(f"《{old.title}》") < page.index(f"《{new.title}》")
    assert "没有找到这个页面" in text_of(
        client, f"/r/{old.index_number}.compare?with={city['fixed'].index_number}", 404
    )
    take_down(new, actor=city.office.actor("editor"))
    assert "没有找到这个页面" in text_of(client, link, 404)
