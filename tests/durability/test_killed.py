"""``kill -9`` at random moments of uploading and publishing: what was acknowledged is there, nothing is half there."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import random
import signal
import time

import pytest

from gongkai.engine.records.models import Edition, Record
from gongkai.engine.records.ticks import publish_due
from gongkai.ground import clock
from gongkai.ground.files import storage
from gongkai.ground.files.models import StoredFile
from gongkai.ground.register.log import seal
from gongkai.ground.register.models import Event, UnsealedEvent
from gongkai.ground.register.verify import verify_all
from tests.builders import Office
from tests.durability.conftest import Nursery

pytestmark = pytest.mark.django_db(transaction=True)


def acknowledged(heard: list[list[str]]) -> None:
    """Everything said to be done is there: the event, the row, the bytes."""
    for what, first, second in (words for words in heard if words[0] in {"act", "file"}):
        if what == "act":
            assert Event.objects.filter(subject_type="record", subject_id=second, name=first).exists(), (first, second)
        else:
            data = storage.file_bytes(StoredFile.objects.get(pk=first))
            assert hashlib.sha256(data).hexdigest() == second


def whole() -> None:
    """No record in a state that no event led to, no edition that no event names; before anything was repaired."""
    states: dict[str, str] = {}
    named: set[tuple[str, int]] = set()
    for event in Event.objects.filter(subject_type="record").order_by("pk"):
        if "state" in event.data:
            assert event.data["state"][0] == states.get(event.subject_id, "")
            states[event.subject_id] = event.data["state"][1]
        if "edition" in event.data:
            named.add((event.subject_id, event.data["edition"]))
    assert {str(pk): state for pk, state in Record.objects.values_list("pk", "state")} == states
    assert {(str(record), number) for record, number in Edition.objects.values_list("record_id", "number")} == named


def settled() -> None:
    """The tick does what was owed, and then everything is sound."""
    with clock.frozen(dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)):
        publish_due()
        seal()
        storage.sweep_orphans()
    assert not Record.objects.filter(state="scheduled").exists()
    assert not UnsealedEvent.objects.exists()
    assert [path for path in storage.stored_paths() if not storage.is_wanted(path)] == []
    assert verify_all().differences == []


def killed(nursery: Nursery, times: int) -> None:
    Office(review_preset="township")
    for _ in range(times):
        (pid,) = nursery.bear("publish")
        # A document takes seven acts; an act takes some tens of milliseconds.
        nursery.hear(random.randrange(16))
        time.sleep(random.uniform(0, 0.06))
        with contextlib.suppress(ProcessLookupError):  # it failed by itself: what it said is read next
            os.kill(pid, signal.SIGKILL)
        acknowledged(nursery.rest())
        whole()
        settled()
    assert Record.objects.filter(is_visible=True).count() > 0


def test_thirty_kills(nursery: Nursery) -> None:
    killed(nursery, 30)


@pytest.mark.full
def test_three_hundred_kills(nursery: Nursery) -> None:
    killed(nursery, 300)
