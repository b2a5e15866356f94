"""Notices owed to people, in one outbox."""

from __future__ import annotations

from django.db import models

from gongkai.ground.organs.models import Person


class Channel(models.TextChoices):
    """How a notice reaches a person."""

    EMAIL = "email", "电子邮件"
    WEBHOOK = "webhook", "机器人"


class Notice(models.Model):
    """A reminder owed to a person (提醒): number and date only, never a name, a title or a text.

    Sent when ``sent_at`` is set; until then the tick tries again, later each time, and gives up after a day.
    """

    recipient = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    subject_type = models.CharField(max_length=24)
    subject_id = models.CharField(max_length=40)
    text = models.CharField("内容", max_length=200)
    queued_at = models.DateTimeField()
    try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    receipt = models.CharField("回执", max_length=200, blank=True)
    failure = models.CharField("失败原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "提醒"
        indexes = [models.Index(fields=["sent_at", "try_at"]), models.Index(fields=["recipient", "-queued_at"])]
