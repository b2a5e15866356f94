"""The reference pages say what the code says, and the repository holds nothing of a machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gongkai.config.env import SETTINGS
from gongkai.domains.documents.reader.document import WARNING_CODES
from tools import glossary

ROOT = Path(__file__).resolve().parents[2]


def test_reference_pages_are_what_the_code_says():
    """In a process of its own: tests may word refusals and declare subjects that no page shall name."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.docs", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_every_warning_of_the_reader_is_explained():
    page = (ROOT / "docs" / "reference" / "warnings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE)) == set(WARNING_CODES)


def test_no_floor_reads_the_environment():
    """Settings are read in config/env.py; the rest of config only hands the environment to other processes."""
    pattern = re.compile(r"os\.environ|os\.getenv")
    found = [
        path for path in sorted((ROOT / "gongkai").rglob("*.py")) if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert [path for path in found if not path.is_relative_to(ROOT / "gongkai" / "config")] == []


def test_a_setting_explains_itself():
    for setting in SETTINGS.values():
        assert setting.meaning.endswith("."), setting.name
        assert "/work" not in setting.default


def test_glossary_knows_every_model_and_member():
    assert [str(problem) for problem in glossary.problems()] == []


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, re.MULTILINE))


def test_the_test_lock_holds_the_running_lock():
    """After ./test nothing is left to install for ./run."""
    base, dev = pins("base.txt"), pins("dev.txt")
    assert base
    assert {name: dev.get(name) for name in base} == base


def test_the_locks_cover_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[>=<;]", one)[0].lower().replace("_", "-") for one in wanted}
    assert names <= set(pins("dev.txt"))


@pytest.mark.parametrize("name", ["base.txt", "dev.txt"])
def test_every_pin_has_hashes_and_no_address(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|--trusted-host", text)
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "==" in block.split("\n")[0]:
            assert "--hash=sha256:" in block, block.split("\n")[0]


def test_the_repository_names_no_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    wrong = re.compile(r"/work/(?:main|shared|\.library)|/root/|/home/[a-z]+/|/tmp/contract")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if (
            path.suffix in {".py", ".md", ".toml", ".txt", ".yaml", ".json", ".html", ".js", ".css", ""}
            and path.is_file()
        ):
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not wrong.search(text) or path == Path(__file__), name


def test_links_between_the_documents_hold():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"
