"""A desk for every test of the workbench."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest


@pytest.fixture
def desk(db: None, frozen_clock: dt.datetime) -> Any:
    """An office of the usual preset, with the clock standing still."""
    from tests.builders import Office
    from tests.workbench.people import Desk

    del db, frozen_clock
    return Desk(Office())
