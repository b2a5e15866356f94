"""What the guides of hand-over and reorganisation ask, and how their answers are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q

from gongkai.engine.records.actions import Decisions
from gongkai.engine.records.legacies import Legacy
from gongkai.engine.records.models import Record
from gongkai.ground.access.actors import Actor
from gongkai.ground.access.models import Grant
from gongkai.ground.access.queries import grants_in_force
from gongkai.ground.access.roles import roles_with
from gongkai.ground.organs.models import Organ, Person
from gongkai.surfaces.workbench.admin_forms import NO_ORGAN, day_field
from gongkai.surfaces.workbench.pickers import OrganField, organs_with


def takers_with(person: Person) -> list[Person]:
    """Who may draft in the organ of a person: to them open work can be handed over."""
    held = Grant.objects.filter(grants_in_force(), role__in=roles_with("record.draft"))
    there = held.filter(
        Q(organ=person.organ_id) | Q(with_subtree=True, organ__closure_down__descendant=person.organ_id)
    )
    found = Person.objects.filter(pk__in=there.values("person_id"), is_active=True).exclude(pk=person.pk)
    return list(found.order_by("username")[:200])


def takers_of(posted: Mapping[str, str], records: Iterable[Record], person: Person) -> dict[int, Person]:
    """Who was named for each record: its own choice, or else the one for all."""
    people = {str(one.pk): one for one in takers_with(person)}
    for_all = posted.get("to-all", "")
    chosen = {record.pk: posted.get(f"to-{record.pk}", "") or for_all for record in records}
    return {key: people[value] for key, value in chosen.items() if value in people}


class ReformForm(forms.Form):
    """Who takes over, from when, by which decision."""

    on = day_field("生效日期", help_text="到这一天才能办理；此前可以预演。")
    basis = forms.CharField(label="依据文件", max_length=200, help_text="批准机构改革的文件名称和文号。")

    def __init__(self, *args: Any, actor: Actor, organ: Organ, **options: Any) -> None:
        super().__init__(*args, **options)
        self.organ = organ
        others = organs_with(actor, "organ.maintain").exclude(pk=organ.pk)
        first = OrganField(
            others, label="承接机构", unknown=NO_ORGAN, help_text="此前公开的信息由它管理；新设的机构请先设立。"
        )
        second = OrganField(
            others,
            label="另一承接机构",
            unknown=NO_ORGAN,
            required=False,
            none_words="没有",
            help_text="职能分给两个机构的才选。",
        )
        also = OrganField(
            others,
            label="同时并入的机构",
            unknown=NO_ORGAN,
            required=False,
            none_words="没有",
            help_text="两个机构合并为一个的才选。",
        )
        self.fields = {"first": first, "second": second, "also": also, **self.fields}

    def successors(self) -> list[Organ]:
        """Who takes over, the caretaker of what was published first."""
        return [one for one in (self.cleaned_data["first"], self.cleaned_data["second"]) if one is not None]

    def predecessors(self) -> list[Organ]:
        """Which organs end."""
        return [one for one in (self.organ, self.cleaned_data["also"]) if one is not None]


def decisions_of(posted: Mapping[str, str], legacies: Iterable[Legacy]) -> Decisions:
    """What was chosen for each item; what was not chosen is not decided."""
    found = list(legacies)
    return Decisions(
        records=_chosen(posted, "record", [matter.record.pk for one in found for matter in one.matters]),
        grants=_chosen(posted, "grant", [grant.pk for one in found for grant in one.grants]),
        people=_chosen(posted, "person", [person.pk for one in found for person in one.people]),
        children=_chosen(posted, "child", [child.pk for one in found for child in one.children]),
    )


def _chosen(posted: Mapping[str, str], name: str, keys: Iterable[int]) -> dict[int, int]:
    values = {key: posted.get(f"{name}-{key}", "") for key in keys}
    return {key: int(value) for key, value in values.items() if value.isdecimal() and len(value) < 19}
