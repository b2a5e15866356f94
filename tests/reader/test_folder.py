"""The watched folder: what lies still is taken once, whatever dies meanwhile; what is refused says why."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gongkai.config import env
from gongkai.config.tick import STEPS
from gongkai.domains.documents.models import Delivery
from gongkai.engine.records.models import Record, SealedPaper
from gongkai.ground.access.roles import Role
from gongkai.ground.register.models import Event
from gongkai.surfaces.exchange import folder
from tests.builders import Office, person
from tests.files.makers import word

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "11330000001"
DOCUMENT = word(
    "关于开展巡查的通知", "各学校：", "请完成巡查并报送结果。", "云洲市教育局", "2026年2月26日", "公开方式：主动公开"
)
MARKED = word("绝密★启用前", "关于某事项的通知", "请遵照执行。")


@pytest.fixture
def inbox(tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(env, "FILES_DIR", own_folders / "files")
    monkeypatch.setattr(env, "INBOX_DIR", str(tmp_path))
    monkeypatch.setattr(folder, "SETTLED", 0.0)
    office = Office(CODE)
    person("oa", office.organ, Role.SERVICE)
    (tmp_path / CODE).mkdir()
    return tmp_path / CODE


def names(place: Path) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def test_a_file_and_a_folder_become_records(inbox: Path) -> None:
    (inbox / "巡查.docx").write_bytes(DOCUMENT)
    drop = inbox / "2026-17"
    drop.mkdir()
    (drop / "正文.docx").write_bytes(word("关于收费的通告", "现将收费标准通告如下，请遵照执行。"))
    (drop / "审签单.docx").write_bytes(word("发文稿纸"))
    (drop / "名单.txt").write_text("名单", encoding="utf-8")
    told = {"disclosure": "proactive", "disclosure_basis": "20.15", "review": [{"step": "签发", "name": "王某某"}]}
    (drop / "metadata.json").write_text(json.dumps(told), encoding="utf-8")
    assert folder.take_inbox() == 2
    records = {record.title: record for record in Record.objects.select_related("working")}
    assert set(records) == {"关于开展巡查的通知", "关于收费的通告"}
    assert records["关于开展巡查的通知"].disclosure == "proactive"
    assert {record.state for record in records.values()} == {"proposed"}
    assert [file["name"] for file in records["关于收费的通告"].working.files] == ["正文.docx", "名单.txt"]
    assert SealedPaper.objects.get().signatures[0]["name"] == "王某某"
    assert names(inbox) == [
        "done/2026-17.receipt.json",
        "done/2026-17/metadata.json",
        "done/2026-17/名单.txt",
        "done/2026-17/审签单.docx",
        "done/2026-17/正文.docx",
        "done/巡查.docx",
        "done/巡查.docx.receipt.json",
    ]
    receipt = json.loads((inbox / "done" / "巡查.docx.receipt.json").read_text(encoding="utf-8"))
    assert receipt["record"] == records["关于开展巡查的通知"].pk
    assert folder.take_inbox() == 0


def test_half_written_drops_wait(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "a.docx.part").write_bytes(DOCUMENT)
    drop = inbox / "b"
    drop.mkdir()
    (drop / "正文.docx").write_bytes(DOCUMENT)
    (drop / "审签单.docx.tmp").write_bytes(b"")
    (inbox / "link.docx").symlink_to(inbox / "a.docx.part")
    assert folder.take_inbox() == 0
    monkeypatch.setattr(folder, "SETTLED", 60.0)
    (inbox / "c.docx").write_bytes(DOCUMENT)
    assert (folder.take_inbox(), Record.objects.count()) == (0, 0)


def test_what_is_refused_lies_aside_with_its_reason(inbox: Path) -> None:
    (inbox / "坏.ofd").write_bytes(b"PK\x03\x04broken")
    (inbox / "别的机构").mkdir()
    (inbox / "别的机构" / "正文.docx").write_bytes(DOCUMENT)
    (inbox / "别的机构" / "metadata.json").write_text('{"organ_code": "1"}', encoding="utf-8")
    two = inbox / "两个正文"
    two.mkdir()
    (two / "甲.docx").write_bytes(DOCUMENT)
    (two / "乙.pdf").write_bytes(b"%PDF-1.4")
    assert folder.take_inbox() == 3
    assert (Record.objects.count(), Delivery.objects.count()) == (0, 0)
    reasons = {path.name: path.read_text(encoding="utf-8") for path in (inbox / "refused").glob("*.reason.txt")}
    assert set(reasons) == {"坏.ofd.reason.txt", "别的机构.reason.txt", "两个正文.reason.txt"}
    assert "第十条" in reasons["别的机构.reason.txt"] and "处理：" in reasons["坏.ofd.reason.txt"]


def test_of_a_marked_drop_nothing_is_kept(inbox: Path) -> None:
    (inbox / "某事项的通知.docx").write_bytes(MARKED)
    assert folder.take_inbox() == 1
    (kept,) = names(inbox)
    assert kept.startswith("refused/") and "某事项" not in kept
    assert "某事项" not in (inbox / kept).read_text(encoding="utf-8")
    assert [event.data for event in Event.objects.filter(name="file.refused")] == [{"reason": "classification-mark"}]
    assert not Record.objects.exists()


def test_the_same_document_again_makes_no_second_record(inbox: Path) -> None:
    for name in ("a.docx", "b.docx"):
        (inbox / name).write_bytes(DOCUMENT)
        assert folder.take_inbox() == 1
    assert (Record.objects.count(), Event.objects.filter(name="record.received").count()) == (1, 1)
    assert len(list((inbox / "done").glob("*.receipt.json"))) == 2


SCRIPT = """
import os, signal, django
django.setup()
from gongkai.surfaces.exchange import folder
folder.SETTLED = 0.0
folder._moved = lambda *a: os.kill(os.getpid(), signal.SIGKILL)
folder.take_inbox()
"""


def test_killed_between_commit_and_move_it_is_taken_once(inbox: Path, process_environment: Any) -> None:
    (inbox / "巡查.docx").write_bytes(DOCUMENT)
    surroundings = process_environment() | {"INBOX_DIR": env.INBOX_DIR, "FILES_DIR": str(env.FILES_DIR)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=surroundings, check=False)
    assert done.returncode == -signal.SIGKILL
    assert names(inbox) == ["巡查.docx"]
    assert (Record.objects.count(), Delivery.objects.count()) == (1, 1)
    assert folder.take_inbox() == 1
    assert (Record.objects.count(), Delivery.objects.count()) == (1, 1)
    assert names(inbox) == ["done/巡查.docx", "done/巡查.docx.receipt.json"]


def test_the_tick_looks_into_it_and_without_a_setting_nobody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [step.function for step in STEPS if step.name == "inbox"] == [f"{folder.__name__}.take_inbox"]
    monkeypatch.setattr(env, "INBOX_DIR", "")
    assert folder.take_inbox() == 0


def test_what_cannot_be_settled_keeps_nothing_else_waiting(inbox: Path) -> None:
    other = Office("11330000002", "云洲市卫生健康局")
    person("oa-health", other.organ, Role.SERVICE)
    named_in_gbk = os.fsdecode("巡查".encode("gbk"))
    (inbox.parent / named_in_gbk).mkdir()
    (inbox / "巡查.docx").write_bytes(DOCUMENT)
    (inbox / "done").write_text("不是文件夹", encoding="utf-8")
    (inbox.parent / "11330000002").mkdir()
    (inbox.parent / "11330000002" / "收费.docx").write_bytes(word("关于收费的通告", "现将收费标准通告如下。"))
    assert folder.take_inbox() == 1
    assert folder.take_inbox() == 0
    assert sorted(Delivery.objects.values_list("organ__code", flat=True)) == [CODE, "11330000002"]
    assert (inbox / "巡查.docx").exists()
