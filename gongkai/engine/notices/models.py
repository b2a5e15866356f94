"""Notices owed to people, the messages that carry them out of the house, and how each person wants them."""

from __future__ import annotations

import uuid

from django.db import models

from gongkai.ground.files.fields import EncryptedTextField
from gongkai.ground.organs.models import Organ, Person


class Channel(models.TextChoices):
    """How a notice leaves the house."""

    EMAIL = "email", "电子邮件"
    SMS = "sms", "短信"
    WECOM = "wecom", "企业微信群机器人"
    DINGTALK = "dingtalk", "钉钉群机器人"
    WEBHOOK = "webhook", "机器人"


class Rhythm(models.TextChoices):
    """How often a person wants messages (提醒频度)."""

    EACH = "each", "逐条发送"
    GATHERED = "gathered", "合并几分钟内的提醒"
    DAILY = "daily", "每天一次汇总"


class Notice(models.Model):
    """A reminder owed to a person (提醒): number and date only, never a name, a title or a text.

    It stands on the person's page at once. ``due_at`` is when it leaves the house, after quiet hours and gathering;
    ``composed_at`` says that the messages carrying it were written.
    """

    recipient = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    subject_type = models.CharField(max_length=24)
    subject_id = models.CharField(max_length=40)
    text = models.CharField("内容", max_length=200)
    is_urgent = models.BooleanField("紧急", default=False)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    composed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "提醒"
        indexes = [
            models.Index(fields=["composed_at", "due_at"], name="notice_due"),
            models.Index(fields=["recipient", "-queued_at", "-id"], name="notice_own"),
            models.Index(fields=["subject_type", "queued_at"], name="notice_subject"),
        ]


class Dispatch(models.Model):
    """One message on one channel (提醒发送), carrying one or several notices; to a group where it has no recipient.

    ``key`` is the same on every attempt: providers that know such keys send once. Sent when ``sent_at`` is set;
    until then the tick tries again, later each time, until it gives up.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    text = models.TextField("内容")
    is_urgent = models.BooleanField("紧急", default=False)
    notices = models.ManyToManyField(Notice, related_name="dispatches")
    queued_at = models.DateTimeField()
    try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    receipt = models.CharField("回执", max_length=200, blank=True)
    failure = models.CharField("失败原因", max_length=200, blank=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "提醒发送"
        indexes = [models.Index(fields=["sent_at", "given_up_at", "try_at"], name="dispatch_due")]


class DispatchAttempt(models.Model):
    """One attempt to send (发送尝试), written before it is made: one without an end was cut off."""

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    is_sent = models.BooleanField(default=False)
    code = models.CharField("服务商回应码", max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dispatch", "number"], name="attempt_once")]


class ContactAddress(models.Model):
    """Where a person is reached on a channel (联系地址): a number or an address, encrypted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="contact_addresses")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    address = EncryptedTextField("地址", bound_by=("person_id", "channel"))
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="contact_once")]


class NoticePreference(models.Model):
    """How one person wants notices (提醒偏好). Without a row: every configured channel but SMS, gathered."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="notice_preference")
    channels = models.JSONField("渠道", default=list)
    rhythm = models.CharField("频度", max_length=8, choices=Rhythm.choices, default=Rhythm.GATHERED)
    daily_at = models.TimeField("汇总时间", null=True)
    quiet_from = models.TimeField("免打扰自", null=True)
    quiet_until = models.TimeField("免打扰至", null=True)
    changed_at = models.DateTimeField()


class QuietHours(models.Model):
    """The hours in which an organ's people get urgent notices only (免打扰时段); equal ends mean none."""

    organ = models.OneToOneField(Organ, models.PROTECT, related_name="quiet_hours")
    quiet_from = models.TimeField("自")
    quiet_until = models.TimeField("至")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.quiet_from:%H:%M}-{self.quiet_until:%H:%M}"
