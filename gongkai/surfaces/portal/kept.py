"""Answers kept in this process (页面缓存): while nothing happens at all, and while what a page is made of stays.

A kept answer belongs to one state of the register (`gongkai.ground.register.state`), which every request reads anew:
all of them go with the first event, whatever it is. A rendering belongs to the digest of every row it was made of; the
rows are asked for anew whenever anything has happened. No page outlives the act that changes it, or changes another
page that names it, in this process or in any other.
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass

from django.http import HttpResponse

from gongkai.config import env

#: Larger answers (tables of whole lists, attachments) are made anew each time.
LARGEST = 512 * 1024
#: What an entry costs beside its body.
OVERHEAD = 600


@dataclass(frozen=True)
class Kept:
    """An answer as the view gave it, its body packed."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    made_of: str = ""

    @classmethod
    def of(cls, response: HttpResponse, etag: str, made_of: str = "") -> Kept:
        """What is to be kept of an answer."""
        return cls(zlib.compress(response.content, 1), tuple(response.headers.items()), etag, made_of)

    def answer(self) -> HttpResponse:
        """The answer again."""
        response = HttpResponse(zlib.decompress(self.body))
        for name, value in self.headers:
            response.headers[name] = value
        return response


class Shelf:
    """Answers under their keys, those not asked for longest given up when there is no more room."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._size = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._emptied()

    def _taken(self, key: str) -> Kept | None:
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def _put(self, key: str, kept: Kept) -> None:
        if key in self._kept:
            return
        self._kept[key] = kept
        self._size += len(kept.body) + OVERHEAD
        # Two shelves share the room.
        while self._size > env.PAGE_CACHE_MB * 1024 * 1024 // 2 and self._kept:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone.body) + OVERHEAD

    def _emptied(self) -> None:
        self._kept.clear()
        self._size = 0


class KeptAnswers(Shelf):
    """Answers under one state of the register."""

    def __init__(self) -> None:
        super().__init__()
        self._state = ""

    def find(self, state: str, key: str) -> Kept | None:
        """The answer kept under exactly this state. A state not seen before empties the shelf first."""
        with self._lock:
            if state != self._state:
                self._emptied()
                self._state = state
            return self._taken(key)

    def keep(self, state: str, key: str, kept: Kept) -> None:
        """Keep an answer, unless the state has changed while it was made."""
        with self._lock:
            if state == self._state:
                self._put(key, kept)

    def _emptied(self) -> None:
        super()._emptied()
        self._state = ""


class Renderings(Shelf):
    """Pages with the digest of all that they were made of; one made of something else takes the place of its elder."""

    def look(self, key: str, digest: str) -> Kept | None:
        """The page kept under this key, if it was made of exactly this."""
        with self._lock:
            kept = self._taken(key)
            return kept if kept is not None and kept.made_of == digest else None

    def put(self, key: str, kept: Kept) -> None:
        """Keep a page instead of the one before."""
        with self._lock:
            self._dropped(key)
            self._put(key, kept)

    def drop(self, key: str) -> None:
        """Keep nothing under this key: what stood there is gone."""
        with self._lock:
            self._dropped(key)

    def _dropped(self, key: str) -> None:
        gone = self._kept.pop(key, None)
        self._size -= len(gone.body) + OVERHEAD if gone is not None else 0


answers = KeptAnswers()
#: See `freshness.rendered`. They outlive the state.
renderings = Renderings()
