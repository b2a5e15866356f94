"""Form fields that stand for organs and people: a list while it is short, a typed name or code beyond."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from gongkai.ground.access.actors import Actor
from gongkai.ground.access.rules import reach
from gongkai.ground.organs.models import Organ, Person
from gongkai.ground.organs.queries import bearing, in_force

# Beyond this a list is no longer read: the organ is typed by name or code.
LONGEST_LIST = 60


def organs_with(actor: Actor, *rights: str) -> QuerySet[Organ]:
    """The organs in force in which the actor holds any of the rights, by code."""
    rule = Q(pk__in=[])
    for right in rights:
        if actor.holds(right):
            rule |= Q(pk__in=reach(actor, right))
    return Organ.objects.filter(rule).filter(in_force()).order_by("code")


def named(text: str) -> Q:
    """An organ by code, or by a name that it or its predecessor bears or bore."""
    return Q(code=text) | bearing(text)


class OrganField(forms.CharField):
    """An organ out of a set: its value is the organ, or None when nothing was asked for."""

    def __init__(self, organs: QuerySet[Organ], *, unknown: str, none_words: str = "请选择", **options: Any) -> None:
        self.organs, self.unknown = organs, unknown
        listed = list(organs.values_list("code", "name")[: LONGEST_LIST + 1])
        if len(listed) <= LONGEST_LIST:
            options["widget"] = forms.Select(choices=[("", none_words), *listed])
        else:
            options["help_text"] = f"写机构全称或代码。{options.get('help_text', '')}"
        super().__init__(**options)

    def clean(self, value: Any) -> Organ | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        found = self.organs.filter(named(text)).first()
        if found is None:
            raise forms.ValidationError(self.unknown)
        return found


class PersonField(forms.CharField):
    """An active person out of a set, by user name, or by a name that only one of them bears."""

    def __init__(self, people: QuerySet[Person], **options: Any) -> None:
        self.people = people.filter(is_active=True)
        options.setdefault("help_text", "写用户名；姓名不重复的也可写姓名。")
        super().__init__(max_length=60, **options)

    def clean(self, value: Any) -> Person | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        found = self.people.filter(username=text).first()
        if found is not None:
            return found
        same = list(self.people.filter(name=text)[:2])
        if len(same) != 1:
            raise forms.ValidationError(
                f"有多人名为“{text}”，请写用户名。" if same else f"没有“{text}”这个人，或者账号已停用。"
            )
        return same[0]
