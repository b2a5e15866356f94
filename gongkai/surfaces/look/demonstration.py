"""Whether this is the demonstration of a fictional city: pages must say so, and everybody may log in."""

from __future__ import annotations

from gongkai.ground.register.models import Event

#: The first event of a demonstration's register; nothing that lacks it is ever emptied.
MARK = "demo.begun"
#: For the fictional city only: its login page, the command line and the README print it.
PASSWORD = "Yunzhou-Demo-2026"  # noqa: S105 - a demonstration's password is no secret


def is_demonstration() -> bool:
    """Does the database hold the demonstration city, and nothing that was there before it?"""
    return Event.objects.order_by("pk").values_list("name", flat=True).first() == MARK


def demonstration_password() -> str:
    """The password to print on the login page; "" where the city is in earnest."""
    return PASSWORD if is_demonstration() else ""
