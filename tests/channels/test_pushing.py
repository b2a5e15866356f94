"""Headless publishing against a platform on this machine: pushed, read back, taken back; owed meanwhile."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.engine.channels.actions import push_owed, read_back_due
from gongkai.engine.channels.actions.pushing import tell
from gongkai.engine.channels.models import Push
from gongkai.engine.channels.queries import doubtful_pushes, failing_pushes, owed_pushes
from gongkai.engine.channels.targets import targets
from gongkai.engine.notices.models import Notice
from gongkai.engine.records.actions import place, publish, restore, take_down
from gongkai.engine.records.models import Record
from gongkai.ground import clock
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused
from gongkai.ground.register import triggers
from gongkai.ground.register.log import seal
from gongkai.ground.register.verify import verify_all
from tests.builders import Office, public_record, reviewed_record
from tests.channels.platform import Platform, configure, http_target
from tests.notices.peers import running

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


def later(minutes: float) -> dt.datetime:
    return MOMENT + dt.timedelta(minutes=minutes)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Platform]:
    made = Platform()
    configure(monkeypatch, tmp_path, http_target(made, always=True))
    with running(made), clock.frozen(MOMENT):
        yield made


def test_a_publication_is_owed_pushed_read_back_and_verified(platform: Platform) -> None:
    record = public_record(Office())
    assert (owed_pushes().count(), len(platform.asked)) == (1, 0)
    assert (push_owed(), push_owed()) == (1, 0)
    (told,) = platform.told()
    assert (told["act"], told["title"], told["edition"]) == ("show", record.title, 1)
    assert told["content"]["document_number"] == "云教办〔2026〕12号"
    headers = platform.asked[0]["headers"]
    assert headers["authorization"] == "Bearer t0ken"
    assert headers["idempotency-key"] == f"{record.ref}-{Push.objects.get().publication_id}-show"
    assert read_back_due() == 0
    with clock.frozen(later(1)):
        assert read_back_due() == 1
    push = Push.objects.get()
    assert (push.reading, push.address, push.receipt) == (
        "verified",
        f"{platform.url}/page/{record.ref}",
        "HTTP 200",
    )
    seal()
    assert verify_all().differences == []


def test_a_platform_that_fails_is_tried_again_later_and_never_given_up(platform: Platform) -> None:
    public_record(Office())
    platform.answers = [(503, ""), (302, ""), (503, "")]
    assert push_owed() == 0
    for minutes in (2, 6, 14):
        assert Push.objects.get().done_at is None
        with clock.frozen(later(minutes)):
            push_owed()
    assert (Push.objects.get().attempts, len(platform.told()), Push.objects.get().failure) == (4, 4, "")


def test_a_worker_killed_while_pushing_leaves_it_owed_under_the_same_key(platform: Platform) -> None:
    public_record(Office())
    push_owed()
    # What a kill -9 between the platform's answer and the note of it leaves behind.
    Push.objects.update(done_at=None, receipt="", address="", read_due_at=None, try_at=later(2))
    with clock.frozen(later(1)):
        assert push_owed() == 0
    with clock.frozen(later(2)):
        assert push_owed() == 1
    first, second = (one["headers"]["idempotency-key"] for one in platform.asked)
    assert first == second


@pytest.mark.parametrize(("garble", "reading"), [("altered", "differs"), ("gone", "missing")])
def test_a_page_that_differs_is_looked_at_again_then_found_on_the_desk_and_told(
    platform: Platform, garble: str, reading: str
) -> None:
    office = Office()
    record = public_record(office)
    push_owed()
    if garble == "altered":
        platform.pages[str(record.ref)] = platform.pages[str(record.ref)].replace("月底前", "年底前")
    else:
        platform.pages.clear()
    Notice.objects.all().delete()
    moment = MOMENT
    for _ in range(6):
        moment += dt.timedelta(hours=2)
        with clock.frozen(moment):
            read_back_due()
    push = Push.objects.get()
    assert push.reading == reading
    assert list(doubtful_pushes(Organ.objects.values_list("pk", flat=True))) == [push]
    assert Notice.objects.get().recipient == office.people["editor"]
    assert record.title not in Notice.objects.get().text


def test_taking_down_is_pushed_first_and_verified_gone(platform: Platform) -> None:
    office = Office()
    record = public_record(office)
    push_owed()
    public_record(office, title="后来的一件")
    take_down(record, actor=office.actor("editor"))
    assert push_owed() == 2
    assert [one["act"] for one in platform.told()] == ["show", "take_back", "show"]
    assert "title" not in platform.told()[1]
    with clock.frozen(later(1)):
        read_back_due()
    assert Push.objects.get(act="take_back").reading == "verified"


def test_what_was_never_pushed_is_not_pushed_after_it_was_taken_down_and_a_restored_record_is(
    platform: Platform,
) -> None:
    office = Office()
    record = public_record(office)
    take_down(record, actor=office.actor("editor"))
    restore(record, actor=office.actor("ogi"))
    assert push_owed() == 1
    assert [one["act"] for one in platform.told()] == ["show"]
    assert owed_pushes().count() == 0


def test_a_page_still_standing_after_a_withdrawal_is_a_finding(platform: Platform) -> None:
    office = Office()
    record = public_record(office)
    push_owed()
    page = platform.pages[str(record.ref)]
    take_down(record, actor=office.actor("editor"))
    push_owed()
    platform.pages[str(record.ref)] = page
    moment = MOMENT
    for _ in range(6):
        moment += dt.timedelta(hours=2)
        with clock.frozen(moment):
            read_back_due()
    assert Push.objects.get(act="take_back").reading == "differs"


def test_an_address_on_another_host_is_never_read(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure(monkeypatch, tmp_path, http_target(platform, always=True, read_back_hosts=["www.example.gov.cn"]))
    public_record(Office())
    assert push_owed() == 1
    assert (Push.objects.get().address, Push.objects.get().read_due_at) == ("", None)


def test_a_folder_gets_one_whole_package_however_often_it_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drop = tmp_path / "drop"
    configure(monkeypatch, tmp_path, {"code": "exchange", "name": "交换平台", "kind": "folder", "folder": str(drop)})
    office = Office()
    record = reviewed_record(office)
    place(record, actor=office.actor("editor"), channels=["push:exchange"])
    publish(record, actor=office.actor("editor"))
    assert push_owed() == 1
    Push.objects.update(done_at=None, try_at=clock.now())
    assert push_owed() == 1
    (package,) = drop.iterdir()
    assert package.name == f"{record.ref}-{Push.objects.get().publication_id}-show"
    assert json.loads((package / "record.json").read_text())["title"] == record.title
    assert "<h2>一、总体要求</h2>" in (package / "page.html").read_text()


def test_targets_take_only_their_organs_and_a_wrong_file_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running(platform := Platform()):
        configure(monkeypatch, tmp_path, http_target(platform, always=True, organs=["11330000002"]))
        public_record(Office())
        assert Push.objects.count() == 0
    configure(monkeypatch, tmp_path, {"code": "x", "name": "x", "kind": "http", "url": "http://192.0.2.1/"})
    with pytest.raises(Refused) as refusal:
        targets()
    assert refusal.value.code == "channels.bad_targets"
    assert Record.objects.count() == 1


def test_a_publication_that_arrives_after_its_withdrawal_is_taken_back_again(platform: Platform) -> None:
    """A second worker tells the withdrawal while the first one's publication is still on its way."""
    office = Office()
    record = public_record(office)
    show = Push.objects.get()
    take_down(record, actor=office.actor("editor"))
    assert push_owed() == 1
    tell(show.pk, targets())
    assert [one["act"] for one in platform.told()] == ["take_back", "show"]
    assert push_owed() == 1
    assert [one["act"] for one in platform.told()] == ["take_back", "show", "take_back"]
    assert push_owed() == 0
    assert str(record.ref) not in platform.pages


