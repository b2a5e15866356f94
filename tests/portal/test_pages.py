"""The public pages on real records: they open, with few queries, and say what happened."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import resolve, reverse
from pytest_django import DjangoAssertNumQueries

from gongkai.engine.records.actions import restore, take_down
from gongkai.ground import clock
from tests.portal.town import City, at

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/xxgk/",
    "/xxgk/guide/",
    "/xxgk/system/",
    "/xxgk/content/",
    "/xxgk/content/20.01/",
    "/xxgk/report/",
    "/policy/",
    "/policy/?theme=城乡建设、环境保护&year=2026&validity=in_force",
    "/search",
    "/search?q=停车",
    "/foi/",
    "/rules/",
    "/register/",
    "/feed/",
    "/o/113300001/",
    "/sitemap.xml",
    "/sitemap/1.xml",
    "/robots.txt",
    "/feed/all.atom",
    "/feed/policy.csv",
)
CORE = (
    "索引号",
    "名称",
    "内容概述",
    "成文日期",
    "发布机构",
    "主题分类",
    "体裁分类",
    "服务对象",
    "发文字号",
    "主题词",
    "信息格式",
    "语种",
    "在线链接",
    "有效性",
)


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.content.decode()


def test_every_page_opens_with_at_most_six_queries(
    client: Client, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    addresses = [*PAGES, f"/r/{city['new'].index_number}", f"/register/?index_number={city['new'].index_number}"]
    for address in addresses:
        with django_assert_max_num_queries(6):
            answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "no-cache"
        assert not re.search(
            r'style="|<script(?! src| type="application/ld\+json")|onclick=', answer.content.decode()
        ), address


def test_unknown_addresses_answer_404_with_help(client: Client, city: City) -> None:
    for address in ("/r/000000000/2026-99999", "/o/nowhere/", "/xxgk/nothing/", "/xxgk/content/99.99/", "/feed/x.atom"):
        assert "没有找到这个页面" in text_of(client, address, 404)


def test_a_draft_is_unknown_in_every_form(client: Client, city: City) -> None:
    draft = city["draft"]
    assert draft.index_number is None
    draft_number = "113300001/2026-00007"
    for form in ("", ".json", ".txt", ".edition.json"):
        assert "起草" not in text_of(client, f"/r/{draft_number}{form}", 404)
    for address in ("/", "/xxgk/", "/search?q=还在起草", "/feed/all.atom", "/feed/all.csv"):
        assert "还在起草的通知" not in text_of(client, address)


def test_menu_leaves_out_what_does_not_exist_yet(client: Client, city: City) -> None:
    page = text_of(client, "/")
    menu = re.search(r'<nav class="menu".*?</nav>', page, re.DOTALL)
    assert menu is not None
    labels = re.findall(r">([^<>]+)</a>", menu.group())
    assert labels == ["首页", "政务公开", "政策", "依申请公开", "发布存证"]


def test_disclosure_section_has_exactly_its_entries(client: Client, city: City) -> None:
    page = text_of(client, "/xxgk/")
    nav = re.search(r'<nav class="side-nav".*?</nav>', page, re.DOTALL)
    assert nav is not None
    labels = re.findall(r">([^<>]+)(?=</a>|<span class=\"count\">)", nav.group())
    fixed = ["政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "依申请公开"]
    assert [label for label in labels if label in fixed] == fixed
    assert "行政法规、规章和规范性文件" in labels
    assert len([label for label in labels if not label.isdecimal()]) == 5 + 15


def test_record_page_has_card_body_and_proof(client: Client, city: City) -> None:
    record = city["new"]
    page = text_of(client, f"/r/{record.index_number}")
    card = re.findall(r"<dt>([^<]+)</dt>", page)
    assert set(CORE) <= set(card)
    assert page.count("<h1>") == 1
    assert record.current is not None
    assert record.current.sha256 in page
    for piece in (
        'id="article-1"',
        'id="section-1"',
        "目录",
        "机动车停车泊位配建标准",
        '<p class="addressee">各乡镇人民政府',
        '<p class="signature">云洲市人民政府</p>',
        '<p class="signed-on">2026年3月2日</p>',
        "替代了",
        f"/register/proof/{record.index_number}",
        "本页地址的二维码",
        f'<img class="qr" src="/r/{record.index_number}.qr.svg"',
    ):
        assert piece in page, piece


def test_qr_code_has_an_address_of_its_own(client: Client, city: City) -> None:
    answer = client.get(f"/r/{city['new'].index_number}.qr.svg")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/svg+xml", "public, max-age=86400")
    assert b'<svg xmlns="http://www.w3.org/2000/svg" viewBox=' in answer.content
    assert b"style=" not in answer.content
    # The address of a record that is gone stays; of a draft there is none.
    assert client.get(f"/r/{city['withdrawn'].index_number}.qr.svg").status_code == 200
    assert client.get("/r/nowhere.qr.svg").status_code == 404


def test_replaced_record_keeps_its_page_and_says_by_what_and_when(client: Client, city: City) -> None:
    page = text_of(client, f"/r/{city['old'].index_number}")
    assert "本文件已于 2026-03-02 替代并废止" in page
    assert "《云洲市机动车停放管理办法》（云政发〔2026〕12号）" in page
    assert f'href="/r/{city["new"].index_number}">查看替代它的文件' in page
    assert 'class="badge off">废止' in page
    assert "标注为“废止”" in page
    assert "被替代" in page


def test_correction_stands_in_banner_and_history(client: Client, city: City) -> None:
    page = text_of(client, f"/r/{city['fixed'].index_number}")
    assert "本页已于 2026-03-02 更正" in page
    assert page.count("附件名称有误，现予更正。") == 2
    assert f"/r/{city['fixed'].index_number}.edition.json?edition=1" in page


def test_withdrawn_address_stays_with_reason_and_date_without_title(client: Client, city: City) -> None:
    number = city["withdrawn"].index_number
    for form in ("", ".json", ".txt", ".edition.json", ".edition.json?edition=1"):
        page = text_of(client, f"/r/{number}{form}", 410)
        assert "该信息因发布有误已撤回。" in page, form
        assert "关于公布抽查结果的通知" not in page
        assert "内部说明不公开" not in page
    assert "2026-03-02 09:08" in text_of(client, f"/r/{number}", 410)


def test_taken_down_page_is_neutral_and_gone_everywhere_at_once(client: Client, city: City) -> None:
    record, title = city["down"], "关于评审名单的公示"
    page = text_of(client, f"/r/{record.index_number}", 410)
    assert "该信息暂停公开" in page
    everywhere = ("/", "/xxgk/", "/policy/", "/search?q=评审&scope=all", "/feed/all.atom", "/feed/all.csv")
    for address in everywhere:
        assert title not in text_of(client, address), address
    assert record.index_number not in text_of(client, "/sitemap/1.xml")
    with clock.frozen(at(40)):
        restore(record, actor=city.office.actor("ogi"))
    assert title in text_of(client, f"/r/{record.index_number}")
    for address in everywhere:
        assert title in text_of(client, address), address


def test_a_kept_copy_is_not_fresh_after_take_down(client: Client, city: City) -> None:
    address = f"/r/{city['new'].index_number}"
    other = f"/r/{city['old'].index_number}"
    etags = {path: client.get(path).headers["ETag"] for path in (address, other)}
    assert client.get(address, headers={"If-None-Match": etags[address]}).status_code == 304
    assert client.get(other, headers={"If-None-Match": etags[other]}).status_code == 304
    take_down(city["new"], actor=city.office.actor("editor"))
    assert client.get(address, headers={"If-None-Match": etags[address]}).status_code == 410
    # The page that named it changes too, although its own record did not.
    answer = client.get(other, headers={"If-None-Match": etags[other]})
    assert answer.status_code == 200
    assert "云洲市机动车停放管理办法" not in answer.content.decode()


def test_only_safe_methods(client: Client, city: City) -> None:
    assert client.post("/policy/").status_code == 405
    assert client.head("/policy/").status_code == 200


def test_search_starts_with_what_is_in_force(client: Client, city: City) -> None:
    assert "云洲市城市停车收费管理暂行规定" not in text_of(client, "/search?q=停车")
    assert "云洲市城市停车收费管理暂行规定" in text_of(client, "/search?q=停车&scope=all")
    for words in ("云政发[2026]12号", "云政发〔2026〕12号", city["new"].index_number, "机动车 停放"):
        assert "云洲市机动车停放管理办法" in text_of(client, f"/search?q={words}"), words
    assert "没有符合条件的信息" in text_of(client, "/search?q=查无此文") or "这里还没有公开的信息" in text_of(
        client, "/search?q=查无此文"
    )
    assert client.get("/search?q=a%00b").status_code == 404
    assert client.get("/o/a%00b/").status_code == 404
    assert client.get("/sitemap/99999999999999999999999.xml").status_code == 200
    for odd in ("%25_%27%22<script>", "%5C", "a" * 300, "%FF%FE"):
        assert "<script>" not in text_of(client, f"/search?q={odd}")


def test_a_related_record_that_is_gone_is_not_named(client: Client, city: City) -> None:
    take_down(city["new"], actor=city.office.actor("editor"))
    page = text_of(client, f"/r/{city['old'].index_number}")
    assert "云洲市机动车停放管理办法" not in page
    assert "废止" in page


FORMS = {"": "record", ".json": "record_json", ".edition.json": "edition", ".file/2": "attachment"}
ERRORS = {
    "400": "请求有误",
    "403": "没有权限",
    "403_csrf": "重新提交",
    "404": "没有找到",
    "500": "暂时打不开",
}


def test_an_address_stands_for_any_index_number() -> None:
    for number in ("330782000000/2018-157280", "0142768-8/2022-00185", "XM02100-0101-2019-00001", "青_溪.1/2026-00001"):
        assert unquote(reverse("portal:record", kwargs={"index_number": number})) == f"/r/{number}"
        for form, name in FORMS.items():
            found = resolve(f"/r/{number}{form}")
            assert (found.url_name, found.kwargs["index_number"]) == (name, number)


def test_error_pages_need_neither_request_nor_database() -> None:
    for name, words in ERRORS.items():
        assert words in render_to_string(f"{name}.html")
