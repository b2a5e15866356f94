"""Review steps that only one person could take: that person is not disabled before somebody else has the right."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from gongkai.engine.reviews.models import Step
from gongkai.engine.reviews.presets import STEP_KINDS
from gongkai.engine.reviews.queries import steps_for
from gongkai.ground.access.actors import actor_for
from gongkai.ground.access.models import Grant
from gongkai.ground.access.queries import grants_in_force
from gongkai.ground.access.roles import roles_with
from gongkai.ground.organs import holdings
from gongkai.ground.organs.models import Person

NAMED_AT_ONCE = 24


def waiting_for_only(person: Person) -> Iterator[str]:
    """Open steps for which nobody but this person has the right."""
    found: dict[tuple[str, int], bool] = {}
    for step in steps_for(actor_for(person)).select_related("review").order_by("pk")[:NAMED_AT_ONCE]:
        key = (step.code, step.organ_id)
        if key not in found:
            found[key] = _has_others(step, person)
        if not found[key]:
            yield f"编号{step.review.record_id}的信息待“{STEP_KINDS[step.code].name}”，只有此人有权办理"


def _has_others(step: Step, person: Person) -> bool:
    reaching = Q(organ=step.organ_id) | Q(with_subtree=True, organ__closure_down__descendant=step.organ_id)
    held = Grant.objects.filter(grants_in_force(), reaching, role__in=roles_with(STEP_KINDS[step.code].right))
    return held.filter(person__is_active=True).exclude(person=person).exists()


holdings.of_person.append(waiting_for_only)
