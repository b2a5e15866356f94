"""The demonstration city: loaded through the gate, whole, true, and only where it does no harm."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from gongkai.config import env
from gongkai.engine.checks.queries import undecided
from gongkai.engine.deadlines.models import Deadline
from gongkai.engine.records.kinds import KINDS
from gongkai.engine.records.models import Record, Validity
from gongkai.engine.records.subject import STATE_NAMES
from gongkai.engine.reviews.models import Opinion
from gongkai.engine.reviews.queries import open_steps
from gongkai.ground import clock
from gongkai.ground.access.actors import service_actor
from gongkai.ground.access.models import Grant
from gongkai.ground.access.roles import ADMIN_ROLES, Role
from gongkai.ground.files.guard import inspect_upload
from gongkai.ground.organs.codes import check_credit_code, check_organisation_code, is_division_code
from gongkai.ground.organs.models import Organ, OrganType, Person
from gongkai.ground.register.models import Event, UnsealedEvent
from gongkai.ground.register.triggers import suspended
from gongkai.ground.register.verify import verify_all
from gongkai.surfaces.demo import texts
from gongkai.surfaces.demo.loading import Loaded, load
from gongkai.surfaces.look.demonstration import PASSWORD

MONDAY = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys, files and checkpoint files of the city, which lives longer than one test."""
    return tmp_path_factory.mktemp("city")


