"""An import with a name: killed in the middle it goes on, doubles nothing, and reports what is doubtful."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gongkai.config import env
from gongkai.config.cli import main
from gongkai.domains.documents.models import ImportBatch, ImportItem
from gongkai.engine.records.models import Record
from gongkai.ground.access.roles import Role
from gongkai.ground.refusal import Refused
from gongkai.surfaces.exchange.importing import import_paths
from tests.builders import organ, person
from tests.files.makers import word

pytestmark = pytest.mark.django_db(transaction=True)
CODE, OTHER = "11330000001", "11330000002"
LETTER = "关于第{}项收费的通知\n\n各单位：\n现将第{}项收费标准通知如下，请遵照执行。\n\n云洲市财政局\n2025年3月{}日\n"
BODIES = ("甲", "乙", "丙", "丁", "戊", "己")


@pytest.fixture
def site(tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(env, "FILES_DIR", own_folders / "files")
    person("import-service", organ(CODE, "云洲市财政局", organisation_code="014416330"), Role.SERVICE)
    person("other-service", organ(OTHER, "云洲市民政局"), Role.SERVICE)
    folder = tmp_path / "旧站"
    folder.mkdir()
    for number, name in enumerate(BODIES, 1):
        (folder / f"{number}.txt").write_text(LETTER.format(name, name, number), encoding="utf-8")
    return folder


def run(site: Path, **options: Any) -> list[dict[str, Any]]:
    return list(import_paths([site], CODE, batch="旧站一期", **options))


SCRIPT = """
import os, signal, sys, django
django.setup()
from gongkai.surfaces.exchange import running
from gongkai.surfaces.exchange.importing import import_paths
write, calls = running.write_item, []
def dying(*arguments):
    calls.append(1)
    if len(calls) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    write(*arguments)
running.write_item = dying
list(import_paths([sys.argv[1]], sys.argv[2], batch="旧站一期", already_public=sys.argv[3]))
"""


@pytest.mark.parametrize(("already_public", "taken"), [("", 3), ("原网站已公开", 0)])
def test_killed_in_the_middle_it_goes_on_and_doubles_nothing(
    site: Path, process_environment: Any, already_public: str, taken: int
) -> None:
    surroundings = process_environment() | {"FILES_DIR": str(env.FILES_DIR)}
    command = [sys.executable, "-c", SCRIPT, str(site), CODE, already_public]
    assert subprocess.run(command, env=surroundings, check=False).returncode == -signal.SIGKILL
    assert (Record.objects.count(), ImportItem.objects.count()) == (taken, taken)
    assert ImportBatch.objects.get().finished_at is None
    before = set(Record.objects.values_list("pk", flat=True))
    lines = run(site, already_public=already_public)
    assert (len(lines), Record.objects.count(), ImportItem.objects.count()) == (6, 6, 6)
    assert before <= set(Record.objects.values_list("pk", flat=True))
    assert ImportBatch.objects.get().finished_at is not None
    assert {line["record"] for line in lines} == {str(pk) for pk in Record.objects.values_list("pk", flat=True)}
    assert run(site, already_public=already_public) == lines
    assert Record.objects.count() == 6


def test_a_refused_one_is_tried_again_and_a_marked_one_leaves_no_name(site: Path) -> None:
    (site / "坏.docx").write_bytes(b"PK\x03\x04")
    (site / "某事项.docx").write_bytes(word("机密★5年", "关于某事项的通知", "请遵照执行。"))
    run(site)
    refused = ImportItem.objects.filter(outcome="refused")
    assert (refused.count(), ImportItem.objects.count()) == (2, 8)
    assert all("某事项" not in json.dumps(item.line, ensure_ascii=False) for item in refused)
    run(site)
    assert (ImportItem.objects.count(), Record.objects.count()) == (8, 6)


@pytest.mark.parametrize(("code", "already_public"), [(OTHER, ""), (CODE, "原网站")])
def test_a_batch_is_one_organs_and_of_one_opinion(site: Path, code: str, already_public: str) -> None:
    run(site)
    with pytest.raises(Refused) as refused:
        list(import_paths([site], code, batch="旧站一期", already_public=already_public))
    assert (refused.value.code, Record.objects.count()) == ("intake.other_batch", 6)


@pytest.mark.parametrize("form", ["html", "csv", "json"])
def test_the_report_names_every_doubt_the_gravest_first(site: Path, tmp_path: Path, form: str, capsys: Any) -> None:
    doubtful = "发布机构：=政务专题\n成文日期：2025-03-09\n" + LETTER.format("庚", "庚", 7)
    (site / "7.txt").write_text(doubtful, encoding="utf-8")
    (site / "坏.docx").write_bytes(b"PK\x03\x04")
    report = tmp_path / f"疑点.{form}"
    arguments = ["import", str(site), "--organ", CODE, "--batch", "旧站一期", "--report", str(report), "--json"]
    assert main(arguments) == 1
    capsys.readouterr()
    text = report.read_text(encoding="utf-8-sig")
    if form == "json":
        found = json.loads(text)
        assert (found["batch"], found["files"], found["refused"], found["doubtful"]) == ("旧站一期", 8, 1, 1)
        assert [len(item["warnings"]) for item in found["items"]] == [1, 2]
        assert found["items"][0]["error"] and found["items"][1]["record"]
        told = {warning["code"]: (warning["found"], warning["expected"]) for warning in found["items"][1]["warnings"]}
        assert told["written-on-differs"] == ("2025-03-09", "2025-03-07")
    elif form == "csv":
        rows = list(csv.DictReader(text.splitlines()))
        assert {row["疑点"] for row in rows[1:]} == {"publisher-not-an-organ", "written-on-differs"}
        assert rows[0]["疑点"] == "unreadable"
        assert "'=政务专题" in {row["所见"] for row in rows}
    else:
        assert text.index("坏.docx") < text.index("7.txt")
        assert "written-on-differs" in text and "2025-03-09" in text


def test_a_report_of_another_form_and_a_batch_of_a_dry_run_are_refused(site: Path, tmp_path: Path, capsys: Any) -> None:
    assert main(["import", str(site), "--organ", CODE, "--report", str(tmp_path / "a.docx")]) == 2
    assert main(["import", str(site), "--dry-run", "--batch", "旧站"]) == 2
    assert "--report" in capsys.readouterr().err
    assert not ImportBatch.objects.exists()
