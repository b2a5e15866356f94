"""Of which organ and period a list is printed."""

from __future__ import annotations

from typing import Any

from django import forms

from gongkai.ground import clock
from gongkai.ground.access.actors import Actor
from gongkai.surfaces.workbench.admin_forms import NO_ORGAN, day_field
from gongkai.surfaces.workbench.pickers import OrganField, organs_with

# Lists are printed over a year at most.
LONGEST_SPAN = 366
YEARS = (1949, 2200)
QUARTERS = [(number, f"第{word}季度") for number, word in enumerate("一二三四", start=1)]


class OrganForm(forms.Form):
    """An organ whose records one may read; the own one is chosen already."""

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, auto_id=f"{type(self).__name__}-%s", **options)
        organs = organs_with(actor, "record.read")
        own = organs.filter(pk=actor.organ_id).first() or organs.first()
        field = OrganField(organs, label="机构", unknown=NO_ORGAN, initial=own.code if own else "")
        self.fields = {"organ": field, **self.fields}


class SpanForm(OrganForm):
    """A period by its first and last day."""

    first = day_field("自")
    last = day_field("至")

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last, and the list can be printed."""
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and not YEARS[0] <= first.year <= last.year <= YEARS[1]:
            self.add_error("last", "请核对起止日期的年份；结束日期不能早于开始日期。")
        elif first and last and first > last:
            self.add_error("last", "结束日期早于开始日期，请核对。")
        elif first and last and (last - first).days > LONGEST_SPAN:
            self.add_error("last", "一次最多打印一年，请分期打印。")
        return found


class QuarterForm(OrganForm):
    """A quarter of a year."""

    year = forms.IntegerField(label="年份", min_value=2008, max_value=2099)
    quarter = forms.TypedChoiceField(label="季度", choices=QUARTERS, coerce=int)

    def clean_year(self) -> int:
        """A year that has begun."""
        year: int = self.cleaned_data["year"]
        if year > clock.today().year:
            raise forms.ValidationError("这一年还没有开始。")
        return year
