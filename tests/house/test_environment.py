"""The house of the tests itself: nothing leaks into the checkout, the clock stands, processes share a database."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import caches
from django.db import connection

from gongkai.config import env
from gongkai.ground import clock


def test_every_folder_lies_outside_the_checkout():
    for folder in (env.VAR_DIR, env.FILES_DIR, env.KEYS_DIR, env.CHECKPOINTS_DIR, env.SECRET_KEY_FILE):
        assert not folder.resolve().is_relative_to(env.ROOT)


def test_passwords_are_quick_in_tests_only():
    assert make_password("云洲").startswith("md5$")
    assert settings.PASSWORD_HASHERS[-1].endswith("Argon2PasswordHasher")


def test_frozen_clock_stands_at_a_monday(frozen_clock):
    assert clock.now() == frozen_clock == dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
    assert clock.today() == dt.date(2026, 3, 2)
    assert clock.today().isoweekday() == 1


@pytest.mark.django_db
def test_counters_are_kept_in_the_database():
    counters = caches["counters"]
    assert counters.add("house", 1, 60) is True
    assert counters.add("house", 1, 60) is False


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_the_same_database(process_environment):
    from django.contrib.sessions.models import Session

    Session.objects.create(session_key="house", session_data="", expire_date=clock.now())
    code = (
        "import django; django.setup()\n"
        "from django.contrib.sessions.models import Session\n"
        "print(Session.objects.get().session_key)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=process_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "house"), done.stderr


@pytest.mark.sqlite
@pytest.mark.django_db
def test_sqlite_writes_immediately_and_ahead():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
    assert connection.transaction_mode == "IMMEDIATE"
