"""Presets of the rulebook that an operator changed for an organ or a region."""

from __future__ import annotations

from django.db import models

from gongkai.ground.organs.models import Organ


class RuleOverride(models.Model):
    """A changed preset (规则预设调整): for an organ and those below it, or for a region; dated and with a reason."""

    key = models.CharField("规则", max_length=60)
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="rule_overrides")
    region = models.CharField("地区", max_length=32, blank=True)
    quantity = models.PositiveSmallIntegerField("数量")
    unit = models.CharField("单位", max_length=16)
    citation = models.CharField("依据", max_length=200)
    reason = models.CharField("理由", max_length=200)
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.CharField("录入人", max_length=60)

    class Meta:
        verbose_name = "规则预设调整"
        indexes = [models.Index(fields=["key", "valid_from"], name="rule_override_key")]

    def __str__(self) -> str:
        return self.key
