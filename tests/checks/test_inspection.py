"""`gongkai inspect` as data: one object a file, whatever the file is."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement

from gongkai.engine.checks.inspection import inspect_file, inspect_paths
from tests.checks.test_detectors import IDENTITY
from tests.files import makers

KEYS = {"check", "type", "severity", "text", "place", "suggestion", "basis"}


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def types(path: Path) -> list[str]:
    found = inspect_file(path)
    assert set(found) == {"path", "readable", "findings"}
    assert all(set(one) == KEYS for one in found["findings"])
    json.dumps(found)
    return [one["type"] for one in found["findings"]]


def test_clean_text(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "云洲市公开指南\n".encode())
    assert inspect_file(path) == {"path": str(path), "readable": True, "findings": []}


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.xlsx", "a.pdf", "a.html", "a.ofd"])
def test_identity_number_in_any_format(tmp_path: Path, name: str) -> None:
    text = f"号码{IDENTITY}完"
    data = {
        "a.txt": text.encode("gb18030"),
        "a.docx": makers.word(text),
        "a.xlsx": makers.workbook([["甲", "乙"], ["丙", text]]),
        "a.pdf": makers.pdf([[(72, 700, text)]]),
        "a.html": f"<!doctype html><script>1</script><p>{text}".encode(),
        "a.ofd": makers.ofd((20, 20, 100, text)),
    }[name]
    assert types(written(tmp_path, name, data)) == ["identity-number"]


def test_properties_comments_and_tracked_changes(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.author = "张某"
    document.core_properties.last_modified_by = "李某"
    document.core_properties.comments = ""
    paragraph = document.add_paragraph("正文")._p
    paragraph.append(OxmlElement("w:del"))
    found = inspect_file(written(tmp_path, "a.docx", makers.saved(document)))["findings"]
    assert [(one["type"], one["text"]) for one in found] == [
        ("metadata", "creator：张某"),
        ("metadata", "lastModifiedBy：李某"),
        ("hidden-content", "修订痕迹：1 处"),
    ]


def test_unreadable_and_refused_files_are_findings(tmp_path: Path) -> None:
    for name, data in (("a.pdf", b"%PDF-1.5\n"), ("b.exe", b"MZ"), ("c.txt", b""), ("d.png", b"\x89PNG\r\n\x1a\n")):
        path = written(tmp_path, name, data)
        assert types(path) == ["unreadable"]
        assert inspect_file(path)["readable"] is False
    assert types(tmp_path / "missing.txt") == ["unreadable"]


def test_scanned_pdf_is_not_called_readable(tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", makers.pdf([[]]))
    assert types(path) == ["unreadable"]
    assert inspect_file(path)["readable"] is False


def test_mark_is_told_without_its_text(tmp_path: Path) -> None:
    found = inspect_file(written(tmp_path, "a.txt", "文件\n机密★20年\n某事项".encode()))
    assert found["readable"] is False
    assert [one["type"] for one in found["findings"]] == ["classification-mark"]
    assert "某事项" not in str(found)
    assert "机密" not in str(found["findings"])


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.txt", "a.txt", "sub/c.txt", ".hidden"):
        written(tmp_path, name, "公开".encode())
    assert [Path(one["path"]).name for one in inspect_paths([tmp_path])] == ["a.txt", "b.txt", "c.txt"]


def test_sources(shared: Path) -> None:
    found = {Path(one["path"]).name[:3]: one for one in inspect_paths([shared / "sources"])}
    told = {name: [(item["type"], item["text"]) for item in one["findings"]] for name, one in found.items()}
    assert told["002"] == [
        ("count", "城乡规划、…、公共法律服务8个"),
        ("document-number", "青政办〔2017138号"),
    ]
    assert [kind for kind, _ in told["004"]] == ["document-number", "document-number", "landline", "email"]
    assert "8340032" not in str(found["004"])
