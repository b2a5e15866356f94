"""What ``bench http`` asks for: records of many organs, themes and kinds, and the addresses drawn from all of them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from gongkai.config.bench.comparison import chunks
from gongkai.config.bench.importing import content_of, importing_office
from gongkai.engine.records.actions import migrate
from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import Actor
from gongkai.ground.organs.models import Organ
from gongkai.ground.register.log import seal
from gongkai.ground.rulebook.queries import statutory_categories, subject_classes, subject_path
from gongkai.surfaces.portal.paging import token_of

#: Always the same draw, so that two runs ask for the same pages.
SEED = 20260701
ORGANS = 12
KINDS = ("other_document", "notice", "normative_document", "notice", "other_document")
GENRES = ("通知", "公告", "意见", "办法", "批复", "其他")
#: Requests of one measurement; each has an address of its own.
REQUESTS = 100
_NEWEST = dt.datetime(2026, 10, 1, 1, 0, tzinfo=dt.UTC)


class Seeded:
    """A scratch database that grows through the gate, as a migration brings records."""

    def __init__(self) -> None:
        self.offices = [importing_office() for _ in range(ORGANS)]
        self.themes = [subject_path(theme.code) for theme in subject_classes() if theme.parent]
        self.categories = [term.code for term in statutory_categories()]
        self.size = 0

    def grow(self, size: int) -> None:
        """Up to so many records, every event sealed."""
        for part in chunks(range(self.size, size)):
            organ, actor = self.offices[part[0] // len(part) % ORGANS] if len(part) > ORGANS else self.offices[0]
            self.bring(part, organ, actor)
        while seal():
            pass

    def act(self) -> None:
        """One more record: every page is cold again."""
        self.bring([self.size], *self.offices[0])
        seal()

    def bring(self, numbers: Sequence[int], organ: Organ, actor: Actor) -> None:
        """Records with these numbers."""
        migrate.batch(
            [self._item(number, organ) for number in numbers], actor=actor, organ=organ, already_public="测速"
        )
        self.size += len(numbers)

    def _item(self, number: int, organ: Organ) -> dict[str, Any]:
        facts = {
            "genre": GENRES[number % len(GENRES)],
            "subject_class": self.themes[number * 7 % len(self.themes)],
            "disclosure_basis": self.categories[number * 3 % len(self.categories)],
            "written_on": (dt.date(2019, 1, 1) + dt.timedelta(days=number * 11 % 2500)).isoformat(),
        }
        return {
            "kind": KINDS[number % len(KINDS)],
            "content": content_of(number, organ) | facts,
            "published_at": _NEWEST - dt.timedelta(minutes=number * 37 % 3_000_000),
        }


def drawn(draw: random.Random, themes: Sequence[str]) -> Mapping[str, list[str]]:
    """The addresses of one round: each page's from all records, none twice."""
    keys = list(Record.objects.filter(is_visible=True).values_list("pk", flat=True))
    chosen = draw.sample(keys, min(REQUESTS, len(keys)))
    records = list(
        Record.objects.filter(pk__in=chosen).select_related("organ").only("index_number", "published_at", "organ__code")
    )
    draw.shuffle(records)
    return {
        "record": [f"/r/{quote(record.index_number or '')}" for record in records],
        "list": [f"/xxgk/content/?{urlencode(_asked(place, record, themes))}" for place, record in enumerate(records)],
        "home": [f"/?drawn={record.pk}" for record in records],
    }


def _asked(place: int, record: Record, themes: Sequence[str]) -> dict[str, str]:
    """A page of the list from this record on: half of them plain, the others narrowed by one or two filters."""
    filters: tuple[dict[str, str], ...] = (
        {},
        {"organ": record.organ.code},
        {},
        {"theme": themes[place % len(themes)].split("/")[0]},
        {},
        {"year": str(2019 + place % 6), "validity": "in_force"},
    )
    return filters[place % len(filters)] | {"after": token_of(record)}
