from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.refusal import Refused
from gongkai.ground.register import checkpoint, log, merkle
from gongkai.ground.register.canonical import NotCanonicalError
from gongkai.ground.register.leaf import leaf_bytes, leaf_hash
from gongkai.ground.register.models import Checkpoint, Event, Leaf, Log, TreeNode, UnsealedEvent
from gongkai.ground.register.signing import published_key
from gongkai.ground.register.verify import verify_all
from tests.register.makers import MOMENT, new_event

ORIGIN = "gongkai.yunzhou.example/register"
Seal = Callable[..., list[Event]]


@pytest.mark.django_db
def test_append_takes_two_statements(django_assert_num_queries: Callable[..., object]) -> None:
    with transaction.atomic(), django_assert_num_queries(4):  # two of them are the savepoint
        written = log.append([new_event(number) for number in range(50)])
    assert [event.subject_id for event in written] == [str(number) for number in range(50)]
    assert list(UnsealedEvent.objects.values_list("pk", flat=True)) == [event.pk for event in written]
    assert len({event.salt for event in written} | {event.public_salt for event in written}) == 100


@pytest.mark.django_db
def test_an_event_reads_back_to_its_leaf() -> None:
    (written,) = log.append([new_event(3, data={"条": [1, {"款": "一"}], "big": 2**70}, public={"event": "x"})])
    event = Event.objects.get(pk=written.pk)
    assert event.is_public
    assert leaf_hash(event, event.salt, event.public_salt) == event.leaf_hash == written.leaf_hash
    closed = (
        '{"actor":"person:0001","at":"2026-03-02T01:03:00.000000+00:00",'
        '"data":{"big":1180591620717411303424,"条":[1,{"款":"一"}]},"name":"trial.drafted","on_behalf_of":"",'
        '"organ_id":7,"subject_id":"3","subject_type":"trial"}'
    )
    closed_hash = hashlib.sha256(bytes(32) + closed.encode()).hexdigest()
    public_hash = hashlib.sha256(b"\x11" * 32 + b'{"event":"x"}').hexdigest()
    expected = f'{{"closed":"{closed_hash}","public":"{public_hash}","v":1}}'
    assert leaf_bytes(event, "00" * 32, "11" * 32).decode() == expected


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{"at": MOMENT}, {"rate": 0.5}, {"text": "a\0"}])
def test_what_is_not_canonical_is_not_recorded(data: dict[str, object]) -> None:
    with pytest.raises(NotCanonicalError):
        log.append([new_event(1), new_event(2, data=data)])
    assert Event.objects.count() == UnsealedEvent.objects.count() == 0


def test_too_long_or_naive_is_refused() -> None:
    with pytest.raises(ValueError, match="actor of an event is longer than 60"):
        new_event(1, actor="x" * 61)
    with pytest.raises(ValueError, match="aware"):
        log.append([new_event(1, at=MOMENT.replace(tzinfo=None))])


def test_sealing(sealed: Seal, frozen_clock: object) -> None:
    events = sealed(5, 1, 7)
    assert log.seal() == 0
    leaves = list(Leaf.objects.order_by("index"))
    assert [leaf.index for leaf in leaves] == list(range(13))
    assert [leaf.event_id for leaf in leaves] == [event.pk for event in events]
    assert [leaf.leaf_hash for leaf in leaves] == [event.leaf_hash for event in events]
    assert UnsealedEvent.objects.count() == 0
    assert TreeNode.objects.count() == merkle.inner_nodes(13) == 10
    tree = merkle.Frontier()
    tree.extend(bytes.fromhex(event.leaf_hash) for event in events)
    rows = list(Checkpoint.objects.order_by("size"))
    assert [row.size for row in rows] == [5, 6, 13]
    assert rows[-1].root == tree.root().hex()
    assert rows[-1].at == clock.now()
    assert Log.objects.get().origin == ORIGIN


def test_checkpoints_stand_outside(sealed: Seal, own_folders: Path) -> None:
    sealed(2, 3)
    folder = own_folders / "checkpoints" / "gongkai.yunzhou.example_register"
    notes = dict(Checkpoint.objects.values_list("size", "note"))
    assert sorted(path.name for path in folder.glob("*[!.lock]")) == ["000000000002.txt", "000000000005.txt", "latest"]
    assert (folder / "000000000002.txt").read_text() == notes[2]
    assert (folder / "latest").read_text() == notes[5]
    assert checkpoint.is_signed(notes[5], published_key(ORIGIN))
    assert checkpoint.parse(notes[5]).size == 5


