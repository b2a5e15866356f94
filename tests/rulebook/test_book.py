"""The delivered rulebook holds together, and one that does not is refused with every fault named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gongkai.ground.rulebook.apps import rulebook_check
from gongkai.ground.rulebook.book import FOLDER, PROMISED_KEYS, RulebookError, load
from gongkai.ground.rulebook.schema import Mark


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """A rulebook with one passage replaced."""

    def changed(name: str, old: str, new: str) -> Path:
        for part in ("rules", "vocabularies"):
            shutil.copytree(FOLDER / part, tmp_path / part)
        path = tmp_path / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return changed


def test_every_promised_key_is_there_and_cites_its_law() -> None:
    rules = load().rules
    assert rules.keys() >= PROMISED_KEYS
    assert len(PROMISED_KEYS) == 32
    assert all(version.citation for entry in rules.values() for version in entry.versions)
    assert rulebook_check() == []


def test_what_is_law_cannot_be_overridden_and_presets_have_a_preset_mark() -> None:
    for entry in load().rules.values():
        for version in entry.versions:
            assert not version.is_overridable or version.mark in {Mark.KNOWN, Mark.LOCAL, Mark.PRACTICE}, entry.key


FAULTS = [
    ("rules/applications.yaml", "valid_until: 2019-05-14", "valid_until: 2019-05-20", "overlaps"),
    ("rules/applications.yaml", "valid_until: 2019-05-14", "valid_until: 2019-05-01", "gap between 2019-05-01"),
    ("rules/applications.yaml", "valid_until: 2019-05-14", "valid_until: 2007-05-14", "valid_until lies before"),
    ("rules/applications.yaml", "unit: working_day", "unit: moon", "Input should be 'working_day'"),
    ("rules/applications.yaml", "key: foi.co-maker", "key: foi.comaker", "missing keys foi.co-maker"),
    ("rules/applications.yaml", "key: foi.co-maker", "key: foi.reply", "foi.reply stands twice"),
    ("rules/applications.yaml", "quantity: 15", "quantity: 0", "greater than 0"),
    ("rules/applications.yaml", "        quantity: 15\n", "", "quantity is missing"),
    (
        "rules/applications.yaml",
        "citation: 《政府信息公开条例》（国务院令第492号，2007年）第二十四条",
        "citation: ''",
        "at least 1",
    ),
    ("rules/applications.yaml", "        start: 收到申请之日", "        begin: 收到申请之日", "Extra inputs"),
    ("rules/publication.yaml", "mark: V\n", "mark: V\n        is_overridable: true\n", "cannot be overridable"),
    ("rules/publication.yaml", "        month: 3\n", "", "month and day belong"),
    ("rules/publication.yaml", "unit: working_day\n", "unit: working_day\n        is_rolled: true\n", "is not rolled"),
    ("rules/publication.yaml", "rules:", "rules: [", "publication.yaml"),
    ("vocabularies/grounds.yaml", "code: forbidden_by_law", "code: state_secret", "given twice"),
    ("vocabularies/grounds.yaml", "nature: mandatory", "nature: perhaps", "mandatory"),
    ("vocabularies/genres.yaml", "code: decision,", "code: resolution,", "code resolution is given twice"),
    ("vocabularies/subject_classes.yaml", '"02.01"', '"03.01"', "03.01 does not lie below 02"),
]


@pytest.mark.parametrize(("name", "old", "new", "fault"), FAULTS)
def test_a_faulty_rulebook_is_refused(
    copy: Callable[[str, str, str], Path], name: str, old: str, new: str, fault: str
) -> None:
    with pytest.raises(RulebookError) as refused:
        load(copy(name, old, new))
    assert any(fault in line for line in refused.value.faults), refused.value.faults
    assert name.split("/")[1] in str(refused.value) or "missing keys" in str(refused.value)


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulebookError) as refused:
        load(tmp_path)
    assert "grounds.yaml: the file is missing" in refused.value.faults
    assert "genres.yaml: the list is empty" in refused.value.faults
