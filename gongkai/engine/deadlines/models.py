"""A running clock on any subject, with the facts from which its end follows."""

from __future__ import annotations

from django.db import models

from gongkai.ground.organs.models import Organ


class DeadlineState(models.TextChoices):
    """Where a clock stands; overdue is still open."""

    RUNNING = "running", "计时中"
    MET = "met", "按期完成"
    MET_LATE = "met_late", "逾期完成"
    OVERDUE = "overdue", "已逾期"
    CANCELLED = "cancelled", "已取消"


OPEN_STATES = (DeadlineState.RUNNING, DeadlineState.OVERDUE)


class Deadline(models.Model):
    """A time limit (时限) that runs on a subject.

    ``facts`` are what happened: start, pauses, extension, restarts; ``rule`` is the snapshot of the rule that applies.
    Due date, trace and versions follow from them and are written again when a calendar or a rule changes.
    ``due_on`` is empty while the clock stands still.
    """

    subject_type = models.CharField(max_length=24)
    subject_id = models.CharField(max_length=40)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="deadlines")
    rule_key = models.CharField("规则", max_length=60)
    rule = models.JSONField("规则快照")
    facts = models.JSONField("事实")
    calendar = models.CharField("工作日历", max_length=32)
    calendar_version = models.CharField(max_length=16)
    rulebook_version = models.CharField(max_length=16)
    due_on = models.DateField("到期日", null=True, blank=True)
    due_at = models.DateTimeField("到期时刻", null=True, blank=True)
    is_provisional = models.BooleanField("暂定", default=False)
    trace = models.JSONField("计算过程", default=list)
    state = models.CharField("状态", max_length=12, choices=DeadlineState.choices, default=DeadlineState.RUNNING)
    met_on = models.DateField("完成日", null=True, blank=True)
    met_at = models.DateTimeField("完成时刻", null=True, blank=True)
    owners = models.JSONField("责任人", default=list)

    class Meta:
        verbose_name = "时限"
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="deadline_subject"),
            models.Index(fields=["state", "due_on"], name="deadline_due"),
            models.Index(fields=["organ", "state", "due_on"], name="deadline_organ"),
            models.Index(fields=["state", "calendar", "calendar_version"], name="deadline_calendar"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_key} {self.due_on or ''}".strip()
