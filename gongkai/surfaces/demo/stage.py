"""How stories are told: each yields the moment of its next step, and all go on in the order of time.

So every event has the moment at which it would have happened, events lie in the register in that order, and each day's
events are sealed on that day. Every step is an action, done by the person whose task it is.
"""

from __future__ import annotations

import datetime as dt
import heapq
import zlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gongkai.engine.records import actions as records
from gongkai.engine.records.attachments import entry_of
from gongkai.engine.records.models import Record
from gongkai.engine.reviews import actions as reviews
from gongkai.engine.reviews.queries import open_steps
from gongkai.ground import clock
from gongkai.ground.access.actors import Actor, actor_for
from gongkai.ground.files.actions import upload
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.register.log import seal
from gongkai.surfaces.demo import papers, texts
from gongkai.surfaces.demo.plan import account
from gongkai.surfaces.demo.workdays import Workdays

Story = Generator[dt.datetime, None, Any]
Told = Callable[["City"], Story]
# Two steps a working day, in the morning and in the afternoon.
_HOURS = (9, 15)
_END_OF_DAY = dt.time(18, 0)


@dataclass
class City:
    """The organs and people by code and user name, the records by the name of their text, and the calendar."""

    days: Workdays
    organs: dict[str, Organ] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """The person as an actor with the grants of the day."""
        return actor_for(self.people[username], prefix="service" if username.startswith("oa.") else "person")

    def record(self, key: str) -> Record:
        """The record of a text as it is now."""
        found = self.records[key]
        found.refresh_from_db()
        return found


def tell(stories: Sequence[Story], on_step: Callable[[], None] = lambda: None) -> None:
    """Let every story go on when its moment has come; seal each day's events at its end."""
    waiting = [(next(story), number, story) for number, story in enumerate(stories)]
    heapq.heapify(waiting)
    day = waiting[0][0].date()
    while waiting:
        moment, number, story = heapq.heappop(waiting)
        if moment.date() > day:
            _seal(day)
            day = moment.date()
        with clock.frozen(moment):
            following = next(story, None)
        on_step()
        if following is not None:
            if following < moment:
                raise ValueError(f"story {number} goes back in time at {moment}")
            heapq.heappush(waiting, (following, number, story))
    _seal(day)


def _seal(day: dt.date) -> None:
    with clock.frozen(dt.datetime.combine(day, _END_OF_DAY, clock.SHANGHAI)):
        seal()


class Desk:
    """The handling of one record by the people of its organ; each step takes half a working day."""

    def __init__(self, city: City, key: str, *, organ: str, ago: int) -> None:
        self.city, self.key = city, key
        self.organ = city.organs[organ]
        self.written_on = city.days.day(ago)
        self._half_days = 2 * ago + 1
        self._minute = zlib.crc32(key.encode()) % 50

    def later(self, half_days: int = 1) -> dt.datetime:
        """The moment of the next step."""
        self._half_days -= half_days
        self._minute = (self._minute + 7) % 60
        ago, is_afternoon = (self._half_days + 1) // 2, self._half_days % 2 == 1
        if ago < 1:
            raise ValueError(f"the story of {self.key} runs into the present")
        return self.city.days.moment(ago, _HOURS[is_afternoon], self._minute)

    def wait(self, ago: int) -> dt.datetime:
        """The morning of the working day that many days before the anchor."""
        return self.later(max(self._half_days - 2 * ago, 1))

    def by(self, task: str) -> Actor:
        """The actor for a task (a step's code, ``officer``, ``editor``); a user name is taken as it is."""
        return self.city.actor(task if "." in task else account(self.organ.code, task))

    @property
    def record(self) -> Record:
        """The record as it is now."""
        return self.city.record(self.key)

    def content(self, **changes: Any) -> dict[str, Any]:
        """The text's content, with changes."""
        return texts.content_of(self.key, self.written_on, self.organ.name) | changes

    def files(self) -> list[dict[str, Any]]:
        """The attachments that the text names, made and uploaded."""
        entries = []
        for paper in texts.head_of(self.key, self.written_on).get("attachments", []):
            body, title = texts.body_of(paper["text"], self.written_on), paper["name"].rpartition(".")[0]
            make = papers.pdf_file if paper["name"].endswith(".pdf") else papers.word_file
            stored, _ = upload(make(title, body), paper["name"], organ=self.organ, actor=self.by("officer"))
            entries.append(entry_of(stored))
        return entries

    def draft(self, *, is_received: bool = False, **fields: Any) -> Record:
        """Draft the text, or take it in as a document signed elsewhere."""
        begin = records.receive if is_received else records.draft
        kind = texts.head_of(self.key, self.written_on)["kind"]
        co_issuers = [self.city.organs[code] for code in fields.pop("co_issuers", [])]
        made: Record = begin(
            actor=self.by("officer"),
            organ=self.organ,
            kind=kind,
            content=self.content(**fields),
            files=self.files(),
            co_issuers=co_issuers,
        )
        self.city.records[self.key] = made
        return made

    def submit(self) -> None:
        records.submit(self.record, actor=self.by("officer"))

    def agree(self, code: str, *, by: str = "", text: str = "") -> None:
        reviews.agree(self.record, code, actor=self.by(by or code), text=text)

    def publish(self) -> None:
        records.publish(self.record, actor=self.by("editor"))

    def drafted(self, **fields: Any) -> Story:
        """Drafted, and nothing more yet."""
        yield self.later()
        self.draft(**fields)

    def proposed(self, **fields: Any) -> Story:
        """Drafted and put before the reviewers."""
        yield from self.drafted(**fields)
        yield self.later()
        self.submit()

    def reviewed(self, *, upto: str = "", **by: str) -> Story:
        """Every reviewer agrees in turn; stops before the step ``upto``. ``by`` names who takes a step instead."""
        while steps := open_steps(self.record):
            code = steps[0].code
            if code == upto:
                return
            yield self.later()
            self.agree(code, by=by.get(code, ""))

    def published(self, **fields: Any) -> Story:
        """The whole way from the draft to the public."""
        yield from self.proposed(**fields)
        yield from self.reviewed()
        yield self.later()
        self.publish()

    def corrected(self, note: str, **changes: Any) -> Story:
        """A correction with its public note goes the whole way again."""
        yield self.later()
        records.correct(self.record, actor=self.by("editor"))
        yield self.later()
        working = self.record.working
        assert working is not None
        records.edit(self.record, actor=self.by("officer"), content=working.content | {"change_note": note} | changes)
        self.submit()
        yield from self.reviewed()
        yield self.later()
        self.publish()


def desk(city: City, key: str, ago: int) -> Desk:
    """A desk for a text, which names its organ."""
    organ = texts.head_of(key, city.days.day(ago))["organ"]
    return Desk(city, key, organ=organ, ago=ago)
