"""A record as JSON, text and bytes; lists as Atom and CSV; proofs checked by the script with nothing but Python."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from gongkai.engine.records.actions import take_down
from gongkai.engine.records.attachments import entry_of
from gongkai.ground.files.actions import upload
from gongkai.surfaces.look.sheet import safe_cell
from gongkai.surfaces.portal.feed_views import COLUMNS
from tests.builders import public_record
from tests.portal.town import City

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def test_edition_bytes_are_the_hashed_ones(client: Client, city: City) -> None:
    record = city["fixed"]
    first, second = record.editions.order_by("number")
    for query, edition in (("", second), ("?edition=2", second), ("?edition=1", first)):
        answer = client.get(f"/r/{record.index_number}.edition.json{query}")
        assert hashlib.sha256(answer.content).hexdigest() == edition.sha256
    for query in ("?edition=3", "?edition=x", "?edition=-1", "?edition=99999999999"):
        assert client.get(f"/r/{record.index_number}.edition.json{query}").status_code == 404


def test_record_as_json_and_text(client: Client, city: City) -> None:
    record = city["new"]
    data = client.get(f"/r/{record.index_number}.json").json()
    assert data["index_number"] == record.index_number
    assert data["url"] == f"http://testserver/r/{record.index_number}"
    assert data["issuing_organ"] == {"code": "113300001", "name": "云洲市人民政府办公室"}
    assert (data["written_on"], data["effective_from"]) == ("2026-03-02", "2026-05-01")
    assert data["published_at"] == "2026-03-02T09:02:00+08:00"
    assert [(link["kind"], link["direction"]) for link in data["links"]] == [("replaces", "to")]
    assert data["edition"]["number"] == 1
    text = client.get(f"/r/{record.index_number}.txt").content.decode()
    assert text.startswith("云洲市机动车停放管理办法\n云政发〔2026〕12号\n")
    assert "成文日期：2026-03-02" in text
    assert "第一条　为加强机动车停放管理" in text
    assert "住宅\t车位/户\t1.0" in text


def test_atom_holds_the_very_list(client: Client, city: City) -> None:
    answer = client.get("/feed/policy.atom?validity=repealed")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    tree = ET.fromstring(answer.content)
    assert [entry.findtext(f"{ATOM}title") for entry in tree.iter(f"{ATOM}entry")] == ["云洲市城市停车收费管理暂行规定"]
    assert tree.findtext(f"{ATOM}id") == "http://testserver/feed/policy.atom?validity=repealed"
    everything = ET.fromstring(client.get("/feed/all.atom").content)
    moments = [entry.findtext(f"{ATOM}published") or "" for entry in everything.iter(f"{ATOM}entry")]
    assert len(moments) == 4
    assert moments == sorted(moments, reverse=True)


def test_csv_holds_the_very_list_and_no_formula(client: Client, city: City) -> None:
    answer = client.get("/feed/all.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == list(COLUMNS)
    assert rows[1][0] == "'=SUM(A1) 怎样填表的通知"
    assert [row[1] for row in rows[1:]] == [city[name].index_number for name in ("plain", "fixed", "new", "old")]
    assert [safe_cell(cell) for cell in ("=1", "+1", "-1", "@a", "\tx", "a=1", "")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@a",
        "'\tx",
        "a=1",
        "",
    ]


def test_sitemap_names_every_public_record(client: Client, city: City) -> None:
    index = ET.fromstring(client.get("/sitemap.xml").content)
    parts = [node.text for node in index.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert parts == ["http://testserver/sitemap/1.xml"]
    tree = ET.fromstring(client.get("/sitemap/1.xml").content)
    found = {node.text for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    shown = {city[name].index_number for name in ("plain", "fixed", "new", "old")}
    assert found == {f"http://testserver/r/{number}" for number in shown}


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(folder / "verify_register.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def test_downloaded_proof_verifies_with_python_alone(client: Client, city: City, tmp_path: Path) -> None:
    record = city["fixed"]
    downloads = {
        "verify_register.py": "/register/verify_register.py",
        "key.txt": "/register/key",
        "proof.json": f"/register/proof/{record.index_number}",
        "content.json": f"/r/{record.index_number}.edition.json",
        "first.json": f"/r/{record.index_number}.edition.json?edition=1",
        "checkpoint.txt": "/register/checkpoint",
    }
    for name, address in downloads.items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        (tmp_path / name).write_bytes(answer.content)
    for content in ("content.json", "first.json"):
        done = check(tmp_path, "proof.json", content, "--key", "key.txt")
        assert done.returncode == 0, done.stdout + done.stderr
    changed = (tmp_path / "content.json").read_bytes().replace("食堂".encode(), "饭堂".encode())
    (tmp_path / "content.json").write_bytes(changed)
    assert check(tmp_path, "proof.json", "content.json", "--key", "key.txt").returncode == 1
    assert (
        json.loads((tmp_path / "proof.json").read_text())[0]["checkpoint"] == (tmp_path / "checkpoint.txt").read_text()
    )


def test_proof_of_a_withdrawn_record_stays(client: Client, city: City) -> None:
    proofs = client.get(f"/register/proof/{city['withdrawn'].index_number}").json()
    assert [proof["public"]["event"] for proof in proofs] == ["record.published", "record.withdrawn"]
    assert client.get("/register/proof/113300001/2026-00099").status_code == 404
    assert client.get("/register/key?log=nothing").status_code == 404
    assert client.get("/register/consistency?old=1&new=999999").status_code == 404


def test_attachments_are_handed_out_only_with_their_public_edition(client: Client, city: City) -> None:
    office = city.office
    name, data = "泊位标准=1.txt", "类别,泊位\n住宅,1.0\n".encode()
    file, _ = upload(data, name, organ=office.organ, actor=office.actor("officer"))
    record = public_record(office, title="带附件的通知", document_number="云教〔2026〕90号", files=[entry_of(file)])
    page = client.get(f"/r/{record.index_number}").content.decode()
    address = f"/r/{record.index_number}.file/1"
    assert f'href="{address}"' in page
    assert "TXT，25 字节" in page
    answer = client.get(address)
    assert answer.content == data
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%B3%8A")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for place in ("0", "2", "999"):
        assert client.get(f"/r/{record.index_number}.file/{place}").status_code == 404
    take_down(record, actor=office.actor("editor"))
    assert client.get(address).status_code == 410


def test_a_list_as_json_is_the_list_on_the_screen(client: Client, city: City) -> None:
    answer = client.get("/feed/policy.json", {"validity": "in_force", "theme": "城乡建设、环境保护"})
    told = json.loads(answer.content)
    assert [entry["title"] for entry in told["records"]] == ["云洲市机动车停放管理办法"]
    entry, record = told["records"][0], city["new"]
    assert entry["url"] == f"http://testserver/r/{record.index_number}"
    assert (entry["validity"], entry["issuing_organ"]["code"]) == ("in_force", "113300001")
    page = client.get("/policy/", {"validity": "in_force"}).content.decode()
    assert 'href="/feed/policy.json?validity=in_force"' in page
    assert city["down"].title not in client.get("/feed/all.json").content.decode()
