"""Bad input: a clear message each, and nothing is written."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest

from gongkai.config import env
from gongkai.ground.files import actions, media
from gongkai.ground.files.guard import inspect_upload
from gongkai.ground.refusal import Refused
from gongkai.ground.register.models import Event
from tests.files import makers
from tests.files.offices import Office

Look = Callable[[], tuple[list[str], int, int]]
PAGE = makers.pdf([[(72, 700, "云洲市公开")]])
REMOTE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="http://example.org/t.dotm" TargetMode="External"/></Relationships>'
)
MACRO_TYPE = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'

BAD: list[tuple[str, bytes, str, str]] = [
    ("empty", b"", "a.txt", "files.empty"),
    ("program called pdf", b"MZ\x90\x00\x03\x00" * 50, "通知.pdf", "files.wrong_type"),
    ("picture called docx", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "通知.docx", "files.wrong_type"),
    ("zip called docx", makers.archive({"a.txt": b"a"}), "通知.docx", "files.wrong_type"),
    ("ending not accepted", b"text", "a.exe", "files.type_not_allowed"),
    ("no ending", b"text", "readme", "files.type_not_allowed"),
    ("drawing with script", b"<svg><script>1</script></svg>", "a.svg", "files.type_not_allowed"),
    ("drawing called page", b"<svg><script>1</script></svg>", "a.html", "files.wrong_type"),
    ("page with script", b"<!doctype html><p>a<script>1</script>", "a.html", "files.active_content"),
    ("page with handler", b'<!doctype html><p onclick="x()">a', "a.html", "files.active_content"),
    ("page with script link", b'<!doctype html><a href=" JavaScript:x()">a</a>', "a.html", "files.active_content"),
    ("bomb", makers.archive({"a.txt": b"0" * 30_000_000}), "a.zip", "files.bomb"),
    ("bomb in a docx", makers.with_entry(makers.word("a"), "word/x.xml", b" " * 30_000_000), "a.docx", "files.bomb"),
    ("many entries", makers.archive({f"{n}.txt": b"" for n in range(5_001)}), "a.zip", "files.bomb"),
    ("zip in zip", makers.archive({"b.zip": makers.archive({"a.txt": b"a"})}), "a.zip", "files.nested"),
    ("traversal", makers.archive({"../../etc/a.txt": b"a"}), "a.zip", "files.unsafe_path"),
    ("backslash traversal", makers.archive({"..\\a.txt": b"a"}), "a.zip", "files.unsafe_path"),
    ("absolute path", makers.archive({"/etc/a.txt": b"a"}), "a.zip", "files.unsafe_path"),
    ("drive path", makers.archive({"C:/a.txt": b"a"}), "a.zip", "files.unsafe_path"),
    ("locked zip", makers.locked_zip(), "a.zip", "files.encrypted"),
    ("locked docx", makers.locked_word(), "a.docx", "files.encrypted"),
    ("locked pdf", makers.locked_pdf(), "a.pdf", "files.encrypted"),
    ("program in zip", makers.archive({"a.pdf": b"MZ\x90\x00" * 50}), "a.zip", "files.wrong_type"),
    ("macros", makers.with_entry(makers.word("a"), "word/vbaProject.bin", b"x"), "a.docx", "files.macros"),
    ("docm", makers.with_entry(makers.word("a"), "[Content_Types].xml", MACRO_TYPE), "a.docm", "files.macros"),
    ("docm renamed", makers.with_entry(makers.word("a"), "[Content_Types].xml", MACRO_TYPE), "a.docx", "files.macros"),
    ("macros in doc", makers.ole("WordDocument", "Macros"), "a.doc", "files.macros"),
    (
        "remote template",
        makers.with_entry(makers.word("a"), "word/_rels/settings.xml.rels", REMOTE),
        "a.docx",
        "files.active_content",
    ),
    ("broken pdf", PAGE[:200], "a.pdf", "files.broken"),
    ("broken docx", makers.word("a")[:900], "a.docx", "files.wrong_type"),
    ("pdf script", makers.pdf([[]], b"/OpenAction << /S /JavaScript /JS (x) >>"), "a.pdf", "files.active_content"),
    ("pdf launch", makers.pdf([[]], b"/OpenAction << /S /L#61unch /F (x) >>"), "a.pdf", "files.active_content"),
    ("pdf packed script", makers.packed_script_pdf(), "a.pdf", "files.active_content"),
    ("name with path", b"text", "../a.txt", "files.bad_name"),
    ("name with backslash", b"text", "a\\b.txt", "files.bad_name"),
    ("name with control sign", b"text", "a\n.txt", "files.bad_name"),
    ("name turned round", b"text", "a\u202etxt.exe", "files.bad_name"),
    ("name too long", b"text", "a" * 200 + ".txt", "files.bad_name"),
    ("text of no kind", bytes(range(256)) * 4, "a.txt", "files.wrong_type"),
]


@pytest.mark.parametrize(("data", "name", "code"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_is_refused_and_nothing_is_written(
    data: bytes, name: str, code: str, office: Office, stored: Look
) -> None:
    before = stored()
    with pytest.raises(Refused) as refused:
        actions.upload(data, name, organ=office.organ, actor=office.officer)
    assert refused.value.code == code
    told = refused.value.explain()
    assert told.what
    assert told.todo
    assert "{" not in told.what + told.todo
    assert stored() == before


def test_a_hundred_megabytes_are_refused_without_reading_them_all(tmp_path: Path, office: Office, stored: Look) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    before = stored()
    with path.open("rb") as source:
        with pytest.raises(Refused) as refused:
            actions.upload(source, "large.pdf", organ=office.organ, actor=office.officer)
        assert source.tell() <= env.UPLOAD_LIMIT_MB * 1024 * 1024 + 1
    assert refused.value.code == "files.too_large"
    assert "50 MB" in str(refused.value)
    assert stored() == before


def test_limit_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "UPLOAD_LIMIT_MB", 1)
    assert inspect_upload(b"a" * 1024 * 1024, "a.txt").size == 1024 * 1024
    with pytest.raises(Refused):
        inspect_upload(b"a" * (1024 * 1024 + 1), "a.txt")


def good_files() -> list[tuple[bytes, str, str]]:
    return [
        ("云洲市公开".encode("gb18030"), "a.txt", media.TEXT),
        (makers.word("云洲市公开"), "a.docx", media.DOCX),
        (PAGE, "a.pdf", media.PDF),
        (makers.workbook([["甲", "乙"]]), "a.xlsx", media.XLSX),
        (makers.ofd((20, 20, 60, "公开")), "a.ofd", media.OFD),
        (makers.archive({"附件/a.txt": b"a", "b.docx": makers.word("b")}), "a.zip", media.ZIP),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "a.png", media.PNG),
        (b"<!doctype html><p>text</p>", "a.html", media.HTML),
    ]


@pytest.mark.parametrize(("data", "name", "kind"), good_files())
def test_good_files_pass_with_type_digest_and_text(data: bytes, name: str, kind: str) -> None:
    found = inspect_upload(data, name, "application/octet-stream")
    assert (found.media_type, found.size, len(found.sha256)) == (kind, len(data), 64)
    assert (found.text is None) == (kind in {media.ZIP, media.PNG})
    assert found.is_virus_scanned is False


def test_page_with_scripts_may_be_read_but_not_kept() -> None:
    page = "<!doctype html><script>1</script><p>正文</p>".encode()
    assert inspect_upload(page, "a.html", is_kept=False).text.plain() == "正文"


def marked_files() -> list[tuple[str, bytes, str]]:
    mark = "机密★20年"
    table = docx.Document()
    table.add_table(1, 2).cell(0, 1).text = mark
    split = docx.Document()
    paragraph = split.add_paragraph()
    for sign in mark:
        paragraph.add_run(sign)
    return [
        ("text", f"文件\n{mark}\n事项甲".encode(), "a.txt"),
        ("gbk text", f"文件\n{mark}\n事项甲".encode("gb18030"), "a.txt"),
        ("utf-16 text", f"文件\n{mark}\n事项甲".encode("utf-16"), "a.txt"),
        ("docx body", makers.word("文件", mark), "a.docx"),
        ("docx runs", makers.saved(split), "a.docx"),
        ("docx header", makers.word("文件", header="内部资料 注意保存"), "a.docx"),
        ("docx property", makers.word("文件", author=mark), "a.docx"),
        ("docx table", makers.saved(table), "a.docx"),
        ("pdf", makers.pdf([[(72, 760, mark), (72, 700, "事项甲")]]), "a.pdf"),
        ("xlsx", makers.workbook([["甲", mark]]), "a.xlsx"),
        ("xlsx sheet name", makers.workbook([["甲", "乙"]], name="机密★"), "a.xlsx"),
        ("ofd", makers.ofd((20, 20, 60, mark)), "a.ofd"),
        ("ofd pieces", makers.ofd((20, 20, 6, "机"), (26, 20, 6, "密"), (32, 20, 6, "★")), "a.ofd"),
        ("html", f"<!doctype html><p>文件<p>{mark}".encode(), "a.html"),
        ("html bare word", "<!doctype html><p>文件</p><div>绝密</div>".encode(), "a.html"),
        ("html comment", f"<!doctype html><!-- {mark} --><p>文件".encode(), "a.html"),
        ("name", b"text", "方案（机密）.txt"),
        ("name in zip", makers.archive({"（机密）a.txt": b"a"}), "a.zip"),
        ("text in zip", makers.archive({"a.txt": f"文件\n{mark}".encode()}), "a.zip"),
        ("docx in zip", makers.archive({"a.docx": makers.word(mark)}), "a.zip"),
        ("docx in docx", makers.with_entry(makers.word("a"), "word/embeddings/b.docx", makers.word(mark)), "a.docx"),
        ("raw", b"\x89PNG\r\n\x1a\n" + mark.encode("utf-16-le"), "a.png"),
    ]


@pytest.mark.parametrize(("data", "name"), [case[1:] for case in marked_files()], ids=[c[0] for c in marked_files()])
def test_marks_leave_nothing_but_the_fact_of_refusal(data: bytes, name: str, office: Office, stored: Look) -> None:
    paths, rows, events = stored()
    with pytest.raises(Refused) as refused:
        actions.upload(data, name, organ=office.organ, actor=office.officer)
    assert refused.value.code == "files.classification_mark"
    assert "保守国家秘密法" in refused.value.citation
    assert refused.value.facts == {}
    assert stored() == (paths, rows, events + 1)
    event = Event.objects.get(name="file.refused")
    assert event.data == {"reason": "classification-mark"}
    assert event.public == {}
    assert event.actor == office.officer.ref
    kept = json.dumps([str(value) for value in Event.objects.values_list().last()], ensure_ascii=False)
    for trace in ("机密", "绝密", "事项甲", "方案", "a.txt", "内部"):
        assert trace not in kept


def test_who_may_not_upload_is_refused_before_the_bytes_are_looked_at(office: Office, stored: Look) -> None:
    before = stored()
    for actor in (office.stranger, office.signer):
        with pytest.raises(Refused) as refused:
            actions.upload("文件\n机密★20年".encode(), "a.txt", organ=office.organ, actor=actor)
        assert refused.value.code == "gate.no_right"
    assert stored() == before


class Clamd:
    """A daemon that speaks ClamAV's INSTREAM: it finds whatever contains the word EICAR."""

    def __init__(self, path: Path) -> None:
        self.received = b""
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(path))
        self.server.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                self.received = b""
                while size := struct.unpack("!I", stream.read(4))[0]:
                    self.received += stream.read(size)
                found = b"Eicar-Test-Signature FOUND" if b"EICAR" in self.received else b"OK"
                connection.sendall(b"stream: " + found + b"\0")


