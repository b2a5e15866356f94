"""The benchmarks compare like with like; how fast a machine is, no test asserts."""

from __future__ import annotations

import json

import pytest

from gongkai.config.bench import BENCHES
from gongkai.config.bench.comparison import median_rate, newest_rows, rounds_of, rows_after
from gongkai.config.bench.dates import due_days
from gongkai.config.bench.importing import import_records, importing_office, through_gate
from gongkai.config.bench.peers import nginx
from gongkai.config.bench.registering import seal_events, verify_everything
from gongkai.config.cli import main
from gongkai.engine.records.models import Edition, Publication, Record
from gongkai.engine.reviews.models import Opinion
from gongkai.ground.organs.models import Organ
from gongkai.ground.register.models import Event, Leaf


def test_every_benchmark_can_be_loaded() -> None:
    assert {name: callable(bench.load()) for name, bench in BENCHES.items()} == dict.fromkeys(
        ["import", "seal", "verify", "due", "http", "growth"], True
    )


def test_rounds_cover_the_size_once() -> None:
    assert [list(part) for part in rounds_of(7)] == [[0], [1], [2, 3], [4], [5, 6]]
    assert [list(part) for part in rounds_of(2)] == [[0], [1]]


def test_the_rate_is_the_median() -> None:
    assert median_rate([(10, 1.0), (10, 5.0), (10, 2.0)]) == 5.0


@pytest.mark.django_db
def test_what_is_inserted_bare_are_the_rows_that_came_through_the_gate() -> None:
    organ, actor = importing_office()
    before = newest_rows()
    through_gate([1, 2, 3], organ, actor)
    rows = rows_after(before)
    for model in (Record, Edition, Publication, Opinion, Event):
        assert len(rows[model]) == 3, model


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("run", "unit"), [(import_records, "records"), (seal_events, "events"), (verify_everything, "records")]
)
def test_benchmarks_leave_nothing(run, unit) -> None:
    found = run(11)
    assert (found.size, found.unit) == (11, unit)
    assert found.rate > 0 and found.peer_rate > 0
    assert not Organ.objects.exists() and not Event.objects.exists() and not Leaf.objects.exists()


def test_due_agrees_with_the_plain_count() -> None:
    assert due_days(500).size == 500


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["due", "seal"])
def test_command_runs_apart_from_the_database_in_use(name: str, capsys) -> None:
    assert main(["bench", name, "--size", "20", "--json"]) in {0, 1}
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["bench", "size", "rate", "peer", "peer_rate", "ratio", "least"]
    assert (told["bench"], told["size"]) == (name, 20)
    assert not Organ.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_pages_are_measured_on_the_real_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "http", "--records", "4", "--json"]) in {0, 1}
    told = json.loads(capsys.readouterr().out)
    assert (told["bench"], told["size"], told["least"]) == ("http", 4, 1.0)
    names = [f"{page} {state}" for page in ("record", "list", "home") for state in ("cold", "warm")]
    assert list(told["pages"]) == names
    assert all(page["rate"] > 0 and page["of_empty"] > 0 for page in told["pages"].values())
    assert all((page["of_nginx"] is None) is not bool(nginx()) for page in told["pages"].values())
    assert all(0 < page["queries"] <= 6 for page in told["pages"].values())
