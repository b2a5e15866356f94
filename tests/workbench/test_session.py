"""A session that ended loses nothing: what was sent too late comes back, and is sent again after the login."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from gongkai.config import env
from gongkai.engine.records.models import Record
from gongkai.ground import clock
from gongkai.surfaces.workbench.accounts.sessions import SEEN
from tests.builders import draft_record
from tests.workbench.people import Desk

pytestmark = pytest.mark.django_db
TYPED = {"title": "打了很久的标题", "body": "第一段。\n第二段。", "seen": "1", "csrfmiddlewaretoken": "alt"}


def test_a_form_sent_after_the_session_ended_comes_back_with_everything_typed(desk: Desk) -> None:
    record = draft_record(desk.office)
    client = desk.client("officer")
    session = client.session
    session[SEEN] = (clock.now() - dt.timedelta(minutes=env.IDLE_MINUTES)).isoformat()
    session.save()
    answer = client.post(f"/desk/records/{record.pk}/edit/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "打了很久的标题</textarea>" in page and "第一段。\n第二段。</textarea>" in page
    assert '<input type="hidden" name="seen" value="1">' in page and "alt" not in page
    assert Record.objects.get().working.number == 1


def test_a_stranger_posting_sees_only_what_was_sent(desk: Desk) -> None:
    record = draft_record(desk.office, title="不应看见的标题")
    answer = Client().post(f"/desk/records/{record.pk}/edit/", TYPED)
    assert (answer.status_code, "不应看见的标题" in answer.content.decode()) == (401, False)


def test_staying_gives_a_token_that_holds(desk: Desk) -> None:
    client = desk.client("officer")
    token = client.get("/desk/stay/").json()["token"]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    record = draft_record(desk.office)
    given = TYPED | {"csrfmiddlewaretoken": token, "disclosure": "proactive", "disclosure_basis": "20.13"}
    assert strict.post(f"/desk/records/{record.pk}/edit/", given).status_code == 302
    assert Client().get("/desk/stay/").status_code == 302
