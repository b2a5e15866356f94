"""Columns as a tree, the channels a record may be placed on, and what targets are owed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from gongkai.engine.channels.models import Column, Push, ReadBack
from gongkai.engine.channels.targets import COLUMN, PORTAL, column_channel, column_key, target_of, targets
from gongkai.ground import clock
from gongkai.ground.calendars.reckoning import corresponding_day
from gongkai.ground.organs.models import Organ, OrganClosure
from gongkai.ground.rulebook.queries import law_in_force
from gongkai.ground.rulebook.schema import Unit

CADENCES = ("column.news", "column.documents")


def open_columns(on: dt.date | None = None) -> QuerySet[Column]:
    """The columns in use on a day (today), in their order."""
    day = on or clock.today()
    return (
        Column.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)
        .select_related("organ")
        .order_by("organ__code", "order", "pk")
    )


@dataclass
class Branch:
    """A column with the columns below it."""

    column: Column
    below: list[Branch] = field(default_factory=list)


def tree(columns: Iterable[Column]) -> list[Branch]:
    """Columns as a tree; one whose parent is not among them stands at the top."""
    branches = {column.pk: Branch(column) for column in columns}
    top: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.column.parent_id or 0)
        (above.below if above is not None else top).append(branch)
    return top


@dataclass(frozen=True)
class Choice:
    """A channel that may be chosen for a record: its name among channels, and in words."""

    channel: str
    name: str
    is_given: bool = False


def choices_for(kind: str, organ_id: int) -> list[Choice]:
    """The channels a record of a kind and organ may be placed on: picked columns of its organ or one above, targets."""
    above = OrganClosure.objects.filter(descendant_id=organ_id).values("ancestor_id")
    picked = open_columns().filter(is_picked=True, organ__in=above)
    found = [Choice(column_channel(column.pk), f"栏目：{column.name}（{column.organ.name}）") for column in picked]
    reachable = [target for target in targets().values() if target.takes(kind, organ_id)]
    return found + [Choice(target.channel, f"推送：{target.name}", target.always) for target in reachable]


def channel_words(channel: str) -> str:
    """A channel in words."""
    if channel == PORTAL:
        return "本网站"
    if channel.startswith(COLUMN):
        column = Column.objects.filter(pk=column_key(channel) or 0).first()
        return f"栏目：{column.name}" if column else "栏目"
    target = target_of(channel)
    return f"推送：{target.name}" if target else f"推送：{channel.partition(':')[2]}（已停用）"


def update_due_on(column: Column, last: dt.date | None) -> dt.date | None:
    """By when a column must be updated again, from its cadence and its last update; None where it has none."""
    if not column.cadence:
        return None
    provision = law_in_force(column.cadence, clock.today()).provision
    start, quantity = last or column.valid_from, provision.quantity or 0
    return corresponding_day(start, quantity) if provision.unit == Unit.MONTH else start + dt.timedelta(days=quantity)


def owed_pushes() -> QuerySet[Push]:
    """What targets have not been told yet, the oldest first."""
    return Push.objects.filter(done_at__isnull=True, dropped_at__isnull=True).order_by("try_at", "pk")


def failing_pushes() -> QuerySet[Push]:
    """Pushes whose last try, to tell or to read back, ended in an error; the newest first."""
    return Push.objects.exclude(failure="").filter(dropped_at__isnull=True).order_by("-queued_at", "-pk")


def doubtful_pushes(organ_ids: QuerySet[Organ, int]) -> QuerySet[Push]:
    """Pushes of these organs whose page was read back and is not as it should be, or that are owed for an hour."""
    wrong = Q(reading__in=[ReadBack.DIFFERS, ReadBack.MISSING], publication__until_at__isnull=True, act="show")
    standing = Q(reading=ReadBack.DIFFERS, act="take_back")
    late = Q(done_at__isnull=True, queued_at__lt=clock.now() - dt.timedelta(hours=1))
    return Push.objects.filter(
        wrong | standing | late, dropped_at__isnull=True, publication__record__organ__in=organ_ids
    ).select_related("publication__record__organ")
