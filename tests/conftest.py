"""One environment for every test: a folder of its own, a quick password hasher, a clock that can stand still.

The environment is set before Django's settings are imported, and each xdist worker is a process of its own,
so that workers never share keys, files or checkpoints.
"""

from __future__ import annotations

import atexit
import datetime as dt
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if "gongkai.config.env" in sys.modules:
    raise RuntimeError("gongkai.config.env was imported before tests/conftest.py could point it at a folder of its own")

ROOT = Path(__file__).resolve().parents[1]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
VAR_DIR = Path(os.environ["VAR_DIR"]) / WORKER if WORKER else Path(tempfile.mkdtemp(prefix="gongkai-test-"))
(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)
OWNER = os.getpid()
_OWN = ("FILES_DIR", "KEYS_DIR", "CHECKPOINTS_DIR", "SECRET_KEY_FILE", "REDIS_URL", "TARGETS_FILE", "FEED_HOSTS")
_CHANNELS = ("EMAIL_URL", "WEBHOOK_URL", "WECOM_ROBOT_URL", "DINGTALK_ROBOT_URL", "SMS_URL", "QUIET_HOURS")
for _name in _OWN + _CHANNELS:
    os.environ.pop(_name, None)
os.environ |= {
    "VAR_DIR": str(VAR_DIR),
    "DJANGO_SETTINGS_MODULE": "gongkai.config.settings",
    "PUBLIC_URL": "http://testserver",
    "SITE_NAME": "云洲市政务公开平台",
    # Playwright keeps an event loop in its thread; Django would refuse the database there.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}


def _remove_folder() -> None:
    """A forked child must not take the folder away from the test that forked it."""
    if os.getpid() == OWNER:
        shutil.rmtree(VAR_DIR, ignore_errors=True)


atexit.register(_remove_folder)

IS_FULL = os.environ.get("GONGKAI_FULL") == "1"
IS_CI = bool(os.environ.get("CI"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
SHARED = ROOT.parent / "shared"


def pytest_configure(config: pytest.Config) -> None:
    """Settle Django's settings for tests, before pytest-django starts Django."""
    from django.conf import settings
    from hypothesis import settings as hypothesis_settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    # The manifest of static files needs `collectstatic`; tests/house runs that once by itself.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    database = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        # A file, as in life: several connections, threads and processes see the same rows.
        database["TEST"] = {"NAME": str(VAR_DIR / "gongkai.sqlite3")}
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    hypothesis_settings.register_profile("usual", deadline=None, max_examples=30, derandomize=IS_CI, database=None)
    hypothesis_settings.register_profile("full", deadline=None, max_examples=300, database=None)
    hypothesis_settings.load_profile("full" if IS_FULL else "usual")
    if getattr(config.option, "numprocesses", None):
        # Workers inherit the environment; with this name in it they would read the settings too early.
        del os.environ["DJANGO_SETTINGS_MODULE"]


def _reason_to_skip(item: pytest.Item, vendor: str) -> str:
    if item.get_closest_marker("full") and not IS_FULL:
        return "long: runs with ./test --full"
    if item.get_closest_marker("browser") and not CHROMIUM:
        return "no Chromium on this machine (Debian: apt install chromium)"
    if item.get_closest_marker("postgres") and vendor != "postgresql":
        return "PostgreSQL only: set DATABASE_URL"
    if item.get_closest_marker("sqlite") and vendor != "sqlite":
        return "SQLite only"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, each with its reason, what this run or this machine cannot do."""
    from django.db import connection

    for item in items:
        if reason := _reason_to_skip(item, connection.vendor):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """A database of its own for each worker: on SQLite its own folder is enough, PostgreSQL needs a name."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if "sqlite3" not in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = f"test_{database['NAME']}_{WORKER or 'solo'}_{os.getpid()}"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys, files and checkpoint files of a test's own: files outlive a rolled-back database; the sealer notices."""
    from gongkai.config import env

    monkeypatch.setattr(env, "KEYS_DIR", tmp_path / "keys")
    monkeypatch.setattr(env, "CHECKPOINTS_DIR", tmp_path / "checkpoints")
    return tmp_path


@pytest.fixture(autouse=True, scope="session")
def flush_without_triggers(request: pytest.FixtureRequest) -> Iterator[None]:
    """A transactional test ends by emptying every table, which the triggers would refuse."""
    from django.test import TransactionTestCase

    from gongkai.ground.register import triggers

    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with triggers.suspended():
            original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real material beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no folder of real material beside the checkout (../shared)")
    return SHARED


@pytest.fixture
def frozen_clock() -> Iterator[dt.datetime]:
    """The clock stands at Monday 2 March 2026, 09:00 in China; yields that moment (UTC)."""
    from gongkai.ground import clock

    moment = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
    with clock.frozen(moment):
        yield moment


@pytest.fixture
def process_environment(transactional_db: None) -> Callable[..., dict[str, str]]:
    """The environment in which another process sees this test's database, files and keys."""
    from django.db import connection

    from gongkai.config import env

    def environment(**changes: str) -> dict[str, str]:
        folders = {name: str(getattr(env, name)) for name in ("FILES_DIR", "KEYS_DIR", "CHECKPOINTS_DIR")}
        secret = {"SECRET_KEY_FILE": str(env.SECRET_KEY_FILE), "REGISTER_ORIGIN": env.REGISTER_ORIGIN}
        found = dict(os.environ) | {"PYTHONPATH": str(ROOT)} | folders | secret
        if connection.vendor == "postgresql":
            head, _, _ = os.environ["DATABASE_URL"].rpartition("/")
            found["DATABASE_URL"] = f"{head}/{connection.settings_dict['NAME']}"
        return found | changes

    return environment


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser for Playwright's ``executable_path``."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    return CHROMIUM
