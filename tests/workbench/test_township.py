"""The small office: six menus, and three people take a document from its file to the public page on one screen."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongkai.engine.records.models import Record
from gongkai.engine.records.ticks import publish_due
from gongkai.engine.reviews.models import Opinion
from gongkai.ground import clock
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import Role
from gongkai.ground.register.models import Event
from tests.builders import LONG_AGO, Office, draft_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db
TEXT = """清溪镇人民政府关于做好冬季用火安全工作的通知

各村（居）：
请各村对老旧房屋的用火用电逐户检查，11月底前报送结果。

清溪镇人民政府
2026年3月2日
"""


@pytest.fixture
def town(db: None, frozen_clock: dt.datetime) -> Desk:
    """A township of three: who drafts and publishes, who reviews both, who signs."""
    del db, frozen_clock
    office = Office("11330000009", "云洲市清溪镇人民政府", review_preset="township")
    for who, role in (("attribute", Role.SECRECY_REVIEWER), ("officer", Role.SITE_EDITOR)):
        Grant.objects.create(person=office.people[who], role=role, organ=office.organ, valid_from=LONG_AGO)
    return Desk(office)


def menus(client: Client) -> list[str]:
    page = client.get("/desk/").content.decode()
    nav = page[page.index('class="desk-nav"') : page.index("</nav>", page.index('class="desk-nav"'))]
    return re.findall(r"</svg>([^<]+)</a>", nav)


def test_a_township_has_six_menus_and_a_bureau_has_its_own(town: Desk, desk: Desk) -> None:
    six = ["待办", "新建", "审核审签", "待发布", "文件列表", "公开页面"]
    assert [menus(town.client(who)) for who in ("officer", "attribute", "sign_off")] == [six, six, six]
    bureau = ["待办", "文件列表", "规范性文件台账", "登记和移送", "工作记录", "我的提醒", "新建", "上级文件转载"]
    assert menus(desk.client("officer")) == bureau
    assert town.client("officer").get("/desk/queue/publish/").status_code == 200


def test_three_people_take_a_file_to_the_public_page_on_one_screen(town: Desk) -> None:
    officer, reviewer, signer = (town.client(who) for who in ("officer", "attribute", "sign_off"))
    source = TEXT.encode()
    first = officer.get("/desk/new/").context["form"]
    kind = first.kind.code
    read = officer.post("/desk/new/", {"kind": kind, "step": "read", "source": SimpleUploadedFile("通知.txt", source)})
    form = read.context["form"]
    assert form["title"].value() == "清溪镇人民政府关于做好冬季用火安全工作的通知"
    kind = form.kind.code
    given = {name: form[name].value() or "" for name in form.fields} | {
        "kind": kind,
        "disclosure": "proactive",
        "disclosure_basis": "20.13",
        "step": "submit",
    }
    answer = officer.post("/desk/new/", given)
    record = Record.objects.get()
    assert (answer.headers["Location"], record.state, record.preset) == (
        f"/desk/records/{record.pk}/",
        "proposed",
        "township",
    )
    page = reviewer.get(f"/desk/records/{record.pk}/").content.decode()
    assert "两项都同意" in page and "用火用电逐户检查" in page
    both = {"attribute_text": "", "secrecy_text": "", "seen": record.working.sha256}
    assert reviewer.post(f"/desk/records/{record.pk}/review/", both).status_code == 302
    page = signer.get(f"/desk/records/{record.pk}/").content.decode()
    assert "同意，并立即公开" in page
    signed = signer.post(
        f"/desk/records/{record.pk}/do/review.sign_off/",
        {"text": "", "publish_at": "", "at_once": "1", "seen": record.working.sha256},
    )
    assert signed.status_code == 302
    record.refresh_from_db()
    assert (record.state, record.scheduled_for) == ("scheduled", clock.now() + dt.timedelta(seconds=1))
    with clock.frozen(clock.now() + dt.timedelta(seconds=2)):
        assert publish_due() == 1
    record.refresh_from_db()
    assert (record.state, record.is_visible, Opinion.objects.count()) == ("public", True, 3)
    assert "用火用电逐户检查" in Client().get(f"/r/{record.index_number}").content.decode()
    stages = officer.get(f"/desk/records/{record.pk}/").context["stages"]
    assert [stage.state for stage in stages] == ["done"] * len(stages)


def test_what_is_missing_is_told_and_nothing_is_made(town: Desk) -> None:
    client = town.client("officer")
    before = Event.objects.count()
    answer = client.post("/desk/new/", {"kind": "notice", "step": "submit", "title": "缺依据", "body": "正文。"})
    page = answer.content.decode()
    assert (answer.status_code, "没有认定公开属性" in page, 'value="缺依据"' in page) == (422, True, True)
    assert (Record.objects.count(), Event.objects.count()) == (0, before)
    assert client.post("/desk/new/", {"kind": "guide", "step": "draft", "title": "x"}).status_code == 422


def test_the_one_screen_edits_and_shows_how_far_it_is(town: Desk) -> None:
    record = draft_record(town.office, kind="notice")
    client = town.client("officer")
    answer = client.get(f"/desk/records/{record.pk}/")
    assert [(stage.name, stage.state) for stage in answer.context["stages"]] == [
        ("文件", "done"),
        ("公开属性和依据", "done"),
        ("送审", "now"),
        ("公开属性审核", "later"),
        ("保密审查", "later"),
        ("审签", "later"),
        ("公开", "later"),
    ]
    assert f'action="/desk/records/{record.pk}/edit/"' in answer.content.decode()
    full = client.get(f"/desk/records/{record.pk}/?full=1").content.decode()
    assert "版本" in full and "经过" in full


@pytest.fixture
def policies(shared: Path) -> list[bytes]:
    """Real policies as plain text files."""
    lines = (shared / "data/policies_guangzhou/documents.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["original_text"].encode() for line in lines]


@pytest.mark.parametrize("number", [0, 7])
def test_a_real_policy_reaches_the_public_in_four_acts(town: Desk, policies: list[bytes], number: int) -> None:
    record = reach_the_public(town, policies[number])
    assert len(record.title) > 8


def test_a_file_reaches_the_public_in_four_acts_and_the_sheet_names_the_three(town: Desk) -> None:
    reach_the_public(town, TEXT.encode())


def reach_the_public(town: Desk, text: bytes) -> Record:
    """A file, four acts of three persons, a public page, and a sheet with their names, opinions and times."""
    people = town.office.people
    for who, name in (("officer", "陈思远"), ("attribute", "何佳"), ("sign_off", "林建国")):
        people[who].name = name
        people[who].save()
    acts = 0

    def send(who: str, address: str, given: dict[str, Any]) -> Any:
        nonlocal acts
        acts += 1
        return town.client(who).post(address, given)

    upload = SimpleUploadedFile("文件.txt", text)
    kind = town.client("officer").get("/desk/new/").context["form"].kind.code
    form = send("officer", "/desk/new/", {"kind": kind, "step": "read", "source": upload}).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    chosen = {"kind": form.kind.code, "disclosure": "proactive", "disclosure_basis": "20.13", "step": "submit"}
    answer = send("officer", "/desk/new/", given | chosen)
    assert answer.status_code == 302, answer.content.decode()
    record = Record.objects.get()
    assert record.working is not None
    seen = {"seen": record.working.sha256}
    both = {"attribute_text": "属性准确。", "secrecy_text": "不涉密。"} | seen
    assert send("attribute", f"/desk/records/{record.pk}/review/", both).status_code == 302
    signed = {"text": "同意公开。", "publish_at": "", "at_once": "1"} | seen
    assert send("sign_off", f"/desk/records/{record.pk}/do/review.sign_off/", signed).status_code == 302
    with clock.frozen(clock.now() + dt.timedelta(seconds=2)):
        assert publish_due() == 1
    record.refresh_from_db()
    assert (acts, record.is_visible) == (4, True)
    assert Client().get(f"/r/{record.index_number}").status_code == 200
    sheet = town.client("officer").get(f"/desk/records/{record.pk}/sheet/").content.decode()
    told = (
        "陈思远",
        "何佳",
        "林建国",
        "属性准确。",
        "不涉密。",
        "同意公开。",
        "2026-03-02 09:00",
        record.working.sha256,
    )
    assert [words for words in told if words not in sheet] == []
    return record
