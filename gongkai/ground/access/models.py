"""Grants, deputies and service tokens: who may do what, where, from when until when."""

from __future__ import annotations

from django.db import models

from gongkai.ground.organs.models import Organ, Person

#: Rows from which an export counts as a large one; a preset of this house, no figure of the law.
LARGE = 100


class Grant(models.Model):
    """A role held by a person in an organ, with or without the organs below it, between two days."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=24)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="grants")
    with_subtree = models.BooleanField("含下级", default=False)
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "授权"
        indexes = [models.Index(fields=["person", "role"]), models.Index(fields=["organ", "role"])]


class Deputy(models.Model):
    """A dated deputy (AB 角): between two days the deputy may act as the principal in the principal's roles."""

    principal = models.ForeignKey(Person, models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="deputises")
    valid_from = models.DateField("起")
    valid_until = models.DateField("止")
    reason = models.CharField("事由", max_length=200, blank=True)

    class Meta:
        verbose_name = "代理"


class ServiceToken(models.Model):
    """A token with which another system acts as a service account; only its hash is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    label = models.CharField("用途", max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    valid_until = models.DateField("止")
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"


class StaffSession(models.Model):
    """One sign-in of a person, kept after it ended; a person has only so many open at once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="staff_sessions")
    session_key = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField("地址", null=True, blank=True)
    started_at = models.DateTimeField("登录时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=24, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "ended_at", "id"]),
            models.Index(fields=["session_key"]),
            models.Index(fields=["started_at"]),
        ]


class SecurityEvent(models.Model):
    """What the security administrator looks at (安全日志): failed sign-ins, lock-outs, changed passwords.

    It is no part of the register: strangers can cause rows here. It never holds a password or a code.
    """

    name = models.CharField(max_length=40)
    username = models.CharField("用户名", max_length=60, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="security_events")
    address = models.GenericIPAddressField("地址", null=True, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        indexes = [models.Index(fields=["name", "at"]), models.Index(fields=["at"])]


class Export(models.Model):
    """A list that somebody took out of the platform (导出): which, how many rows, for what, and the file's hash."""

    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="exports")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+")
    what = models.CharField("清单", max_length=20)
    rows = models.PositiveIntegerField("行数")
    reason = models.CharField("用途", max_length=200)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "导出"
        indexes = [models.Index(fields=["made_at"]), models.Index(fields=["person", "made_at"])]

    @property
    def is_large(self) -> bool:
        """So many items together that aggregation deserves a look of its own (保守国家秘密法 Article 36)."""
        return self.rows >= LARGE
