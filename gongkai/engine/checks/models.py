"""Findings of the checks and what a person decided about them. The personal text itself is never kept."""

from __future__ import annotations

from django.db import models

from gongkai.ground.organs.models import Organ, Person


class Decision(models.TextChoices):
    """What a person decides about a finding (处理决定)."""

    MASKED = "masked", "已遮盖"
    FIXED = "fixed", "已改正"
    ACCEPTED = "accepted", "属实，予以保留"
    FALSE_POSITIVE = "false_positive", "误报"


class Finding(models.Model):
    """What a check found in one edition (问题). ``shown`` is masked, ``digest`` keyed: neither gives the text back."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="findings")
    subject_type = models.CharField(max_length=24)
    subject_id = models.CharField(max_length=40)
    edition_number = models.PositiveIntegerField()
    edition_sha256 = models.CharField(max_length=64)
    check_code = models.CharField("校核项", max_length=40)
    type = models.CharField("类型", max_length=40)
    severity = models.CharField("程度", max_length=8)
    place = models.JSONField("位置")
    shown = models.CharField("内容（已遮盖）", max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    suggestion = models.CharField("建议", max_length=200, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    is_decided = models.BooleanField("已处理", default=False)
    decided_by = models.ForeignKey("FindingDecision", models.PROTECT, null=True, related_name="settles")
    created_at = models.DateTimeField("发现时间")

    class Meta:
        verbose_name = "问题"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "edition_sha256"], name="finding_edition"),
            models.Index(fields=["organ", "is_decided", "severity"], name="finding_desk"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.shown}"


class FindingDecision(models.Model):
    """A person's decision on a finding, with the reason (处理决定). It also settles the same text in later editions."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="decisions")
    decision = models.CharField("决定", max_length=16, choices=Decision.choices)
    reason = models.CharField("理由", max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "处理决定"
