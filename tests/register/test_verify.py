"""One test for each way of tampering; the attacker owns the database and has dropped the triggers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gongkai.config import env
from gongkai.ground.register import checkpoint, log, merkle, verify
from gongkai.ground.register.checkpoint import Statement
from gongkai.ground.register.leaf import leaf_hash
from gongkai.ground.register.models import Checkpoint, Event, Leaf, Log, TreeNode, UnsealedEvent
from gongkai.ground.register.signing import signer
from gongkai.ground.register.verify import Difference, verifier, verify_all
from tests.register.makers import new_event

ORIGIN = "gongkai.yunzhou.example/register"
SLUG = "gongkai.yunzhou.example_register"
Seal = Callable[..., list[Event]]


def found() -> set[tuple[str, str]]:
    """What verification names, the dropped triggers aside."""
    return {
        (difference.what, difference.problem)
        for difference in verify_all().differences
        if difference.problem != "trigger-missing"
    }


@pytest.fixture
def events(sealed: Seal, unguarded: None) -> list[Event]:
    """Eleven events under three checkpoints (3, 8, 11), the triggers off."""
    return sealed(3, 5, 3)


def test_a_sound_register(sealed: Seal) -> None:
    sealed(3, 5, 3)
    log.append([new_event(99)])
    report = verify_all()
    assert report.is_sound
    assert report.unsealed == 1
    assert {name: report.checked[name] for name in ("events", "logs", "checkpoint-files", "outbox", "triggers")} == {
        "events": 12,
        "logs": 11,
        "checkpoint-files": 3,
        "outbox": 1,
        "triggers": 4,
    }
    assert report.as_json()["sound"] is True


@pytest.mark.django_db
def test_an_empty_register_is_sound() -> None:
    assert verify_all().differences == []


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"title": "另一标题"}},
        {"public": {"event": "trial.published"}, "is_public": True},
        {"actor": "person:0002"},
        {"name": "trial.published"},
        {"subject_id": "x"},
        {"subject_type": "case"},
        {"on_behalf_of": "person:0003"},
        {"organ_id": None},
        {"at": "2026-03-02T01:00:00.000001Z"},
        {"salt": "00" * 32},
        {"public_salt": "zz"},
    ],
)
def test_event_changed(events: list[Event], change: dict[str, object]) -> None:
    Event.objects.filter(pk=events[4].pk).update(**change)
    assert found() == {(f"event {events[4].pk}", "event-changed")}


@pytest.mark.sqlite
def test_event_made_unreadable(events: list[Event]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE register_event SET at = '2026-13-45 00:00:00' WHERE id = %s", [events[4].pk])
    assert found() == {(f"event {events[4].pk}", "event-unreadable")}


def test_event_changed_with_its_hash(events: list[Event]) -> None:
    _forge(events[4])
    assert found() == {(f"event {events[4].pk}", "leaf-differs")}


def test_event_changed_with_its_hash_and_leaf(events: list[Event]) -> None:
    _forge(events[4])
    Leaf.objects.filter(event=events[4]).update(leaf_hash=events[4].leaf_hash)
    assert found() == {(f"node {ORIGIN}/1/2", "node-differs")}


def test_event_changed_with_leaf_and_all_nodes(events: list[Event]) -> None:
    _forge(events[4])
    Leaf.objects.filter(event=events[4]).update(leaf_hash=events[4].leaf_hash)
    _regrow()
    assert found() == {(f"checkpoint {ORIGIN}@{size}", "root-differs") for size in (8, 11)}


def test_everything_in_the_database_rewritten_with_the_key(events: list[Event]) -> None:
    """Whoever holds database and key is still betrayed by the files outside."""
    _forge(events[4])
    Leaf.objects.filter(event=events[4]).update(leaf_hash=events[4].leaf_hash)
    _regrow(sign=True)
    assert found() == {
        (f"file {SLUG}/000000000008.txt", "checkpoint-file-differs"),
        (f"file {SLUG}/000000000011.txt", "checkpoint-file-differs"),
        (f"file {SLUG}/latest", "checkpoint-file-differs"),
    }


def _forge(event: Event) -> None:
    event.data = {"title": "另一标题"}
    event.leaf_hash = leaf_hash(event, event.salt, event.public_salt)
    Event.objects.filter(pk=event.pk).update(data=event.data, leaf_hash=event.leaf_hash)


def _regrow(*, sign: bool = False) -> None:
    tree = merkle.Frontier()
    sizes = set(Checkpoint.objects.values_list("size", flat=True))
    for text in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True):
        for place, digest in tree.append(bytes.fromhex(text)):
            TreeNode.objects.filter(level=place.level, index=place.offset).update(hash=digest.hex())
        if sign and tree.size in sizes:
            note = checkpoint.sign(Statement(ORIGIN, tree.size, tree.root()), signer(ORIGIN))
            Checkpoint.objects.filter(size=tree.size).update(note=note, root=tree.root().hex())


def test_event_deleted(events: list[Event]) -> None:
    Event.objects.filter(pk=events[4].pk).delete()
    assert found() == {(f"event {events[4].pk}", "event-missing")}


def test_leaf_changed(events: list[Event]) -> None:
    Leaf.objects.filter(index=5).update(leaf_hash="ab" * 32)
    assert found() == {(f"event {events[5].pk}", "leaf-differs"), (f"node {ORIGIN}/1/2", "node-differs")}


def test_leaf_made_unreadable(events: list[Event]) -> None:
    Leaf.objects.filter(index=5).update(leaf_hash="?")
    assert found() == {(f"event {events[5].pk}", "leaf-differs"), (f"leaf {ORIGIN}#5", "leaf-unreadable")}


def test_leaf_deleted(events: list[Event]) -> None:
    Leaf.objects.filter(index=5).delete()
    assert found() == {(f"event {events[5].pk}", "event-not-in-tree"), (f"leaf {ORIGIN}#5", "leaf-missing")}


def test_two_leaves_swapped(events: list[Event]) -> None:
    Leaf.objects.filter(index=5).update(event_id=events[6].pk + 1000)
    Leaf.objects.filter(index=6).update(event_id=events[5].pk)
    Leaf.objects.filter(index=5).update(event_id=events[6].pk)
    assert found() == {(f"event {events[number].pk}", "leaf-differs") for number in (5, 6)}


def test_last_event_and_its_leaf_deleted(events: list[Event]) -> None:
    Leaf.objects.filter(index=10).delete()
    Event.objects.filter(pk=events[10].pk).delete()
    assert found() == {(f"log {ORIGIN}", "size-differs"), (f"leaf {ORIGIN}#10", "leaf-missing")}


def test_end_cut_off_with_its_checkpoint(events: list[Event]) -> None:
    """The database agrees with itself again; the files do not."""
    Leaf.objects.filter(index__gte=8).delete()
    Event.objects.filter(pk__gte=events[8].pk).delete()
    Checkpoint.objects.filter(size=11).delete()
    TreeNode.objects.filter(level=1, index=4).delete()
    assert found() == {
        (f"file {SLUG}/000000000011.txt", "database-behind"),
        (f"file {SLUG}/latest", "database-behind"),
    }


def test_node_changed(events: list[Event]) -> None:
    TreeNode.objects.filter(level=2, index=1).update(hash="00" * 32)
    assert found() == {
        (f"node {ORIGIN}/2/1", "node-differs"),
        (f"node {ORIGIN}/3/0", "node-differs"),
    }


def test_node_deleted(events: list[Event]) -> None:
    TreeNode.objects.filter(level=2, index=1).delete()
    assert found() == {(f"log {ORIGIN}", "node-count"), (f"node {ORIGIN}/2/1", "node-missing")}


def test_node_added(events: list[Event]) -> None:
    TreeNode.objects.create(log=Log.objects.get(), level=5, index=9, hash="00" * 32)
    assert found() == {(f"log {ORIGIN}", "node-count")}


def test_checkpoint_root_changed(events: list[Event]) -> None:
    Checkpoint.objects.filter(size=8).update(root="00" * 32)
    assert found() == {
        (f"checkpoint {ORIGIN}@8", "checkpoint-changed"),
        (f"checkpoint {ORIGIN}@8", "root-differs"),
    }


def test_checkpoint_note_changed(events: list[Event]) -> None:
    row = Checkpoint.objects.get(size=8)
    forged = checkpoint.sign(Statement(ORIGIN, 8, bytes.fromhex(row.root)), signer("other.example"))
    Checkpoint.objects.filter(size=8).update(note=forged)
    assert found() == {
        (f"checkpoint {ORIGIN}@8", "signature-invalid"),
        (f"file {SLUG}/000000000008.txt", "checkpoint-file-differs"),
    }


def test_checkpoint_deleted(events: list[Event]) -> None:
    Checkpoint.objects.filter(size=8).delete()
    assert found() == {(f"checkpoint {ORIGIN}@8", "checkpoint-missing")}


def test_all_checkpoints_deleted(events: list[Event]) -> None:
    Checkpoint.objects.all().delete()
    assert found() == {
        (f"log {ORIGIN}", "size-differs"),
        (f"file {SLUG}/000000000003.txt", "database-behind"),
        (f"file {SLUG}/000000000008.txt", "database-behind"),
        (f"file {SLUG}/000000000011.txt", "database-behind"),
        (f"file {SLUG}/latest", "database-behind"),
    }


def test_checkpoint_far_ahead(events: list[Event]) -> None:
    Checkpoint.objects.create(log=Log.objects.get(), size=10**15, root="00" * 32, note="x", at=events[0].at)
    assert (f"log {ORIGIN}", "leaves-missing") in found()


def test_checkpoint_file_changed(events: list[Event]) -> None:
    path = checkpoint.file_of(ORIGIN, 8)
    path.write_text(path.read_text().replace("\n8\n", "\n9\n"))
    assert found() == {(f"file {SLUG}/000000000008.txt", "checkpoint-file-changed")}


def test_checkpoint_file_made_unreadable(events: list[Event]) -> None:
    checkpoint.file_of(ORIGIN, 8).write_bytes(b"\xff\xfe")
    (checkpoint.folder(ORIGIN) / "latest").write_bytes(b"\xff")
    assert found() == {
        (f"file {SLUG}/000000000008.txt", "checkpoint-file-changed"),
        (f"file {SLUG}/latest", "checkpoint-file-changed"),
    }


def test_checkpoint_file_deleted(events: list[Event]) -> None:
    checkpoint.file_of(ORIGIN, 8).unlink()
    assert found() == {(f"file {SLUG}/000000000008.txt", "checkpoint-file-missing")}


def test_the_whole_log_deleted(events: list[Event]) -> None:
    for model in (Leaf, TreeNode, Checkpoint, Event, Log):
        model._default_manager.all().delete()
    assert found() == {(f"checkpoints {SLUG}", "log-unknown")}


def test_key_file_gone_or_another(events: list[Event]) -> None:
    (vkey,) = env.KEYS_DIR.glob("*.vkey")
    mine = vkey.read_text()
    vkey.unlink()
    assert found() == {(f"log {ORIGIN}", "key-missing")}
    vkey.write_text("rubbish")
    assert found() == {(f"log {ORIGIN}", "key-missing")}
    vkey.write_text(mine)
    assert found() == set()


def test_outbox_row_deleted(events: list[Event]) -> None:
    (event,) = log.append([new_event(50)])
    assert found() == set()
    UnsealedEvent.objects.all().delete()
    assert found() == {(f"event {event.pk}", "event-not-in-tree")}


def test_unsealed_event_deleted(events: list[Event]) -> None:
    (event,) = log.append([new_event(50)])
    Event.objects.filter(pk=event.pk).delete()
    assert found() == {(f"event {event.pk}", "event-missing")}


def test_outbox_row_of_a_sealed_event(events: list[Event]) -> None:
    UnsealedEvent.objects.create(event_id=events[2].pk)
    assert found() == {(f"event {events[2].pk}", "outbox-stale")}


def test_link_of_a_continued_log_changed(events: list[Event]) -> None:
    second = log.continue_log(actor="system", reason="换名")
    assert found() == set()
    Log.objects.filter(pk=second.pk).update(predecessor_root="00" * 32)
    assert found() == {(f"log {ORIGIN}/2", "link-changed"), (f"log {ORIGIN}/2", "link-differs")}


@pytest.mark.django_db
def test_triggers_dropped(unguarded: None) -> None:
    assert {difference.what for difference in verify_all().differences} == {
        "table register_event",
        "table register_leaf",
        "table register_checkpoint",
        "table register_log",
        "table records_edition",
        "table reviews_opinion",
        "table reviews_presetchoice",
        "table reviews_urging",
        "table reviews_secrecyline",
        "table records_cleanup",
        "table records_cleanupitem",
    }


@pytest.mark.django_db
def test_other_apps_add_verifiers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "_verifiers", {})

    @verifier("plain")
    def plain() -> Iterator[Difference]:
        yield Difference("edition 1", "edition-changed", "版本内容与其哈希不符")

    @verifier("endless")
    def endless() -> verify.Findings:
        for number in range(verify.KEPT + 5):
            yield Difference(f"edition {number}", "edition-changed", "版本内容与其哈希不符")
        return 7

    @verifier("stopped")
    def stopped() -> Iterator[Difference]:
        yield Difference("file 1", "file-changed", "文件与其哈希不符")
        raise ValueError("month must be in 1..12")

    with pytest.raises(ValueError, match="two verifiers"):
        verifier("plain")(plain)
    report = verify_all()
    assert report.total == verify.KEPT + 8
    assert len(report.differences) == verify.KEPT + 3
    assert report.checked == {"plain": 0, "endless": 7, "stopped": 0}
    assert report.differences[-1].what == "verifier stopped"
    assert report.differences[-1].message == "有内容无法读取，此项核验中断：ValueError: month must be in 1..12"
    assert not report.is_sound
    assert report.as_json()["differences"][0] == {
        "what": "edition 1",
        "problem": "edition-changed",
        "message": "版本内容与其哈希不符",
    }


def test_many_batches(sealed: Seal, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongkai.ground.register import audit, audit_files, verifiers

    for module in (audit, audit_files, verifiers):
        monkeypatch.setattr(module, "BATCH", 4)
    sealed(3, 9, 1, 20, 2, 1, 1)
    report = verify_all()
    assert report.differences == []
    assert report.checked["events"] == report.checked["logs"] == 37
