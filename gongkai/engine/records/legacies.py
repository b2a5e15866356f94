"""What an organ that is to be dissolved would leave behind: the dry run of a reorganisation (机构改革)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from gongkai.engine.deadlines.models import OPEN_STATES, Deadline
from gongkai.engine.records.holdings import OPEN
from gongkai.engine.records.models import Record
from gongkai.engine.records.subject import STATE_NAMES, TAKEN_DOWN
from gongkai.ground import clock
from gongkai.ground.access.models import Deputy, Grant, ServiceToken
from gongkai.ground.access.queries import grants_not_over
from gongkai.ground.organs.models import Organ, Person, Post
from gongkai.ground.organs.queries import in_force
from gongkai.ground.rulebook.models import RuleOverride


@dataclass(frozen=True)
class OpenMatter:
    """An open record with its running clocks; what was taken down cannot end, it waits for its review."""

    record: Record
    state: str
    clocks: int
    may_end: bool


@dataclass(frozen=True)
class Legacy:
    """Everything that must find a place before an organ ends, and how much stays public under its name."""

    organ: Organ
    matters: list[OpenMatter]
    grants: list[Grant]
    people: list[Person]
    posts: list[Post]
    children: list[Organ]
    presets: list[RuleOverride]
    deputies: int
    tokens: int
    published: int

    @property
    def counted(self) -> list[tuple[str, int]]:
        """The dry run in figures."""
        return [
            ("未了事项", len(self.matters)),
            ("人员", len(self.people)),
            ("授权", len(self.grants)),
            ("职务", len(self.posts)),
            ("代理", self.deputies),
            ("接口令牌", self.tokens),
            ("下级机构", len(self.children)),
            ("规则预设", len(self.presets)),
            ("保留原发布机构的公开信息", self.published),
        ]


def legacy_of(organ: Organ) -> Legacy:
    """What an organ holds today; reading it changes nothing."""
    today = clock.today()
    people = Person.objects.filter(organ=organ)
    records = list(Record.objects.filter(organ=organ, state__in=OPEN).select_related("drafter").order_by("pk"))
    clocks: dict[str, int] = {}
    keys = [str(record.pk) for record in records]
    rows = Deadline.objects.filter(subject_type="record", subject_id__in=keys, state__in=OPEN_STATES)
    for key in rows.values_list("subject_id", flat=True):
        clocks[key] = clocks.get(key, 0) + 1
    not_over = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    return Legacy(
        organ=organ,
        matters=[
            OpenMatter(row, STATE_NAMES[row.state], clocks.get(str(row.pk), 0), row.state != TAKEN_DOWN)
            for row in records
        ],
        grants=list(Grant.objects.filter(grants_not_over(), organ=organ).select_related("person").order_by("pk")),
        people=list(people.order_by("username")),
        posts=list(Post.objects.filter(not_over, organ=organ).select_related("person").order_by("pk")),
        children=list(organ.children.filter(in_force()).order_by("code")),
        presets=list(RuleOverride.objects.filter(not_over, organ=organ).order_by("pk")),
        deputies=Deputy.objects.filter(Q(principal__in=people) | Q(deputy__in=people), valid_until__gte=today).count(),
        tokens=ServiceToken.objects.filter(person__in=people, revoked_at__isnull=True, valid_until__gte=today).count(),
        published=Record.objects.filter(organ=organ, published_at__isnull=False).count(),
    )
