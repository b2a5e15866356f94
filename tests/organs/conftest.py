"""A transactional test ends by emptying every table, which the triggers of the register would refuse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def flush_without_triggers(django_db_setup: None) -> Iterator[None]:
    from django.test import TransactionTestCase

    from gongkai.ground.register import triggers

    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with triggers.suspended():
            original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