def test_the_address_of_a_target_that_is_gone_is_asked_no_more(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    public_record(Office())
    push_owed()
    asked = len(platform.asked)
    configure(monkeypatch, tmp_path, http_target(platform, always=True) | {"code": "another"})
    with clock.frozen(later(5)):
        assert (read_back_due(), read_back_due()) == (0, 0)
    assert (Push.objects.get().read_due_at, Push.objects.get().failure, len(platform.asked)) == (
        None,
        "no-target",
        asked,
    )


def test_a_targets_file_that_cannot_be_read_stops_no_reading_for_good(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    public_record(Office())
    push_owed()
    (tmp_path / "targets.json").write_text("{", encoding="utf-8")
    due = Push.objects.get().read_due_at
    with clock.frozen(later(5)):
        assert read_back_due() == 0
    assert (Push.objects.get().read_due_at, Push.objects.get().reads) == (due, 0)


def test_a_push_that_cannot_be_read_keeps_no_other_from_being_told_or_read(platform: Platform) -> None:
    office = Office()
    broken, whole = public_record(office), public_record(office, title="另一份通知")
    push_owed()
    bad = Push.objects.get(publication__record=broken)
    edition = bad.publication.edition
    with triggers.suspended():
        edition.canonical = (edition.canonical or "").replace('"schema"', '"schema')
        edition.save()
    with clock.frozen(later(1)):
        assert read_back_due() == 1
    assert Push.objects.get(publication__record=whole).reading == "verified"
    bad.refresh_from_db()
    assert (bad.failure, bad.read_due_at, bad.reading) == ("JSONDecodeError", later(3), "")
    with clock.frozen(later(3)):
        read_back_due()
    bad.refresh_from_db()
    assert bad.read_due_at == later(7), "later and later"
    assert list(failing_pushes()) == [bad]
