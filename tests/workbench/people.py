"""Logged-in browsers (Django's test client) for the people of an office."""

from __future__ import annotations

from django.test import Client

from gongkai.ground import clock
from gongkai.ground.organs.models import Person
from gongkai.surfaces.workbench.accounts.sessions import HAS_CODE, SEEN, STARTED
from tests.builders import Office


class Desk:
    """An office, and a client for each of its people."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def client(self, key: str | Person) -> Client:
        """A browser in which this person has logged in."""
        client = Client()
        person = key if isinstance(key, Person) else self.office.people[key]
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[STARTED] = session[SEEN] = clock.now().isoformat()
        session[HAS_CODE] = True
        session.save()
        return client
