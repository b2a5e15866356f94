"""No public page asks the database more than six questions, the state of the register included."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

from gongkai.engine.channels.actions import open_column
from gongkai.ground.organs.models import Organ
from gongkai.ground.register.log import seal
from gongkai.ground.register.models import Checkpoint
from gongkai.surfaces.portal.kept import answers, renderings
from gongkai.surfaces.portal.urls import urlpatterns
from tests.portal.town import City, corrected

MOST = 6
FORMS = {"": "record", ".txt": "record_text", ".edition.json": "edition", ".qr.svg": "qr"}


@pytest.fixture
def crowded(city: City) -> City:
    """The city with a record that has everything: corrected, replaced, issued by several, others like it."""
    old, office = city["old"], city.office
    corrected(office, old, "文号有误。")
    for number in range(3):
        co_issuer = Organ.objects.create(
            code=f"co{number}", name=f"云洲市第{number}局", type="department", level="city"
        )
        old.co_issuers.add(co_issuer)
    corrected(office, city["new"], "标题有误。")
    facts = {"name": "公告", "slug": "notices", "kinds": ["other_document"]}
    open_column(actor=office.actor("editor"), organ=office.organ, **facts)
    seal()
    return city


def addresses(city: City) -> Iterator[tuple[str, str]]:
    """Every address of the portal, for each of the city's records where it is a record's."""
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    for name in ("old", "new", "fixed", "plain", "withdrawn", "down"):
        number = quote(city[name].index_number or "")
        for form in ("", ".json", ".txt", ".pdf", ".docx", ".edition.json", ".qr.svg"):
            yield FORMS.get(form, f"record_{form[1:]}"), f"/r/{number}{form}"
        yield "proof", f"/register/proof/{number}"
    code = city.office.organ.code
    listings = ["all", "policy", "ledger", "xxgk/content", f"organ/{code}", "c/notices"]
    plain = {
        "home": ["/"],
        "disclosure": ["/xxgk/"],
        "category": ["/xxgk/content/20.01/"],
        "section": [f"/xxgk/{name}/" for name in ("guide", "system", "content", "report")],
        "policy": [
            "/policy/",
            "/policy/?theme=城乡建设、环境保护&year=2019",
            "/policy/?on=2026-01-01",
            f"/policy/?organ={code}",
        ],
        "ledger": ["/policy/ledger/", "/policy/ledger/?year=2026"],
        "column": ["/c/notices/"],
        "search": ["/search", "/search?q=停车", "/search?q=停车&scope=all&year=2026"],
        "foi": ["/foi/"],
        "rules": ["/rules/"],
        "organ": [f"/o/{code}/", f"/o/{code}/?category=20.01"],
        "compare": [
            f"/r/{quote(city['fixed'].index_number or '')}.compare",
            f"/r/{quote(city['new'].index_number or '')}.compare?with={quote(city['old'].index_number or '')}",
        ],
        "register": ["/register/", f"/register/?index_number={quote(city['old'].index_number or '')}"],
        "checkpoint": ["/register/checkpoint"],
        "consistency": [f"/register/consistency?old={sizes[0]}&new={sizes[-1]}"],
        "key": ["/register/key"],
        "verifier": ["/register/verify_register.py"],
        "feeds": ["/feed/"],
        "feed": [f"/feed/{listing}.{form}" for listing in listings for form in ("atom", "csv", "json", "xlsx")],
        "embed": [f"/embed/{listing}.{form}" for listing in listings for form in ("frame.html", "json")],
        "embed_fragment": [f"/embed/{listing}.html" for listing in listings],
        "sitemap": ["/sitemap.xml"],
        "sitemap_part": ["/sitemap/1.xml"],
        "robots": ["/robots.txt"],
    }
    for name, found in plain.items():
        for address in found:
            yield name, address


def test_no_public_page_takes_more_than_six_queries(crowded: City) -> None:
    taken: dict[str, int] = {}
    asked: set[str] = set()
    visitor = Client()
    for name, address in addresses(crowded):
        asked.add(name)
        visitor.get(address)
        answers.clear()
        renderings.clear()
        with CaptureQueriesContext(connection) as seen:
            assert visitor.get(address).status_code in {200, 410}, address
        taken[address] = len(seen)
    routes = {str(route.name) for route in urlpatterns if isinstance(route, URLPattern)}
    assert routes - asked == {"attachment"}
    # The proofs of a record are no page: a file for programs, gathered from the whole tree.
    proofs = {address: taken.pop(address) for address in list(taken) if address.startswith("/register/proof/")}
    assert max(proofs.values()) <= MOST + 1
    assert {address: count for address, count in taken.items() if count > MOST} == {}
    assert taken[f"/r/{quote(crowded['old'].index_number or '')}"] == MOST
