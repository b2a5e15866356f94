"""The command line as a person or a script meets it: its exit status, its one line on standard error, its JSON."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest

from gongkai.config import tick
from gongkai.config.cli import build_parser, main
from gongkai.engine.records.models import Record
from gongkai.ground.access.roles import Role
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.register.models import Event
from tests.people import make_organ, make_person

ROOT = Path(__file__).resolve().parents[2]
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
经国务院批准，现将2027年元旦等节日放假调休日期的具体安排通知如下。
一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。
国务院办公厅
2026年11月4日
"""


def one_line(text: str) -> str:
    """The text, which must be one line."""
    assert text.endswith("\n")
    assert text.count("\n") == 1, text
    return text.rstrip("\n")


def test_due_prints_the_date_and_why(db, capsys):
    assert main(["due", "foi.reply", "--from", "2026-09-21", "--json"]) == 0
    told = json.loads(one_line(capsys.readouterr().out))
    assert list(told) == ["rule", "citation", "version", "from", "due", "provisional", "trace"]
    assert (told["rule"], told["from"], told["due"]) == ("foi.reply", "2026-09-21", "2026-10-26")
    assert list(told["trace"][0]) == ["on", "counted", "why"]
    assert main(["due", "foi.reply", "--from", "2026-09-21"]) == 0
    assert capsys.readouterr().out.startswith("2026-10-26\n规则 foi.reply，依据 《政府信息公开条例》")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["due", "nonsense", "--from", "2026-01-01"], "gongkai: 没有名为“nonsense”的规则。"),
        (["due", "foi.reply", "--from", "2026-13-01"], "gongkai: “2026-13-01”不是日期。"),
        (["register", "proof", "nothing"], "gongkai: 没有索引号为 nothing 的已公开信息"),
        (["calendar", "enter", "/nonexistent.txt"], "gongkai: No such file or directory：/nonexistent.txt"),
        (["serve", "--port", "70000"], "gongkai: 端口 70000 不在 1 至 65535 之间"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(db, capsys, arguments, line):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert one_line(said.err).startswith(line)


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["due"], ["due", "foi.reply"], ["register"], ["due", "--what"]]
)
def test_bad_arguments_are_one_line_and_status_2(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert one_line(said.err).startswith("gongkai")


def test_every_command_of_the_interface_that_exists_explains_itself(capsys):
    names = ("setup", "demo", "serve", "worker", "tick", "person", "due", "calendar", "import", "inspect")
    names += ("register", "keys", "backup", "restore", "bench")
    for name in names:
        with pytest.raises(SystemExit) as ended:
            build_parser().parse_args([name, "--help"])
        assert ended.value.code == 0
        assert f"gongkai {name}" in capsys.readouterr().out


def test_import_reads_without_writing(capsys, tmp_path):
    good, bad = tmp_path / "good.txt", tmp_path / "empty.pdf"
    good.write_text(
        "云洲市人民政府办公室关于开展防汛检查的通知\n云政办发〔2026〕3号\n各镇人民政府：\n请认真开展检查。\n", "utf-8"
    )
    bad.write_bytes(b"")
    assert main(["import", str(good), "--dry-run", "--json"]) == 0
    told = json.loads(one_line(capsys.readouterr().out))
    assert (told["path"], told["document_number"], told["record"]) == (str(good), "云政办发〔2026〕3号", None)
    assert main(["import", str(good), str(bad), "--dry-run"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"✓ {good}：")
    assert any(line.startswith(f"✗ {bad}：") for line in lines)
    assert main(["import", str(good)]) == 2
    assert "--organ" in one_line(capsys.readouterr().err)
    assert main(["import", "/nonexistent.txt", "--dry-run"]) == 2
    assert "/nonexistent.txt" in one_line(capsys.readouterr().err)


def test_inspect_finds_an_identity_number(capsys, tmp_path):
    clean, found = tmp_path / "clean.txt", tmp_path / "found.txt"
    clean.write_text("各镇人民政府：\n请认真开展检查。\n", "utf-8")
    found.write_text("联系人身份证号11010119900307451X。\n".replace("451X", "4514"), "utf-8")
    assert main(["inspect", str(clean), "--json"]) == 0
    assert json.loads(one_line(capsys.readouterr().out)) == {"path": str(clean), "readable": True, "findings": []}
    assert main(["inspect", str(tmp_path), "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["path"] for line in lines] == [str(clean), str(found)]
    assert [finding["type"] for finding in lines[1]["findings"]] == ["identity-number"]
    assert main(["inspect", str(found)]) == 1
    assert capsys.readouterr().out.startswith(f"✗ {found}\n  ! [identity-number] ")
    assert main(["inspect", str(tmp_path / "nothing")]) == 2
    assert one_line(capsys.readouterr().err).startswith("gongkai: 没有这个文件或文件夹")


def test_a_year_is_entered_once_and_changed_with_a_reason(db, capsys, tmp_path):
    file = tmp_path / "notice.txt"
    file.write_text(NOTICE, encoding="utf-8")
    assert main(["calendar", "enter", str(file), "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"year": 2027, "region": "CN", "off": ["2027-01-01"], "work": [], "entered": False} | {
        "off": told["off"]
    }
    assert "2027-01-01" in told["off"]
    assert main(["calendar", "enter", str(file)]) == 0
    assert capsys.readouterr().out.endswith("已录入\n")
    assert main(["calendar", "enter", str(file)]) == 2
    assert "须写明理由" in one_line(capsys.readouterr().err)
    assert main(["calendar", "enter", str(file), "--as", "nobody"]) == 2
    assert one_line(capsys.readouterr().err) == "gongkai: 没有用户名为 nobody 的在用人员"


def test_the_operator_gives_an_administrator_a_new_password_once(db, capsys):
    admin = make_person("anquan", make_organ("YZ"), Role.SECURITY_ADMIN, password="yunzhou-2026-qiao")
    assert main(["person", "reset-password", "anquan", "--json"]) == 0
    told = json.loads(one_line(capsys.readouterr().out))
    assert (list(told), told["username"]) == (["username", "password"], "anquan")
    admin.refresh_from_db()
    assert admin.check_password(told["password"]) and admin.must_change_password
    event = Event.objects.latest("id")
    assert (event.name, event.actor, event.subject_id) == ("person.password_reset", "system", str(admin.pk))
    assert main(["person", "reset-password", "anquan"]) == 0
    said = capsys.readouterr().out
    fresh = said.splitlines()[0].rpartition("：")[2]
    assert said.count(fresh) == 1
    assert Person.objects.get(pk=admin.pk).check_password(fresh)
    assert fresh not in str(list(Event.objects.values_list("data", flat=True)))
    before = Event.objects.count()
    assert main(["person", "reset-password", "nobody"]) == 2
    assert one_line(capsys.readouterr().err) == "gongkai: 没有用户名为 nobody 的人员"
    assert Event.objects.count() == before


def test_register_verify_is_sound_on_a_new_database(db, capsys):
    assert main(["register", "verify", "--json"]) == 0
    told = json.loads(one_line(capsys.readouterr().out))
    assert told["sound"] is True
    assert told["differences"] == []


def test_tick_runs_every_step(db, capsys):
    assert main(["tick", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["step"] for line in lines] == [step.name for step in tick.STEPS]
    assert {line["error"] for line in lines} == {""}


def test_a_failing_step_is_told_and_the_others_still_run(db, capsys, monkeypatch):
    broken = tick.Step("broken", "gongkai.config.tick.no_such_step", 1)
    monkeypatch.setattr(tick, "STEPS", (broken, *tick.STEPS))
    assert main(["tick"]) == 1
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("broken: ImportError")
    assert second == "publish: 0"


def test_steps_come_at_their_own_pace():
    assert [step.name for step in tick.due_steps({}, 100.0)] == [step.name for step in tick.STEPS]
    last = {step.name: 100.0 for step in tick.STEPS}
    assert [step.name for step in tick.due_steps(last, 102.0)] == ["publish", "seal"]


@pytest.mark.django_db(transaction=True)
def test_the_launcher_in_a_strange_folder(process_environment, tmp_path):
    """A folder with a file named like a module of ours, a broken variable, a database that is not there."""
    (tmp_path / "gongkai").mkdir()
    (tmp_path / "gongkai" / "__init__.py").write_text("raise SystemExit('the wrong gongkai')")

    def call(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "gongkai.config", *arguments]
        found = process_environment(**changes)
        return subprocess.run(command, env=found, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = call("due", "foi.reply", "--from", "2026-09-21", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    broken = call("tick", WEB_PROCESSES="two")
    assert (broken.returncode, broken.stdout) == (2, "")
    assert one_line(broken.stderr) == "gongkai: 环境变量 WEB_PROCESSES 应为非负整数，现为“two”"
    for command in (["tick"], ["setup"], ["serve", "--port", "47811"]):
        gone = call(*command, DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
        assert (gone.returncode, gone.stdout) == (2, "")
        assert one_line(gone.stderr).startswith("gongkai: 数据库不可用或尚未升级（connection failed")


def test_an_unexpected_error_is_a_line_with_a_number(db, capsys, caplog, monkeypatch):
    monkeypatch.setattr("gongkai.config.cli.frame.json.dumps", lambda *_args, **_options: 1 / 0)
    assert main(["tick", "--json"]) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("gongkai: 程序内部错误（编号 ")
    (entry,) = [record for record in caplog.records if record.message == "unexpected error"]
    assert entry.number in line
    assert Organ.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_bench_prints_the_ratio_and_leaves_nothing(capsys):
    assert main(["bench", "import", "--size", "60", "--json"]) in {0, 1}
    told = json.loads(one_line(capsys.readouterr().out))
    assert list(told) == ["bench", "size", "rate", "peer", "peer_rate", "ratio", "least"]
    assert (told["bench"], told["size"], told["peer"], told["least"]) == ("import", 60, "bare bulk inserts", 0.15)
    assert told["ratio"] == pytest.approx(told["rate"] / told["peer_rate"], rel=0.01)
    assert Organ.objects.count() == Record.objects.count() == Event.objects.count() == 0
    assert main(["bench", "nothing"]) == 2
    assert one_line(capsys.readouterr().err).startswith("gongkai: 没有名为 nothing 的测速项目")


@pytest.mark.django_db(transaction=True)
def test_demo_loads_the_city_and_resets_only_a_demonstration(capsys):
    assert main(["demo", "--small", "--json"]) == 0
    told = json.loads(one_line(capsys.readouterr().out))
    assert {"records", "password", "token", "folder", "accounts"} == told.keys()
    organs = Organ.objects.count()
    assert organs >= 5
    assert main(["demo", "--small"]) == 0
    assert "demonstration accounts" in capsys.readouterr().out
    assert Organ.objects.count() == organs
    assert main(["setup"]) == 0
    assert Organ.objects.count() == organs


@pytest.mark.django_db
def test_demo_refuses_a_database_in_earnest(capsys):
    Organ.objects.create(code="1", name="真实机构", type="department", level="city")
    assert main(["demo", "--small"]) == 2
    assert one_line(capsys.readouterr().err).startswith("gongkai: 数据库中已有正式数据")
    assert Organ.objects.count() == 1


def test_a_notice_that_moves_days_of_the_year_before_enters_them_too(db, capsys, tmp_path):
    from gongkai.ground.calendars.queries import calendar

    file = tmp_path / "notice.txt"
    words = "2026年12月31日至2027年1月2日放假调休，共3天。2026年12月27日（星期日）上班。"
    file.write_text(f"国务院办公厅关于2027年部分节假日安排的通知\n国办发明电〔2026〕9号\n一、元旦：{words}\n", "utf-8")
    assert main(["calendar", "enter", str(file)]) == 0
    capsys.readouterr()
    days = calendar()
    assert not days.is_working_day(dt.date(2026, 12, 31))
    assert days.is_working_day(dt.date(2026, 12, 27))
    assert not days.is_working_day(dt.date(2027, 1, 1))
