"""Backup here, restore on another machine: all is there, the register goes on in a new log, old proofs verify."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gongkai.config import env, keys
from gongkai.config.backup import contents, databases
from gongkai.config.backup.making import make
from gongkai.config.cli import main
from gongkai.engine.records.actions import ask_expunge, expunge
from gongkai.engine.records.expunged import write_list
from gongkai.ground.files import storage
from gongkai.ground.register.log import seal
from gongkai.ground.register.proofs import public_keys, subject_proofs
from tests.builders import public_record
from tests.durability.town import PUBLIC_TEXT, Town, build_town

ROOT = Path(__file__).resolve().parents[2]
GONGKAI = "from gongkai.config.cli import main; raise SystemExit(main())"
# What a person may type in a draft and must never be readable in a backup without its keys.
PLANTED = "11010119900307451X"

pytestmark = pytest.mark.django_db(transaction=True)
TICKS = 40
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def town(transactional_db: None) -> Town:
    return build_town()


@pytest.fixture
def other_machine(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Another folder and another empty database: the environment in which its processes run."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), "VAR_DIR": str(tmp_path / "other"), "PUBLIC_URL": env.PUBLIC_URL}
    if connection.vendor == "sqlite":
        yield environment
        return
    import psycopg

    head, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    name = f"{connection.settings_dict['NAME']}_other"
    with psycopg.connect(f"{head}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        yield environment | {"DATABASE_URL": f"{head}/{name}"}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def there(other_machine: dict[str, str]) -> Run:
    """Run ``gongkai``, or a line of Python, on the other machine."""

    def run(*arguments: str, code: str = GONGKAI) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, env=other_machine, capture_output=True, text=True, check=False)

    return run


def write_proofs(town: Town, folder: Path) -> tuple[str, str]:
    """What a citizen has kept: proof and content."""
    proof, content = folder / "proof.json", folder / "content.json"
    proof.write_text(json.dumps(subject_proofs("record", str(town.rule.pk))))
    content.write_text(str(town.shown.canonical), encoding="utf-8")
    return str(proof), str(content)


def verified(proof: str, content: str, key: str) -> int:
    """The program of the standard library, run as a citizen runs it."""
    program = ROOT / "gongkai" / "ground" / "register" / "verify_register.py"
    command = [sys.executable, "-I", "-S", str(program), proof, content, "--key", key]
    return subprocess.run(command, capture_output=True, check=False).returncode


def counts(there: Run) -> dict[str, int]:
    code = (
        "import json, django; django.setup()\n"
        "from gongkai.engine.records.models import Record, Edition\n"
        "from gongkai.ground.register.models import Event, Log\n"
        "from gongkai.ground.files.models import StoredFile\n"
        "print(json.dumps({m.__name__: m.objects.count() for m in (Record, Edition, Event, Log, StoredFile)}))"
    )
    return dict(
        json.loads(
            there(code="import os; os.environ['DJANGO_SETTINGS_MODULE']='gongkai.config.settings'\n" + code).stdout
        )
    )


def test_another_machine_becomes_this_one_and_the_register_goes_on(
    town: Town, tmp_path: Path, there: Run, other_machine: dict[str, str], capsys: Any
) -> None:
    proof, content = write_proofs(town, tmp_path)
    ((_, old_key),) = public_keys()
    data, apart = str(tmp_path / "data"), str(tmp_path / "apart")
    assert main(["backup", data, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["missing"]) == (2, [])
    assert told["keys"] == ["columns/k0001", "files/k0001"]
    keys.back_up(Path(apart))
    assert [path.name for path in Path(data).rglob("*") if path.suffix in {".key", ".vkey"}] == []

    refused = there("restore", data)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("gongkai: 缺少密钥：columns/k0001、files/k0001、register-testserver.vkey。")
    restored = there("restore", data, "--keys", apart, "--reason", "机房停电后恢复", "--json")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    said = json.loads(restored.stdout)
    assert (said["log"], said["verify"]["sound"], said["verify"]["unsealed"]) == ("testserver/2", True, 0)
    assert said["keys"] == told["keys"]

    from gongkai.engine.records.models import Edition, Record
    from gongkai.ground.register.models import Event

    here = {"Record": Record.objects.count(), "Edition": Edition.objects.count(), "Event": Event.objects.count() + 1}
    assert counts(there) == here | {"Log": 2, "StoredFile": 2}
    assert (
        Path(other_machine["VAR_DIR"])
        / "files"
        / storage.public_path(town.public_file.sha256).relative_to(env.FILES_DIR)
    ).read_bytes() == PUBLIC_TEXT

    lines = there("register", "key").stdout.splitlines()
    assert lines[1] == old_key
    assert lines[0].startswith("testserver/2+")
    assert verified(proof, content, old_key) == 0
    fresh = tmp_path / "fresh.json"
    fresh.write_text(json.dumps(json.loads(there("register", "proof", town.rule.index_number).stdout)["proofs"]))
    assert verified(str(fresh), content, old_key) == 0
    again = there("restore", data)
    assert (again.returncode, again.stderr) == (2, "gongkai: 数据库中已有内容，只能恢复到空数据库\n")


def test_what_was_expunged_after_the_backup_does_not_come_back(
    town: Town, tmp_path: Path, there: Run, other_machine: dict[str, str]
) -> None:
    doomed = public_record(town.office, title="误发的名单", document_number="云政办〔2026〕99号")
    seal()
    make(tmp_path / "data")
    ask_expunge(doomed, actor=town.office.actor("sign_off"), ground="personal_data")
    expunge(doomed, actor=town.office.actor("ogi"))
    assert (write_list(), write_list()) == (1, 0)
    keys.back_up(tmp_path / "apart")
    restored = there("restore", str(tmp_path / "data"), "--keys", str(tmp_path / "apart"), "--json")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert json.loads(restored.stdout)["expunged_again"] == 1
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE']='gongkai.config.settings'\n"
        "import django; django.setup()\n"
        "from gongkai.engine.records.models import Record\n"
        "r = Record.objects.get(ref=sys.argv[1]); o = r.expunge_orders.get()\n"
        "print(r.state, r.title, [e.canonical for e in r.editions.all()], o.asked_by.username, bool(o.erased_at))"
    )
    told = there(str(doomed.ref), code=code).stdout
    for _ in range(TICKS):
        if told.endswith("True\n"):
            break
        # On PostgreSQL another database's transaction may still look back: the tick comes again, here as in life.
        assert there("tick").returncode == 0
        told = there(str(doomed.ref), code=code).stdout
    assert told == "expunged （内容已清除） [None] 113300001-sign_off True\n"


def test_a_backup_tells_nothing_without_its_keys(town: Town, tmp_path: Path) -> None:
    from gongkai.engine.records.actions import edit
    from gongkai.ground.files.actions import upload

    office = town.office
    assert town.draft.working is not None
    body = [{"type": "paragraph", "text": f"当事人身份证号 {PLANTED}，电话 13800138000。"}]
    edit(town.draft, actor=office.actor("officer"), content=town.draft.working.content | {"body": body})
    upload(f"名单 {PLANTED}".encode(), f"名单{PLANTED}.txt", organ=office.organ, actor=office.actor("officer"))
    seal()
    make(tmp_path / "data")
    read = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    if connection.vendor == "postgresql":
        dump = tmp_path / "data" / "database.dump"
        plain = tmp_path / "plain.sql"
        databases.call("pg_restore", f"--file={plain}", str(dump))
        read += plain.read_bytes()
    assert "停车收费办法".encode() in read, "titles are columns and stay readable: the search can find something"
    for planted in (PLANTED, "13800138000"):
        assert planted.encode() not in read
    for key in env.KEYS_DIR.rglob("*.key"):
        assert key.read_bytes().strip().replace(b":", b" ").split(b" ")[-1] not in read


def test_sessions_stay_behind(town: Town, tmp_path: Path, client: Any) -> None:
    client.force_login(town.office.people["editor"])
    client.get("/desk/")
    key = client.session.session_key.encode()
    make(tmp_path / "data")
    with databases.snapshot(tmp_path / "other") as rows:
        assert rows("SELECT count(*) FROM register_event")[0][0] > 0
    if connection.vendor == "sqlite":
        assert key not in (tmp_path / "data" / "database.sqlite3").read_bytes()
        assert (
            key
            in Path(connection.settings_dict["NAME"]).read_bytes()
            + Path(f"{connection.settings_dict['NAME']}-wal").read_bytes()
        )
    else:
        databases.call("pg_restore", f"--file={tmp_path / 'plain.sql'}", str(tmp_path / "data" / "database.dump"))
        assert key not in (tmp_path / "plain.sql").read_bytes()


def test_an_unfinished_backup_goes_on_and_a_finished_one_stays(town: Town, tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    contents.write_whole(folder / contents.UNFINISHED, "{}\n")
    stray = folder / "files" / "sealed" / "ab" / "abcd"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"destroyed meanwhile")
    assert main(["backup", str(folder)]) == 0
    assert not stray.exists()
    assert not (folder / contents.UNFINISHED).exists()
    assert main(["backup", str(folder)]) == 2
    assert "已有一份完整的备份" in capsys.readouterr().err
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    assert main(["backup", str(tmp_path / "mine")]) == 2
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["letter.txt"]


def test_a_lost_file_is_named_and_the_rest_is_backed_up(town: Town, tmp_path: Path, capsys: Any) -> None:
    path = storage.sealed_path(town.sealed_file.pk)
    path.unlink()
    assert main(["backup", str(tmp_path / "data"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["missing"] == [f"files/{path.relative_to(env.FILES_DIR).as_posix()}"]


@pytest.mark.parametrize("name", ["contents.jsonl", "files", "database"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    town: Town, tmp_path: Path, monkeypatch: Any, capsys: Any, name: str
) -> None:
    folder = tmp_path / "data"
    make(folder)
    place = next(path for path in sorted(folder.rglob("*")) if path.is_file() and name in str(path.relative_to(folder)))
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.write_bytes(data)
    monkeypatch.setattr(env, "VAR_DIR", tmp_path / "elsewhere")
    assert main(["restore", str(folder)]) == 2
    assert "备份已损坏，没有恢复任何内容" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere" / "restoring.json").exists()


def test_an_interrupted_restore_goes_on_and_nothing_serves_meanwhile(town: Town, tmp_path: Path, there: Run) -> None:
    data, apart = str(tmp_path / "data"), str(tmp_path / "apart")
    make(Path(data))
    keys.back_up(Path(apart))
    death = "import os, gongkai.config.backup.databases as d; d.put_back = lambda _source: os._exit(9)\n"
    prepared = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE']='gongkai.config.settings'\nimport django; django.setup()\n"
    )
    assert there("restore", data, "--keys", apart, code=prepared + death + GONGKAI).returncode == 9
    serving = there("serve", "--port", "18107")
    assert (serving.returncode, serving.stdout) == (2, "")
    assert serving.stderr == "gongkai: 恢复尚未完成，请先再次运行 gongkai restore\n"
    restored = there("restore", data, "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["log"] == "testserver/2"


def test_what_is_no_backup_is_said_in_one_line(db: None, tmp_path: Path, capsys: Any) -> None:
    assert main(["restore", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"gongkai: {tmp_path} 不是完整的备份：没有 manifest.json")


@pytest.mark.parametrize("path", ["files/../../elsewhere", "/etc/elsewhere"])
def test_a_listing_that_leaves_the_backup_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / contents.LISTING).write_text(json.dumps({"path": path, "size": 1, "sha256": "0" * 64}) + "\n")
    with pytest.raises(contents.BackupError):
        list(contents.entries(tmp_path))