@pytest.fixture
def clamd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clamd]:
    path = tmp_path / "clamd.sock"
    monkeypatch.setattr(env, "CLAMAV_SOCKET", str(path))
    daemon = Clamd(path)
    yield daemon
    daemon.server.close()


def test_clean_file_is_marked_as_scanned(clamd: Clamd, office: Office) -> None:
    file, _ = actions.upload(b"a" * 200_000, "a.txt", organ=office.organ, actor=office.officer)
    assert clamd.received == b"a" * 200_000
    assert file.is_virus_scanned is True


def test_infected_file_is_refused(clamd: Clamd, office: Office, stored: Look) -> None:
    before = stored()
    with pytest.raises(Refused) as refused:
        actions.upload(b"EICAR test", "a.txt", organ=office.organ, actor=office.officer)
    assert refused.value.code == "files.infected"
    assert "Eicar-Test-Signature" in str(refused.value)
    assert stored() == before


def test_silent_scanner_means_unscanned_and_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, office: Office, stored: Look
) -> None:
    monkeypatch.setattr(env, "CLAMAV_SOCKET", str(tmp_path / "nobody.sock"))
    before = stored()
    with pytest.raises(Refused) as refused:
        actions.upload(b"text", "a.txt", organ=office.organ, actor=office.officer)
    assert refused.value.code == "files.unscanned"
    assert stored() == before


def test_marked_file_never_reaches_the_scanner(clamd: Clamd, office: Office) -> None:
    with pytest.raises(Refused):
        actions.upload("机密★20年".encode(), "a.txt", organ=office.organ, actor=office.officer)
    assert clamd.received == b""
