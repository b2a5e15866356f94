"""``gongkai demo``: load the fictional city into an empty database, or reset a demonstration to it.

The first event of a demonstration's register says that it is one; nothing that lacks this event is ever emptied.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from gongkai.config import env
from gongkai.ground import clock
from gongkai.ground.files import storage
from gongkai.ground.organs.models import Organ
from gongkai.ground.refusal import Refused, wording
from gongkai.ground.register import checkpoint
from gongkai.ground.register.log import NewEvent, append, seal
from gongkai.ground.register.models import Event, Log
from gongkai.ground.register.triggers import suspended
from gongkai.surfaces.demo import papers, texts
from gongkai.surfaces.demo.chronicle import CHRONICLE
from gongkai.surfaces.demo.founding import FOUNDED_AGO, accounts, deputising, founding, issue_service_token
from gongkai.surfaces.demo.stage import City, tell
from gongkai.surfaces.demo.stories import STORIES
from gongkai.surfaces.demo.workdays import Workdays
from gongkai.surfaces.look.demonstration import MARK, PASSWORD, is_demonstration

NOT_A_DEMONSTRATION = wording(
    "demo.not_a_demonstration",
    what="数据库中已有正式数据，不能装入演示城市。",
    todo="演示城市只能装入空数据库，或者重置原来的演示城市；请另设 VAR_DIR 或 DATABASE_URL。",
)
WALK_THROUGH = "school-meals"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Loaded:
    """What a newcomer needs: who may log in, the one password, a token for the interface, files to try with."""

    password: str
    accounts: list[tuple[str, str, str, str]]
    token: str
    folder: Path
    records: int


def load(small: bool = False, progress: Progress | None = None) -> Loaded:
    """Load the city, all or nothing; a demonstration that is there is reset first. ``small``: organs and people only.

    ``progress`` is told how many steps of how many are done. Raises Refused over a database that is in earnest.
    """
    if not is_demonstration() and (Event.objects.exists() or Organ.objects.exists()):
        raise Refused(NOT_A_DEMONSTRATION)
    today = clock.today()
    # What leaves the database leaves the disk only when the new city stands.
    old_files, old_logs = list(storage.stored_paths()), list(Log.objects.values_list("origin", flat=True))
    with transaction.atomic():
        if is_demonstration():
            _empty()
            _forget_checkpoints(old_logs)
        city = City(Workdays(today))
        append([NewEvent("demo", "yunzhou", MARK, "system", at=city.days.moment(FOUNDED_AGO + 1, 8))])
        steps = _counted(progress, 4 if small else _STEPS)
        # The stories begin in a city that stands.
        tell([founding(city)], steps)
        if not small:
            tell([deputising(city), *(story(city) for story in (*CHRONICLE, *STORIES))], steps)
        token = issue_service_token(city)
        seal()
    for path in old_files:
        if not storage.is_wanted(path):
            storage.erase(path)
    loaded = Loaded(PASSWORD, accounts(), token, env.VAR_DIR / "demo", len(city.records))
    _write_folder(loaded, city)
    return loaded


def _counted(progress: Progress | None, expected: int) -> Callable[[], None]:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, max(done, expected))

    return step


#: About how many steps the stories have, for the progress bar.
_STEPS = 224


def _empty() -> None:
    """Every row of the demonstration; the guards of history are off while it goes, as they are for nothing else."""
    with suspended():
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=False)


def _forget_checkpoints(origins: list[str]) -> None:
    """The logs of a demonstration begin anew, and so do their checkpoints outside the database."""
    for origin in origins:
        shutil.rmtree(checkpoint.folder(origin), ignore_errors=True)


def _write_folder(loaded: Loaded, city: City) -> None:
    """The list of accounts and the file that a newcomer takes in on the walk through."""
    loaded.folder.mkdir(parents=True, exist_ok=True)
    head = texts.head_of(WALK_THROUGH, city.days.day(1))
    name = f"{head['title']}.docx"
    (loaded.folder / name).write_bytes(papers.word_file(head["title"], texts.body_of(WALK_THROUGH, city.days.day(1))))
    lines = [f"演示密码：{loaded.password}", f"接口令牌：{loaded.token}", ""]
    lines += ["　".join(row) for row in loaded.accounts]
    path = loaded.folder / "accounts.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
