"""What pages tell programs: national marks, linked data, and where a lost address probably leads."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from gongkai.config import env
from gongkai.ground.organs.models import FormerName
from gongkai.surfaces.look.marks import data_block
from gongkai.surfaces.portal.not_found import words_in
from tests.builders import public_record
from tests.portal.town import City

pytestmark = pytest.mark.django_db
HOSTILE = "关于</script><script>alert(1)</script>&<!--的通知\u2028"


def told(page: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]


def marks(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in re.findall(r'<meta name="(\w+)" content="([^"]*)">', page)}


def test_every_page_names_site_and_column_and_a_record_itself(
    client: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "SITE_CODE", "1100000001")
    record = city["new"]
    page = marks(client.get(f"/r/{record.index_number}").content.decode())
    assert (page["SiteName"], page["SiteIDCode"], page["ColumnType"]) == (env.SITE_NAME, "1100000001", "政务公开")
    assert (page["ColumnName"], page["ArticleTitle"]) == (record.organ.name, record.title)
    assert re.fullmatch(r"2026-03-\d\d \d\d:\d\d", page["PubDate"])
    assert page["Url"].endswith(f"/r/{record.index_number}")
    home, library = marks(client.get("/").content.decode()), marks(client.get("/policy/").content.decode())
    assert (home["ColumnName"], library["ColumnName"], library["ColumnType"]) == ("首页", "政策文件库", "政策")
    assert "ArticleTitle" not in home and "ArticleTitle" not in library


def test_a_measure_is_legislation_with_its_force_and_what_it_replaced(client: Client, city: City) -> None:
    old, new = city["old"], city["new"]
    way, law = told(client.get(f"/r/{new.index_number}").content.decode())
    assert [item["name"] for item in way["itemListElement"]] == ["首页", "政府信息公开", new.organ.name, "正文"]
    assert way["itemListElement"][-1]["item"].endswith(f"/r/{new.index_number}")
    assert (law["@type"], law["legislationLegalForce"]) == ("Legislation", "https://schema.org/InForce")
    assert law["legislationRepeals"] == [
        {"@type": "Legislation", "name": old.title, "@id": law["@id"].replace(new.index_number, old.index_number)}
    ]
    assert law["legislationIdentifier"] == new.document_number
    ended = told(client.get(f"/r/{old.index_number}").content.decode())[-1]
    assert ended["legislationLegalForce"] == "https://schema.org/NotInForce"


def test_an_organ_is_told_with_former_names(client: Client, city: City) -> None:
    organ = city.office.organ
    FormerName.objects.create(organ=organ, name="云洲市教育委员会", until=dt.date(2019, 3, 1))
    told_organ = told(client.get(f"/o/{organ.code}/").content.decode())[-1]
    assert (told_organ["@type"], told_organ["name"]) == ("GovernmentOrganization", organ.name)
    assert "云洲市教育委员会" in told_organ["alternateName"]


def test_a_title_cannot_leave_the_data_block() -> None:
    block = data_block({"name": HOSTILE})
    inner = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set(inner) & {"<", ">", "&", "\u2028"}
    assert json.loads(inner) == {"name": HOSTILE}


def test_a_hostile_title_goes_the_whole_way_as_data(client: Client, city: City) -> None:
    hostile = HOSTILE.replace("\u2028", "")
    record = public_record(city.office, title=hostile, keywords=[hostile], description=hostile)
    page = client.get(f"/r/{record.index_number}").content.decode()
    assert (told(page)[-1]["name"], marks(page)["ArticleTitle"]) == (hostile, hostile)
    assert "alert(1)</script>" not in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/r/113300001/2026-00001.html", ["113300001/2026-00001", "2026-00001"]),
        ("/art/2026/3/2/%E5%81%9C%E8%BD%A6_%E7%AE%A1%E7%90%86.html", ["停车 管理"]),
        ("/zwgk/t20260302_113300.shtml", ["20260302", "113300"]),
        ("/desk/records/停车/", []),
        ("/%ff%00/", []),
        ("/" + "停" * 5000, ["停" * 100]),
    ],
)
def test_what_an_address_may_have_meant(path: str, words: list[str]) -> None:
    assert words_in(RequestFactory().get(path).path) == words


def test_a_lost_address_shows_the_likely_record_and_nothing_that_is_not_public(client: Client, city: City) -> None:
    new = city["new"]
    for path in (f"/old/{new.index_number}.html", "/zwgk/机动车停放管理办法.html"):
        answer = client.get(path)
        assert (answer.status_code, f'href="/r/{new.index_number}"' in answer.content.decode()) == (404, True), path
    for hidden in ("draft", "withdrawn", "down"):
        assert "您要找的可能是" not in client.get(f"/zwgk/{city[hidden].title}.html").content.decode(), hidden


def test_the_page_for_errors_asks_neither_database_nor_menus(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        page = render_to_string("500.html")
    assert "页面暂时打不开" in page and "<nav" not in page
