"""Keyset paging and filters: every record once, in order, with a constant number of queries."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.builders import Office
from tests.portal.town import many

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Office:
    return Office("113300001", "云洲市教育局")


def titles(page: str) -> list[str]:
    return re.findall(r'<p class="title">\s*<a href="[^"]+">([^<]+)</a>', page)


def follow(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}"\s+href="([^"]+)"', page)
    return html.unescape(found.group(1)) if found else ""


def test_walk_forward_and_back(
    client: Client, office: Office, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many(office, 45)
    address, seen, pages = "/policy/", [], []
    while address:
        with django_assert_num_queries(3):
            page = client.get(address).content.decode()
        pages.append(titles(page))
        seen += titles(page)
        address = follow(page, "next")
    assert seen == [f"第 {place:03d} 号通知" for place in range(45)]
    assert [len(part) for part in pages] == [20, 20, 5]
    back = follow(page, "prev")
    page = client.get(back).content.decode()
    assert titles(page) == pages[1]
    page = client.get(follow(page, "prev")).content.decode()
    assert titles(page) == pages[0]
    assert follow(page, "prev") == ""


def test_broken_token_shows_the_first_page(client: Client, office: Office) -> None:
    many(office, 3)
    for token in ("x", "1-", "99999999999999999999-1", "-1-1", "0-0"):
        assert client.get("/policy/", {"after": token}).status_code == 200
        assert client.get("/policy/", {"before": token}).status_code == 200


def test_filters_count_and_narrow(client: Client, office: Office) -> None:
    many(office, 5)
    page = client.get("/policy/?organ=113300001&year=2026").content.decode()
    assert "共 5 条" in page
    assert re.search(r'科技、教育\s*<span class="count">5</span>', page)
    assert "发布机构：云洲市教育局" in page
    empty = client.get("/policy/?year=1999").content.decode()
    assert "没有符合条件的信息" in empty
    assert "清除筛选条件" in empty
    for value in ("abc", "99999", "²⁰²⁶", "-1", "020190", "02019" + "9" * 5000):
        assert client.get("/policy/", {"year": value}).status_code == 200
