"""Answers kept in this process while nothing happens (页面缓存): all of them go with the first event, whatever it is.

A kept answer belongs to one state of the register (`gongkai.ground.register.state`), which every request reads anew. No
page outlives the act that changes it, or changes another page that names it, in this process or in any other.
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

    @classmethod
    def of(cls, response: HttpResponse, etag: str) -> Kept:
        """What is to be kept of an answer."""
        return cls(zlib.compress(response.content, 1), tuple(response.headers.items()), etag)

    def answer(self) -> HttpResponse:
        """The answer again."""
        response = HttpResponse(zlib.decompress(self.body))
        for name, value in self.headers:
            response.headers[name] = value
        return response


class KeptAnswers:
    """Answers under one state of the register, the oldest given up when there is no more room."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = ""
        self._size = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def find(self, state: str, key: str) -> Kept | None:
        """The answer kept under exactly this state. A state not seen before empties the shelf first."""
        with self._lock:
            if state != self._state:
                self._kept.clear()
                self._state, self._size = state, 0
            return self._kept.get(key)

    def keep(self, state: str, key: str, kept: Kept) -> None:
        """Keep an answer, unless the state has changed while it was made."""
        room = env.PAGE_CACHE_MB * 1024 * 1024
        with self._lock:
            if state != self._state or key in self._kept:
                return
            self._kept[key] = kept
            self._size += len(kept.body) + OVERHEAD
            while self._size > room and self._kept:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone.body) + OVERHEAD

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._state, self._size = "", 0


answers = KeptAnswers()
