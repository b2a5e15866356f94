"""Where a person is reached: an address of their own, kept encrypted, or the e-mail address of the staff list."""

from __future__ import annotations

from gongkai.engine.notices.models import Channel, ContactAddress
from gongkai.ground.organs.models import Person


def address_of(person: Person, channel: str) -> str:
    """The person's address on a channel; "" where there is none."""
    return addresses_of([person]).get((person.pk, str(channel)), "")


def addresses_of(people: list[Person]) -> dict[tuple[int, str], str]:
    """The addresses of several people, by person and channel; one query."""
    found = {(person.pk, str(Channel.EMAIL)): person.email for person in people if person.email}
    for row in ContactAddress.objects.filter(person__in=people):
        if row.address:
            found[row.person_id, row.channel] = row.address
    return found
