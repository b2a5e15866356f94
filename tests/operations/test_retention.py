"""Sign-ins are remembered for their time, not longer; that they were forgotten is an event."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import pytest

from gongkai.config import env, retention
from gongkai.ground import clock
from gongkai.ground.access.actions import note
from gongkai.ground.access.actions.sessions import end_sessions, open_session
from gongkai.ground.access.models import SecurityEvent, StaffSession
from gongkai.ground.register.models import Event
from tests.builders import Office

pytestmark = pytest.mark.django_db


def test_sign_ins_are_forgotten_after_their_time_and_events_never(frozen_clock):
    person = Office().people["editor"]
    open_session(person, "ended", address="203.0.113.9", limit=0)
    end_sessions(person, reason="signed_out", only="ended")
    open_session(person, "open", address="203.0.113.9", limit=0)
    events = Event.objects.count()
    with clock.frozen(frozen_clock + dt.timedelta(days=364)):
        note("sign_in_failed", username="x")
        assert retention.purge() == 0
    with clock.frozen(frozen_clock + dt.timedelta(days=366)):
        assert retention.purge() == 3
        assert retention.purge() == 0
    assert list(SecurityEvent.objects.values_list("name", flat=True)) == ["sign_in_failed"]
    assert list(StaffSession.objects.values_list("session_key", flat=True)) == ["open"]
    assert Event.objects.count() == events + 1
    purged = Event.objects.get(name="security.purged")
    assert purged.data == {"before": "2026-03-03T01:00:00+00:00", "security_events": 2, "sessions": 1}


def test_less_than_six_months_is_refused():
    assert env.SECURITY_LOG_DAYS == 365
    done = subprocess.run(
        [sys.executable, "-c", "import gongkai.config.env"],
        env=dict(os.environ) | {"SECURITY_LOG_DAYS": "30"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "SECURITY_LOG_DAYS 不得小于 183，现为 30" in done.stderr
