"""What the workbench keeps for a person: lists under a name. No subject of the gate: nobody else sees or needs them."""

from __future__ import annotations

from django.db import models

from gongkai.ground.organs.models import Person


class SavedFilter(models.Model):
    """A list of records under a name (常用筛选): the query string of the list, which is an address to share."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_filters")
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=600)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = "常用筛选"
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="filter_once")]