def test_a_limit_leaves_the_rest(sealed: Seal) -> None:
    log.append([new_event(number) for number in range(5)])
    assert [log.seal(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert verify_all().total == 0


def test_a_lower_number_that_commits_late_is_sealed(sealed: Seal) -> None:
    events = log.append([new_event(number) for number in range(3)])
    UnsealedEvent.objects.filter(pk=events[0].pk).delete()
    assert log.seal() == 2
    UnsealedEvent.objects.create(event_id=events[0].pk)
    assert log.seal() == 1
    assert [leaf.event_id for leaf in Leaf.objects.order_by("index")] == [events[1].pk, events[2].pk, events[0].pk]
    assert verify_all().total == 0


def test_nothing_of_a_rolled_back_seal_stays(transactional_db: None, own_folders: Path) -> None:
    log.append([new_event(1)])
    with transaction.atomic():
        assert log.seal() == 1
        transaction.set_rollback(True)
    assert Leaf.objects.count() == Checkpoint.objects.count() == 0
    assert UnsealedEvent.objects.count() == 1
    assert not (own_folders / "checkpoints").exists()
    assert log.seal() == 1


def test_a_file_that_a_dead_worker_did_not_write_is_written(sealed: Seal) -> None:
    sealed(1, 2, 3)
    place = checkpoint.folder(ORIGIN)
    for path in place.iterdir():
        path.unlink()
    assert log.seal() == 0
    assert len(list(checkpoint.files(ORIGIN))) == 3
    assert checkpoint.latest_outside(ORIGIN) == Checkpoint.objects.get(size=6).note


def test_a_stale_outbox_row_does_no_harm(sealed: Seal) -> None:
    (event,) = sealed(1)
    UnsealedEvent.objects.create(event_id=event.pk)
    UnsealedEvent.objects.create(event_id=event.pk + 1000)
    assert log.seal() == 0
    assert list(UnsealedEvent.objects.values_list("pk", flat=True)) == [event.pk + 1000]
    log.append([new_event(2)])
    assert log.seal() == 1


def _in_threads(functions: list[Callable[[], None]]) -> None:
    problems: list[BaseException] = []

    def run(function: Callable[[], None]) -> None:
        try:
            function()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not problems


def test_two_sealers_and_two_writers_make_one_gapless_tree(transactional_db: None) -> None:
    def write() -> None:
        for number in range(20):
            log.append([new_event(number), new_event(number + 100)])

    def seal() -> None:
        for _ in range(30):
            log.seal(limit=3)

    _in_threads([write, seal, write, seal])
    while log.seal():
        pass
    assert Event.objects.count() == 80
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(80))
    assert Log.objects.count() == 1
    report = verify_all()
    assert report.differences == []
    assert report.checked["events"] == report.checked["logs"] == 80


@pytest.mark.postgres
def test_a_second_sealer_does_not_wait(transactional_db: None) -> None:
    log.append([new_event(1)])
    outcome: list[int] = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [log.SEALER_LOCK])
        _in_threads([lambda: outcome.append(log.seal())])
    assert outcome == [0]
    assert log.seal() == 1


def test_a_restored_database_does_not_fork(sealed: Seal, unguarded: None) -> None:
    events = sealed(4, 3)
    _roll_back(events[4:], size=4)
    log.append([new_event(50)])
    with pytest.raises(Refused, match="已公布的检查点（7 条）"):
        log.seal()
    assert Leaf.objects.count() == 4
    assert [difference.problem for difference in verify_all().differences if "trigger" not in difference.problem] == [
        "database-behind",
        "database-behind",
    ]

    continued = log.continue_log(actor="system", reason="从备份恢复")
    assert (continued.origin, continued.predecessor_origin) == (f"{ORIGIN}/2", ORIGIN)
    assert continued.predecessor_size == 7
    assert checkpoint.parse(checkpoint.latest_outside(ORIGIN)).root.hex() == continued.predecessor_root
    assert log.seal() == 1
    first = Event.objects.get(leaf__log=continued, leaf__index=0)
    assert first.public["predecessor_root"] == continued.predecessor_root
    assert [row.size for row in Checkpoint.objects.filter(log=continued).order_by("size")] == [1, 2]
    assert {difference.problem for difference in verify_all().differences} == {"trigger-missing"}


def test_restoring_the_same_backup_twice_takes_a_third_name(sealed: Seal, unguarded: None) -> None:
    events = sealed(4, 3)
    _roll_back(events[4:], size=4)
    second = log.continue_log(actor="system", reason="第一次")
    _roll_back(list(Event.objects.filter(leaf__log=second)), size=0, of=second)
    second.delete()
    third = log.continue_log(actor="system", reason="第二次")
    assert (third.origin, third.predecessor_origin, third.predecessor_size) == (f"{ORIGIN}/3", f"{ORIGIN}/2", 1)
    assert {difference.problem for difference in verify_all().differences} == {"trigger-missing"}


def _roll_back(events: list[Event], *, size: int, of: Log | None = None) -> None:
    """What a restore of an older backup leaves: the later rows are gone, the checkpoint files are not."""
    of = of or Log.objects.get()
    Leaf.objects.filter(log=of, index__gte=size).delete()
    Checkpoint.objects.filter(log=of, size__gt=size).delete()
    for node in TreeNode.objects.filter(log=of):
        if (node.index + 1) << node.level > size:
            node.delete()
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()


def test_a_damaged_tree_is_not_signed_again(sealed: Seal, unguarded: None) -> None:
    sealed(4)
    TreeNode.objects.filter(level=2).update(hash="00" * 32)
    log.append([new_event(9)])
    with pytest.raises(Refused, match="树根与检查点不同"):
        log.seal()
    TreeNode.objects.filter(level=2).delete()
    with pytest.raises(Refused, match="缺少节点"):
        log.seal()
    assert Checkpoint.objects.count() == 1
    assert UnsealedEvent.objects.count() == 1


def test_a_lost_key_is_not_replaced_in_silence(sealed: Seal) -> None:
    sealed(1)
    (private,) = Path(env.KEYS_DIR).glob("*.key")
    assert private.stat().st_mode & 0o777 == 0o600
    private.unlink()
    log.append([new_event(1)])
    with pytest.raises(Refused, match="私钥缺失"):
        log.seal()
    assert Checkpoint.objects.count() == 1
