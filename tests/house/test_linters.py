"""The house's own linters: each finds what it is for, and leaves alone what only looks like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import check, floors, glossary, sizes, subject_writes


def written(folder: Path, text: str, name: str = "queries.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "line",
    [
        "record.save()",
        "record.save(update_fields=['state'])",
        "record.delete()",
        "Record.objects.create(title='x')",
        "Record.objects.filter(pk=1).update(state='public')",
        "Record.objects.filter(pk=1).delete()",
        "organ.people.create(name='x')",
        "Record._base_manager.bulk_create(rows)",
        "rows.update(state='public')",
        "Record.objects.get_or_create(pk=1)",
        "await record.asave()",
        "cursor.execute('UPDATE records_record SET state = 1')",
        "cursor.execute(f'DELETE FROM {table}')",
    ],
)
def test_a_write_outside_an_action_is_found(tmp_path, line):
    path = written(tmp_path, f"async def f():\n    {line}\n")
    (problem,) = subject_writes.problems_in(path, {})
    assert problem.line == 2
    assert "outside an action" in problem.message


@pytest.mark.parametrize(
    "line",
    [
        "found.update({'a': 1})",
        "digest.update(b'x')",
        "found.update(**more)",
        "cache.delete('key')",
        "image.save('picture.png')",
        "document.save(stream)",
        "cursor.execute('SELECT 1')",
        "Record.objects.filter(pk=1).first()",
    ],
)
def test_what_only_looks_like_a_write_is_left_alone(tmp_path, line):
    assert list(subject_writes.problems_in(written(tmp_path, f"def f():\n    {line}\n"), {})) == []


def test_the_linter_names_the_actions_to_use(tmp_path):
    path = written(tmp_path, "Record.objects.filter(pk=1).update(state='x')\n")
    (problem,) = subject_writes.problems_in(path, {"Record": ["record.publish", "record.correct"]})
    assert problem.message.endswith("use an action on Record: record.correct, record.publish")
    (problem,) = subject_writes.problems_in(path, {})
    assert problem.message.endswith("write it as an action in this package's actions.py and call that")
    written(tmp_path, "", "actions.py")
    (problem,) = subject_writes.problems_in(path, {})
    assert problem.message.endswith("use a function of " + str(tmp_path / "actions"))


def test_actions_are_read_from_the_source():
    assert "calendar.enter_year" in subject_writes.actions_on()["CalendarYear"]


def test_actions_and_owners_may_write():
    assert subject_writes.is_allowed(Path("gongkai/engine/records/actions.py"))
    assert subject_writes.is_allowed(Path("gongkai/engine/records/actions/publishing.py"))
    assert subject_writes.is_allowed(Path("gongkai/ground/register/log.py"))
    assert not subject_writes.is_allowed(Path("gongkai/engine/records/queries.py"))
    for path, why in subject_writes.OWNERS.items():
        assert (subject_writes.ROOT / path).exists(), f"{path} is gone: take it off the list"
        assert why


def test_web_parts_below_the_surfaces_are_found(tmp_path):
    text = "from django import forms\nimport django.http\nfrom django.views.generic import View\ndef f(request): ...\n"
    assert [problem.message for problem in floors.problems_in(written(tmp_path, text))] == [
        "django.forms lives on the surfaces only",
        "django.http lives on the surfaces only",
        "django.views lives on the surfaces only",
        "f() takes a request: pass the actor and the values",
    ]
    fine = "from django.db import models\nfrom django.db.models import Q\ndef f(actor): ...\n"
    assert list(floors.problems_in(written(tmp_path, fine))) == []


def test_sizes_are_counted(tmp_path):
    long_function = "def f():\n" + "    x = 1\n" * 50
    (problem,) = sizes.problems_in(written(tmp_path, long_function))
    assert problem.message == "f() has 51 lines, 50 is the stop"
    assert list(sizes.problems_in(written(tmp_path, "def f():\n" + "    x = 1\n" * 49))) == []
    (problem,) = sizes.problems_in(written(tmp_path, "x = 1\n" * 601))
    assert problem.message.startswith("601 lines, 600 is the stop")
    (problem,) = sizes.problems_in(written(tmp_path, "", "utils.py"))
    assert problem.message.startswith("the name 'utils' says nothing")


def test_glossary_wants_models_and_members(tmp_path):
    text = (
        "class Organ(models.Model): ...\n"
        "class Base(models.Model):\n    class Meta:\n        abstract = True\n"
        "class Level(models.TextChoices):\n    CITY = 'city', '市级'\n"
    )
    assert [name for name, _ in glossary.terms_in(written(tmp_path, text))] == ["Organ", "CITY"]
    assert glossary.words("| 机关 | organ | `Organ`, `Level.CITY / TOWN` |") == {"organ", "level", "city", "town"}


def test_a_part_of_the_tests_is_asked_for_by_path_or_word():
    begin = [check.PY, "-m", "pytest", "-q"]
    assert check.pytest_arguments([], []) == [*begin, "-n", "2"]
    assert check.pytest_arguments(["tests/house"], ["-x"]) == [*begin, "-x", "tests/house"]
    assert check.pytest_arguments(["seal", "proof"], []) == [*begin, "-k", "seal or proof", "-n", "2"]
    one = "tests/house/test_linters.py::test_sizes_are_counted"
    assert check.pytest_arguments([one], []) == [*begin, one]


def test_every_linter_is_called_as_a_module():
    """The first line of an installed script names a path, which breaks where the path has a space."""
    for command in check.LINTERS.values():
        assert command[0] == check.PY
        assert command[1] in {"-m", "-c"}