def settle(folders: Path, patch: pytest.MonkeyPatch) -> None:
    for name in ("KEYS_DIR", "CHECKPOINTS_DIR", "FILES_DIR"):
        patch.setattr(env, name, folders / name)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker, folders: Path) -> Iterator[Loaded]:
    """The city, loaded once for this module, and emptied afterwards."""
    with django_db_blocker.unblock():
        with pytest.MonkeyPatch.context() as patch, clock.frozen(MONDAY):
            settle(folders, patch)
            made = load()
        yield made
        with suspended():
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def own_folders(loaded: Loaded, db: None, folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In place of the folders that other tests have for themselves; and the clock stands on the day of loading."""
    settle(folders, monkeypatch)
    with clock.frozen(MONDAY):
        yield folders


def record(title: str) -> Record:
    return Record.objects.get(title__contains=title)


def test_every_kind_and_every_state_occurs() -> None:
    assert Record.objects.count() >= 80
    assert set(Record.objects.values_list("kind", flat=True)) == set(KINDS)
    assert set(Record.objects.values_list("state", flat=True)) == set(STATE_NAMES)
    assert set(Record.objects.values_list("validity", flat=True)) == set(Validity)


def test_register_is_sound_and_sealed_day_by_day() -> None:
    report = verify_all()
    assert (report.is_sound, report.differences) == (True, [])
    assert not UnsealedEvent.objects.exists()
    moments = list(Event.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= MONDAY and moments[0].year == 2024


def test_organs_of_all_types_with_valid_codes_and_three_ways_to_number() -> None:
    organs = list(Organ.objects.order_by("pk"))
    assert len(organs) == 15
    assert {organ.type for organ in organs} == set(OrganType)
    for organ in organs:
        assert check_organisation_code(organ.organisation_code) and check_credit_code(organ.credit_code), organ.name
        assert is_division_code(organ.division_code) and organ.work_body and organ.address and organ.phone
    numbers = set(Record.objects.exclude(index_number=None).values_list("index_number", flat=True))
    shapes = {re.sub(r"[\dX]", "9", number.split("/")[0]) + f"·{len(number)}" for number in numbers}
    assert {shape.split("·")[0] for shape in shapes} == {
        "YUN999999", "99999999YUN999999B", "999999999999", "YZ99999-9999-9999-99999",
    }  # fmt: skip


def test_people_for_every_role_and_three_administrators_apart() -> None:
    assert set(Grant.objects.values_list("role", flat=True)) == set(Role)
    admins = Grant.objects.filter(role__in=ADMIN_ROLES).values_list("person_id", flat=True)
    assert len(set(admins)) == 3
    assert not Grant.objects.filter(person_id__in=admins).exclude(role__in=ADMIN_ROLES).exists()
    assert Person.objects.filter(organ__code="qingxi").count() == 3


def test_everybody_can_log_in(loaded: Loaded) -> None:
    for username, name, *_ in loaded.accounts:
        client = Client()
        reply = client.post("/accounts/login/", {"login": username, "password": PASSWORD})
        assert (reply.status_code, reply["Location"]) == (302, "/desk/"), name
        assert client.get("/desk/").status_code == 200


def test_token_is_a_service_account_that_reaches_every_organ(loaded: Loaded) -> None:
    actor = service_actor(loaded.token)
    assert actor is not None
    assert actor.ref.startswith("service:")


def test_deputy_signed_for_the_absent_leader() -> None:
    opinion = Opinion.objects.get(on_behalf_of__isnull=False)
    assert (opinion.reviewer.username, opinion.on_behalf_of.username) == ("jyj.fazhi", "jyj.shenqian")
    event = Event.objects.get(name="record.signed_off", on_behalf_of__gt="")
    assert event.on_behalf_of == f"person:{Person.objects.get(username='jyj.shenqian').ref}"


def test_what_waits_for_whom() -> None:
    steps = {item.title: [step.code for step in open_steps(item)] for item in Record.objects.filter(state="in_review")}
    assert {title: codes for title, codes in steps.items() if "校外培训" in title} == {
        "云洲市校外培训机构管理办法": ["attribute"]
    }
    assert sorted(codes[0] for codes in steps.values()) == ["attribute", "consent", "legality", "secrecy"]
    tutoring = record("校外培训")
    assert tutoring.working.number == 2
    assert Opinion.objects.filter(step__review__record=tutoring, reaffirms__isnull=False).count() == 1


def test_identity_numbers_were_found_and_wait_for_a_decision() -> None:
    honours = record("教学能手")
    found = undecided("record", str(honours.pk), honours.working.sha256)
    assert [item.type for item in found] == ["identity-number"] * 3
    assert not any("339900198503071012" in item.shown for item in found)


def test_corrected_twice_with_public_notes() -> None:
    points = record("政务公开工作要点")
    notes = [item.edition.content["change_note"] for item in points.publications.order_by("from_at")]
    assert [bool(note) for note in notes] == [False, True, True]


def test_scheduled_is_in_the_future() -> None:
    waiting = Record.objects.get(state="scheduled")
    assert waiting.scheduled_for == dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)


def test_files_are_public_with_their_records() -> None:
    names = {entry["name"] for item in Record.objects.filter(is_visible=True) for entry in item.current.files}
    assert {name.rpartition(".")[2] for name in names} == {"docx", "pdf"}


def test_public_pages_answer() -> None:
    client = Client()
    for address in ("/", "/xxgk/", "/policy/", "/register/", *(f"/o/{code}/" for code in ("qingxi", "yunzhou-edu"))):
        assert client.get(address).status_code == 200, address
    for number in Record.objects.filter(is_visible=True).values_list("index_number", flat=True):
        assert client.get(f"/r/{number}").status_code == 200, number


def test_login_page_says_that_it_is_a_demonstration() -> None:
    page = Client().get("/accounts/login/").content.decode()
    assert "虚构的云洲市" in page and PASSWORD in page


def test_walk_through_file_holds_a_number_and_no_ground(loaded: Loaded) -> None:
    (file,) = loaded.folder.glob("*.docx")
    guarded = inspect_upload(file.read_bytes(), file.name)
    words = "\n".join(block.text for block in guarded.text.blocks)
    assert "339900198503071012" in words and "主动公开" not in words
    assert loaded.token in (loaded.folder / "accounts.txt").read_text()


def test_no_sentence_is_taken_from_real_documents(shared: Path) -> None:
    from gongkai.surfaces.exchange.importing import read_paths

    real: set[str] = set()
    for path in (shared / "sources").iterdir():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        real |= {re.sub(r"\s+", "", line) for line in re.split(r"[\n。；]|<[^>]+>", text)}
    assert list(read_paths([shared / "sources"]))
    for key in texts.names():
        for sentence in re.split(r"[\n。；|]", texts.source(key)[1]):
            plain = re.sub(r"\s+", "", sentence)
            assert len(plain) < 9 or plain not in real, (key, plain)


def test_one_publication_is_due_today_and_one_is_overdue() -> None:
    clocks = {item.title: Deadline.objects.get(subject_type="record", subject_id=str(item.pk)) for item in waiting()}
    due = {title: deadline.due_on for title, deadline in clocks.items()}
    assert [title for title, day in due.items() if day == MONDAY.date()] == [
        "云洲市教育局关于规范中小学课后服务收费的通知"
    ]
    assert [title[-15:] for title, day in due.items() if day < MONDAY.date()] == ["关于开展绿色学校创建活动的通知"]


def waiting() -> list[Record]:
    """What is owed to the public and not there yet."""
    states = ("proposed", "in_review", "signed_off", "scheduled")
    return list(Record.objects.filter(state__in=states, disclosure="proactive").order_by("pk"))
