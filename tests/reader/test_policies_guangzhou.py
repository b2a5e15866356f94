"""Guangzhou pages against a gold file written by hand before the reader was run: no wrong value, hardly a miss."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from gongkai.ground.organs.queries import resolve_organ
from gongkai.surfaces.exchange.importing import read_paths
from tests import builders

GOLD = json.loads((Path(__file__).parents[1] / "golden" / "policies_guangzhou.json").read_text(encoding="utf-8"))
RESOLVED = GOLD["_resolved"]
FIELDS = list(GOLD["06"])
SHORT_NAMES = {"广州市人力资源和社会保障局": "市人社局", "广州市天河区住房建设和园林局": "区住建园林局"}


@pytest.fixture(scope="module")
def lines(shared):
    folder = shared / "data" / "policies_guangzhou"
    found = {Path(line["path"]).name.split("_")[0]: line for line in read_paths([folder / "html"])}
    ids = [json.loads(row)["id"] for row in (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
    for line in read_paths([folder / "documents.jsonl"]):
        found[ids[int(line["path"].rpartition("#")[2]) - 1]] = line
    return found


def _same(printed, gold):
    blank = re.compile(r"\s+")
    return printed == gold or (printed and gold and blank.sub(" ", printed) == blank.sub(" ", gold))


@pytest.mark.parametrize("field", FIELDS)
def test_no_value_is_wrong_and_one_at_most_is_missed(lines, field):
    wrong, missed = {}, Counter()
    for key, facts in GOLD.items():
        found = None if key.startswith("_") else lines[key][field]
        # A genre is in the gold file only where the title ends with an official one.
        if key.startswith("_") or (field == "genre" and facts[field] is None):
            continue
        if found is None and facts[field] is not None:
            missed[key] += 1
        elif not _same(found, facts[field]):
            wrong[key] = (found, facts[field])
    assert wrong == {}
    assert sum(missed.values()) <= 1, missed


def test_every_document_of_the_folder_is_read(lines):
    assert len(lines) == 55
    assert [key for key, line in lines.items() if line.get("error")] == []


def test_what_was_cut_off_is_told(lines):
    cut = {key for key, line in lines.items() for warning in line["warnings"] if warning["code"] == "truncated"}
    assert cut == {"doc_1", "doc_10", "doc_32"}


@pytest.mark.django_db
def test_organs_are_resolved_where_the_register_knows_them(lines):
    city = builders.organ("GZ", "广州市人民政府", type="government")
    district = builders.organ("GZTH", "广州市天河区人民政府", city, type="government", level="county")
    near = builders.organ("GZ01", "广州市医疗保障局", city)
    for number, (name, short) in enumerate(SHORT_NAMES.items()):
        builders.organ(f"GZ1{number}", name, district if "天河" in name else city, short_name=short)
    # An organ of the district with the same ending must not be taken for that of the city, nor guessed at.
    builders.organ("GZTH2", "广州市天河区民政局", district)
    printed = {lines[key]["issuing_organ"] for key in lines} & set(RESOLVED)
    assert {name: str(resolve_organ(name, near=near)) for name in printed} == {name: RESOLVED[name] for name in printed}
    assert len(printed) == 5
    assert resolve_organ("市卫生健康委员会", near=near) is None
    assert resolve_organ("市人力资源社会保障局") is None
