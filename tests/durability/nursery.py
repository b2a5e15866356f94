"""A process that has Django ready and forks the workers of a test, so that each is born quickly and can be killed.

Commands come on standard input, a line each: jobs separated by blanks, each ``name:argument``. For every job a child is
forked; it says each act on standard output only after the act returned. When all have ended the nursery says ``ended``.
A job called ``seal`` has no end of its own and is killed when the others have ended.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path


def say(*words: object) -> None:
    """One line in one write: lines of several processes do not mix, and nothing waits in a buffer."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def serve() -> None:
    """Fork the workers of each command, wait for them, and say so."""
    jobs: dict[str, Callable[[str], None]] = {"publish": publish_for_ever, "write": write, "seal": seal_for_ever}
    for line in sys.stdin:
        pids: dict[int, str] = {}
        for word in line.split():
            name, _, argument = word.partition(":")
            pid = os.fork()
            if pid == 0:
                work(jobs[name], argument)
            pids[pid] = name
            say("born", pid)
        for pid, name in sorted(pids.items(), key=lambda item: item[1] == "seal"):
            if name == "seal":
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        say("ended")


def work(job: Callable[[str], None], argument: str) -> None:
    """A child's whole life."""
    random.seed()
    try:
        job(argument)
    except BaseException:
        say("failed", traceback.format_exc().replace("\n", " | "))
    finally:
        os._exit(0)


def publish_for_ever(_argument: str) -> None:
    """Upload, draft, review, publish or schedule, correct, seal, and again."""
    from gongkai.ground.register.log import seal

    while True:
        for _ in documents(with_file=True):
            seal()


def write(argument: str) -> None:
    """So many documents from draft to publication."""
    for _ in range(int(argument)):
        for _ in documents(with_file=False):
            pass


def seal_for_ever(_argument: str) -> None:
    """The sealer, without a pause."""
    from gongkai.ground.register.log import seal

    while True:
        seal()


def documents(*, with_file: bool) -> Iterator[None]:
    """One document on its way to the public, said step by step; yields where a sealer may run."""
    import datetime as dt

    from gongkai.engine.records.actions import publish, schedule, submit
    from gongkai.engine.records.attachments import file_entries
    from gongkai.engine.reviews.actions import agree
    from gongkai.engine.reviews.queries import open_steps
    from gongkai.ground import clock
    from tests.builders import draft_record

    office = existing_office()
    files = [uploaded(office)] if with_file else []
    officer = office.actor("officer")
    record = draft_record(office, files=file_entries(files, officer))
    say("act", "record.drafted", record.pk)
    submit(record, actor=officer)
    say("act", "record.submitted", record.pk)
    yield
    while steps := open_steps(record):
        agree(record, steps[0].code, actor=office.actor(steps[0].code))
        say("act", "record.reviewed" if steps[0].code != "sign_off" else "record.signed_off", record.pk)
    if with_file and random.random() < 0.3:
        schedule(record, actor=office.actor("editor"), at=clock.now() + dt.timedelta(seconds=1))
        say("act", "record.scheduled", record.pk)
    else:
        publish(record, actor=office.actor("editor"))
        say("act", "record.published", record.pk)
    yield


def uploaded(office: object) -> str:
    """Keep a file of random size; said with its digest."""
    import hashlib

    from gongkai.ground.files.actions import upload

    # No digits: a check might take them for somebody's number, and the sign-off would wait for a decision.
    data = ("附件" + "字" * random.randrange(200_000) + "".join(random.choices("甲乙丙丁戊己庚辛", k=16))).encode()
    file, _ = upload(data, "附件.txt", organ=office.organ, actor=office.actor("officer"))
    say("file", file.pk, hashlib.sha256(data).hexdigest())
    return str(file.pk)


def existing_office() -> object:
    """The office that the test has made."""
    from gongkai.ground.organs.models import Organ, Person
    from tests.builders import Office

    office = Office.__new__(Office)
    office.organ = Organ.objects.get()
    office.people = {person.username.rpartition("-")[2]: person for person in Person.objects.all()}
    return office


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.config.settings")
    import django

    django.setup()
    import tests.builders  # noqa: F401 - loaded once, before anything is forked

    say("ready")
    serve()
