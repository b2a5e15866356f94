"""The clock and the city of the portal's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.portal.town import City


@pytest.fixture
def city(db: None) -> Iterator[City]:
    """A small city before the public, half an hour after it began."""
    from gongkai.ground import clock
    from tests.portal.town import at, build_city

    made = build_city()
    with clock.frozen(at(30)):
        yield made
